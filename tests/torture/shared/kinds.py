"""The ways an exchange fails (tests/world/README.md)."""

STATUS = {"kind": "status", "body": True}
SHORT = ("--deadline", "2s")
OVER = "the deadline of the run passed"     # all that there is time to say
NOTHING = {"body": {}}       # as JSON; a text would be no JSON


class Kind:
    """One way to fail, and the exchanges that can meet it: "any", "read",
    "write", "past" for reads that may be stale, "object" for answers that
    are no lists."""

    def __init__(self, name, rule, whom="any", words=()):
        self.name = name
        self.rule = rule
        self.whom = whom
        self.words = words

    def meets(self, line, fits):
        """`line`: of the record, when nothing failed; `fits` says of "past"
        and "object" whether it is one."""
        if self.whom == "read":
            return not line["mutating"]
        if self.whom == "write":
            return line["mutating"]
        return self.whom == "any" or fits[self.whom](line)


def status(code, name, **more):
    return Kind(name, dict(STATUS, status=code, **more))


ALL = [
    Kind("cut after", {"kind": "cut-after"}),
    Kind("cut before", {"kind": "cut-before"}),
    Kind("truncated", {"kind": "truncated"}),
    status(502, "502"),
    Kind("500 after", dict(STATUS, kind="status-after", status=500)),
    Kind("html", {"kind": "html"}),
    Kind("garbage", {"kind": "garbage"}),
    Kind("stale", {"kind": "stale"}, "past"),
    Kind("garbage after", {"kind": "garbage", "effect": True}, "write"),
    Kind("refused", {"kind": "refused"}),
    Kind("wrong length", {"kind": "wrong-length"}),
    status(429, "429"),
    Kind("duplicate keys", {"kind": "duplicate-keys"}, "object"),
    Kind("endless", {"kind": "endless", "length": 5000000}),
    Kind("truncated before", {"kind": "truncated", "effect": False},
         "write"),
    status(500, "500"),
    Kind("html after", {"kind": "html", "effect": True}, "write"),
    status(429, "429, wait", headers={"Retry-After": "60"}),
    Kind("endless, no end", {"kind": "endless", "chunked": True},
         words=SHORT),
    Kind("empty", dict(NOTHING, kind="status", status=200)),
    Kind("empty after", dict(NOTHING, kind="status-after", status=200),
         "write"),
    Kind("502 after", dict(STATUS, kind="status-after", status=502),
         "write"),
    Kind("silent", {"kind": "silent"}, words=SHORT),
    Kind("silent after", {"kind": "silent", "effect": True}, "write",
         words=SHORT),
    Kind("slow", {"kind": "slow", "ms": 200}),
    Kind("slow after", {"kind": "slow", "ms": 200, "at": "after"}),
    status(403, "403"),
    status(404, "404"),
    status(422, "422"),
    Kind("no Date", {"kind": "no-date"}, "past"),
]

NAMED = {kind.name: kind for kind in ALL}
