"""What must be true whatever happens.  Each law returns sentences about
where it is broken."""

import re

from shared.kinds import OVER

STATUS = {"done": {0}, "settled": {0}, "busy": {0}, "held": {2},
          "failed": {1, 3}}
DEPLOYED = re.compile(r"AutoML deploy of (\S+)$|(\S+) deployed$")
UNDEPLOYED = re.compile(r"AutoML undeploy of (\S+)$|(\S+) undeployed$")


def of_run(run, record):
    """What one run is and does, whoever else is about."""
    found = []
    mine = [line for line in record if line["run"] == run.name]
    wrote = [line for line in mine if line["mutating"] and line["effect"]
             and "/leases" not in line["path"]]
    if run.ill:
        found.append(run.ill)
    if run.status < 0:
        return found        # killed, by us
    if run.status not in STATUS.get(run.end, {0, 1, 2, 3}):
        found.append(f"exit {run.status} of a run that is {run.end}")
    if not run.end and OVER not in run.text:
        found.append("said nothing")
    if wrote and run.end in ("settled", "busy", "held"):
        found.append(f"wrote and says {run.end}")
    return [f"{text} ({run})" for text in found]


def creations(lines):
    """What makes something new at Google's when it is done twice."""
    return [line for line in lines if line["effect"]
            and line["method"] == "POST" and "/leases" not in line["path"]
            and not line["path"].endswith("/jobs")]


def told_of(pattern, line):
    found = pattern.search(line["effect"] or "")
    return found and (found[1] or found[2])


class Serving:
    """What serves, by AutoML's list or at the endpoint."""

    def __init__(self, stage):
        state = stage.state()
        self.ours = {m["name"] for m in state["models"]
                     if "modelsync-generation" in m.get("labels", {})}
        self.endpoint = state["endpoints"][0]
        self.at = {one["id"]: one["model"]
                   for one in self.endpoint["deployedModels"]}
        self.automl = [m["name"] for m in state["models"]
                       if m.get("deploymentState") == "DEPLOYED"]
        self.serve = (self.automl if stage.trainer == "automl"
                      else list(self.at.values()))

    def traffic(self, model):
        split = self.endpoint["trafficSplit"]
        return sum(split.get(one, 0) for one, what in self.at.items()
                   if what == model)


def full(stage, value):
    """The full name of a model; None: it is none."""
    if value is None or "/" in value:
        return value
    return next((m["name"] for m in stage.state()["models"]
                 if m["name"].endswith(f"/{value}")), value)


def of_acts(trial, record, was):
    """What runs did to what serves; `was`: id to model."""
    found = []
    stage = trial.stage
    live = full(stage, stage.names("main"))
    ours = Serving(stage).ours
    for line in record:
        gone = told_of(UNDEPLOYED, line)
        if gone:
            gone = was.get(gone, gone)
            if gone not in ours:
                found.append(f"undeployed {gone}, which is not ours")
            if gone == live and "live" not in trial.racing:
                found.append(f"undeployed {gone}, which is live")
            trial.deployed[gone] = 0
        new = told_of(DEPLOYED, line)
        if new:
            trial.deployed[new] = trial.deployed.get(new, 0) + 1
            if trial.deployed[new] > 1:
                found.append(f"deployed {new} again")
    return found


def of_push(trial, run):
    """A model is servable when it is proposed."""
    stage = trial.stage
    tip = stage.tip("auto-update")
    if tip == trial.tip:
        return []
    trial.tip = tip
    model = full(stage, stage.names("auto-update"))
    if model in Serving(stage).serve or "serves" in trial.racing:
        return []
    return [f"proposed {model}, which does not serve ({run})"]


def of_training(stage):
    """One of each, whatever failed."""
    state = stage.state()
    objects = state["objects"]
    asked = [job for job in state["jobs"] if not job["export"]]

    def on(shelf):
        return len([name for name in objects if f"/{shelf}/" in name
                    and name.endswith("/manifest.json")])

    counts = {
        "trainings": len(state["trainings"]),
        "exports": len(state["jobs"]) - len(asked),
        "models": len([m for m in state["models"] if (
            "modelsync-generation" in m.get("labels", {}))]),
        "registered": on("models"), "chosen": on("datasets"),
        "failed": len([name for name in objects if "/failed/" in name])}
    wanted = {**dict.fromkeys(counts, 1), "failed": 0}
    if stage.trainer == "automl":
        counts["datasets"] = len(state["datasets"])
        wanted["datasets"] = 1
    found = [f"{key} {counts[key]}, not {wanted[key]}"
             for key in counts if counts[key] != wanted[key]]
    if len(asked) > 2:
        found.append(f"{len(asked)} billed questions")
    return found


def of_end(trial):
    """What serves is what git names or is asked to name, and nothing else
    of ours; of others' all that did."""
    stage = trial.stage
    serving = Serving(stage)
    live = full(stage, stage.names("main"))
    proposed = full(stage, stage.names("auto-update"))
    found = []
    for model in sorted({m for m in (live, proposed) if m in serving.ours}):
        times = serving.serve.count(model)
        if times == 0 and (model == live or "held" not in trial.racing):
            found.append(f"{model} does not serve")
        if times > 1 and "twice" not in trial.racing:
            found.append(f"{model} serves {times} times")
    if stage.trainer == "vertex" and live in serving.ours and (
            "split" not in trial.racing) and serving.traffic(live) != 100:
        found.append(f"live has {serving.traffic(live)} % of the traffic")
    found += [f"{model} still serves" for model in serving.serve
              if model in serving.ours and model not in (live, proposed)]
    found += [f"{model} of others serves no more" for model in trial.theirs
              if model not in serving.serve]
    return found
