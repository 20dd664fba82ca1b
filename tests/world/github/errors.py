"""How GitHub says no."""

from message import Answer

DOCS = "https://docs.github.com/rest"


class Fail(Exception):
    """A refusal; `errors` are those of a 422."""

    def __init__(self, status, message, errors=None, headers=(), docs=DOCS,
                 **more):
        super().__init__(message)
        self.status = status
        self.value = {"message": message, **more}
        if errors is not None:
            self.value["errors"] = errors
        self.value |= {"documentation_url": docs, "status": str(status)}
        self.headers = headers

    def answer(self):
        return Answer.of(self.status, self.value, headers=self.headers)


def invalid(*errors, resource="PullRequest"):
    """A 422.  Each error: what else it has beside its resource."""
    return Fail(422, "Validation Failed", [
        {"resource": resource, **error} for error in errors])


def custom(message, **more):
    return invalid({"code": "custom", **more, "message": message})


def missing():
    return Fail(404, "Not Found")


def form(code):
    """A failure that a rule asks for."""
    return Fail(code, f"the world says {code}").answer()
