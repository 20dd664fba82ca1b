"""What a test counts: requests, pushes, and what must never happen."""

import json
import re

from git.repository import ZERO, Conflict

BLOCK = re.compile(r"<!-- modelsync (\{.*?\}) -->", re.DOTALL)


def model(body):
    """The model that a request says it proposes, or None."""
    found = BLOCK.search(body or "")
    try:
        return json.loads(found.group(1)).get("model") if found else None
    except (ValueError, AttributeError):
        return None


class Watch:
    """Lists of what was seen, in the order it happened."""

    KEYS = ("openedBy", "mostOpen", "mostBy", "pushes", "human", "lost", "empty",
            "untrue")

    def __init__(self, git, clock):
        self.git = git
        self.clock = clock
        self.reset()

    def reset(self):
        self.openedBy = {}
        self.mostOpen = {}
        self.mostBy = {}
        self.pushes = []
        self.human = {}         # repository -> commits that people pushed
        self.lost = []
        self.empty = []
        self.untrue = []
        self.judged = {}

    def dump(self):
        return {key: getattr(self, key) for key in (*self.KEYS, "judged")}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def view(self):
        return {"opened": sum(self.openedBy.values()),
                **{key: getattr(self, key) for key in self.KEYS}}

    # Branches.
    def pushed(self, name, branch, old, new, actor, heads):
        """`heads`: the open requests of that branch."""
        repo = self.git.at(name)
        forced = ZERO not in (old, new) and not repo.reaches(old, new)
        self.pushes.append({
            "repo": name, "branch": branch, "who": actor.login,
            "person": actor.person, "old": old, "new": new,
            "forced": forced, "time": self.clock.seconds()})
        if actor.person:
            if new != ZERO and actor.kind != "button":
                self.remember(repo, name, branch, old, new)
        elif old != ZERO and heads:
            self.count_lost(repo, name, branch, old, new, actor, heads)

    def remember(self, repo, name, branch, old, new):
        others = [oid for other, oid in repo.branches().items()
                  if other != branch]
        if old != ZERO:
            others.append(old)
        known = self.human.setdefault(name, [])
        known += [oid for oid in repo.commits(new, *others)
                  if oid not in known]

    def count_lost(self, repo, name, branch, old, new, actor, heads):
        kept = [oid for oid in (new, repo.tip(heads[0]["base"]))
                if oid not in (None, ZERO)]
        known = self.human.get(name)
        for oid in repo.commits(old, *kept) if known else ():
            if oid in known:
                self.lost.append({
                    "repo": name, "branch": branch, "oid": oid,
                    "who": actor.login, "time": self.clock.seconds()})

    # Requests.
    def opened(self, pull, login, base, head):
        """`base` and `head`: their commits, in the base's repository."""
        self.openedBy[login] = self.openedBy.get(login, 0) + 1
        repo = self.git.at(pull["repo"])
        try:
            same = repo.merged(base, head) == repo.tree(base)
        except Conflict:
            same = False
        if same:
            self.empty.append({"repo": pull["repo"], "who": login,
                               "number": pull["number"],
                               "time": self.clock.seconds()})

    def most(self, pull, pulls):
        key = f"{pull['repo']} {pull['headOwner']}:{pull['head']}"
        count = sum(p["state"] == "open" and p["head"] == pull["head"]
                    and p["headOwner"] == pull["headOwner"] for p in pulls)
        self.mostOpen[key] = max(count, self.mostOpen.get(key, 0))
        key = f"{pull['repo']} {pull['user']}"
        count = sum(p["state"] == "open" and p["user"] == pull["user"]
                    for p in pulls)
        self.mostBy[key] = max(count, self.mostBy.get(key, 0))

    def judge(self, pulls, actor):
        """Finds open requests whose text is not true of their branch;
        `actor`: who made it so."""
        for pull in pulls:
            said = model(pull["body"])
            key = pull["node"]
            seen = [pull["sha"], pull["body"]]
            if pull["state"] != "open" or self.judged.get(key) == seen:
                continue
            self.judged[key] = seen
            if said is not None and not self.true(pull, said):
                self.untrue.append({
                    "repo": pull["repo"], "number": pull["number"],
                    "model": said, "sha": pull["sha"],
                    "who": actor.login, "person": actor.person,
                    "time": self.clock.seconds()})

    def true(self, pull, said):
        paths = self.git.repositories[pull["repo"]]["paths"]
        repo = self.git.at(pull["repo"])
        return not paths or any(
            said.encode() in (repo.text(pull["sha"], path) or b"")
            for path in paths)
