"""What ever was: the runs that were made, and what was deleted by whom."""

from kubernetes.write import copy

ENDS = {"PipelineRun": "Succeeded", "TaskRun": "Succeeded",
        "Job": ("Complete", "Failed")}


def end(thing):
    """The condition that says that a run is over."""
    kinds = ENDS.get(thing["kind"], ())
    for found in (thing.get("status") or {}).get("conditions", ()):
        if found["type"] in kinds and found["status"] != "Unknown" and (
                thing["kind"] != "Job" or found["status"] == "True"):
            return found
    return None


def owner(thing):
    """The uid of who controls it, or of its first owner, or "none"."""
    owners = thing["metadata"].get("ownerReferences", [])
    for found in owners:
        if found.get("controller"):
            return found["uid"]
    return owners[0]["uid"] if owners else "none"


class History:
    """Told of every write."""

    def __init__(self):
        self.reset()

    def reset(self):
        self.runs = {}          # uid -> what is known of a run
        self.deletions = []
        self.live = {}          # kind -> {owner: active now}
        self.most = {}          # kind -> {owner: most active at once}

    def dump(self):
        return {"runs": self.runs, "deletions": self.deletions,
                "live": self.live, "most": self.most}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, copy(value))

    def seen(self, who, old, new, now):
        thing = new or old
        if thing["kind"] in ENDS:
            self.run(who, old, new, now)
        if new is None:
            self.deletions.append({**self.brief(thing), **who, "at": now})

    @staticmethod
    def brief(thing):
        meta = thing["metadata"]
        return {"kind": thing["kind"], "name": meta["name"],
                "namespace": meta.get("namespace", ""), "uid": meta["uid"],
                "labels": meta.get("labels", {}), "owner": owner(thing)}

    def run(self, who, old, new, now):
        thing = new or old
        uid = thing["metadata"]["uid"]
        if uid not in self.runs:
            self.runs[uid] = {**self.brief(thing), **who, "created": now,
                              "end": None, "deleted": None}
            self.count(self.runs[uid], 1)
        found = self.runs[uid]
        before = self.is_active(found)
        if before and found["owner"] != owner(thing):
            self.count(found, -1)
            found["owner"] = owner(thing)
            self.count(found, 1)
        over = end(thing)
        if over and not found["end"]:
            found["end"] = {"at": now, "status": over["status"],
                            "type": over["type"],
                            "reason": over.get("reason", "")}
        if new is None:
            found["deleted"] = {"at": now, **who}
        if before and not self.is_active(found):
            self.count(found, -1)

    @staticmethod
    def is_active(run):
        return not run["end"] and not run["deleted"]

    def count(self, run, by):
        live = self.live.setdefault(run["kind"], {})
        most = self.most.setdefault(run["kind"], {})
        now = live[run["owner"]] = live.get(run["owner"], 0) + by
        most[run["owner"]] = max(most.get(run["owner"], 0), now)

    def state(self, *kinds):
        """`unowned`: what programs deleted that had no owner."""
        return {
            "runs": [run for run in self.runs.values()
                     if run["kind"] in kinds],
            "active": {uid: count for uid, count in
                       self.live.get(kinds[0], {}).items() if count},
            "mostActive": self.most.get(kinds[0], {}),
            "deletions": self.deletions,
            "unowned": [gone for gone in self.deletions
                        if gone["owner"] == "none" and not gone["person"]
                        and gone["run"]]}
