"""What people do while an exchange of a run is held."""

from generation import cases, laws


class Act:
    """`tool`: beside whose runs; `needs(stage)`: whether it can be done;
    `racing`: what it makes unavoidable when it comes between a look and a
    write (laws.py)."""

    def __init__(self, name, tool, do, racing=(), needs=lambda stage: True):
        self.name = name
        self.tool = tool
        self.do = do
        self.racing = racing
        self.needs = needs


def more_events(trial):
    trial.stage.more_events("20260905", 100, 40, 3)


def strangers(trial):
    """Others of the project train, and upload."""
    trial.stage.google("automl", {"strangers": {
        "models": 2, "operations": 2, "running": [600, 7200]}})
    trial.stage.google("vertex", {"strangers": {"models": 2}})


def deploy(stage, model, number, split):
    if stage.trainer == "automl":
        stage.call("POST", f"models/{model.rpartition('/')[2]}:deploy", {})
        return
    stage.call("POST", "endpoints/bot:deployModel", {
        "deployedModel": {
            "model": model, "id": number, "dedicatedResources": {
                "machineSpec": {"machineType": "n1-standard-2"},
                "minReplicaCount": 1}},
        "trafficSplit": split})


def deploy_theirs(trial):
    """On the same endpoint, without traffic."""
    stage = trial.stage
    strangers(trial)
    theirs = [m["name"] for m in stage.state()["models"]
              if m.get("displayName") == "theirs"
              and ("deploymentState" in m) == (stage.trainer == "automl")]
    model = theirs[0]
    deploy(stage, model, "77", stage.state()["endpoints"][0]["trafficSplit"])
    trial.theirs.append(model)


def newest(stage):
    """Ours that was registered last."""
    return [m["name"] for m in stage.state()["models"]
            if "modelsync-generation" in m.get("labels", {})][-1]


def can_deploy(stage):
    return newest(stage) not in laws.Serving(stage).serve


def deploy_ours(trial):
    """By hand, what the run is about to deploy."""
    stage = trial.stage
    model = newest(stage)
    serving = laws.Serving(stage)
    split = serving.endpoint["trafficSplit"]
    deploy(stage, model, "88", split or {"0": 100})


def live_serves(stage):
    live = laws.full(stage, stage.names("main"))
    return live is not None and live in laws.Serving(stage).serve


def undeploy(trial):
    """What is live, by hand; not while another takes its traffic."""
    stage = trial.stage
    live = laws.full(stage, stage.names("main"))
    if cases.take_off(stage, live):
        trial.deployed[live] = 0


def can_merge(stage):
    return stage.names("auto-update") not in (None, stage.names("main"))


def can_revert(stage):
    """Something of ours was there before."""
    return stage.names("main") is not None and stage.names(
        "main^1") is not None


ALL = [
    Act("events", "train-model", more_events),
    Act("strangers", "train-model", strangers),
    Act("deploys theirs", "deploy-model", deploy_theirs),
    Act("deploys ours", "deploy-model", deploy_ours, ("twice",),
        can_deploy),
    Act("undeploys", "deploy-model", undeploy, (), live_serves),
    Act("merges", "deploy-model", lambda trial: trial.stage.merge(), (),
        can_merge),
    Act("reverts", "deploy-model", lambda trial: trial.stage.revert(),
        ("live", "held"), can_revert),
]
NAMED = {act.name: act for act in ALL}


def can(stage, case):
    return [act for act in ALL if act.tool == case.step.tool
            and act.needs(stage)]
