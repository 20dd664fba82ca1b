"""How Google's services say no."""

from message import Answer

STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED",
          403: "PERMISSION_DENIED", 404: "NOT_FOUND", 409: "ALREADY_EXISTS",
          412: "FAILED_PRECONDITION", 429: "RESOURCE_EXHAUSTED",
          500: "INTERNAL", 501: "UNIMPLEMENTED", 503: "UNAVAILABLE",
          504: "DEADLINE_EXCEEDED"}
REASON = {400: "invalid", 401: "authError", 403: "accessDenied",
          404: "notFound", 409: "duplicate", 412: "conditionNotMet",
          429: "rateLimitExceeded", 500: "internalError",
          503: "backendError"}


class Fail(Exception):
    """A refusal.  With a reason it has the older form of BigQuery and Cloud
    Storage as well."""

    def __init__(self, http, status, message, reason=None, details=None):
        super().__init__(message)
        self.http = http
        self.status = status
        self.message = message
        self.reason = reason
        self.details = details

    def answer(self):
        error = {"code": self.http, "message": self.message}
        if self.status is not None:
            error["status"] = self.status
        if self.reason is not None:
            error["errors"] = [{"domain": "global", "reason": self.reason,
                                "message": self.message}]
        if self.details is not None:
            error["details"] = self.details
        return Answer.of(self.http, {"error": error})


def form(code, old=False):
    """A failure that a rule asks for."""
    return Fail(code, STATUS.get(code, "UNKNOWN"), f"the world says {code}",
                REASON.get(code, "unknown") if old else None).answer()


def unknown_keys(value, known, where=""):
    """Refuses what an API does not have.  `known` nests; None: anything."""
    if known is None or not isinstance(value, dict):
        return
    for key, inside in value.items():
        if key not in known:
            raise Fail(400, "INVALID_ARGUMENT", "Invalid JSON payload "
                       f"received. Unknown name \"{key}\" at '{where}': "
                       "Cannot find field.", "badRequest")
        for item in inside if isinstance(inside, list) else [inside]:
            unknown_keys(item, known[key], f"{where}.{key}".strip("."))
