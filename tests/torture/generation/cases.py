"""The states of a generation's life, trained and serving, how each is come
by, and what a run does there when nothing fails."""

from generation.stage import LEASES, TRAINERS
from kube.place import LEASES as OBJECTS

PAUSE = 1260    # s between runs: longer than anything settles
ROUNDS = 40     # runs until it must be so
MONTH = 29 * 86400
TRAIN, DEPLOY = "train-model", "deploy-model"


class Step:
    """`does`: its verb, or how the run ends; `row`: how that begins;
    `then`: s that pass afterwards."""

    def __init__(self, name, tool, does=None, row="", then=PAUSE):
        self.name = name
        self.tool = tool
        self.does = does or name
        self.row = row
        self.then = then

    def is_met(self, run):
        did = run.said.get("verb") if run.end == "done" else run.end
        return did == self.does and self.row in run.said.get("row", "")


def go(stage, step, keep=False):
    """Runs of its tool, to the one that takes the step; what there was
    before that."""
    for _ in range(ROUNDS):
        if keep:
            stage.save(step.name)
        run = stage.start(step.tool).ended()
        stage.wait(step.then)
        if step.is_met(run):
            return
        if run.end not in ("done", "settled"):
            break
    raise RuntimeError(f"{stage.trainer}: no {step.name}: {run}")


def merge(stage):
    if not stage.merge():
        raise RuntimeError("nothing is proposed")


def another(stage):
    """A month on there is another model."""
    stage.wait(MONTH)
    stage.more_events("20260905", 100, 40, 3)
    for step in MADE[stage.trainer]:
        go(stage, step)


MADE = {
    "automl": [Step(name, TRAIN) for name in (
        "measure", "choose", "export", "dataset", "import", "train")],
    "vertex": [Step(name, TRAIN) for name in (
        "measure", "choose", "export", "train")]}
for trainer, last in (("automl", ()), ("vertex", ("upload",))):
    MADE[trainer] += [
        Step("waiting", TRAIN, "settled", "running"),
        *(Step(name, TRAIN) for name in (*last, "register")),
        Step("settled", TRAIN, "settled", "7 ")]


def life(name):
    """All of it, in order."""
    shift = [Step("shift", DEPLOY)] if name == "vertex" else []
    return [
        *MADE[name],
        Step("serve", DEPLOY, then=10),
        Step("deploying", DEPLOY, "settled", "12 "),
        Step("push", DEPLOY), merge,
        Step("serving", DEPLOY, "settled"), another,
        Step("serve another", DEPLOY, "serve"),
        Step("push another", DEPLOY, "push"),
        Step("waiting for review", DEPLOY, "settled", "18 "), merge,
        *shift,
        Step("serving two", DEPLOY, "settled"),
        Step("undeploy", DEPLOY, row="21 "),
        Step("served", DEPLOY, "settled")]


def travel(stage, kept, name):
    """Saves the state before each step."""
    stage.begin(kept, name)
    for step in life(name):
        if isinstance(step, Step):
            go(stage, step, keep=True)
        else:
            step(stage)


# What befalls a state before the case begins.
def undeployed(stage):
    """A person took away what is live."""
    take_off(stage, stage.names("main"))
    stage.wait(PAUSE)


def take_off(stage, model):
    """False: the service does not let it go, as it has the traffic and the
    other is not there yet."""
    if stage.trainer == "automl":
        stage.call("POST", f"models/{model.rpartition('/')[2]}:undeploy", {})
        return True
    deployed = stage.state()["endpoints"][0]["deployedModels"]
    for one in deployed:
        if one["model"] == model:
            others = [m["id"] for m in deployed if m["model"] != model]
            try:
                stage.call("POST", "endpoints/bot:undeployModel", {
                    "deployedModelId": one["id"],
                    "trafficSplit": {others[0]: 100} if others else {}})
            except RuntimeError as e:
                if "has traffic" not in str(e):
                    raise
                return False
    return True


def failing(stage):
    """The last deployment failed."""
    text = "no machines left"
    stage.google(stage.trainer, {"fail": {"deploy": text if (
        stage.trainer == "vertex") else {"code": 8, "message": text}}})
    go(stage, Step("serve", DEPLOY, then=120))


def lost(tool):
    def do(stage):
        stage.place.ask("DELETE", f"{OBJECTS}/{tool}-issues")
    return do


class Case:
    """`words`: what a run of it begins with."""

    def __init__(self, kept, name, step, **more):
        self.kept = kept
        self.trainer = name
        self.step = step
        self.name = f"{kept} {name} {more.get('name', step.name)}"
        self.state = more.get("state", step.name)
        self.prepare = more.get("prepare")
        self.create = more.get("create", False)

    @property
    def words(self):
        return (self.step.tool,)

    @property
    def trains(self):
        return self.step.tool == TRAIN

    @property
    def acts(self):
        return self.step.does != "settled"


def of_life(kept, name):
    found = [Case(kept, name, step) for step in life(name)
             if isinstance(step, Step)]
    found += [
        Case(kept, name, Step("serve what is live", DEPLOY, "serve", "serving"),
             state="served", prepare=undeployed),
        Case(kept, name, Step("serve again", DEPLOY, "serve", "12 "),
             state="serve", prepare=failing)]
    if kept == "object":
        found += [Case(kept, name, Step(f"no Lease, {state}", tool, "done",
                                        "no Lease"),
                       state=state, prepare=lost(tool), create=True)
                  for state, tool in (("export", TRAIN), ("waiting", TRAIN),
                                      ("serve another", DEPLOY))]
    return found


ALL = [case for kept in LEASES for name in TRAINERS
       for case in of_life(kept, name)]


def set_up(stage, case):
    stage.restore(case.kept, case.trainer, case.state, case.create)
    if case.prepare:
        case.prepare(stage)
        stage.place.ask("DELETE", "/record")
        stage.runs = []
