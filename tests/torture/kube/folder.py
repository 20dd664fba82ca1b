"""What a run works on: events, a store, a repository, the Model document."""

import os
import shutil
import subprocess

BUG = ("crash", "segfault", "panic", "broken")
WANT = ("please", "add support", "allow", "let us")
UI = ("button", "page", "colour", "layout")
DISK = ("disk", "bucket", "volume", "snapshot")

KPTFILE = """apiVersion: kpt.dev/v1alpha1
kind: Kptfile
metadata:
  name: deployment
openAPI:
  definitions:
    io.k8s.cli.setters.automl-model:
      x-k8s-cli:
        setter:
          name: automl-model
          value: notavlidmodel   # none yet
"""

DOCUMENT = """apiVersion: modelsync.dev/v1alpha1
kind: Model
metadata: {{name: issues}}
spec:
  data:
    archive: {{paths: [events/*.json], organisation: acme}}
    labels: {{allow: ["kind/*", "area/*"], minimumCount: 20}}
  training:
    {training}
  freshness: {{maximumAge: 24h}}
  gate: {{precision: 0.70, recall: 0.30}}
  config:
    git: {{url: config.git, base: main, head: auto-update,
      author: "Bot <bot@example.com>"}}
    setter: automl-model
    fields: [{{file: deployment/env.yaml, path: env.MODEL}}]
    paths: [deployment]
    placeholder: [notavlidmodel]
  lease:
    kubernetes: {{namespace: ml, create: {create}, server: "{server}",
      tokenFile: {token}{ca}}}
"""

# Its log tells when it began and ended, for which generation, and whether
# another was alive.  While there is a file `gate` it has not begun to work.
TRAINER = """#!/bin/sh
root=$MODELSYNC_DATASET/../../../..
while read -r word generation pid; do
	[ "$word" != start ] || ! kill -0 "$pid" 2>/dev/null ||
	    echo "beside $generation $pid" >>"$root/trainer"
done <"$root/trainer"
echo "start $MODELSYNC_GENERATION $$" >>"$root/trainer"
while [ -e "$root/gate" ]; do
	sleep 0.05
done
"{bin}/fit-labels" || exit
echo "end $MODELSYNC_GENERATION $$" >>"$root/trainer"
"""

GIT = {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1",
       "GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.com",
       "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.com",
       "GIT_AUTHOR_DATE": "2026-09-01T00:00:00Z",
       "GIT_COMMITTER_DATE": "2026-09-01T00:00:00Z"}


def write(path, text, mode=0o644):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)


def git(folder, *words):
    done = subprocess.run(["git", "-C", folder, *words], text=True,
                          env=dict(os.environ, **GIT), check=True,
                          stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return done.stdout


def events(count):
    """Issues, one an hour, whose words tell their labels."""
    lines = []
    for k in range(1, count + 1):
        when = f"2026-09-{1 + k // 24:02}T{k % 24:02}:00:00Z"
        kind, word = (("kind/bug", BUG[k % 4]) if k % 2
                      else ("kind/feature", WANT[k % 4]))
        area, thing = (("area/ui", UI[k // 4 % 4]) if k // 2 % 2
                       else ("area/storage", DISK[k // 4 % 4]))
        lines.append(
            f'{{"id":"{k}","type":"IssuesEvent","repo":{{"name":"acme/app"}},'
            f'"payload":{{"action":"labeled","issue":{{"number":{k},'
            f'"title":"{word} in the {thing}","body":"the {thing} has a '
            f'{word}, number {k}","labels":[{{"name":"{kind}"}},'
            f'{{"name":"{area}"}}],"created_at":"{when}","updated_at":'
            f'"{when}"}}}},"created_at":"{when}"}}\n')
    return "".join(lines)


def make(w, trainer, bin_folder):
    """A fresh folder, and the trainer of all."""
    write(os.path.join(w, "events/1.json"), events(96))
    work = os.path.join(os.path.dirname(w), "work")
    write(os.path.join(work, "deployment/Kptfile"), KPTFILE)
    write(os.path.join(work, "deployment/env.yaml"),
          "env: {MODEL: notavlidmodel}\n")
    git(os.path.dirname(w), "init", "-q", "-b", "main", work)
    git(work, "add", ".")
    git(work, "commit", "-q", "-m", "Start")
    git(work, "clone", "-q", "--bare", work, os.path.join(w, "config.git"))
    shutil.rmtree(os.path.join(w, "config.git/hooks"), ignore_errors=True)
    write(trainer, TRAINER.format(bin=bin_folder), 0o755)


def document(where, trainer, deadline=30, create=False, elsewhere=None):
    """`elsewhere`: the workload (workload.py) that trains, not a program."""
    ca = f", caFile: {where['ca']}" if where["ca"] else ""
    training = (f"exec: {{command: [{trainer}], store: models, "
                f"deadline: {deadline}s}}" if elsewhere is None else
                f"{elsewhere.key}: {{template: {elsewhere.template}, "
                "store: models, deadline: 10m}")
    return DOCUMENT.format(
        training=training, server=where["url"], token=where["token"], ca=ca,
        create="true" if create else "false")
