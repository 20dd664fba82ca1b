"""The ways an exchange fails, and how a run that meets one may end.

A read is tried again where that may help; a write never is.  So a fault that
comes once may leave no trace on a read (the run then ends as if nothing had
been), and one that lasts ends the run.
"""

TIMES = {"no Date", "bad Date", "clock far on", "clock far back"}
FAR = 3600      # s that a clock jumps, beyond what any run accepts
STATUS = {"kind": "status", "body": True}


class Kind:
    """One way to fail.  `read` and `write`: what the run ends with, "base"
    standing for its exit status without a fault; `passes`: a read that is
    tried again may succeed."""

    def __init__(self, name, rule, read, write, **more):
        self.name = name
        self.rule = rule
        self.read = read
        self.write = write
        self.passes = more.get("passes", False)
        self.words = more.get("words", ())

    def allowed(self, case, n, lasts):
        """Exit statuses of a run whose exchange n fails.  Only the first
        answer tells the time."""
        base = case.status
        if 1 < n <= case.reads:
            found = {base} if self.name in TIMES else {
                base if s == "base" else s for s in self.read}
            return found | ({base} if self.passes and not lasts else set())
        if n == 1:
            found = {base if s == "base" else s for s in self.read}
            if self.passes and not lasts:
                found.add(base)
            if case.document == "create.yaml":
                found = self.absent(found)
            return found
        found = {base if s == "base" else s for s in self.write}
        if self.name.startswith("409") and case.acts and n > case.takes:
            found = {1}         # not done, or how it ended not noted
        return found


    def absent(self, found):
        """The true answer is a 404 then, which tells nothing more when its
        Status cannot be read: somebody must look who answers there."""
        if self.name == "404":
            return {0}
        if self.name in ("wrong length", "duplicate keys"):
            return {3}
        return found


def status(code, name, read, write, **more):
    rule = dict(STATUS, status=code, **more.pop("rule", {}))
    return Kind(name, rule, read, write, **more)


ALL = [
    Kind("refused", {"kind": "refused"}, {1}, {1}, passes=True),
    Kind("down", {"kind": "down", "ms": 1000}, {1}, {1}, passes=True),
    Kind("cut before", {"kind": "cut-before"}, {1}, {1}, passes=True),
    Kind("cut after", {"kind": "cut-after"}, {1}, {1}, passes=True),
    Kind("silent", {"kind": "silent"}, {1}, {1}, passes=True,
         words=("--deadline", "2s")),
    status(400, "400", {3}, {3}),
    status(401, "401", {3}, {3}),
    status(403, "403", {3}, {3}),
    status(404, "404", {3}, {3}),
    status(409, "409", {1}, {0}),
    status(409, "409, empty", {1}, {0}, rule={"body": ""}),
    status(422, "422", {3}, {3}),
    status(429, "429", {1}, {1}, passes=True,
           rule={"headers": {"Retry-After": "1"}}),
    status(500, "500", {1}, {1}, passes=True),
    status(503, "503", {1}, {1}, passes=True),
    status(500, "500 after", {1}, {1}, passes=True,
           rule={"kind": "status-after"}),
    Kind("html", {"kind": "html"}, {1}, {1}),
    Kind("garbage", {"kind": "garbage"}, {1}, {1}, passes=True),
    Kind("truncated", {"kind": "truncated"}, {1}, {1}, passes=True),
    Kind("wrong length", {"kind": "wrong-length"}, {1}, {1}),
    Kind("endless", {"kind": "endless"}, {1}, {1}),
    Kind("endless in chunks", {"kind": "endless", "chunked": True}, {1}, {1}),
    Kind("headers", {"kind": "headers"}, {1}, {1}),
    Kind("deep", {"kind": "deep"}, {1}, {1}),
    Kind("duplicate keys", {"kind": "duplicate-keys"}, {1}, {1}),
    Kind("no Date", {"kind": "no-date"}, {1}, {"base"}),
    Kind("bad Date", {"kind": "bad-date"}, {1}, {"base"}),
    Kind("stale", {"kind": "stale"}, {"base", 0}, None),
    Kind("slow", {"kind": "slow", "ms": 300}, {"base"}, {"base"}),
    Kind("slow after", {"kind": "slow", "ms": 300, "at": "after"},
         {"base"}, {"base"}),
    Kind("clock on", {"kind": "clock", "advance": 30}, {"base"}, {"base"}),
    Kind("clock far on", {"kind": "clock", "advance": FAR}, {1}, {"base"}),
    Kind("clock far back", {"kind": "clock", "advance": -FAR}, {1},
         {"base"}),
]

NAMED = {kind.name: kind for kind in ALL}


def of(case, n):
    """Those that an exchange can meet.  Only the Lease has a version before, by
    which a read can be stale; what is made while the clock is far on would not
    end when it is back."""
    return [kind for kind in ALL
            if (n == 1 or kind.write is not None)
            and not (case.effect and n <= case.effect
                     and kind.name == "clock far on")]
