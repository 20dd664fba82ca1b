"""The states from which a run is made, and what it does there when nothing
fails."""

import signal

from kube.stage import LAPSE


class Case:
    """`exchanges` of a run that nothing befalls, and its exit status; `acts`:
    its second exchange takes the Lease and its last lets it go."""

    def __init__(self, name, tool, state, exchanges, **more):
        self.name = name
        self.tool = tool
        self.state = state
        self.exchanges = exchanges
        self.status = more.get("status", 0)
        self.acts = exchanges == 3
        self.words = more.get("words", ())
        self.document = more.get("document", "model.yaml")
        self.prepare = more.get("prepare")
        self.end = more.get("end", "done")
        self.trains = more.get("trains", False)

    @property
    def dry(self):
        return "-n" in self.words


def lock(stage):
    stage.lock()


ALL = (
    Case("build", "train-model", "start", 3),
    Case("train", "train-model", "built", 3, trains=True),
    Case("push", "deploy-model", "trained", 3),
    Case("close a training that was done", "train-model", "train-done", 2),
    Case("close a training that was not", "train-model", "train-lost", 2),
    Case("close a push that was done", "deploy-model", "push-done", 2),
    Case("close a push that was not", "deploy-model", "push-lost", 2),
    Case("close a push that left a lock", "deploy-model", "push-lost", 3,
         prepare=lock),
    Case("settled", "train-model", "pushed", 1, end="settled"),
    Case("waiting", "deploy-model", "pushed", 1, end="settled"),
    Case("busy", "train-model", "train-held", 1, end="busy"),
    Case("dry run of a training", "train-model", "built", 1, status=2,
         words=("-n",), end="plan"),
    Case("dry run of a push", "deploy-model", "trained", 1, status=2,
         words=("-n",), end="plan"),
    Case("no Lease, to be made", "train-model", "absent", 2,
         document="create.yaml"),
)


def die_at(stage, state, tool, number, when, name):
    """A run from a state, killed while an exchange is held, which before its
    effect is then lost; saved as it is, and with its time lapsed."""
    stage.restore(state)
    where = {"agent": tool, "nth": number}
    rules = [{"match": where, "kind": "hold", "at": when}]
    if when == "before":
        rules.append({"match": where, "kind": "cut-before"})
    stage.place.faults(*rules)
    run = stage.start(tool, settling=True)
    if len(stage.place.held(1)) != 1:
        raise RuntimeError(f"{name}: never got there ({run.kill()})")
    run.signal(signal.SIGKILL)
    run.ended()
    stage.place.calm()
    if name == "train-lost":
        stage.save("train-held", state)
    stage.advance(LAPSE)
    stage.save(name, state)


def step(stage, tool, name, prior):
    run = stage.start(tool, settling=True).ended()
    if run.end != "done":
        raise RuntimeError(f"{name}: {run}")
    stage.save(name, prior)


def make(stage):
    """All states, by the runs that lead to them."""
    stage.begin()
    stage.save("start")
    step(stage, "train-model", "built", "start")
    step(stage, "train-model", "trained", "built")
    step(stage, "deploy-model", "pushed", "trained")
    die_at(stage, "built", "train-model", 2, "after", "train-lost")
    die_at(stage, "built", "train-model", 3, "before", "train-done")
    die_at(stage, "trained", "deploy-model", 2, "after", "push-lost")
    die_at(stage, "trained", "deploy-model", 3, "before", "push-done")
    stage.restore("start")
    stage.place.put("train-model", None)
    stage.save("absent", "start")
