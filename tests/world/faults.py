"""Rules that say which exchange fails, and how."""

import re

from shapes import KINDS

KEYS = {"id", "match", "kind", "times", "effect", "at", "ms", "advance",
        "status", "body", "headers", "length", "count", "depth", "date",
        "back", "chunked"}
MATCH = {"method", "path", "agent", "n", "nth"}

# What an exchange may meet on its way to an answer, beside its one fault.
ON_THE_WAY = ("slow", "hold", "clock")


class Rule:
    """One rule: the exchanges it is for, and what happens to them."""

    def __init__(self, spec, number):
        unknown = set(spec) - KEYS
        unknown |= {f"match.{k}" for k in set(spec.get("match", {})) - MATCH}
        if unknown:
            raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
        self.spec = spec
        self.kind = spec.get("kind")
        if self.kind not in KINDS and self.kind not in ON_THE_WAY:
            raise ValueError(f"no fault of kind {self.kind}")
        self.id = spec.get("id", number)
        match = spec.get("match", {})
        self.methods = set(match.get("method", "").split("|")) - {""}
        self.path = re.compile(match.get("path", ""))
        self.agent = re.compile(match.get("agent", ""))
        self.n = match.get("n")
        self.nth = match.get("nth", 1)
        self.times = spec.get("times", 1)
        self.seen = 0
        self.fired = 0
        self.after = spec.get("at", "before") == "after"

    def get(self, key, default=None):
        return self.spec.get(key, default)

    @property
    def blind(self):
        """Refuses connections whoever they are from."""
        return self.kind == "refused" and not (
            set(self.spec.get("match", {})) - {"nth"})

    @property
    def effect(self):
        """Whether a write still happens."""
        return self.get("effect", KINDS[self.kind][0])

    def is_for(self, request):
        return ((not self.methods or request.method in self.methods)
                and self.path.search(request.path) is not None
                and self.agent.search(request.agent) is not None
                and (self.n is None or self.n == request.n)
                and not (self.kind == "stale" and request.mutating))

    def fires(self):
        """Counts a match; true when this one is to fail."""
        self.seen += 1
        if self.seen < self.nth or (self.times and self.fired >= self.times):
            return False
        self.fired += 1
        return True

    def dump(self):
        return dict(self.spec, id=self.id, seen=self.seen, fired=self.fired)


class Faults:
    """All rules, in the order they were given."""

    def __init__(self):
        self.rules = []
        self.given = 0

    def add(self, specs):
        """Takes a rule or a list of them; all are taken, or none."""
        new = []
        for spec in specs if isinstance(specs, list) else [specs]:
            self.given += 1
            new.append(Rule(spec, self.given))
        self.rules += new
        return [rule.id for rule in new]

    def clear(self, number=None):
        self.rules = [rule for rule in self.rules
                      if number is not None and rule.id != number]

    def refuses(self):
        """Whether a connection is closed before anything is read."""
        return any(rule.fires() for rule in self.rules if rule.blind)

    def pick(self, request):
        """The rules this request meets: any number of those on the way, and
        one fault at most."""
        met = []
        faulty = False
        for rule in self.rules:
            if rule.blind or not rule.is_for(request):
                continue
            ends = rule.kind not in ON_THE_WAY
            if ends and faulty:
                continue
            if rule.fires():
                met.append(rule)
                faulty = faulty or ends
        return met
