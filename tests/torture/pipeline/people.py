"""What people do between two exchanges of a run."""

from kube.place import log_of
from pipeline import cases, laws
from pipeline.stage import LABEL, LEASES, RUNS


def object_of(trial):
    """The name of the one that people are about."""
    return next(iter(trial.case.made))


def ours(trial):
    """Its runs that are there, the oldest first: what is known of each."""
    uids = [uid for uid, name in trial.uids.items()
            if name == object_of(trial)]
    return sorted((run for run in trial.stage.tekton()["runs"]
                   if run["owner"] in uids and not run["deleted"]
                   and LABEL in run["labels"]), key=laws.age)


def running(trial):
    return [run for run in ours(trial) if run["end"] is None]


def ended(trial):
    return [run for run in ours(trial) if run["end"]]


def end(status):
    def do(trial):
        trial.place.ask("POST", "/tekton/end", {
            "name": running(trial)[-1]["name"], "status": status})
    return do


def delete(which):
    def do(trial):
        trial.place.ask("DELETE", f"{RUNS}/{which(trial)[0]['name']}")
    return do


def take(do):
    """The oldest that ended is theirs from now on."""
    def act(trial):
        run = ended(trial)[0]
        thing = trial.place.ask("GET", f"{RUNS}/{run['name']}")
        do(thing["metadata"])
        trial.place.ask("PUT", f"{RUNS}/{run['name']}", thing)
        trial.given.add(run["uid"])
        return run["name"]
    return act


def edit(do):
    def act(trial):
        trial.stage.change(object_of(trial), do)
        trial.look()
    return act


def another_template(thing):
    thing["spec"]["pipelineRunTemplate"]["spec"]["params"].append(
        {"name": "more", "value": "of it"})


def answer(model):
    def do(trial):
        if model is None:
            trial.stage.rests(object_of(trial))
        else:
            trial.stage.plan(cases.FOREVER)
            trial.stage.needs(object_of(trial), model)
    return do


def delete_lease(trial):
    trial.place.ask("DELETE", f"{LEASES}/run-pipeline-{object_of(trial)}")


def delete_object(trial):
    name = object_of(trial)
    sync = trial.stage.sync(name)
    trial.place.ask("DELETE", trial.stage.path(name, sync["apiVersion"]))
    return sync["metadata"]["uid"]


def renew_object(trial):
    name = object_of(trial)
    sync = trial.stage.sync(name)
    delete_object(trial)
    for key in ("uid", "resourceVersion", "generation", "creationTimestamp"):
        sync["metadata"].pop(key, None)
    sync.pop("status", None)
    trial.place.ask("POST", "/objects", sync)
    trial.look()


def make_run(label, owned):
    """With our label, or with our object as its owner."""
    def do(trial):
        name = object_of(trial)
        uid = trial.stage.sync(name)["metadata"]["uid"]
        trial.stage.foreign(
            f"{name}-0123456789ab",
            {LABEL: laws.label_of(name)} if label else {},
            (name, uid) if owned else None)
        return f"{name}-0123456789ab"
    return do


def take_name(trial):
    """A run of their own under the name that is about to be used."""
    lease = trial.stage.leases().get(f"run-pipeline-{object_of(trial)}")
    intent = (log_of(lease) or {}).get("intent") or {}
    name = intent.get("target", "")
    if intent.get("verb") != "create" or trial.place.ask(
            "GET", f"{RUNS}/{name}"):
        return None
    trial.stage.foreign(name)
    return name


# Afterwards.
def nothing(trial, done, last):
    return []


def stays(trial, done, last):
    """The run that is theirs."""
    if done is None or done in trial.stage.live_runs():
        return []
    return [f"{done} is gone"]


def stays_suspended(trial, done, last):
    row = laws.row_of(laws.said(last).get(object_of(trial), {}))
    return [] if row == "1" else [f"is suspended, and row {row}"]


def none_made(trial, uid, last):
    """Nothing is made for an object that is gone, but by the run that was
    held."""
    later = [run["name"] for run in trial.stage.tekton()["runs"]
             if run["owner"] == uid and run["run"] in trial.later]
    return [f"made {later} for an object that is gone"] if later else []


def one_for_it(trial, done, last):
    """A new object of the name has runs of its own."""
    uid = trial.stage.sync(object_of(trial))["metadata"]["uid"]
    wanted = laws.row_of(laws.said(last).get(object_of(trial), {})) == "5"
    have = trial.stage.tekton()["active"].get(uid, 0)
    return [] if have == wanted else [f"{have} active of the new object"]


class Act:
    """`needs`: a run that is active or has ended, a Lease, an object, or
    nothing; `racing`: what cannot be helped; `back`: undoes it, after a run
    that had to do with it."""

    def __init__(self, name, needs, do, judge=nothing, **more):
        self.name = name
        self.needs = needs
        self.do = do
        self.judge = judge
        self.racing = more.get("racing", ())
        self.back = more.get("back")


def give_name_back(trial, name):
    """As long as it is there, a person is called; then it is put away."""
    if name is None:
        return
    trial.stage.wait(cases.WAIT)
    run = trial.start().ended()
    trial.judge(run)
    if name not in trial.stage.live_runs():
        trial.say(f"{name} is gone")
    trial.place.ask("DELETE", f"{RUNS}/{name}")


ALL = [
    Act("ends our run", "active", end("True")),
    Act("fails our run", "active", end("False")),
    Act("deletes our run", "active", delete(running)),
    Act("deletes one that ended", "ended", delete(ended)),
    Act("takes the label off one", "ended", take(
        lambda meta: meta["labels"].pop(LABEL)), stays),
    Act("takes one over", "ended", take(
        lambda meta: meta.pop("ownerReferences")), stays),
    Act("edits the template", "object", edit(another_template)),
    Act("suspends it", "object", edit(cases.suspend), stays_suspended),
    Act("lowers the limit", "object", edit(cases.limits)),
    Act("changes the answer", "object", answer("other")),
    Act("needs no sync any more", "object", answer(None)),
    Act("deletes the Lease", "lease", delete_lease),
    Act("deletes the object", "object", delete_object, none_made),
    Act("makes the object anew", "object", renew_object, one_for_it),
    Act("makes a run with our label", "object", make_run(True, False),
        stays),
    Act("makes a run of our object", "object", make_run(False, True), stays,
        racing=("active",)),
    Act("takes the name", "object", take_name, back=give_name_back),
]
NAMED = {act.name: act for act in ALL}


def can(trial):
    """The needs that a state meets."""
    found = {""}
    if not trial.case.made:
        return found
    if trial.stage.sync(object_of(trial)):
        found.add("object")
    if running(trial):
        found.add("active")
    if ended(trial):
        found.add("ended")
    if f"run-pipeline-{object_of(trial)}" in trial.stage.leases():
        found.add("lease")
    return found
