"""What a run meets: nothing, or a person; the rest is shared/meets.py."""

import signal
import time

from pipeline import cases, laws, people
from pipeline.stage import LEASES
from pipeline.trial import Trial
from shared.meets import Meets


def plain(stage, case):
    """Nothing fails; what the others are measured by."""
    trial = Trial(stage, case)
    run = trial.start().ended()
    lines = trial.judge(run)
    did = {name: (line["end"], int(laws.row_of(line) or 0))
           for name, line in laws.said(run).items()}
    if did != case.does:
        trial.say(f"did {did}, not {case.does} ({run})")
    if not run.dry:
        of_rows(trial, did)
    if run.status != case.status:
        trial.say(f"exit {run.status}, not {case.status} ({run})")
    last = trial.end()
    if last is not None:
        stage.ends[case.name] = trial.end_of(last)
        count(trial)
    stage.lines[case.name] = lines
    return trial


def of_rows(trial, did):
    """The status tells of the run at once."""
    for name, sync in trial.objects().items():
        row = laws.row_of(sync.get("status", {}).get("lastDecision", {}))
        if row != str(did[name][1]) and did[name][0] != "busy":
            trial.say(f"{name}: the status tells of row {row}")


def count(trial):
    """How many runs each object had, and has."""
    state = trial.stage.tekton()
    for uid, name in trial.uids.items():
        made = [run for run in state["runs"] if run["owner"] == uid]
        kept = [run for run in made if not run["deleted"]]
        if len(made) != trial.case.made[name]:
            trial.say(f"{name}: {len(made)} runs, not "
                      f"{trial.case.made[name]}")
        if len(kept) != trial.case.kept[name]:
            trial.say(f"{name}: {len(kept)} runs kept, not "
                      f"{trial.case.kept[name]}")


def person(stage, case, n, when, name):
    """A person acts while an exchange is held."""
    trial = Trial(stage, case)
    act = people.NAMED[name]
    trial.racing = act.racing
    run = Meets.hold(trial, trial.where(n), when)
    done = act.do(trial)
    trial.place.calm()
    trial.judge(run)
    if act.back:
        act.back(trial, done)
    first = len(stage.runs)
    last = trial.end()
    trial.later = {later.name for later in stage.runs[first:]}
    if last is not None:
        trial.wrong += act.judge(trial, done, last)
    return trial


def robbed(stage, case, n):
    """The Lease goes while a run has it, and another one goes to its end:
    what is left is that both would make the same."""
    trial = Trial(stage, case)
    first = Meets.hold(trial, trial.where(n), "before")
    for lease in stage.leases():
        stage.place.ask("DELETE", f"{LEASES}/{lease}")
    second = trial.start().ended()
    trial.place.calm()
    made = [laws.whose(line) for line in laws.acts(trial.judge(first, second))
            if line["effect"] and line["method"] == "POST"]
    if len(made) != len(set(made)):
        trial.say(f"two made a run ({first}; {second})")
    trial.end_as_ever()
    return trial


def late(stage, case, n):
    """A run is stopped while the answer to the taking of its Lease is on
    its way, and goes on when that has lapsed, by its own clock and the
    server's, the lambda says another thing, and others have acted on it."""
    trial = Trial(stage, case)
    stage.place.faults({"match": trial.where(n), "kind": "hold",
                        "at": "after"})
    first = trial.start("--deadline", "1s")
    if not stage.place.held(1):
        trial.say("never got to the exchange")
    first.signal(signal.SIGSTOP)
    stage.place.calm()
    lasts = max(lease["spec"]["leaseDurationSeconds"]
                for lease in stage.leases().values())
    time.sleep(lasts + 1)
    stage.wait(lasts + 6)
    people.NAMED["changes the answer"].do(trial)
    for _ in range(3):
        trial.judge(trial.start().ended())
        stage.wait(cases.LAPSED)
    first.signal(signal.SIGCONT)
    if laws.acts(trial.judge(first.ended()), first.name):
        trial.say(f"the late writer acted ({first})")
    if first.status != 1:
        trial.say(f"the late writer ended with {first.status} ({first})")
    trial.end()
    return trial


MEETS = Meets(Trial)
MEETS.person = person
