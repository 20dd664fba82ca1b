"""Lambdas that say whether a sync is needed: below /lambda/, each answers
what it was told to, one thing after the other."""

import json

from message import Answer
from shapes import KINDS

HTML = "<!DOCTYPE html>\n<html><body><h1>Sign in</h1></body></html>\n"
JSON = "application/json; charset=UTF-8"
DOCUMENT = {"needsSync", "parameters", "errors"}
PLAIN = {"status", "body", "type", "headers"}
FAULT = {"fault", "length", "chunked", "depth", "count", "body", "status",
         "headers", "date"}
REDIRECTS = {"self": "{path}", "loopback": "http://127.0.0.1:{port}{path}",
             "link-local": "http://169.254.169.254/latest/meta-data/"}
NAMED = {
    "html": {"body": HTML, "type": "text/html"},
    "error": {"needsSync": False, "errors": [
        {"message": "Error getting latest model; rpc error"}]},
    "never": {"fault": "silent"},
    "huge": {"fault": "endless", "length": 1 << 30},
    "endless": {"fault": "endless", "chunked": True},
    "cut": {"fault": "cut-before"},
    "garbage": {"fault": "garbage"},
    "truncated": {"fault": "truncated", "needsSync": True,
                  "parameters": {"name": "m"}},
    "deep": {"fault": "deep"},
    "yes": {"needsSync": "yes", "parameters": {}},
    "not-json": {"body": "needsSync: true\n", "type": JSON},
    "empty": {"body": "", "type": JSON},
    "list": {"body": [{"needsSync": True}]},
    "wrong-type": {"needsSync": True, "parameters": {"name": "m"},
                   "type": "text/plain"},
    "self": {"redirect": "self"},
    "loopback": {"redirect": "loopback"},
    "link-local": {"redirect": "link-local"},
}


class Shaped:
    """What a shape asks of a rule, said by an answer."""

    def __init__(self, spec):
        self.kind = spec["fault"]
        self.spec = spec

    def get(self, key, default=None):
        return self.spec.get(key, default)

    @staticmethod
    def form(code):
        return Answer.text(code, "")


def known(spec):
    """An answer as it is told; raises ValueError."""
    spec = NAMED[spec] if isinstance(spec, str) else spec
    allowed = PLAIN | DOCUMENT | {"redirect"}
    if "fault" in spec:
        allowed |= FAULT
        if spec["fault"] not in KINDS:
            raise ValueError(f"no fault of kind {spec['fault']}")
    if set(spec) - allowed:
        raise ValueError(f"unknown keys: {set(spec) - allowed}")
    return spec


def document(spec):
    """A NeedsSync as its first server wrote it."""
    found = {"kind": "NeedsSync", "apiVersion": "v1alpha1",
             "metadata": {"creationTimestamp": None},
             "needsSync": spec.get("needsSync", False),
             "parameters": spec.get("parameters", {})}
    if spec.get("errors"):
        found["errors"] = spec["errors"]
    return found


class Lambda:
    """See the README for what every module must have."""

    name = "lambda"

    def __init__(self, port):
        self.port = port        # says which, once it is known
        self.reset()

    def reset(self):
        self.told = {}      # path -> {answers, bearer, asked, refused}

    def dump(self):
        return self.told

    def load(self, state):
        self.told = json.loads(json.dumps(state))

    def owns(self, request):
        return request.path.startswith("/lambda/")

    def form(self, code):
        return Answer.text(code, "the world was told to fail\n")

    def control(self, what, value):
        """POST /lambda/program: {path, answers, bearer}"""
        if what != "program":
            raise ValueError(f"no /lambda/{what}")
        if set(value) - {"path", "answers", "bearer"}:
            raise ValueError(f"unknown keys: {', '.join(sorted(value))}")
        answers = value.get("answers", [])
        answers = answers if isinstance(answers, list) else [answers]
        self.told[value["path"]] = {
            "answers": [known(spec) for spec in answers],
            "bearer": value.get("bearer"), "asked": 0, "refused": 0}
        return {}

    def state(self):
        """How often each was asked, and how often without its token."""
        return {path: {"asked": found["asked"], "refused": found["refused"]}
                for path, found in self.told.items()}

    def answer(self, request):
        found = self.told.get(request.path)
        if found is None:
            return Answer.text(404, "404 page not found\n")
        if request.method not in ("GET", "HEAD"):
            return Answer.text(405, "Method Not Allowed\n")
        if found["bearer"] is not None and request.headers.get(
                "authorization") != f"Bearer {found['bearer']}":
            found["refused"] += 1
            return Answer.text(401, "Unauthorized\n", headers=[
                ("WWW-Authenticate", "Bearer")])
        found["asked"] += 1
        answers = found["answers"]
        if not answers:
            return self.made({}, request)
        return self.made(answers.pop(0) if len(answers) > 1 else answers[0],
                         request)

    def made(self, spec, request):
        if "redirect" in spec:
            return self.redirect(spec, request)
        if "body" in spec and not DOCUMENT & set(spec):
            answer = self.plain(spec)
        else:
            code = 500 if spec.get("errors") else 200
            answer = Answer.of(spec.get("status", code), document(spec))
            answer.kind = spec.get("type", JSON)
        answer.headers += spec.get("headers", {}).items()
        if "fault" in spec:
            answer.fault = Shaped(spec)
        return answer

    @staticmethod
    def plain(spec):
        body, code = spec["body"], spec.get("status", 200)
        if isinstance(body, str):
            answer = Answer.text(code, body)
        else:
            answer = Answer.of(code, body)
            answer.kind = JSON
        answer.kind = spec.get("type", answer.kind)
        return answer

    def redirect(self, spec, request):
        """To itself, to loopback, to link-local, or to a URL."""
        where = REDIRECTS.get(spec["redirect"], spec["redirect"])
        where = where.replace("{path}", request.raw_path).replace(
            "{port}", str(self.port()))
        return Answer.text(spec.get("status", 302), "Found\n",
                           headers=[("Location", where)])
