"""The objects, one counter of versions over all of them, and their past."""

import json
import random

UNAMBIGUOUS = "bcdfghjklmnpqrstvwxz2456789"


class Store:
    """Objects are never changed in place; a write puts a new one there."""

    def __init__(self, seed=0):
        self.random = random.Random(seed)
        self.version = 100      # a cluster is never new
        self.shelves = {}   # stored resource -> {(namespace, name): object}
        self.past = []      # (version, resource, key, object before)
        self.texts = {}     # id of an object -> (object, its JSON)

    def shelf(self, resource, at=None):
        """The objects of a resource, now or as of a version."""
        found = self.shelves.setdefault(resource, {})
        if at is None or at >= self.version:
            return found
        found = dict(found)
        for version, where, key, before in reversed(self.past):
            if version <= at:
                break
            if where != resource:
                continue
            if before is None:
                found.pop(key, None)
            else:
                found[key] = before
        return found

    def put(self, resource, key, thing):
        """Stores an object under the next version; None removes it."""
        self.version += 1
        shelf = self.shelf(resource)
        self.past.append((self.version, resource, key, shelf.get(key)))
        if thing is None:
            shelf.pop(key, None)
        else:
            thing["metadata"]["resourceVersion"] = str(self.version)
            shelf[key] = thing
        return self.version

    def suffix(self):
        return "".join(self.random.choices(UNAMBIGUOUS, k=5))

    def uid(self):
        digits = f"{self.random.getrandbits(128):032x}"
        return (f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-"
                f"a{digits[17:20]}-{digits[20:]}")

    def everything(self):
        return [thing for resource in sorted(self.shelves)
                for _, thing in sorted(self.shelves[resource].items())]

    def dump(self):
        return {"resourceVersion": self.version, "objects": self.everything()}

    def text(self, thing):
        """An object's JSON, made once per version of it."""
        found = self.texts.get(id(thing))
        if found is None or found[0] is not thing:
            if len(self.texts) > 4096:
                self.texts.clear()
            text = json.dumps(thing, separators=(",", ":")).encode() + b"\n"
            found = self.texts[id(thing)] = (thing, text)
        return found[1]
