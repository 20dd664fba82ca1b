"""The states that runs begin from, each made by runs themselves."""

import json
import os
import time

from kube.place import Place
from kube.run import Run

START = int(time.time())    # a node whose clock is off does nothing
SYNCS = "/apis/modelsync.dev/v1alpha1/namespaces/ml/modelsyncs"
RUNS = "/apis/tekton.dev/v1/namespaces/ml/pipelineruns"
FOREVER = {"seconds": None}
SHORT = {"seconds": 1}
BAD = {"seconds": 1, "status": "False", "reason": "Failed"}
DOCUMENT = """apiVersion: modelsync.dev/v1alpha1
kind: PipelineRunner
metadata: {{name: runner}}
spec:
  namespace: ml
  allowedURLs: ["{url}/lambda"]
  allowLoopback: true
  caFile: "{ca}"
  lambdaDeadline: 1s
  lease:
    kubernetes: {{server: "{url}", tokenFile: "{token}", caFile: "{ca}"}}
"""


class Stage:
    """A world, a document, and the state both can be put back into."""

    def __init__(self, root, binaries):
        os.makedirs(root)
        self.binaries = binaries
        self.place = Place(os.path.join(root, "world"), tls=True)
        self.url = self.place.where["url"]
        self.file = os.path.join(root, "runner.yaml")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(DOCUMENT.format(**self.place.where))
        self.live = set()
        self.now = START
        self.base = self.state = None   # (dump, time)
        self.back = 0                   # versions between them

    def stop(self):
        for run in list(self.live):
            run.kill()
        self.place.stop()

    def clock(self, now):
        self.now = now
        self.place.clock(now=now)

    def start(self, *words):
        return Run(self, self.binaries, "run-pipeline",
                   (*words, "-f", self.file))

    def dump(self):
        return json.dumps(self.place.ask("GET", "/dump")), self.now

    def restore(self, state):
        for run in list(self.live):
            run.kill()
        self.place.calm()
        self.place.ask("PUT", "/dump", state[0])
        self.clock(state[1])
        self.place.ask("DELETE", "/record")

    def version(self):
        return self.place.ask("GET", "/dump")["kubernetes"][
            "resourceVersion"]

    def tekton(self):
        return self.place.ask("GET", "/tekton/state")

    def plan(self, *ends, pipeline="update-model"):
        self.place.ask("POST", "/tekton/plans", {"pipeline": pipeline,
                                                 "ends": list(ends)})

    def says(self, name, answer):
        self.place.ask("POST", "/lambda/program", {
            "path": f"/lambda/{name}", "answers": [answer]})

    def needs(self, name, model):
        self.says(name, {"needsSync": True, "parameters": {"name": model}})

    def sync(self, name):
        self.place.ask("POST", "/objects", {
            "apiVersion": "modelsync.dev/v1alpha1", "kind": "ModelSync",
            "metadata": {"name": name, "namespace": "ml"},
            "spec": {
                "needsSyncUrl": f"{self.url}/lambda/{name}",
                "parameters": [{"needsSyncName": "name",
                                "pipelineName": "automl-model"}],
                "pipelineRunTemplate": {"spec": {
                    "pipelineRef": {"name": "update-model"},
                    "timeouts": {"pipeline": "0"},
                    "params": [{"name": "automl-model",
                                "value": "notavlidmodel"}]}}}})

    def run(self):
        run = self.start().ended()
        if run.status != 0:
            raise RuntimeError(f"on the way to the state: {run}")

    def kill(self, at):
        """A run dies at its create, the answer never read."""
        where = {"path": "pipelineruns$", "method": "POST"}
        lost = [{"kind": "cut-before", "match": where}]
        self.place.faults({"kind": "hold", "at": at, "match": where},
                          *(lost if at == "before" else []))
        run = self.start()
        if not self.place.held(1):
            raise RuntimeError("no create to be killed at")
        run.kill()
        self.place.calm()

    def foreign(self, name, labels=None, owner=None):
        meta = {"name": name, "namespace": "ml", "labels": labels or {}}
        if owner is not None:
            meta["ownerReferences"] = [{
                "apiVersion": "modelsync.dev/v1alpha1", "kind": "ModelSync",
                "name": owner[0], "uid": owner[1], "controller": True}]
        self.place.ask("POST", RUNS, {
            "apiVersion": "tekton.dev/v1", "kind": "PipelineRun",
            "metadata": meta,
            "spec": {"pipelineRef": {"name": "foreign"}}})


class Case:
    """`base` makes what was before, `step` the state itself.  At the end
    each of `objects` has so many runs ever made, `kept` of them left."""

    def __init__(self, name, base, step, made, kept=None, status=0):
        self.name = name
        self.base = base
        self.step = step
        self.made = made
        self.kept = made if kept is None else kept
        self.status = status


def nothing(stage):
    stage.plan(FOREVER)


def object_there(stage):
    stage.plan(FOREVER)
    stage.sync("deploy")
    stage.needs("deploy", "m1")


def history(stage):
    """One of the object's without our label, then four of ours."""
    stage.sync("deploy")
    stage.plan(SHORT)
    uid = stage.place.ask("GET", f"{SYNCS}/deploy")["metadata"]["uid"]
    stage.foreign("theirs", owner=("deploy", uid))
    for n in range(4):
        stage.clock(stage.now + 10)
        stage.needs("deploy", f"m{n}")
        stage.run()
    stage.clock(stage.now + 10)
    stage.says("deploy", {"needsSync": False, "parameters": {}})
    stage.run()


def limit(stage):
    thing = stage.place.ask("GET", f"{SYNCS}/deploy")
    thing["spec"]["successfulPipelineRunsHistoryLimit"] = 1
    stage.place.ask("PUT", f"{SYNCS}/deploy", thing)


def to_fail(stage):
    object_there(stage)
    stage.plan(BAD, FOREVER)


def failed(stage):
    stage.run()
    stage.clock(stage.now + 10)


def three(stage):
    for name in ("first", "second", "third"):
        stage.sync(name)
        stage.needs(name, "m1")
    stage.says("second", "html")


ALL = [
    Case("a sync is needed", nothing, object_there, {"deploy": 1}),
    Case("a run is active", object_there, Stage.run, {"deploy": 1}),
    Case("beyond its limit", history, limit, {"deploy": 5}, {"deploy": 2}),
    Case("a failed run, backing off", to_fail, failed, {"deploy": 2}),
    Case("killed after the create", object_there,
         lambda stage: stage.kill("after"), {"deploy": 1}),
    Case("killed before the create", object_there,
         lambda stage: stage.kill("before"), {"deploy": 1}),
    Case("three, one without an answer", nothing, three,
         {"first": 1, "second": 0, "third": 1}, status=1),
]


def set_up(stage, case):
    place = stage.place
    place.calm()
    place.ask("POST", "/reset")
    stage.clock(START)
    place.ask("POST", "/objects", {"apiVersion": "v1", "kind": "Namespace",
                                   "metadata": {"name": "ml"}})
    stage.plan(SHORT, pipeline="foreign")
    stage.foreign("foreign")
    stage.foreign("anothers", owner=("gone", "11111111-2222-4333-8444-"
                                     "555555555555"))
    case.base(stage)
    stage.base = stage.dump()
    before = stage.version()
    case.step(stage)
    stage.back = stage.version() - before
    stage.state = stage.dump()
