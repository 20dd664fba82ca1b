"""Events: one kind of object under two names, and what makes it invalid."""

import re

from kubernetes.check import QUALIFIED, required, wrong

# events.k8s.io -> core; objects are stored as core has them.
RENAMED = {"reportingController": "reportingComponent",
           "regarding": "involvedObject", "note": "message",
           "deprecatedSource": "source",
           "deprecatedFirstTimestamp": "firstTimestamp",
           "deprecatedLastTimestamp": "lastTimestamp",
           "deprecatedCount": "count"}
BACK = {core: new for new, core in RENAMED.items()}
CHANGEABLE = ("metadata", "series", "apiVersion", "kind")
UNSET = ("firstTimestamp", "lastTimestamp", "count")


def to_core(event):
    found = {RENAMED.get(key, key): value for key, value in event.items()}
    found["apiVersion"] = "v1"
    return found


def from_core(event):
    found = {BACK.get(key, key): value for key, value in event.items()}
    found["apiVersion"] = "events.k8s.io/v1"
    return found


def default(event, name):
    """What the core kind always shows."""
    event.setdefault("source", {})
    for key in ("firstTimestamp", "lastTimestamp", "eventTime"):
        event.setdefault(key, None)
    event.setdefault("reportingComponent", "")
    event.setdefault("reportingInstance", "")


def limited(event, key, limit=128):
    value = event.get(key) or ""
    if not value:
        return [required(key)]
    if len(value) > limit:
        return [wrong(key, "", f"can have at most {limit} characters")]
    return []


def namespaces(event):
    """An event lives beside the object it is about; `default` has those
    about objects without a namespace."""
    own = event["metadata"].get("namespace", "")
    about = event.get("involvedObject", {}).get("namespace", "")
    if own == about or (not about and own in ("", "default", "kube-system")):
        return []
    return [wrong("involvedObject.namespace", about,
                  "does not match event.namespace")]


def timed(event, reporter):
    """What an event with an eventTime must have."""
    causes = []
    name = event.get("reportingComponent") or ""
    if not name:
        causes.append(required(reporter))
    elif not re.fullmatch(QUALIFIED, name):
        causes.append(wrong(reporter, name, "not a qualified name"))
    causes += limited(event, "reportingInstance")
    causes += limited(event, "action")
    causes += limited(event, "reason")
    if len((event.get("message") or "").encode()) > 1024:
        causes.append(wrong("message", "",
                            "can have at most 1024 characters"))
    return causes


def core(new, old):
    causes = namespaces(new)
    if new.get("eventTime"):
        causes += timed(new, "reportingComponent")
    return causes


def series(event):
    found = event.get("series")
    if found is None:
        return []
    causes = []
    if found.get("count", 0) < 2:
        causes.append(wrong("series.count", "", "should be at least 2"))
    if not found.get("lastObservedTime"):
        causes.append(required("series.lastObservedTime"))
    return causes


def modern(new, old):
    """The rules of events.k8s.io/v1; the names of fields are core's, as in
    the server's own words."""
    if old is not None:
        return series(new) + [
            wrong(key, "", "field is immutable")
            for key in sorted(set(new) | set(old))
            if key not in CHANGEABLE and new.get(key) != old.get(key)]
    causes = namespaces(new) + timed(new, "reportingController")
    causes += series(new)
    if not new.get("eventTime"):
        causes.append(required("eventTime"))
    if new.get("type") not in ("Normal", "Warning"):
        causes.append(wrong("type", "", "has invalid value: "
                            f"{new.get('type', '')}"))
    causes += [wrong(key, "", "needs to be unset") for key in UNSET
               if new.get(key)]
    if new.get("source"):
        causes.append(wrong("source", "", "needs to be unset"))
    return causes
