"""Which subcases a case has, and which of them make the slice."""

import re

from pipeline import people
from pipeline.meets import MEETS, late, robbed
from pipeline.trial import Trial
from shared import plan

HTML = "/lambda/second"     # of cases.three
LIST = re.compile("/(leases|modelsyncs|pipelineruns)$")
FITS = {
    # A list as it was.
    "past": lambda line: line["method"] == "GET" and LIST.search(
        line["path"]),
    # An answer that is JSON and no list.
    "object": lambda line: not line["path"].endswith(HTML) and (
        line["mutating"] or not LIST.search(line["path"])),
}
# Every nth in the slice: where something is written, and elsewhere.
STEPS = {"fault": (71, 239), "signal": (29, 101), "person": (101, 331),
         "beside": (11, 37), "both": (11, 37), "robbed": (5, 29)}


def meeting(lines):
    """The last exchange at which two can meet: the first write, or the
    last."""
    found = [n for n, line in enumerate(lines, 1) if line["mutating"]]
    return found[0] if found else len(lines)


def robbed_subs(lines):
    """From where there is a Lease to where it was let go."""
    leases = [n for n, line in enumerate(lines, 1)
              if line["mutating"] and "/leases" in line["path"]]
    for n in range(leases[0] + 1, leases[-1] + 1) if leases else ():
        yield plan.Sub("robbed", n, robbed)


def late_subs(lines):
    """Where a Lease was taken for an act that followed."""
    n = meeting(lines)
    if "/leases" in lines[n - 1]["path"] and any(
            line["mutating"] and "/pipelineruns" in line["path"]
            for line in lines):
        yield plan.Sub("late", n, late)


def is_of_before(sub, case, lines):
    """Who is shown how it was before somebody forbade runs, or made one,
    makes one, as who came before would have."""
    return (sub.words == ("stale",) and case.past is not None
            and lines[sub.n - 1]["path"].endswith(f"/{case.past}"))


def every(stage, case):
    """All, once plain has been."""
    able = people.can(Trial(stage, case))
    lines = stage.lines[case.name]
    return [*(sub for sub in plan.fault_subs(MEETS, lines, FITS)
              if not is_of_before(sub, case, lines)),
            *plan.signal_subs(MEETS, lines),
            *plan.person_subs(MEETS, lines, [
                act for act in people.ALL if act.needs in able]),
            *plan.pair_subs(MEETS, lines, meeting(lines)),
            *robbed_subs(lines), *late_subs(lines)]


def slice_of(subs, case, lines, turn):
    """Most where something is written; `turn` rotates the choice."""
    writes = {n for n, line in enumerate(lines, 1) if line["mutating"]}
    for group, steps in STEPS.items():
        mine = [sub for sub in subs if sub.group == group
                and not (turn % 4 and "silent" in str(sub.words))]
        for step, near in zip(steps, (True, False)):
            yield from [sub for sub in mine if (sub.n in writes) == near][
                turn * 7 % step::step]
