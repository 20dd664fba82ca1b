"""What a run meets: nothing, a person, or that its Lease goes; the rest is
shared/meets.py."""

from generation import people
from generation.trial import Trial
from kube.place import lease
from shared.meets import Meets


def plain(stage, case):
    """Nothing fails; what the others are measured by."""
    trial = Trial(stage, case)
    run = trial.start().ended()
    stage.lines[case.name] = trial.judge(run)
    step = case.step
    if not (step.is_met(run) or step.row == "no Lease" == run.said.get(
            "row")):
        trial.say(f"did not {step.does} ({run})")
    last = trial.end()
    if last is not None:
        stage.ends[case.name] = trial.end_of(last)
    return trial


def person(stage, case, n, when, name):
    """A person acts while an exchange is held."""
    trial = Trial(stage, case)
    act = people.NAMED[name]
    trial.racing = act.racing
    run = Meets.hold(trial, trial.where(n), when)
    if act.needs(stage):
        act.do(trial)
    trial.place.calm()
    trial.judge(run)
    trial.end()
    return trial


HOW = ("deleted", "emptied", "taken")


def robbed(stage, case, n, how):
    """The Lease object goes while a run has it: deleted, and made again by
    who comes next; with a new one in its place; or with another holder."""
    trial = Trial(stage, case)
    tool = case.step.tool
    if how == "deleted":
        stage.create = True
        stage.document()
    run = Meets.hold(trial, trial.where(n), "before")
    held = stage.place.lease(tool)
    if how == "taken":
        held["spec"]["holderIdentity"] = "somebody else"
        stage.place.put(tool, held)
    else:
        stage.place.put(tool, None)
    if how == "emptied":
        stage.place.put(tool, lease(tool))
    trial.place.calm()
    trial.judge(run)
    trial.end()
    return trial


MEETS = Meets(Trial)
MEETS.person = person
