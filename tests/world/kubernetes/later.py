"""What happens by itself when its time has come."""

import heapq

from kubernetes.write import copy


class Agenda:
    """One moment for each object, which may change."""

    def __init__(self):
        self.due = {}       # uid -> [when, resource, namespace, name]
        self.heap = []

    def at(self, when, resource, thing):
        """`when` None: never."""
        meta = thing["metadata"]
        if when is None:
            self.due.pop(meta["uid"], None)
            return
        entry = [when, resource, meta["namespace"], meta["name"]]
        self.due[meta["uid"]] = entry
        heapq.heappush(self.heap, (when, meta["uid"]))

    def pop(self, now):
        """The next that is due: (when, uid, resource, key)."""
        while self.heap and self.heap[0][0] <= now:
            when, uid = heapq.heappop(self.heap)
            entry = self.due.get(uid)
            if entry is not None and entry[0] == when:
                del self.due[uid]
                return when, uid, entry[1], (entry[2], entry[3])
        return None

    def load(self, due):
        self.due = {uid: list(entry) for uid, entry in due.items()}
        self.heap = [(entry[0], uid) for uid, entry in due.items()]
        heapq.heapify(self.heap)


class Controller:
    """Brings objects on.  Who derives from it has `name`, `resources`,
    begin(thing), which is what to remember of a new one, and step(thing,
    state, when), which gives the moment of the next step."""

    name = ""
    resources = ()
    settings = {}

    def __init__(self, cluster):
        self.cluster = cluster
        self.reset()

    def reset(self):
        self.agenda = Agenda()
        self.states = {}    # uid -> what is remembered
        self.plans = {}     # what they are chosen by -> plans to come
        self.set = dict(self.settings)

    def dump(self):
        return {"due": self.agenda.due, "states": self.states,
                "plans": self.plans, "set": self.set}

    def load(self, state):
        self.agenda.load(state["due"])
        for key in ("states", "plans", "set"):
            setattr(self, key, copy(state[key]))

    def change(self, value):
        """New settings."""
        unknown = set(value) - set(self.set)
        if unknown:
            raise ValueError(f"unknown keys: {', '.join(sorted(unknown))}")
        self.set.update(value)
        return {}

    def plan(self, name, ends, keys):
        """The next objects of that name take these plans, one each; the
        last stays."""
        ends = ends if isinstance(ends, list) else [ends]
        for end in ends:
            if set(end) - set(keys):
                raise ValueError(f"unknown keys: {set(end) - set(keys)}")
        self.plans[name] = ends
        return {}

    def planned(self, *names):
        """The plan for what has the first of these names; None: there is
        none."""
        for name in names:
            ends = self.plans.get(name)
            if ends:
                return ends.pop(0) if len(ends) > 1 else ends[0]
        return None

    def seen(self, resource, old, new):
        """Somebody else wrote an object."""
        if new is None:
            self.agenda.due.pop(old["metadata"]["uid"], None)
            return
        uid, now = new["metadata"]["uid"], self.cluster.clock.now()
        if uid not in self.states:
            state = self.begin(new)
            if state is not None:
                self.states[uid] = copy(state)
                self.agenda.at(self.first(state, now), resource, new)
        elif old is not None and old["spec"] != new["spec"]:
            self.agenda.at(now, resource, new)

    def first(self, state, now):
        """When a new object is looked at."""
        start = state["plan"].get("start", self.set["start"])
        return None if start is None else now + start

    def tick(self):
        now = self.cluster.clock.now()
        while not self.set.get("down") and (
                due := self.agenda.pop(now)) is not None:
            when, uid, resource, key = due
            thing = self.cluster.store.shelf(resource).get(key)
            if thing is None or thing["metadata"]["uid"] != uid:
                continue
            self.agenda.at(self.step(thing, self.states[uid], when),
                           resource, thing)

    def put(self, thing, when, status, labels=None):
        """Writes a status, and labels."""
        new = copy(thing)
        new["status"] = status
        if labels:
            new["metadata"].setdefault("labels", {}).update(labels)
        self.cluster.bring(self, thing, new, when)

    def expire(self, thing, state, when, kept, by):
        """Removes what has been over for `kept` seconds; None: never."""
        last = state.setdefault("over", when)
        if kept is None or when < last + kept:
            return None if kept is None else last + kept
        self.cluster.bring(self, thing, None, when, by)
        return None


def condition(status, kind, value, reason, message, now, **more):
    """A copy of a status with that condition in it."""
    found = copy(status)
    conditions = found.setdefault("conditions", [])
    old = next((c for c in conditions if c["type"] == kind), None)
    new = {"type": kind, "status": value, "reason": reason,
           "message": message, "lastTransitionTime": now, **more}
    if old is None:
        conditions.append(new)
    else:
        if old["status"] == value:
            new["lastTransitionTime"] = old["lastTransitionTime"]
        conditions[conditions.index(old)] = new
    return found
