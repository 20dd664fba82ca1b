"""A worker's world, its document, and the states it can be put back into."""

import os
import time

from kube.place import Place
from kube.run import Run
from shared.times import moved

GROUP = "modelsync.dev/v1alpha1"
PUBLISHED = "automl.cloudai.kubeflow.org/v1alpha1"
LEASES = "/apis/coordination.k8s.io/v1/namespaces/ml/leases"
RUNS = "/apis/tekton.dev/v1/namespaces/ml/pipelineruns"
LABEL = "modelsync.dev/owner"
MODULES = ("kubernetes", "lambda")
DOCUMENT = """apiVersion: modelsync.dev/v1alpha1
kind: PipelineRunner
metadata: {{name: runner}}
spec:
  namespace: ml
  allowedURLs: ["{url}/lambda"]
  allowLoopback: true
  caFile: "{ca}"
  lambdaDeadline: 1s
  concurrency: 2
  maximumFailures: 2
  lease:
    kubernetes: {{server: "{url}", tokenFile: "{token}", caFile: "{ca}"}}
"""


class State:
    """All of the world at a moment of its clock."""

    def __init__(self, world, now):
        self.world = world
        self.now = now

    @property
    def version(self):
        return self.world["kubernetes"]["resourceVersion"]


class Stage:
    """The world's clock is the node's, as the tool demands: time passes by
    moving what has happened."""

    def __init__(self, root, shared, binaries):
        self.binaries = binaries
        self.place = Place(os.path.join(root, "world"), tls=True)
        self.url = self.place.where["url"]
        self.file = os.path.join(root, "runner.yaml")
        with open(self.file, "w", encoding="utf-8") as file:
            file.write(DOCUMENT.format(**self.place.where))
        self.bases = {}     # of each case: the state before its last step,
        self.states = {}    # and its own
        self.lines = {}     # when nothing fails
        self.ends = {}      # what then comes of it
        self.runs = []
        self.live = set()
        self.now = 0

    def start(self, *words):
        run = Run(self, self.binaries, "run-pipeline",
                  (*words, "-v", "-f", self.file))
        self.runs.append(run)
        return run

    # The state, and time.
    def begin(self):
        """A cluster with runs that are none of ours."""
        self.place.calm()
        self.place.ask("POST", "/reset")
        self.now = self.place.clock(now=int(time.time()))
        self.place.ask("POST", "/objects", {
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "ml"}})
        self.plan({"seconds": 1}, pipeline="foreign")
        self.foreign("foreign")
        self.foreign("anothers", owner=("gone", "11111111-2222-4333-8444-"
                                        "555555555555"))

    def save(self):
        world = self.place.ask("GET", "/dump")
        return State({key: world[key] for key in MODULES}, self.now)

    def put(self, state, now):
        """`now`: the moment of the state that is to be now."""
        delta = int(time.time()) - now
        self.place.ask("PUT", "/dump", moved(state.world, now, delta))
        self.now = self.place.clock(now=now + delta)

    def restore(self, state):
        for run in list(self.live):
            run.kill()
        self.place.calm()
        self.put(state, state.now)
        self.place.ask("DELETE", "/record")

    def wait(self, seconds):
        state = self.save()
        self.put(state, state.now + seconds)

    def version(self):
        return self.save().version

    # What is there.
    def tekton(self):
        return self.place.ask("GET", "/tekton/state")

    def path(self, name, group=GROUP):
        return f"/apis/{group}/namespaces/ml/modelsyncs/{name}"

    def sync(self, name):
        """The object of that name, of either group; None: there is none."""
        return (self.place.ask("GET", self.path(name))
                or self.place.ask("GET", self.path(name, PUBLISHED)))

    def leases(self):
        return {thing["metadata"]["name"]: thing for thing in
                self.place.ask("GET", LEASES)["items"]}

    def live_runs(self):
        return {run["metadata"]["name"]: run for run in
                self.place.ask("GET", RUNS)["items"]}

    def collect(self, kept):
        """As the garbage collector, which the world does not have: what has
        an owner goes with it; `kept`: names of what stays all the same."""
        uids = {thing["metadata"]["uid"] for group in (GROUP, PUBLISHED)
                for thing in self.place.ask("GET", self.path("", group)
                                            .rstrip("/"))["items"]}
        for where in (LEASES, RUNS):
            for thing in self.place.ask("GET", where)["items"]:
                meta = thing["metadata"]
                owners = {one["uid"] for one in
                          meta.get("ownerReferences", [])}
                if owners and not owners & uids and meta["name"] not in kept:
                    self.place.ask("DELETE", f"{where}/{meta['name']}")

    # What is made.
    def plan(self, *ends, pipeline="update-model"):
        self.place.ask("POST", "/tekton/plans", {"pipeline": pipeline,
                                                 "ends": list(ends)})

    def says(self, name, answer):
        self.place.ask("POST", "/lambda/program", {
            "path": f"/lambda/{name}", "answers": [answer]})

    def needs(self, name, model):
        self.says(name, {"needsSync": True, "parameters": {"name": model}})

    def rests(self, name):
        self.says(name, {"needsSync": False, "parameters": {}})

    def make_sync(self, name, group=GROUP, **template):
        self.place.ask("POST", "/objects", {
            "apiVersion": group, "kind": "ModelSync",
            "metadata": {"name": name, "namespace": "ml"},
            "spec": {
                "needsSyncUrl": f"{self.url}/lambda/{name}",
                "parameters": [{"needsSyncName": "name",
                                "pipelineName": "automl-model"}],
                "pipelineRunTemplate": {**template, "spec": {
                    "pipelineRef": {"name": "update-model"},
                    "timeouts": {"pipeline": "0"},
                    "params": [{"name": "automl-model",
                                "value": "notavlidmodel"}]}}}})

    def change(self, name, do):
        """A person edits the object."""
        thing = self.sync(name)
        do(thing)
        self.place.ask("PUT", self.path(name, thing["apiVersion"]), thing)

    def foreign(self, name, labels=None, owner=None):
        """A run that somebody else makes; owner: name and uid."""
        meta = {"name": name, "namespace": "ml", "labels": labels or {}}
        if owner is not None:
            meta["ownerReferences"] = [{
                "apiVersion": GROUP, "kind": "ModelSync", "name": owner[0],
                "uid": owner[1], "controller": True}]
        self.place.ask("POST", RUNS, {
            "apiVersion": "tekton.dev/v1", "kind": "PipelineRun",
            "metadata": meta,
            "spec": {"pipelineRef": {"name": "foreign"}}})
