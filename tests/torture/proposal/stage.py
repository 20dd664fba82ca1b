"""A worker's folder and world, and the states both can be put back into."""

import json
import os
import shutil
import subprocess
from datetime import datetime, timezone

from kube import folder
from kube.place import Place
from kube.run import Run

START = 1790812800      # 2026-10-01T00:00:00Z
DAY = 25 * 3600         # s between models
REPO = "ml/config"
KPTFILE = "deployment/Kptfile"
COPY = "deployment/env.yaml"
NOTE = "README.md"
FILES = {KPTFILE: folder.KPTFILE, COPY: "env: {MODEL: notavlidmodel}\n",
         NOTE: "# configuration\n"}
NONE = "notavlidmodel"
MODELS = 3

DOCUMENT = """apiVersion: modelsync.dev/v1alpha1
kind: Model
metadata: {{name: issues}}
spec:
  data:
    archive: {{paths: [events/*.json], organisation: acme}}
    labels: {{allow: ["kind/*", "area/*"], minimumCount: 20}}
  training:
    exec: {{command: [fit-labels], store: models, deadline: 1m}}
  freshness: {{maximumAge: 24h}}
  gate: {{precision: 0.70, recall: 0.30}}
  config:
    git: {{url: "{url}/ml/config.git", {cache}base: main, head: auto-update,
      author: "Bot <bot@example.com>"}}
    setter: automl-model
    fields: [{{file: deployment/env.yaml, path: env.MODEL}}]
    paths: [deployment]
    placeholder: [notavlidmodel]
  lease: {{file: {{directory: leases}}}}
  proposal:
    github:
      repository: ml/config
      server: "{url}"
      caFile: "{ca}"
      app: {{id: "71", keyFile: "{key}"}}
      {more}
"""


def moment(now):
    when = datetime.fromtimestamp(now, timezone.utc)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def prepare(root, binaries):
    """The key of the App, and models a day apart, made once for all."""
    key = os.path.join(root, "app.pem")
    for words in (["genrsa", "-traditional", "-out", key, "2048"],
                  ["rsa", "-in", key, "-pubout", "-out", key + ".pub"]):
        subprocess.run(["openssl", *words], check=True,
                       stderr=subprocess.DEVNULL)
    w = os.path.join(root, "w")
    folder.write(os.path.join(w, "events/1.json"), folder.events(96))
    where = {"url": "https://localhost:1", "cache": "", "ca": key + ".pub",
             "key": key, "more": ""}
    folder.write(os.path.join(w, "model.yaml"), DOCUMENT.format(**where))
    for n in range(MODELS):
        subprocess.run(
            [os.path.join(binaries, "train-model"), "-C", "-f",
             os.path.join(w, "model.yaml"), "--now",
             moment(START - 3600 + n * DAY)], check=True,
            stderr=subprocess.PIPE)
    made = sorted(os.scandir(os.path.join(w, "models/models")),
                  key=lambda e: when_made(e.path))
    if len(made) != MODELS:
        raise RuntimeError(f"{len(made)} models instead of {MODELS}")


def when_made(path):
    with open(os.path.join(path, "manifest.json"), encoding="utf-8") as file:
        return json.load(file)["created"]


class State:
    """A copy of the folder, the world as JSON, its requests, and the time."""

    def __init__(self, copy, world, pulls, now, prior):
        self.copy = copy
        self.world = world
        self.pulls = pulls
        self.now = now
        self.prior = prior


class Stage:
    """`root` is the worker's own, `shared` what prepare() made."""

    def __init__(self, root, shared, binaries):
        self.root = root
        self.shared = os.path.join(shared, "w")
        self.key = os.path.join(shared, "app.pem")
        self.binaries = binaries
        self.place = Place(os.path.join(root, "world"), tls=True)
        self.bare = os.path.join(root, f"world/git/{REPO}.git")
        self.w = os.path.join(root, "w")
        self.tmp = os.path.join(root, "tmp")
        self.models = [e.name for e in sorted(
            os.scandir(os.path.join(self.shared, "models/models")),
            key=lambda e: when_made(e.path))]
        self.states = {}
        self.lines = {}     # of each case, when nothing fails
        self.ends = {}      # what then comes of it
        self.runs = []
        self.live = set()
        self.now = START

    def clock(self, now):
        self.now = now
        self.place.clock(now=now)

    def document(self, more="", cache="cache: cache, "):
        where = self.place.where
        folder.write(os.path.join(self.w, "model.yaml"), DOCUMENT.format(
            url=where["url"], cache=cache, ca=where["ca"], key=self.key,
            more=more))

    def per_generation(self):
        """Whether each generation has a branch of its own."""
        with open(os.path.join(self.w, "model.yaml"),
                  encoding="utf-8") as file:
            return "force: false" in file.read()

    def github(self, what, value):
        return self.place.ask("POST", f"/github/{what}", value)

    def state(self):
        return self.place.ask("GET", "/github/state")

    def begin(self):
        """Nothing was ever proposed, and there is one model."""
        shutil.rmtree(self.w, ignore_errors=True)
        for name in ("datasets", "models", "failed", "tmp"):
            os.makedirs(os.path.join(self.w, "models", name))
        os.makedirs(self.tmp, exist_ok=True)
        os.environ["TMPDIR"] = self.tmp
        self.document()
        self.place.calm()
        self.place.ask("POST", "/reset")
        self.clock(START)
        self.github("create", {"repo": REPO, "files": FILES,
                               "paths": [KPTFILE]})
        self.github("push", {"repo": REPO, "branch": "other",
                             "start": "main", "files": {"other": "x\n"}})
        with open(self.key + ".pub", encoding="ascii") as file:
            self.github("app", {
                "id": 71, "slug": "bot", "public": file.read(),
                "account": "ml", "permissions": {
                    "contents": "write", "pull_requests": "write"}})
        self.github("repository", {"repo": REPO, "collaborators": ["ada"]})
        self.add_model(1)

    def add_model(self, n):
        """The nth is there, and it is the time of it."""
        name = self.models[n - 1]
        shutil.copytree(os.path.join(self.shared, "models/models", name),
                        os.path.join(self.w, "models/models", name))
        self.clock(max(self.now, START + (n - 1) * DAY))

    def save(self, name, prior):
        """`prior`: the name of the state this was made from.  What a stale
        answer shows are the requests as they last were otherwise."""
        copy = os.path.join(self.root, f"states/{name}")
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        subprocess.run(["cp", "-a", self.w, copy], check=True)
        world = self.place.ask("GET", "/dump")
        world = {key: world[key] for key in ("git", "github")}
        now = world["github"]["pulls"]
        while prior and self.states[prior].pulls == now:
            prior = self.states[prior].prior
        world["github"]["past"] = [self.states[prior].pulls if prior else {}]
        self.states[name] = State(copy, json.dumps(world), now, self.now,
                                  prior)

    def restore(self, name):
        state = self.states[name]
        for run in list(self.live):
            run.kill()
        self.runs = []
        shutil.rmtree(self.w, ignore_errors=True)
        shutil.rmtree(self.tmp, ignore_errors=True)
        os.makedirs(self.tmp)
        subprocess.run(["cp", "-a", state.copy, self.w], check=True)
        self.place.calm()
        self.place.ask("PUT", "/dump", state.world)
        self.clock(state.now)
        self.place.ask("DELETE", "/record")

    def start(self, *words):
        run = Run(self, self.binaries, "deploy-model",
                  (*words, "--now", moment(self.now), "-f",
                   os.path.join(self.w, "model.yaml")))
        self.runs.append(run)
        return run

    def git(self, *words):
        done = subprocess.run(["git", "-C", self.bare, *words], text=True,
                              capture_output=True, check=False)
        return done.stdout.strip()

    def file(self, branch, path):
        return self.git("cat-file", "blob", f"refs/heads/{branch}:{path}")

    def wait(self, seconds):
        self.clock(self.now + seconds)
