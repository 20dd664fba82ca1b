"""Several runs of one tool at the same time."""

import signal
import time

from kube import laws
from kube.signals import await_trainer
from kube.trial import Trial

CROWD = 8


def possesses(case, n, when):
    """Whether who is held there has the Lease, of those that act."""
    first, last = (case.takes, "after"), (case.exchanges, "before")
    return case.acts and (case.takes < n < case.exchanges
                          or (n, when) in (first, last))


def hold(stage, case, n, when, times=1):
    stage.place.faults({"match": {"agent": case.tool, "nth": n},
                        "kind": "hold", "at": when, "times": times})


def beside(stage, case, n, when, lapses):
    """The first run is held at exchange n while a second one goes to its
    end; before that the time of every Lease passes, if it is to."""
    trial = Trial(stage, case)
    trial.set()
    hold(stage, case, n, when)
    first = trial.start()
    if len(stage.place.held(1)) != 1:
        trial.say("the first never got to the exchange")
    if lapses:
        stage.advance()
    second = trial.start().ended()
    stage.place.calm()
    first.ended()
    record, changes = trial.judge([first, second], {0, 1, case.status})
    if not lapses and possesses(case, n, when) and (
            second.end != "busy" or any(
                line["mutating"] for line in laws.lines_of(second, record))):
        trial.say(f"the second took no notice of the first ({second})")
    # Between its look and the end of its Lease nobody else may act.
    between = (n, when) not in ((1, "before"), (case.exchanges, "after"))
    if between and len(changes) > 1:
        trial.say(f"both acted: {changes} ({first}; {second})")
    if second.status not in (0, case.status):
        trial.say(f"the second failed ({second})")
    trial.settle()
    return trial


def both_looked(stage, case, swapped):
    """Two runs have read the Lease, and neither has written: one acts."""
    trial = Trial(stage, case)
    trial.set()
    stage.place.faults({"match": {"agent": case.tool, "method": "PUT|POST"},
                        "kind": "hold", "times": 2})
    runs = [trial.start(), trial.start()]
    held = stage.place.held(2)
    if len(held) != 2:
        trial.say("they never met at the Lease")
    stage.place.ask("DELETE", "/faults")
    for one in sorted(held, key=lambda h: h["n"], reverse=swapped):
        stage.place.release(one["n"])
        for run in runs:
            if run.name == one["run"]:
                run.ended()
    one_won(trial, [run.ended() for run in runs])
    trial.settle()
    return trial


def one_won(trial, runs):
    """Of runs that all looked at the same state."""
    _, changes = trial.judge(runs, {0, 1})
    winners = [r for r in runs if r.end == "done"]
    late = [r for r in runs if r.status == 1]
    if len(winners) > 1 or not winners and not late:
        trial.say(f"{len(winners)} of {len(runs)} runs did it: "
                  + "; ".join(str(r) for r in runs))
    if len(changes) > 1:
        trial.say(f"several acted: {changes}")


def crowd(stage, case, together):
    """Eight at once.  Together: all look before any writes."""
    trial = Trial(stage, case)
    trial.set()
    if together:
        hold(stage, case, 1, "after", CROWD)
    runs = [trial.start() for _ in range(CROWD)]
    if together:
        if len(stage.place.held(CROWD)) != CROWD:
            trial.say("they never met at the Lease")
        stage.place.release()
    for run in runs:
        run.ended()
    if not together:
        trial.judge(runs, {0, case.status})
    elif case.end == "done":
        one_won(trial, runs)
    else:
        record, changes = trial.judge(runs, {case.status})
        if changes or any(line["mutating"] for line in record):
            trial.say(f"something was changed: {changes}")
    trial.settle()
    return trial


def late(stage, case, trains):
    """A run is stopped in the possession of its Lease, and goes on when that
    has lapsed, by its own clock and the server's, and another run has done
    the work.  `trains`: stopped while its trainer works, else while the
    answer to the taking is on its way."""
    trial = Trial(stage, case)
    trial.again = 1 if trains else 0
    trial.set()
    words = ("--deadline", "1s")
    if trains:
        stage.gate(True)
        first = stage.start(case.tool, *words, document="late.yaml")
        await_trainer(trial)
        first.signal(signal.SIGSTOP)
    else:
        hold(stage, case, case.takes, "after")
        first = stage.start(case.tool, *words, document=case.document
                            if case.workload else "late.yaml")
        if len(stage.place.held(1)) != 1:
            trial.say("never took the Lease")
        first.signal(signal.SIGSTOP)
        stage.place.calm()
    duration = stage.place.lease(case.tool)["spec"]["leaseDurationSeconds"]
    time.sleep(duration + 1)
    stage.advance(duration + 6)
    stage.gate(False)
    takes_over(trial)
    first.seen = True
    first.signal(signal.SIGCONT)
    _, changes = trial.judge([first.ended()], {1})
    if changes:
        trial.say(f"the late writer acted: {changes} ({first})")
    trial.settle()
    return trial


def takes_over(trial):
    """Other runs close what was left open and do the work."""
    for _ in range(2):
        run = trial.start().ended()
        if run.end != "done":
            trial.say(f"could not take over ({run})")
        trial.judge([run], {0})
