"""Which subcases a case has, and which of them make the slice."""

from proposal import cases, kinds, laws, people
from proposal.meets import MEETS
from shared import plan

GROUPS = ("fault", "signal", "person", "beside", "both")


def write_of(lines):
    """The exchange that changes something; else the last."""
    found = [n for n, line in enumerate(lines, 1) if laws.writes([line])]
    return found[0] if found else len(lines)


def every(stage, case):
    """All, once `plain` has been."""
    cases.set_up(stage, case)
    able = people.can(stage)
    lines = stage.lines[case.name]
    return [*plan.fault_subs(MEETS, lines, kinds.FITS),
            *plan.signal_subs(MEETS, lines),
            *plan.person_subs(MEETS, lines, [
                act for act in people.ALL if act.needs in able]),
            *(plan.pair_subs(MEETS, lines, write_of(lines) - 1)
              if case.acts else ())]


# Every nth in the slice: at the write, and elsewhere.
STEPS = {"fault": (23, 331), "signal": (11, 131), "person": (17, 307),
         "beside": (5, 211), "both": (5, 211)}


def slice_of(subs, case, lines, turn):
    """Most at the write, elsewhere a few; `turn` rotates the choice.  That a
    push is fenced is always asked.  Of those with other means only what
    meets nothing."""
    if case not in cases.BASIC:
        return
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
