"""The states of a proposal's life, how each is come by, and what a run does
there when nothing fails."""

import os
import shutil
import signal

from proposal import laws
from proposal.stage import COPY, KPTFILE, NONE, NOTE, REPO

WARM, COLD, BARE = "", "cold cache", "no cache"
ADORN = "labels: [ml]\n      reviewers: [ada]\n      autoMerge: squash"
DELETE = "deleteBranch: true"
OWN = "cache: cache, force: false, "


class Case:
    """What `does` names is the verb of its step, or how the run ends."""

    def __init__(self, name, state, does, row, **more):
        self.name = name
        self.state = state
        self.does = does
        self.row = row
        self.words = more.get("words", ())
        self.cache = more.get("cache", WARM)
        self.server = more.get("server", {})
        self.racing = more.get("racing", ())    # as laws.of_counters has it
        self.more = more

    @property
    def status(self):
        return 2 if self.does in ("held", "plan") else 0

    @property
    def acts(self):
        return self.does not in ("settled", "held", "plan")

    def other(self, name, **more):
        return Case(f"{self.name}, {name}", self.state, self.does, self.row,
                    **{**self.more, **more})


BASIC = [
    Case("push", "start", "push", 14),
    Case("open", "pushed", "open-request", 15),
    Case("label", "plain", "label-request", 16),
    Case("review", "labelled", "review-request", 16),
    Case("automerge", "reviewed", "automerge-request", 16),
    Case("waiting", "opened", "settled", 18),
    Case("neutralize", "newer", "neutralize-request", 13),
    Case("push of the newer", "neutral", "push", 14),
    Case("edit", "repushed", "edit-request", 16),
    Case("refresh", "behind", "push", 17),
    Case("close", "named", "close-request", 9),
    Case("squashed", "squash", "settled", 9),
    Case("merged", "merge", "settled", 9),
    Case("rebased", "rebase", "settled", 9),
    Case("push after a squash", "squash-newer", "push", 14),
    Case("push after a merge", "merge-newer", "push", 14),
    Case("open after a squash", "squash-pushed", "open-request", 15),
    Case("rejected", "closed", "held", 9),
    Case("push after a rejection", "closed-newer", "push", 14),
    Case("delete the branch", "spent", "delete-branch", 22),
    Case("rolled back", "reverted", "held", 9),
    Case("push after a rollback", "reverted-newer", "push", 14),
    Case("branch held", "held-newer", "held", 11),
    Case("neutralize an updated one", "updated-newer", "neutralize-request",
         13),
    Case("close a lost push", "push-lost", "close", 2),
    Case("close a dead push", "push-dead", "close", 2),
    Case("close a lost open", "open-lost", "close", 2),
    Case("close a lost text", "text-lost", "close", 2),
    Case("push to its own branch", "own", "push", 14),
    Case("open from its own branch", "own-pushed", "open-request", 15),
    Case("wait on its own branch", "own-opened", "settled", 18),
    Case("withdraw", "own-newer", "close-request", 13),
    Case("push after the withdrawal", "own-withdrawn", "push", 14),
    Case("open after the withdrawal", "own-repushed", "open-request", 15),
    Case("refresh its own branch", "own-behind", "push", 17),
    Case("delete a withdrawn branch", "own-spent", "delete-branch", 22),
    Case("own branch held", "own-held-newer", "held", 11),
    Case("two are open", "own-two", "close-request", 13,
         racing=("two",)),
    Case("close a lost withdrawal", "own-close-lost", "close", 2),
    Case("close a lost refresh", "own-push-lost", "close", 2),
    Case("dry run of a push", "neutral", "plan", 14, words=("-n",)),
    Case("dry run of an edit", "repushed", "plan", 16, words=("-n",)),
]
CASES = {case.name: case for case in BASIC}

# The same with other means; how the server is told is no matter of the API.
OTHER = [case.other(cache, cache=cache) for case in BASIC
         for cache in (COLD, BARE)]
OTHER += [CASES[name].other(what, server=server, cache=cache)
          for name in ("push", "push of the newer", "refresh")
          for what, server in (
              ("protocol 0", {"protocol": 0}),
              ("no filter", {"filter": False}),
              ("no shallow", {"shallow": False}))
          for cache in (COLD,)]
ALL = BASIC + OTHER


def marked(text, old, new):
    return {KPTFILE: text[KPTFILE].replace(old, new),
            COPY: text[COPY].replace(old, new)}


def files(stage, branch):
    return {path: stage.file(branch, path) + "\n"
            for path in (KPTFILE, COPY)}


def commit(stage, branch, changed, **more):
    return stage.github("push", {"repo": REPO, "branch": branch,
                                 "files": changed, **more})["oid"]


def name_it(stage, model):
    """Base names a model by hand, in other words than a proposal's."""
    now = files(stage, "main")
    for old in (NONE, *stage.models):
        now = marked(now, old, model)
    now[COPY] += "# by hand\n"
    return commit(stage, "main", now)


def touch(stage):
    now = files(stage, "main")
    return commit(stage, "main", {COPY: now[COPY] + "# touched\n"})


def person(what, number, **more):
    def do(stage):
        stage.github(what, {"repo": REPO, "number": number, **more})
    return do


def model(n):
    def do(stage):
        stage.add_model(n)
    return do


def run(*verbs):
    def do(stage):
        for verb in verbs:
            stage.wait(60)
            one = stage.start().ended()
            if one.end != "done" or one.said.get("verb") != verb:
                raise RuntimeError(f"no {verb}: {one}")
    return do


def told(more, cache="cache: cache, "):
    def do(stage):
        stage.document(more, cache)
    return do


def unforced(stage):
    """The server's rules forbid force; the document says so."""
    stage.github("repository", {"repo": REPO, "noForce": ["auto-update*"]})
    told("", OWN)(stage)


def lost(path, method, kill=False):
    """A run whose write is answered by nothing, or who dies before it."""
    def do(stage):
        stage.wait(60)
        where = {"path": path, "method": method}
        rules = [{"match": where, "kind": "cut-before" if kill
                  else "cut-after"}]
        if kill:
            rules.insert(0, {"match": where, "kind": "hold"})
        stage.place.faults(*rules)
        one = stage.start()
        if kill and len(stage.place.held(1)) == 1:
            one.signal(signal.SIGKILL)
        one.ended()
        stage.place.calm()
        if one.status not in (1, -signal.SIGKILL):
            raise RuntimeError(f"nothing was lost: {one}")
    return do


def both(*steps):
    def do(stage):
        for step in steps:
            step(stage)
    return do


STATES = {
    "pushed": ("start", run("push")),
    "opened": ("pushed", run("open-request")),
    "plain": ("pushed", both(told(ADORN), run("open-request"))),
    "labelled": ("plain", run("label-request")),
    "reviewed": ("labelled", run("review-request")),
    "newer": ("opened", model(2)),
    "neutral": ("newer", run("neutralize-request")),
    "repushed": ("neutral", run("push")),
    "behind": ("opened", touch),
    "named": ("opened", lambda stage: name_it(stage, stage.models[0])),
    "squash": ("opened", person("merge", 1, method="squash")),
    "merge": ("opened", person("merge", 1, method="merge")),
    "rebase": ("opened", person("merge", 1, method="rebase")),
    "squash-newer": ("squash", model(2)),
    "merge-newer": ("merge", model(2)),
    "squash-pushed": ("squash-newer", run("push")),
    "closed": ("opened", person("close", 1)),
    "closed-newer": ("closed", model(2)),
    "spent": ("squash", told(DELETE)),
    "second": ("squash-pushed", run("open-request")),
    "reverted": ("second", both(person("merge", 2, method="squash"),
                                person("revert", 2))),
    "reverted-newer": ("reverted", model(3)),
    "held": ("opened", lambda stage: commit(stage, "auto-update",
                                            {NOTE: "a note\n"})),
    "held-newer": ("held", model(2)),
    "updated": ("opened", both(
        lambda stage: commit(stage, "main", {NOTE: "unrelated\n"}),
        person("update", 1))),
    "updated-newer": ("updated", model(2)),
    "push-lost": ("neutral", lost("receive-pack", "POST")),
    "push-dead": ("neutral", lost("receive-pack", "POST", True)),
    "open-lost": ("pushed", lost("pulls$", "POST")),
    "text-lost": ("repushed", lost("pulls/", "PATCH")),
    "own": ("start", unforced),
    "own-pushed": ("own", run("push")),
    "own-opened": ("own-pushed", run("open-request")),
    "own-newer": ("own-opened", model(2)),
    "own-withdrawn": ("own-newer", run("close-request")),
    "own-repushed": ("own-withdrawn", run("push")),
    "own-second": ("own-repushed", run("open-request")),
    "own-spent": ("own-second", told(DELETE, OWN)),
    "own-behind": ("own-opened", touch),
    "own-held": ("own-opened", lambda stage: commit(
        stage, laws.head(stage), {NOTE: "a note\n"})),
    "own-held-newer": ("own-held", model(2)),
    "own-two": ("own-second", person("reopen", 1)),
    "own-close-lost": ("own-newer", lost("pulls/", "PATCH")),
    "own-push-lost": ("own-behind", lost("receive-pack", "POST")),
}


def make(stage, name):
    """A state, and those before it, unless they are there."""
    if name in stage.states:
        return
    if name == "start":
        stage.begin()
        stage.save("start", None)
        return
    prior, do = STATES[name]
    make(stage, prior)
    stage.restore(prior)
    do(stage)
    stage.save(name, prior)


def set_up(stage, case):
    """The state of a case, with its means."""
    make(stage, case.state)
    stage.restore(case.state)
    if case.server:
        stage.github("repository", {"repo": REPO, **case.server})
    if case.cache == COLD:
        shutil.rmtree(os.path.join(stage.w, "cache"), ignore_errors=True)
    if case.cache == BARE:
        path = os.path.join(stage.w, "model.yaml")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("cache: cache, ", ""))
        shutil.rmtree(os.path.join(stage.w, "cache"), ignore_errors=True)
    stage.wait(60)


def has_model(stage, name):
    return os.path.isdir(os.path.join(stage.w, "models/models", name))


def pulls(stage):
    """Requests from our branch, the oldest first."""
    return [p for p in stage.state()["pulls"] if p["repo"] == REPO]
