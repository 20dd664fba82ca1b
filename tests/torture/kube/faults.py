"""One exchange of a run fails; what the run then does and is, and that all
comes to the same end."""

import time

from kube import kinds
from kube.look import every_file
from kube.trial import Trial


def plain(stage, case):
    """Nothing fails: as many exchanges as the case says, no more."""
    trial = Trial(stage, case)
    trial.set()
    files = every_file(stage.w)
    run = trial.start().ended()
    record, _ = trial.judge([run], {case.status})
    if len(record) != case.exchanges:
        trial.say(f"{len(record)} exchanges, expected {case.exchanges}")
    if run.end != case.end:
        trial.say(f"end={run.end}, expected {case.end} ({run})")
    if case.end != "done" and every_file(stage.w) != files:
        trial.say("the folder was changed")
    trial.settle()
    return trial


def fault(stage, case, n, name, lasts):
    """Exchange n fails in the way of a kind, once or from then on."""
    kind = kinds.NAMED[name]
    trial = Trial(stage, case)
    trial.set(case.tool if name == "stale" else None)
    files = every_file(stage.w)
    stage.place.faults(dict(kind.rule, times=0 if lasts else 1,
                            match={"agent": case.tool, "nth": n}))
    run = trial.start(*kind.words).ended()
    stage.place.calm()
    if name == "down":
        reopen(stage)
    record, _ = trial.judge([run], kind.allowed(case, n, lasts))
    if not any(line["fault"] for line in record):
        trial.say(f"the fault never came ({run})")
    if (case.dry or n <= case.reads and run.status in (1, 3)) and (
            every_file(stage.w) != files and not case.moves
            or any(line["mutating"] for line in record)):
        trial.say(f"something was changed ({run})")
    if name.startswith("clock far"):
        stage.place.clock(now=stage.now)
    trial.settle()
    return trial


def reopen(stage):
    """At once, rather than when its time is over."""
    stage.place.listen(True)


def restart(stage, case):
    """The API server is down when the run begins, and back a second later."""
    trial = Trial(stage, case)
    trial.set()
    stage.place.listen(False)
    run = trial.start()
    time.sleep(1)
    stage.place.listen(True)
    trial.judge([run.ended()], {1, case.status})
    trial.settle()
    return trial


def clock(stage, case, hours):
    """The node's clock is hours from the server's."""
    trial = Trial(stage, case)
    trial.set()
    files = every_file(stage.w)
    stage.place.clock(advance=hours * 3600)
    run = trial.start().ended()
    record, _ = trial.judge([run], {1})
    if any(line["mutating"] for line in record) or (
            every_file(stage.w) != files and not case.moves):
        trial.say(f"something was changed ({run})")
    stage.place.clock(now=stage.now)
    trial.settle()
    return trial
