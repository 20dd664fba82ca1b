"""Where a worker's runs take place: a folder, a cluster, and the states of
both that they can be put back into."""

import json
import os
import shutil
import subprocess
import time
from datetime import datetime, timezone

from kube import folder, workload
from kube.place import lease
from kube.run import Run
from shared.times import moved

TOOLS = ("train-model", "deploy-model")
EARLY = 120     # s that the cluster's clock is behind: room for what lapses
LAPSE = 56      # s: the longest Lease of these runs, its grace, and one


class State:
    """A copy of the folder, the cluster's objects, and its time; `prior` are
    the objects one run before, `w` is where the folder was."""

    def __init__(self, w, copy, objects, now, prior):
        self.w = w
        self.copy = copy
        self.objects = objects
        self.now = now
        self.prior = prior

    def shifted(self, now, w):
        """The objects as JSON, with their times moved to another now, and
        their paths to another folder."""
        return [json.dumps(moved(state, self.now, now - self.now)).replace(
            self.w + "/", w + "/") for state in (self.objects, self.prior)]


class Stage:
    """A worker's folder is `root`/w; the trainer's log stands beside it."""

    def __init__(self, root, place, tested, settling, trainer):
        self.root = root
        self.place = place
        self.tested = tested        # folders of executables
        self.settling = settling
        self.trainer = trainer
        self.w = os.path.join(root, "w")
        self.states = {}
        self.runs = []      # all since the last restore
        self.live = set()

    def path(self, name):
        return os.path.join(self.root, name)

    def documents(self):
        for name, terms in (("model.yaml", {}),
                            ("create.yaml", {"create": True}),
                            ("late.yaml", {"deadline": 2})):
            folder.write(os.path.join(self.w, name), folder.document(
                self.place.where, self.trainer, **terms))
        for name, found in workload.OF.items():
            folder.write(os.path.join(self.w, name), folder.document(
                self.place.where, self.trainer, elsewhere=found))
            folder.write(os.path.join(self.w, found.template),
                         found.text(self))
        folder.write(os.path.join(self.w, "pipeline"), workload.PIPELINE,
                     0o755)

    def begin(self):
        """The first state: nothing was ever done."""
        folder.make(self.w, self.trainer, self.settling)
        self.place.ask("POST", "/objects", [
            {"apiVersion": "v1", "kind": "Namespace",
             "metadata": {"name": "ml"}}] + [lease(t) for t in TOOLS])
        self.now = self.place.clock(now=int(time.time()) - EARLY)
        self.documents()
        folder.write(self.path("trainer"), "")

    def save(self, name, prior=None):
        copy = self.path(f"states/{name}")
        os.makedirs(self.path("states"), exist_ok=True)
        # First, because it brings the cluster on, and what trains with it.
        objects = self.place.ask("GET", "/dump")
        subprocess.run(["cp", "-a", self.w, copy], check=True)
        now = int(self.place.ask("GET", "/clock")["seconds"])
        self.states[name] = State(
            self.w, copy, objects, now,
            self.states[prior].objects if prior else objects)

    def restore(self, name, past=None):
        """Everything as it was saved; `past` names the tool whose Lease is
        also to have a version before."""
        state = self.states[name]
        for run in list(self.live):
            run.kill()
        self.runs = []
        shutil.rmtree(self.w, ignore_errors=True)
        subprocess.run(["cp", "-a", state.copy, self.w], check=True)
        self.documents()
        folder.write(self.path("trainer"), "")
        self.gate(False)
        self.place.calm()
        self.now = self.place.clock(now=int(time.time()) - EARLY)
        objects, prior = state.shifted(self.now, self.w)
        if past is None:
            self.place.ask("PUT", "/dump", objects)
        else:
            self.age(past, json.loads(objects), json.loads(prior))
        self.place.ask("DELETE", "/record")

    def age(self, tool, objects, prior):
        """Everything as in `objects`, and the Lease of a tool twice: as it
        was before, and then as it is."""
        def lease_in(found):
            return [o for o in found["kubernetes"]["objects"]
                    if o["metadata"]["name"] == f"{tool}-issues"]

        now = lease_in(objects)
        others = [o for o in objects["kubernetes"]["objects"]
                  if o not in now]
        objects["kubernetes"]["objects"] = others + lease_in(prior)
        self.place.ask("PUT", "/dump", objects)
        self.place.put(tool, now[0] if now else None)

    def gate(self, shut):
        """Shut: trainers wait at their beginning."""
        if shut:
            folder.write(self.path("gate"), "")
        elif os.path.exists(self.path("gate")):
            os.unlink(self.path("gate"))

    def trainings(self):
        with open(self.path("trainer"), encoding="utf-8") as file:
            return [line.split() for line in file]

    def advance(self, seconds=LAPSE):
        self.now = self.place.clock(advance=seconds)

    def start(self, tool, *words, document="model.yaml", settling=False):
        run = Run(self, self.settling if settling else self.tested, tool,
                  (*words, "-f", os.path.join(self.w, document)))
        self.runs.append(run)
        return run

    def lock(self):
        """A lock on our branch from the time of the open intent."""
        path = os.path.join(self.w, "config.git/refs/heads/auto-update.lock")
        folder.write(path, "")
        log = json.loads(self.place.lease("deploy-model")["metadata"]
                         ["annotations"]["modelsync.dev/log"])
        at = datetime.fromisoformat(log["intent"]["at"]).replace(
            tzinfo=timezone.utc).timestamp()
        os.utime(path, (at + 1, at + 1))
