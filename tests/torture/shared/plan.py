"""Subcases: what each exchange of a case meets."""

from shared import kinds

WHEN = ("before", "after")


class Sub:
    """One subcase of a case, by the names of what it is made of."""

    def __init__(self, group, n, function, *words):
        self.group = group
        self.n = n
        self.function = function
        self.words = words

    def name(self, case):
        return " ".join([case.name + ":", self.group, str(self.n),
                         *map(str, self.words)])

    def run(self, stage, case):
        return self.function(stage, case, self.n, *self.words)


def fault_subs(meets, lines, fits):
    for n, line in enumerate(lines, 1):
        for kind in kinds.ALL:
            if kind.meets(line, fits):
                yield Sub("fault", n, meets.fault, kind.name)


def signal_subs(meets, lines):
    for n in range(1, len(lines) + 1):
        for when in WHEN:
            for name in ("KILL", "TERM"):
                yield Sub("signal", n, meets.told, when, name)


def person_subs(meets, lines, acts):
    for act in acts:
        for n in range(1, len(lines) + 1):
            yield Sub("person", n, meets.person, "before", act.name)
        yield Sub("person", len(lines), meets.person, "after", act.name)


def pair_subs(meets, lines, last):
    """`last`: the last exchange at which two can meet."""
    for n in range(1, len(lines) + 1):
        yield Sub("beside", n, meets.beside)
    for n in range(1, last + 1):
        for swapped in (False, True):
            yield Sub("both", n, meets.both, swapped)
