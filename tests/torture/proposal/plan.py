"""Which subcases a case has, and which of them make the slice."""

from proposal import cases, kinds, laws, meets, people

WHEN = ("before", "after")
GROUPS = ("fault", "signal", "person", "beside", "both")


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


def fault_subs(lines):
    for n, line in enumerate(lines, 1):
        for kind in kinds.ALL:
            if kind.meets(line):
                yield Sub("fault", n, meets.fault, kind.name)


def signal_subs(lines):
    for n in range(1, len(lines) + 1):
        for when in WHEN:
            for name in ("KILL", "TERM"):
                yield Sub("signal", n, meets.told, when, name)


def person_subs(lines, able):
    for act in people.ALL:
        if act.needs in able:
            for n in range(1, len(lines) + 1):
                yield Sub("person", n, meets.person, "before", act.name)
            yield Sub("person", len(lines), meets.person, "after", act.name)


def pair_subs(case, lines):
    if not case.acts:
        return
    for n in range(1, len(lines) + 1):
        yield Sub("beside", n, meets.beside)
    for n in range(1, write_of(lines)):
        for swapped in (False, True):
            yield Sub("both", n, meets.both, swapped)


def write_of(lines):
    """The exchange that changes something; else the last."""
    found = [n for n, line in enumerate(lines, 1) if laws.writes([line])]
    return found[0] if found else len(lines)


def every(stage, case):
    """All, once `plain` has been."""
    cases.set_up(stage, case)
    able = people.can(stage)
    lines = stage.lines[case.name]
    return [*fault_subs(lines), *signal_subs(lines),
            *person_subs(lines, able), *pair_subs(case, lines)]


# Every nth in the slice: at the write, and elsewhere.
STEPS = {"fault": (23, 331), "signal": (11, 131), "person": (17, 307),
         "beside": (5, 211), "both": (5, 211)}


def slice_of(subs, case, lines, turn):
    """Most at the write, elsewhere a few; `turn` rotates the choice.  That a
    push is fenced is always asked."""
    at = write_of(lines)
    fence = [sub for sub in subs if sub.group == "person"
             and sub.n in (at - 1, at) and sub.words[0] == "before"
             and sub.words[1] in people.FENCED
             and case.does in ("push", "delete-branch")]
    yield from fence
    subs = [sub for sub in subs if sub not in fence]
    for group in GROUPS:
        mine = [sub for sub in subs if sub.group == group
                and not (turn % 4 and "silent" in str(sub.words))]
        last = [sub for sub in mine if sub.n == at or (
            group == "both" and sub.n == at - 1)]
        others = [sub for sub in mine if sub not in last]
        near, far = STEPS[group]
        if not case.acts:
            near *= 3
        yield from last[turn % near::near]
        yield from others[turn * 7 % far::far]


def in_slice(turn):
    """Of those with other means each step once, by turns."""
    extra = turn - len(cases.BASIC)
    return extra < 0 or extra % 9 == 0 or "protocol" in cases.ALL[turn].name
