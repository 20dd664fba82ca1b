"""The states that runs begin from, each made by runs themselves."""

import signal

from pipeline.stage import PUBLISHED

FOREVER = {"seconds": None}
SHORT = {"seconds": 1}
BAD = {"seconds": 1, "status": "False", "reason": "Failed"}
WAIT = 30       # s between runs on the way to a state
LAPSED = 700    # longer than the first back-off, or a Lease
CREATE = {"path": "pipelineruns$", "method": "POST"}
DELETE = {"path": "pipelineruns/", "method": "DELETE"}


class Case:
    """`base` makes what was before, `step` the state itself.  `does`: for
    each object how its run ends and by which row (0: none); `made` and `kept`: how
    many runs it had and has at the end.  `past`: the list in which others
    made the state, who were not there a version before."""

    def __init__(self, name, base, step, does, **more):
        self.name = name
        self.base = base
        self.step = step
        self.does = does
        self.made = more.get("made", dict.fromkeys(does, 1))
        self.kept = more.get("kept", self.made)
        self.status = more.get("status", 0)
        self.words = more.get("words", ())
        self.past = more.get("past")


def run(stage, status=0):
    stage.wait(WAIT)
    one = stage.start().ended()
    if one.status != status:
        raise RuntimeError(f"on the way to the state: {one}")


def killed(stage, where, at, wait=WAIT):
    """A run dies at a write, before it comes or when it was done; then its
    Lease lapses."""
    lost = [{"kind": "cut-before", "match": where}] if at == "before" else []
    stage.wait(WAIT)
    stage.place.faults({"kind": "hold", "at": at, "match": where}, *lost)
    one = stage.start()
    if not stage.place.held(1):
        raise RuntimeError("never got to the write")
    one.signal(signal.SIGKILL)
    one.ended()
    stage.place.calm()
    stage.wait(wait)


def nothing(stage):
    stage.plan(FOREVER)


def there(stage, **how):
    """An object whose lambda says that a sync is needed."""
    stage.plan(FOREVER)
    stage.make_sync("deploy", **how)
    stage.needs("deploy", "m1")


def going(stage):
    there(stage)
    run(stage)


def short(stage):
    """As before, but the run will end by itself."""
    there(stage)
    stage.plan(SHORT, FOREVER)
    run(stage)


def over(stage):
    stage.wait(WAIT)
    stage.rests("deploy")


def again(stage):
    stage.wait(WAIT)
    stage.needs("deploy", "m2")


def history(stage, runs=4):
    """One of the object's without our label, then some of ours."""
    stage.make_sync("deploy")
    stage.plan(SHORT)
    uid = stage.sync("deploy")["metadata"]["uid"]
    stage.foreign("theirs", owner=("deploy", uid))
    for n in range(runs):
        stage.needs("deploy", f"m{n}")
        run(stage)
    stage.wait(WAIT)


def resting(stage):
    history(stage)
    stage.rests("deploy")
    run(stage)


def limits(thing):
    thing["spec"]["successfulPipelineRunsHistoryLimit"] = 1


def limit(stage):
    stage.change("deploy", limits)


def and_another(stage):
    history(stage, 3)
    stage.plan(FOREVER)
    stage.needs("deploy", "last")
    run(stage)


def more_needed(stage):
    history(stage, 3)
    stage.plan(FOREVER)
    stage.needs("deploy", "last")


def to_delete(stage):
    resting(stage)
    limit(stage)


def to_fail(stage):
    there(stage)
    stage.plan(BAD, FOREVER)
    run(stage)


def failed(stage):
    stage.wait(WAIT)
    run(stage)


def later(stage):
    failed(stage)
    stage.wait(LAPSED)


def fails_again(stage):
    there(stage)
    stage.plan(BAD, BAD)
    run(stage)
    later(stage)
    run(stage)


def of_original(stage):
    """The controller that was here before has made a run."""
    there(stage)
    stage.plan(FOREVER, pipeline="foreign")


def original(stage):
    uid = stage.sync("deploy")["metadata"]["uid"]
    stage.foreign("theirs", owner=("deploy", uid))


def suspend(thing):
    thing["spec"]["suspend"] = True


def bad(thing):
    thing["spec"]["pipelineRunTemplate"]["spec"]["taskRunTemplate"] = {
        "serviceAccountName": "admin"}


def gone(stage):
    stage.place.ask("DELETE", stage.path("deploy"))


def two(stage):
    stage.plan(FOREVER)
    for name in ("first", "second"):
        stage.make_sync(name)
        stage.needs(name, "m1")


def three(stage):
    two(stage)
    stage.make_sync("third")
    stage.needs("third", "m1")
    stage.says("second", "html")


CREATES = {"deploy": ("done", 13)}
CLOSES = {"deploy": ("done", 2)}
ALL = [
    Case("needed", nothing, there, CREATES),
    Case("active", there, run, {"deploy": ("settled", 5)}),
    Case("ended", short, over, {"deploy": ("settled", 8)}),
    Case("needed again", short, again, CREATES, made={"deploy": 2}),
    Case("beyond the limit", resting, limit, {"deploy": ("done", 8)},
         made={"deploy": 5}, kept={"deploy": 2}),
    Case("beyond it, active", and_another, limit, {"deploy": ("done", 5)},
         made={"deploy": 5}, kept={"deploy": 3}),
    Case("beyond it, needed", more_needed, limit, {"deploy": ("done", 12)},
         made={"deploy": 5}, kept={"deploy": 3}),
    Case("backing off", to_fail, failed, {"deploy": ("settled", 11)},
         made={"deploy": 2}),
    Case("back-off over", to_fail, later, CREATES, made={"deploy": 2}),
    Case("failed too often", fails_again,
         lambda stage: stage.wait(LAPSED), {"deploy": ("held", 10)},
         made={"deploy": 2}, status=2),
    Case("killed after the create", there,
         lambda stage: killed(stage, CREATE, "after"), CLOSES),
    Case("killed before the create", there,
         lambda stage: killed(stage, CREATE, "before"), CLOSES),
    Case("killed just now", there,
         lambda stage: killed(stage, CREATE, "before", 1),
         {"deploy": ("busy", 0)}),
    Case("killed after the delete", to_delete,
         lambda stage: killed(stage, DELETE, "after"), CLOSES,
         made={"deploy": 5}, kept={"deploy": 2}),
    Case("killed before the delete", to_delete,
         lambda stage: killed(stage, DELETE, "before"), CLOSES,
         made={"deploy": 5}, kept={"deploy": 2}),
    Case("the original's run", of_original, original,
         {"deploy": ("settled", 5)}, past="pipelineruns"),
    Case("suspended", there, lambda stage: stage.change("deploy", suspend),
         {"deploy": ("held", 1)}, made={"deploy": 0}, status=2,
         past="modelsyncs"),
    Case("refused", there, lambda stage: stage.change("deploy", bad),
         {"deploy": ("failed", 4)}, made={"deploy": 0}, status=3,
         past="modelsyncs"),
    Case("its object gone", going, gone, {}),
    Case("as published", nothing,
         lambda stage: there(stage, group=PUBLISHED), CREATES),
    Case("v1beta1", nothing, lambda stage: there(
        stage, apiVersion="tekton.dev/v1beta1"), CREATES),
    Case("two", nothing, two, {"first": ("done", 13),
                               "second": ("done", 13)}),
    Case("three, one without an answer", nothing, three,
         {"first": ("done", 13), "second": ("failed", 7),
          "third": ("done", 13)},
         made={"first": 1, "second": 0, "third": 1}, status=1),
    Case("dry run", nothing, there, {"deploy": ("plan", 13)}, status=2,
         words=("-n",)),
]


def make(stage, case):
    """The state, once; it can be put back from then on."""
    if case.name in stage.states:
        return
    stage.begin()
    case.base(stage)
    stage.bases[case.name] = stage.save()
    live_through(stage, case)
    stage.states[case.name] = stage.save()


def set_up(stage, case):
    make(stage, case)
    stage.restore(stage.states[case.name])


def live_through(stage, case):
    """The same by living through its last step, so that the world knows
    what was before; how many versions ago."""
    base = stage.bases[case.name]
    stage.restore(base)
    case.step(stage)
    stage.place.ask("DELETE", "/record")
    return stage.version() - base.version
