"""The states from which a run is made, and what it does there when nothing
fails."""

import signal

from kube import workload
from kube.stage import LAPSE


class Case:
    """`exchanges` of a run that nothing befalls, and its exit status, the
    first `reads` of them read; `acts`: the next one takes the Lease and the
    last lets it go; `effect`: the one between that is the action.  `moves`:
    what trains may end while the case is played.  `shelves`: how many
    datasets, models and failures there are at the end."""

    def __init__(self, name, tool, state, exchanges, **more):
        self.name = name
        self.tool = tool
        self.state = state
        self.exchanges = exchanges
        self.status = more.get("status", 0)
        self.reads = more.get("reads", 1)
        self.acts = more.get("acts", exchanges - self.reads == 2)
        self.effect = more.get("effect")
        self.moves = more.get("moves", False)
        self.shelves = more.get("shelves", [1, 1, 0])
        self.words = more.get("words", ())
        self.document = more.get("document", "model.yaml")
        self.prepare = more.get("prepare")
        self.end = more.get("end", "done")
        self.trains = more.get("trains", False)

    @property
    def dry(self):
        return "-n" in self.words

    @property
    def takes(self):
        """The exchange that takes the Lease, of a run that acts."""
        return self.reads + 1

    @property
    def workload(self):
        """What trains in the cluster; None: it does not."""
        return workload.OF.get(self.document)


def lock(stage):
    stage.lock()


def cluster(kind, document):
    """The same where the cluster trains: the second exchange looks there."""
    def case(name, state, exchanges, **more):
        return Case(name.replace("KIND", kind), "train-model",
                    f"{kind} {state}", exchanges, reads=2, document=document,
                    **more)

    return (
        case("make a KIND", "built", 5, acts=True, effect=4),
        case("wait for a KIND", "made", 2, end="settled", moves=True),
        case("register what a KIND made", "over", 4),
        case("record a KIND that failed", "failed", 4, shelves=[1, 0, 1]),
        case("record a KIND that is gone", "gone", 4, shelves=[1, 0, 1]),
        case("close a KIND that was made", "done", 3, moves=True),
        case("close a KIND that was not", "lost", 3),
        case("dry run of a KIND", "built", 2, status=2, words=("-n",),
             end="plan"))


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
    *cluster("Job", "by-job.yaml"),
    *cluster("PipelineRun", "by-run.yaml"),
)


def die_at(stage, state, tool, number, when, name, document="model.yaml"):
    """A run from a state, killed while an exchange is held, which before its
    effect is then lost; saved as it is, and with its time lapsed."""
    stage.restore(state)
    where = {"agent": tool, "nth": number}
    rules = [{"match": where, "kind": "hold", "at": when}]
    if when == "before":
        rules.append({"match": where, "kind": "cut-before"})
    stage.place.faults(*rules)
    run = stage.start(tool, settling=True, document=document)
    if len(stage.place.held(1)) != 1:
        raise RuntimeError(f"{name}: never got there ({run.kill()})")
    run.signal(signal.SIGKILL)
    run.ended()
    stage.place.calm()
    if name == "train-lost":
        stage.save("train-held", state)
    stage.advance(LAPSE)
    stage.save(name, state)


def step(stage, tool, name, prior, document="model.yaml"):
    run = stage.start(tool, settling=True, document=document).ended()
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
    for document, found in workload.OF.items():
        make_elsewhere(stage, document, found)


def make_elsewhere(stage, document, found):
    """The states of a training in the cluster, from the start."""
    kind = found.kind
    built, made = f"{kind} built", f"{kind} made"
    stage.restore("start")
    found.plan(stage)
    step(stage, "train-model", built, "start", document)
    step(stage, "train-model", made, built, document)
    stage.advance(workload.SECONDS + 1)
    stage.save(f"{kind} over", built)
    stage.restore(made)
    found.remove(stage)
    stage.save(f"{kind} gone", built)
    stage.restore(built)
    found.plan(stage, fails=True)
    step(stage, "train-model", f"{kind} failing", built, document)
    stage.advance(workload.SECONDS + 1)
    stage.save(f"{kind} failed", built)
    die_at(stage, built, "train-model", 4, "before", f"{kind} lost", document)
    die_at(stage, built, "train-model", 5, "before", f"{kind} done", document)
