"""What must be true whatever happens.  Each law returns sentences about
where it is broken."""

import os
import re

from proposal import cases
from proposal.stage import COPY, KPTFILE, NONE, REPO
from shared.kinds import OVER

US = "bot[bot]"
HEAD = "auto-update"
HELD = re.compile(r"(auto-update[a-z0-9-]*) has commit")
BLOCK = re.compile(r'<!-- modelsync \{[^>]*?"model":\s*"([^"]+)"')
STATUS = {"done": {0}, "settled": {0}, "busy": {0}, "held": {2},
          "failed": {1, 3}}
QUIET = ("settled", "held", "plan", "busy")
CACHED = re.compile(r"[0-9a-f]{16}\.git|forge-[0-9a-f]{16}\.json")


def writes(record, run=None):
    return [line for line in record if line["mutating"]
            and not line["path"].endswith("access_tokens")
            and run in (None, line["run"])]


def statuses(run):
    """A plan with a step is pending; one without may be held."""
    if run.end == "plan":
        return {2} if "verb" in run.said else {0, 2}
    return STATUS.get(run.end, {0, 1, 2, 3})


def of_run(run, record):
    """What one run is and does, whoever else is about."""
    found = []
    mine = writes(record, run.name)
    if run.ill:
        found.append(run.ill)
    if len(mine) > 1:
        found.append(f"{len(mine)} writes in one run")
    if run.status < 0:
        return found        # killed, by us
    if run.status not in statuses(run):
        found.append(f"exit {run.status} of a run that is {run.end}")
    if not run.end and OVER not in run.text:
        found.append("said nothing")
    if mine and (run.end in QUIET or run.dry):
        found.append(f"wrote and says {run.end}")
    return [f"{text} ({run})" for text in found]


def of_counters(state, racing=()):
    """What the world counted; `racing`: what a person's act that came
    between our look and our write makes unavoidable."""
    found = []
    for key, count in state["mostOpen"].items():
        if count > 1:
            found.append(f"{count} requests open at once ({key})")
    found += [f"lost: {lost}" for lost in state["lost"]]
    found += [f"empty: {e}" for e in state["empty"]
              if "empty" not in racing and e["who"] == US]
    found += [f"untrue: {u}" for u in state["untrue"]
              if "untrue" not in racing and u["who"] == US]
    found += [f"{count} requests of {who} open at once"
              for who, count in state["mostBy"].items()
              if count > 1 and who.endswith(US) and "two" not in racing]
    found += [f"pushed {push['branch']}" for push in state["pushes"]
              if push["who"] == US and not is_head(push["branch"])]
    return found


def is_head(branch):
    return branch == HEAD or branch.startswith(HEAD + "-")


def head(stage):
    """The branch that matters: the one there is; of those per generation
    that of the open request, or the last that was pushed, or would be."""
    if not stage.per_generation():
        return HEAD
    state = stage.state()
    tips = state["repositories"][REPO]["branches"]
    found = [p["head"] for p in state["pulls"] if p["user"] == US
             and p["state"] == "open" and is_head(p["head"])]
    found += [push["branch"] for push in reversed(state["pushes"])
              if push["who"] == US]
    have = [m for m in stage.models if cases.has_model(stage, m)]
    return next((branch for branch in found if branch in tips),
                f"{HEAD}-{have[-1]}")


def held(stage, last):
    """The branch that a run found held."""
    found = HELD.search(" ".join(map(str, last.said.values())))
    target = last.said.get("target", "")
    if found:
        return found[1]
    return target[11:] if target.startswith("refs/heads/") else head(stage)


def of_folders(stage):
    """Nothing temporary is left."""
    found = [f"left in TMPDIR: {name}" for name in os.listdir(stage.tmp)]
    cache = os.path.join(stage.w, "cache")
    for name in os.listdir(cache) if os.path.isdir(cache) else ():
        if not CACHED.fullmatch(name):
            found.append(f"left in the cache: {name}")
    for where, _, names in os.walk(stage.w):
        found += [f"left: {os.path.join(where, name)}" for name in names
                  if name.startswith(("tmp", "pack-tmp", ".tmp"))
                  or name.endswith(".lock") and "leases" not in where]
    return found


def model_of(pull):
    found = BLOCK.search(pull["body"] or "")
    return found and found[1]


def end_of(stage, last):
    """The end that all ways lead to, where no person acted."""
    state = stage.state()
    return {
        "branches": state["repositories"][REPO]["branches"],
        "opened": state["opened"], "end": last.end, "row": row_of(last),
        "pulls": [[p["number"], p["state"], bool(p["merged_at"]),
                   p["title"], p["body"], p["labels"], p["reviewers"],
                   bool(p["auto"])] for p in cases.pulls(stage)]}


def row_of(run):
    return run.said.get("row", "").partition(" ")[0]


def names(stage, branch, model):
    """Whether every place of a branch names a model."""
    return all(model in stage.file(branch, path) for path in (KPTFILE, COPY))


def of_rest(stage, last):
    """Where a run found nothing to do, that is so."""
    row = row_of(last)
    state = stage.state()
    tips = state["repositories"][REPO]["branches"]
    ours = [p for p in state["pulls"] if p["user"] == US
            and p["state"] == "open"]
    if (last.end, row) == ("settled", "18"):
        if len(ours) != 1:
            return [f"waits with {len(ours)} requests open"]
        model = model_of(ours[0])
        branch = ours[0]["head"]
        if ours[0]["sha"] != tips.get(branch):
            return ["the request is not at its branch"]
        if model is None or not names(stage, branch, model):
            return [f"the text names {model}, the branch does not"]
        if names(stage, "main", model):
            return [f"main names {model} already"]
        return []
    if row == "9" and any(p["base"] == "main" for p in ours):
        return [f"#{ours[0]['number']} is open, and should not be"]
    if (last.end, row) == ("settled", "9"):
        if any(NONE in stage.file("main", path) for path in (KPTFILE, COPY)):
            return ["main names nothing, and nothing is proposed"]
        return []
    if last.end == "held":
        return []
    return [f"came to rest at {last}"]
