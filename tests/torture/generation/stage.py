"""A worker's world: a project of Google's, a cluster with Leases or a folder
with them, and a repository that names the model."""

import json
import os
import pickle
import shutil
import subprocess
import time
from datetime import datetime, timezone

from kube import folder
from kube.place import Place, lease
from kube.run import Run

START = 1788566400      # 2026-09-05T00:00:00Z
LATE = 300              # s that lists lag behind
TRAINING = 3600         # s
TOOLS = ("train-model", "deploy-model")
LEASES = ("file", "object")
TRAINERS = {
    "automl": "automl: {project: p, store: 'gs://bucket/m', settle: 10m}",
    "vertex": "vertex: {project: p, store: 'gs://bucket/m', image: fit, "
              "settle: 10m}"}
SERVING = {"automl": "{keep: 1h}", "vertex": "{endpoint: bot, keep: 1h}"}
PARENT = "/v1/projects/p/locations/us-central1"
HOSTS = {"bigquery": "bigquery", "storage": "storage", "automl": "automl",
         "vertex": "aiplatform"}
KPTFILE = "deployment/Kptfile"
NONE = "notavlidmodel"
DOCUMENT = """apiVersion: modelsync.dev/v1alpha1
kind: Model
metadata: {{name: issues}}
spec:
  data:
    bigquery: {{project: p, archive: {{tables: 'gh.day.*'}}}}
    labels: {{allow: ['kind/*'], minimumCount: 5}}
  training:
    {training}
  freshness: {{maximumAge: 4w}}
  gate: {{precision: 0.5, recall: 0.1}}
  serving: {serving}
  config:
    git: {{url: config.git, base: main, head: auto-update,
      author: "Bot <bot@example.com>"}}
    setter: automl-model
    paths: [deployment]
    placeholder: [notavlidmodel]
  google: {{endpoints: {{{ends}}}}}
  lease: {lease}
"""


def events(first, count, day):
    """Rows of a table, one an hour, whose words tell their labels."""
    rows = []
    for i in range(first, first + count):
        at = f"2026-09-{day + (i - first) // 24:02d}T{i % 24:02d}:00:00Z"
        kind = "kind/bug" if i % 2 else "kind/feature"
        word = "crash" if i % 2 else "please"
        rows.append({
            "type": "IssuesEvent", "public": True, "id": str(i),
            "repo": {"id": 1, "name": "acme/app"}, "created_at": at,
            "payload": json.dumps({"action": "labeled", "issue": {
                "number": i, "title": f"{word} {i % 7}",
                "body": f"a {word} of {i % 5}", "created_at": at,
                "updated_at": at, "labels": [{"name": kind}]}})})
    return rows


def shelf(shared, kept, trainer):
    """Where the states of a life are."""
    return os.path.join(shared, f"states-{kept}-{trainer}")


class Stage:
    """The world's clock stands still between runs.  A run under a file is
    told the time, one under an object lives in it (clock.c)."""

    def __init__(self, root, shared, binaries):
        self.root = root
        self.shared = shared
        self.binaries = binaries
        self.place = Place(os.path.join(root, "world"), tls=False)
        self.w = os.path.join(root, "w")
        self.port = int(self.place.where["url"].rpartition(":")[2])
        self.kept = self.trainer = None
        self.create = False
        self.now = START
        self.lines = {}     # of each case, when nothing fails
        self.ends = {}      # what then comes of it
        self.runs = []
        self.live = set()

    # The document, and runs.
    def document(self):
        ends = ", ".join(f"{name}: 'http://{host}.localhost:{self.port}'"
                         for name, host in HOSTS.items())
        where = self.place.where
        kept = "{file: {directory: leases}}" if self.kept == "file" else (
            f"{{kubernetes: {{namespace: ml, server: \"{where['url']}\", "
            f"tokenFile: {where['token']}, "
            f"create: {str(self.create).lower()}}}}}")
        folder.write(os.path.join(self.w, "model.yaml"), DOCUMENT.format(
            training=TRAINERS[self.trainer], serving=SERVING[self.trainer],
            ends=ends, lease=kept))

    def start(self, tool, *words):
        env = {**os.environ, "GCE_METADATA_HOST": f"127.0.0.1:{self.port}"}
        if self.kept == "file":
            when = datetime.fromtimestamp(self.now, timezone.utc)
            words = ("--now", when.strftime("%Y-%m-%dT%H:%M:%SZ"), *words)
        else:
            options = os.environ.get("ASAN_OPTIONS", "")
            env.update(
                LD_PRELOAD=os.path.join(self.shared, "clock.so"),
                CLOCK_AHEAD=str(self.now - int(time.time())),
                ASAN_OPTIONS=f"{options}:verify_asan_link_order=0")
        run = Run(self, self.binaries, tool,
                  ("--deadline", "10s", "-f",
                   os.path.join(self.w, "model.yaml"), *words), env)
        self.runs.append(run)
        return run

    # Time, and states.
    def clock(self, now):
        self.now = now
        self.place.clock(now=now)

    def wait(self, seconds):
        self.clock(self.now + seconds)

    def clear(self):
        for run in list(self.live):
            run.kill()
        self.runs = []
        self.place.calm()
        self.place.ask("POST", "/reset")
        shutil.rmtree(self.w, ignore_errors=True)

    def begin(self, kept, trainer):
        """An empty project, and 60 issues."""
        self.kept, self.trainer, self.create = kept, trainer, False
        self.clear()
        self.clock(START)
        self.make_repository()
        self.document()
        self.place.ask("POST", "/objects", [
            {"apiVersion": "v1", "kind": "Namespace",
             "metadata": {"name": "ml"}}] + [lease(t) for t in TOOLS])
        self.google("buckets", {"name": "bucket"})
        self.google("images", {"image": "fit", "command": [
            os.path.join(self.binaries, "fit-labels")]})
        for service in TRAINERS:
            self.google(service, {"late": LATE,
                                  "seconds": {"train": TRAINING}})
        self.google("vertex", {"endpoint": "bot"})
        self.more_events("20260901", 1, 60, 1)

    def make_repository(self):
        work = os.path.join(self.root, "work")
        shutil.rmtree(work, ignore_errors=True)
        folder.write(os.path.join(work, KPTFILE), folder.KPTFILE)
        folder.git(self.root, "init", "-q", "-b", "main", work)
        folder.git(work, "add", ".")
        folder.git(work, "commit", "-q", "-m", "Start")
        os.makedirs(self.w)
        folder.git(work, "clone", "-q", "--bare", work, self.repository)
        shutil.rmtree(os.path.join(self.repository, "hooks"),
                      ignore_errors=True)

    def save(self, name):
        path = os.path.join(shelf(self.shared, self.kept, self.trainer),
                            name)
        shutil.rmtree(path, ignore_errors=True)
        shutil.copytree(self.w, path, symlinks=True)
        with open(f"{path}.state", "wb") as file:
            pickle.dump((self.place.ask("GET", "/dump"), self.now), file)

    def restore(self, kept, trainer, name, create=False):
        self.kept, self.trainer, self.create = kept, trainer, create
        path = os.path.join(shelf(self.shared, kept, trainer), name)
        with open(f"{path}.state", "rb") as file:
            world, now = pickle.load(file)
        self.clear()
        shutil.copytree(path, self.w, symlinks=True)
        self.document()
        self.place.ask("PUT", "/dump", world)
        self.clock(now)
        self.place.ask("DELETE", "/record")

    # What there is, and what people do.
    def google(self, what, value):
        return self.place.ask("POST", f"/google/{what}", value)

    def state(self):
        return self.place.ask("GET", "/google/state")

    def call(self, method, path, value):
        """A person's request of AutoML or Vertex AI."""
        done = self.place.ask(method, f"{PARENT}/{path}", value,
                              f"{HOSTS[self.trainer]}.localhost")
        if done is None:
            raise RuntimeError(f"{path} is not there")
        return done

    def more_events(self, day, *which):
        self.google("tables", {"table": f"gh.day.{day}",
                               "rows": events(*which)})

    @property
    def repository(self):
        return os.path.join(self.w, "config.git")

    def git(self, *words):
        return folder.git(self.repository, *words).strip()

    def tip(self, branch):
        return self.git("for-each-ref", "--format=%(objectname)",
                        f"refs/heads/{branch}")

    def names(self, branch):
        """The model that a branch names; None: none, or no branch."""
        if not self.tip(branch):
            return None
        for line in self.git("show", f"{branch}:{KPTFILE}").split("\n"):
            if line.strip().startswith("value:"):
                value = line.split()[1]
                return None if value == NONE else value
        return None

    def commit(self, tree, *parents):
        """On base, now."""
        when = {f"GIT_{who}_DATE": f"{self.now} +0000"
                for who in ("AUTHOR", "COMMITTER")}
        words = [word for parent in parents for word in ("-p", parent)]
        done = subprocess.run(
            ["git", "-C", self.repository, "commit-tree", tree, *words,
             "-m", "By hand"], text=True, check=True,
            env={**os.environ, **folder.GIT, **when},
            stdout=subprocess.PIPE).stdout.strip()
        self.git("update-ref", "refs/heads/main", done)

    def merge(self):
        """Says whether there was anything to merge."""
        if self.names("auto-update") in (None, self.names("main")):
            return False
        self.commit("auto-update^{tree}", "main", "auto-update")
        return True

    def revert(self):
        self.commit("main^1^{tree}", "main")
