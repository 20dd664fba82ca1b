"""What a run meets: a fault, a signal, another run, or a person."""

import re

from proposal import cases, laws, people
from proposal.trial import Trial
from shared.meets import Meets

# What the forge lets nobody do.
NOT_TO_BE = re.compile("do not merge|Validation Failed")


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


def person(stage, case, n, when, name):
    """A person acts while an exchange is held."""
    trial = Trial(stage, case)
    act = people.NAMED[name]
    run = Meets.hold(trial, trial.where(n), when)
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
            last = followed(trial, act, done, last)
        if laws.row_of(last) == "11":
            undo(trial, last)
    return trial


def followed(trial, act, done, last):
    """What a person committed is there also when a newer model comes."""
    more = [n for n, model in enumerate(trial.stage.models, 1)
            if not cases.has_model(trial.stage, model)]
    if act.judge is not people.kept or not more:
        return last
    trial.stage.add_model(more[0])
    newer = trial.end((*act.racing, "untrue", "empty"))
    if newer is None:
        return last
    trial.wrong += act.judge(trial.stage, done, newer)
    return newer


def undo(trial, last):
    """The person is done with the branch, and takes it away."""
    trial.stage.github("delete_branch", {"repo": cases.REPO,
                                         "branch": laws.held(trial.stage,
                                                             last)})
    last = trial.end(("untrue", "empty", "two"))
    if last is not None and laws.row_of(last) == "11":
        trial.say(f"holds a branch that is gone ({last})")


MEETS = Meets(Trial)
MEETS.person = person
