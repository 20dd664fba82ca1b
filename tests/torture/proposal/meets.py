"""What a run meets: a fault, a signal, another run, or a person."""

import re
import signal

from proposal import cases, kinds, laws, people
from proposal.trial import Trial

# What the forge lets nobody do.
NOT_TO_BE = re.compile("do not merge|Validation Failed")
END = 20        # s from SIGTERM to the end (design, promise 10)


def plain(stage, case):
    """Nothing fails; what the others are measured by."""
    trial = Trial(stage, case)
    run = trial.start().ended()
    lines = trial.judge(run)
    if (run.said.get("verb") if case.acts else run.end) != case.does or (
            laws.row_of(run) != str(case.row)):
        trial.say(f"did not {case.does} by row {case.row} ({run})")
    if run.status != case.status:
        trial.say(f"exit {run.status}, not {case.status} ({run})")
    last = trial.end()
    if last is not None:
        stage.ends[case.name] = laws.end_of(stage, last)
    stage.lines[case.name] = lines
    return trial


def fault(stage, case, n, name):
    kind = kinds.NAMED[name]
    trial = Trial(stage, case)
    if name == "stale":     # such rules see reads alone
        n -= sum(line["mutating"] for line in stage.lines[case.name][:n])
    trial.place.faults(dict(kind.rule, match={"agent": "deploy-model",
                                              "nth": n}, times=1))
    run = trial.start(*kind.words).ended()
    trial.place.calm()
    if not any(line["fault"] for line in trial.judge(run)):
        trial.say(f"the fault never came ({run})")
    trial.end_as_ever()
    return trial


def hold(trial, n, when, *more):
    """A run that has come to its nth exchange and waits there."""
    return hold_at(trial, {"agent": "deploy-model", "nth": n}, when, *more)


def hold_at(trial, where, when, *more):
    trial.place.faults({"match": where, "kind": "hold", "at": when},
                       *(dict(rule, match=where) for rule in more))
    run = trial.start()
    if not trial.place.held(1):
        trial.say("never got to the exchange")
    return run


def told(stage, case, n, when, name):
    """The exchange is held, the signal sent, the exchange let go."""
    trial = Trial(stage, case)
    if name == "KILL":
        lost = [{"kind": "cut-before"}] if when == "before" else []
        run = hold(trial, n, when, *lost)
        run.signal(signal.SIGKILL)
        run.ended()
        trial.place.release()
        if run.status != -signal.SIGKILL:
            trial.say(f"was not killed ({run})")
    else:
        run = hold(trial, n, when)
        run.signal(signal.SIGTERM)
        trial.place.release()
        run.ended(END)
    trial.judge(run)
    trial.end_as_ever()
    return trial


def one_acted(trial, *runs):
    for run in runs:
        run.ended()
    done = laws.writes(trial.judge(*runs))
    if len(done) > 1:
        trial.say("two acted: " + "; ".join(map(str, runs)))
    trial.end_as_ever()
    return trial


def beside(stage, case, n):
    """One is held; another goes from its beginning to its end meanwhile."""
    trial = Trial(stage, case)
    first = hold(trial, n, "before")
    second = trial.start().ended()
    trial.place.calm()
    return one_acted(trial, first, second)


def both(stage, case, n, swapped):
    """Both have looked as far as the nth exchange; then one after the
    other.  The second may get there with fewer: the first has filled the
    cache."""
    trial = Trial(stage, case)
    line = stage.lines[case.name][n - 1]
    runs = [hold(trial, n, "before"), hold_at(trial, {
        "method": line["method"], "path": f"{re.escape(line['path'])}$"},
        "before")]
    held = trial.place.held(2)
    trial.place.ask("DELETE", "/faults")
    if len(held) != 2:
        trial.say("they never met")
    for one in sorted(held, key=lambda h: h["n"], reverse=swapped):
        trial.place.release(one["n"])
        for run in runs:
            if run.name == one["run"]:
                run.ended()
    return one_acted(trial, *runs)


def person(stage, case, n, when, name):
    """A person acts while an exchange is held."""
    trial = Trial(stage, case)
    act = people.NAMED[name]
    run = hold(trial, n, when)
    done = None
    try:
        done = act.do(stage)
    except RuntimeError as error:
        if not NOT_TO_BE.search(str(error)):
            raise
    trial.place.calm()
    trial.judge(run)
    last = trial.end(act.racing)
    if last is not None:
        if done is not None:
            trial.wrong += act.judge(stage, done, last)
        if laws.row_of(last) == "11":
            undo(trial, last)
    return trial


def undo(trial, last):
    """The person is done with the branch, and takes it away."""
    trial.stage.github("delete_branch", {"repo": cases.REPO,
                                         "branch": laws.held(trial.stage,
                                                             last)})
    last = trial.end(("untrue", "empty", "two"))
    if last is not None and laws.row_of(last) == "11":
        trial.say(f"holds a branch that is gone ({last})")
