"""What must be true whatever happens.  Each law returns sentences about
where it is broken."""

import hashlib
import json
import re

from kube.place import log_of
from kube.run import Run
from pipeline.stage import LABEL
from shared.kinds import OVER

MAY = {
    "POST": re.compile(r"/(leases|pipelineruns)$"),
    "PUT": re.compile(r"/leases/run-pipeline-[a-z]+$"),
    "PATCH": re.compile(r"/modelsyncs/[a-z]+/status$"),
    "DELETE": re.compile(r"/pipelineruns/[a-z]+-[0-9a-f]{12}$"),
}
NAME = re.compile(r"\b([a-z]+)-[0-9a-f]{12}\b")
STATUS = {"done": {0, 2}, "settled": {0}, "busy": {0}, "held": {2},
          "failed": {1, 3}, "plan": {0, 2}}
QUIET = ("settled", "held", "plan", "busy")
FOREIGN = ("foreign", "anothers", "theirs")


def said(run):
    """What was said of each object, by its name."""
    lines = [Run.parse(line) for line in run.text.split("\n")
             if line.startswith("level=") and "end=" in line]
    return {line["model"].removeprefix("ml/"): line for line in lines
            if line.get("model") not in (None, "ml/runner")}


def row_of(line):
    return line.get("row", "").partition(" ")[0]


def acts(record, name=None):
    """What changed runs, of one process or of all."""
    return [line for line in record if line["mutating"]
            and "/pipelineruns" in line["path"]
            and name in (None, line["run"])]


def whose(line):
    """The object whose run an act made or deleted; None: it did nothing."""
    found = NAME.search(line["effect"] or "")
    return found and found[1]


def of_run(run, record, objects):
    """What one process is and does, whoever else is about; `objects`: how
    many there are."""
    found = []
    mine = [line for line in record if line["run"] == run.name]
    if run.ill:
        found.append(run.ill)
    for line in mine:
        if line["mutating"] and not MAY.get(
                line["method"], re.compile("$x")).search(line["path"]):
            found.append(f"may not {line['method']} {line['path']}")
    did = acts(mine)
    if len(did) > objects:
        found.append(f"{len(did)} acts for {objects} objects")
    of = [whose(line) for line in did if line["effect"]]
    found += [f"{of.count(name)} acts for {name}" for name in set(of)
              if of.count(name) > 1]
    if run.dry and any(line["mutating"] for line in mine):
        found.append("wrote in a dry run")
    if run.status >= 0:     # else killed, by us
        found += of_words(run, set(of))
    return [f"{text} ({run})" for text in found]


def of_words(run, did):
    """What it said is what it did; `did`: objects for which it acted."""
    if not run.end:
        return [] if OVER in run.text else ["said nothing"]
    found = [f"acted and says {line['end']} of {name}"
             for name, line in said(run).items()
             if name in did and line["end"] in QUIET]
    if run.status not in STATUS[run.end]:
        found.append(f"exit {run.status} of a run that is {run.end}")
    return found


def label_of(name):
    return hashlib.sha256(f"ml/{name}".encode()).hexdigest()[:12]


def age(run):
    return run["created"], run["name"]


def of_deletions(state, uids, bounds, given):
    """Only ours, only what was over, only the oldest beyond a limit; `uids`:
    of each object that there was, by uid its name; `bounds`: the limits of
    each; `given`: uids of runs that a person has made theirs."""
    found = []
    runs = {run["uid"]: run for run in state["runs"]}
    gone = set()
    for deletion in state["deletions"]:
        if deletion["kind"] != "PipelineRun":
            continue
        run = runs[deletion["uid"]]
        if not deletion["person"] and deletion["run"]:
            text = of_deletion(deletion, run, uids, given) or beyond(
                run, [one for one in runs.values() if one["uid"] not in gone
                      | given], bounds.get(uids.get(run["owner"])))
            if text:
                found.append(f"deleted {run['name']}: {text}")
        gone.add(run["uid"])
    found += [f"deleted what nobody owned: {one['name']}"
              for one in state["unowned"]]
    return found


def of_deletion(deletion, run, uids, given):
    name = uids.get(deletion["owner"])
    if name is None:
        return "it belongs to nobody here"
    if deletion["labels"].get(LABEL) != label_of(name):
        return f"it has not the label of {name}"
    if run["uid"] in given:
        return "a person had taken it"
    return None if run["end"] else "it was active"


def beyond(run, there, bounds):
    """Whether it was the oldest of more than may be kept."""
    same = sorted((one for one in there if one["owner"] == run["owner"]
                   and LABEL in one["labels"] and one["end"]
                   and one["end"]["status"] == run["end"]["status"]),
                  key=age)
    most = bounds[run["end"]["status"] == "False"]
    if len(same) <= most:
        return f"it was one of {len(same)}, and {most} are kept"
    if same[0]["uid"] != run["uid"]:
        return f"{same[0]['name']} is older"
    return None


def of_counters(state, uids):
    """What the world counted."""
    return [f"{name}: {state['mostActive'][uid]} active at once"
            for uid, name in uids.items()
            if state["mostActive"].get(uid, 0) > 1]


def of_leases(leases, objects):
    """Each is its object's, and at rest unless that is suspended, when
    nothing is accounted for."""
    found = []
    for name, thing in leases.items():
        sync = objects.get(name.removeprefix("run-pipeline-"))
        if sync is None:
            found.append(f"Lease {name} is nobody's")
            continue
        owners = thing["metadata"].get("ownerReferences", [])
        if [one["uid"] for one in owners] != [sync["metadata"]["uid"]]:
            found.append(f"Lease {name} is not its object's: {owners}")
        if sync["spec"].get("suspend"):
            continue
        log = log_of(thing) or {}
        if log.get("intent") is not None:
            found.append(f"Lease {name}: an intent is open: {log['intent']}")
        if thing["spec"].get("holderIdentity"):
            found.append(f"Lease {name} is held")
    return found


def active(run):
    return run["end"] is None and run["deleted"] is None


def of_status(sync, line, state, given):
    """The status tells of the world as it is."""
    name, uid = sync["metadata"]["name"], sync["metadata"]["uid"]
    status = sync.get("status", {})
    its = [run for run in state["runs"] if run["owner"] == uid
           and run["uid"] not in given]
    now = sorted(run["uid"] for run in its if active(run))
    told = sorted(one["uid"] for one in status.get("active", []))
    found = []
    if told != now:
        found.append(f"status.active is {told}, not {now}")
    # What a person took away before anybody looked is not known.
    over = sorted((run for run in its if run["end"] and not (
        run["deleted"] and run["deleted"]["person"])), key=age)
    last = status.get("lastRun", {})
    if over and (last.get("uid"), last.get("succeeded")) != (
            over[-1]["uid"], over[-1]["end"]["status"] == "True") and (
                last.get("uid") in [run["uid"] for run in over]
                or not last):
        found.append(f"status.lastRun is {last}, not {over[-1]}")
    good = max([run["end"]["at"][:19] for run in over
                if run["end"]["status"] == "True"], default="")
    if status.get("lastSuccess", "")[:19] < good:
        found.append(f"status.lastSuccess is {status.get('lastSuccess')}, "
                     f"not {good}")
    for told in [status, *status.get("conditions", [])]:
        if told.get("observedGeneration") != sync["metadata"]["generation"]:
            found.append(f"observedGeneration of {told}")
    if row_of(status.get("lastDecision", {})) != row_of(line):
        found.append(f"status.lastDecision is not row {row_of(line)}")
    if row_of(line) in ("8", "10", "13") and now:
        found.append(f"row {line['row']}, and {len(now)} active")
    if row_of(line) == "5" and not now:
        found.append(f"row {line['row']}, and none is active")
    return [f"{name}: {text}" for text in found]


def of_object(sync, live, state):
    """What is the same whichever way it was come to."""
    uid = sync["metadata"]["uid"]
    status = sync.get("status", {})
    its = sorted((run for run in state["runs"] if run["owner"] == uid),
                 key=age)
    return {
        "runs": [[(run["end"] or {}).get("status"), bool(run["deleted"]),
                  live.get(run["name"], {}).get("spec", {}).get("params")]
                 for run in its],
        "conditions": [[one["type"], one["status"], one["reason"]]
                       for one in status.get("conditions", [])],
        "row": status.get("lastDecision", {}).get("row"),
        "failures": status.get("lastRun", {}).get("failures")}


def brief(run):
    """What nobody here may change of somebody's run."""
    meta = run["metadata"]
    return json.dumps([meta["uid"], meta.get("labels", {}).get(LABEL),
                       meta.get("ownerReferences"), run["spec"]])


def of_foreign(before, after):
    return [f"{name} is gone, or not as it was" for name in before
            if name not in after or brief(after[name]) != brief(before[name])]
