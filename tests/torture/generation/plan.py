"""Which subcases a case has, and which of them make the slice."""

from generation import cases, people
from generation.meets import HOW, MEETS, robbed
from shared import plan

FITS = {
    # Google's answers are never as they were: its lists lag behind instead.
    "past": lambda line: "/leases/" in line["path"]
    and line["method"] == "GET",
    "object": lambda line: True,
}
# Every nth in the slice: where something is made, and elsewhere.
STEPS = {"fault": (61, 907), "signal": (13, 131), "person": (17, 173),
         "beside": (7, 89), "both": (7, 89), "robbed": (7, 17)}
# What makes something new at Google's, each where it is met first: a job of
# BigQuery is one, whatever it asks.
WHOLE = {"automl": ("export", "dataset", "import", "train", "serve",
                    "undeploy"),
         "vertex": ("train", "upload", "serve", "shift", "undeploy")}


def of_lease(line):
    return "/leases/" in line["path"]


def writes(lines):
    """Exchanges at which something is changed at Google's: what a query
    would cost changes nothing."""
    return [n for n, line in enumerate(lines, 1)
            if line["effect"] and not of_lease(line)]


def meeting(case, lines):
    """The last exchange at which two can meet: who gets to change something
    has the Lease, and a file is had without any; then an import looks which
    files there are."""
    found = [n for n, line in enumerate(lines, 1) if line["effect"]]
    if not found:
        return len(lines)
    return found[0] - (case.kept == "file") * (
        2 if case.state == "import" else 1)


def robbed_subs(case, lines):
    """From where there is a Lease to where it was let go."""
    found = [n for n, line in enumerate(lines, 1)
             if line["mutating"] and of_lease(line)]
    if len(found) > 1 and not case.create:
        for n in range(found[0] + 1, found[-1] + 1):
            for how in HOW:
                yield plan.Sub("robbed", n, robbed, how)


def every(stage, case):
    """All, once plain has been."""
    cases.set_up(stage, case)
    lines = stage.lines[case.name]
    return [*plan.fault_subs(MEETS, lines, FITS),
            *plan.signal_subs(MEETS, lines),
            *plan.person_subs(MEETS, lines, people.can(stage, case)),
            *plan.pair_subs(MEETS, lines, meeting(case, lines)),
            *robbed_subs(case, lines)]


def is_first(case):
    """Whether it is one of those that are asked most: each kind of trainer
    under one kind of Lease."""
    return (case.kept == "file") == (case.trainer == "automl")


def whole(subs, case, lines, turn):
    """Every fault of a training; of all else that makes something those that
    hide that it was made, and of the others some."""
    made = writes(lines)
    if not is_first(case) or case.prepare or (
            case.state not in WHOLE[case.trainer]):
        return []
    return [sub for i, sub in enumerate(subs) if sub.group == "fault"
            and sub.n == made[0]
            and (case.state == "train" or sub.words[0].endswith("after")
                 or i % 6 == turn % 6)]


def slice_of(subs, case, lines, turn):
    """All of what makes something; elsewhere a few."""
    made = writes(lines)
    asked = whole(subs, case, lines, turn)
    yield from asked
    subs = [sub for sub in subs if sub not in asked]
    for group, steps in STEPS.items():
        mine = [sub for sub in subs if sub.group == group
                and not (turn % 4 and "silent" in str(sub.words))]
        for step, near in zip(steps, (True, False)):
            step *= 1 if case.acts else 2
            yield from [sub for sub in mine if (sub.n in made) == near][
                turn * 7 % step::step]


def in_slice(turn):
    """Of the others some."""
    case = cases.ALL[turn]
    return is_first(case) or turn % 5 == 0 or case.create
