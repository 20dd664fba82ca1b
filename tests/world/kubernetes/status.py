"""What a kube-apiserver says when it refuses."""

from message import Answer

REASONS = {
    400: "BadRequest", 401: "Unauthorized", 403: "Forbidden",
    404: "NotFound", 405: "MethodNotAllowed", 409: "Conflict", 410: "Gone",
    413: "RequestEntityTooLarge", 415: "UnsupportedMediaType",
    422: "Invalid", 429: "TooManyRequests", 500: "InternalError",
    503: "ServiceUnavailable", 504: "Timeout",
}
STALE = ("the object has been modified; please apply your changes to the "
         "latest version and try again")


class Refusal(Exception):
    """A Status of kind Failure, on its way to be an answer."""

    def __init__(self, code, message, reason="", details=None, headers=()):
        super().__init__(message)
        self.code = code
        self.message = message
        self.reason = reason
        self.details = details
        self.headers = headers

    def answer(self):
        body = {"kind": "Status", "apiVersion": "v1", "metadata": {},
                "status": "Failure", "message": self.message}
        if self.reason:
            body["reason"] = self.reason
        if self.details is not None:
            body["details"] = self.details
        body["code"] = self.code
        return Answer.of(self.code, body, headers=self.headers)


def details(kind, name=None, plural=True, **more):
    """`kind` as its plural, or as its own name, as the server varies it."""
    found = {}
    if name:
        found["name"] = name
    if kind.group:
        found["group"] = kind.group
    found["kind"] = kind.plural if plural else kind.kind
    found.update(more)
    return found


def bad_request(message):
    return Refusal(400, message, "BadRequest")


def cannot_decode(kind, why):
    return bad_request(f'{kind.kind} in version "{kind.version}" cannot be '
                       f'handled as a {kind.kind}: {why}')


def unauthorized():
    return Refusal(401, "Unauthorized", "Unauthorized")


def forbidden(kind, name, sub, user, verb, namespace):
    resource = kind.plural + (f"/{sub}" if sub else "")
    where = (f'in the namespace "{namespace}"' if namespace
             else "at the cluster scope")
    what = f'{kind.resource} "{name}"' if name else kind.resource
    return Refusal(
        403, f'{what} is forbidden: User "{user}" cannot {verb} resource '
        f'"{resource}" in API group "{kind.group}" {where}', "Forbidden",
        details(kind, name), [("X-Content-Type-Options", "nosniff")])


def not_found(kind, name):
    return Refusal(404, f'{kind.resource} "{name}" not found', "NotFound",
                   details(kind, name))


def exists(kind, name):
    return Refusal(409, f'{kind.resource} "{name}" already exists',
                   "AlreadyExists", details(kind, name))


def conflict(kind, name, why=STALE, plural=True):
    what = kind.resource if plural else kind.qualified
    return Refusal(409, f'Operation cannot be fulfilled on {what} "{name}": '
                   f'{why}', "Conflict", details(kind, name, plural))


def invalid(kind, name, causes, plural=False):
    """`causes` are (reason, field, message)."""
    lines = [f"{field}: {message}" for _, field, message in causes]
    text = lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"
    what = kind.resource if plural else kind.qualified
    listed = [{"reason": reason, "message": message, "field": field}
              for reason, field, message in causes]
    return Refusal(422, f'{what} "{name}" is invalid: {text}', "Invalid",
                   details(kind, name, plural, causes=listed))


def not_allowed():
    return Refusal(405, "the server does not allow this method on the "
                   "requested resource", "MethodNotAllowed", {})


def unsupported_media():
    return Refusal(415, "415: Unsupported Media Type",
                   "UnsupportedMediaType", {})


def expired():
    return Refusal(410, "The provided continue parameter is too old to "
                   "display a consistent list result.", "Expired")


def plain(code):
    """What a fault answers when it is asked for the server's own form."""
    return Refusal(code, f"the world was told to answer {code}",
                   REASONS.get(code, ""), {})
