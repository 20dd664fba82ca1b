"""What there is in a folder and its cluster, and what changed."""

import os
import zlib

from kube import workload

SHELVES = ("datasets", "models", "failed")


def names(folder):
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []


def head_of(repository, branch):
    """The branch's commit by git's own files; "" where there is none."""
    try:
        with open(os.path.join(repository, "refs/heads", branch),
                  encoding="ascii") as file:
            return file.read().strip()
    except FileNotFoundError:
        pass
    try:
        with open(os.path.join(repository, "packed-refs"),
                  encoding="ascii") as file:
            for line in file:
                if line.endswith(f" refs/heads/{branch}\n"):
                    return line.split()[0]
    except FileNotFoundError:
        pass
    return ""


def commit(repository, oid):
    """A commit's text, by git's own files; "" where it is not a loose one."""
    try:
        with open(os.path.join(repository, "objects", oid[:2], oid[2:]),
                  "rb") as file:
            return zlib.decompress(file.read()).partition(b"\0")[2].decode()
    except (OSError, zlib.error):
        return ""


def every_file(folder):
    """Path, kind, size, time and links of all that is there."""
    found = []
    for where, folders, files in os.walk(folder):
        for name in folders + files + ["."]:
            path = os.path.join(where, name)
            s = os.lstat(path)
            found.append((path, s.st_mode, s.st_size, s.st_mtime_ns,
                          s.st_ino))
    return sorted(found)


class Look:
    """What actions change: entries of the store, branches, locks; and how
    often the Leases were taken."""

    def __init__(self, stage):
        store = os.path.join(stage.w, "models")
        repository = os.path.join(stage.w, "config.git")
        self.entries = {f"{shelf}/{name}" for shelf in SHELVES
                        for name in names(os.path.join(store, shelf))}
        self.tmp = names(os.path.join(store, "tmp"))
        self.heads = {branch: head_of(repository, branch)
                      for branch in ("main", "auto-update")}
        refs = names(os.path.join(repository, "refs/heads"))
        self.branches = {name for name in refs if not name.endswith(".lock")}
        self.locks = set(refs) - self.branches
        self.proposal = commit(repository, self.heads["auto-update"])
        self.made = workload.everything(stage)
        self.leases = {tool: stage.place.lease(tool)
                       for tool in ("train-model", "deploy-model")}

    def shelf(self, name):
        return [e for e in self.entries if e.startswith(name + "/")]

    def takes(self, tool):
        thing = self.leases[tool] or {}
        return thing.get("spec", {}).get("leaseTransitions", 0)

    def changes(self, after):
        """The actions between this look and a later one, in words."""
        found = [f"+{e}" for e in sorted(after.entries - self.entries)]
        found += [f"-{e}" for e in sorted(self.entries - after.entries)]
        found += [f"+{e}" for e in after.made[len(self.made):]]
        found += [f"{b} moved" for b in self.heads
                  if self.heads[b] != after.heads[b]]
        found += [f"lock {e}" for e in sorted(self.locks ^ after.locks)]
        return found

    def taken(self, after):
        return sum(after.takes(t) - self.takes(t) for t in self.leases)
