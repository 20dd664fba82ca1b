"""Pull requests: what each is, and how they follow their branches."""

from git.actor import Actor
from git.repository import HEADS, ZERO, Conflict
from github.errors import custom, invalid, missing
from github.views import node

LONGEST = 65536
TITLE = 256
METHODS = ("merge", "squash", "rebase")


class Pulls:
    """`all`: repository to its requests, in the order of their numbers."""

    def __init__(self, git, clock, watch):
        self.git = git
        self.clock = clock
        self.watch = watch
        self.all = {}
        self.sizes = {}         # two commits to what is between them
        git.heard.append(self.follow)
        git.gone.append(self.orphan)

    def of(self, name):
        return self.all.get(name, [])

    def every(self):
        return [pull for pulls in self.all.values() for pull in pulls]

    def find(self, name, number):
        for pull in self.of(name):
            if pull["number"] == int(number):
                return pull
        raise missing()

    def touch(self, pull):
        pull["updated_at"] = self.clock.seconds()

    # Branches move.
    def follow(self, name, moves, actor):
        for ref, old, new in moves:
            if not ref.startswith(HEADS):
                continue
            branch = ref.removeprefix(HEADS)
            heads = [pull for pull in self.every() if pull["state"] == "open"
                     and (pull["headRepo"], pull["head"]) == (name, branch)]
            self.watch.pushed(name, branch, old, new, actor, heads)
            for pull in heads:
                self.head_moved(pull, new, actor)
            for pull in self.of(name):
                if pull["state"] == "open" and pull["base"] == branch:
                    self.base_moved(pull, old, new, actor)
        self.watch.judge(self.every())

    def head_moved(self, pull, new, actor):
        self.touch(pull)
        pull["mergeable"], pull["asked"] = None, False
        if new == ZERO:
            self.shut(pull, actor)
            return
        pull["sha"] = new
        self.bring(pull)
        tip = self.git.at(pull["repo"]).tip(pull["base"])
        pull["baseSha"] = tip or pull["baseSha"]
        if tip and self.git.at(pull["repo"]).reaches(new, tip):
            self.shut(pull, actor)      # nothing is left to merge

    def base_moved(self, pull, old, new, actor):
        pull["mergeable"], pull["asked"] = None, False
        if new == ZERO:
            self.shut(pull, actor)
        elif self.git.at(pull["repo"]).reaches(pull["sha"], new):
            self.done(pull, new, actor.login, old)

    def bring(self, pull):
        """The head's commits into the base's repository, where GitHub
        names them as well."""
        ref = f"refs/pull/{pull['number']}/head"
        repo = self.git.at(pull["repo"])
        if pull["headRepo"] not in (None, pull["repo"]):
            repo.git("fetch", "-q", self.git.at(pull["headRepo"]).path,
                     f"+refs/heads/{pull['head']}:{ref}")
        else:
            repo.git("update-ref", ref, pull["sha"])

    def orphan(self, name):
        """A repository is deleted: so are its requests, and those from it
        are closed."""
        self.all.pop(name, None)
        for pull in self.every():
            if pull["headRepo"] == name:
                pull["headRepo"] = None
                if pull["state"] == "open":
                    self.shut(pull, None)

    def renamed(self, name, other):
        if name in self.all:
            self.all[other] = self.all.pop(name)
        for pull in self.every():
            for key in ("repo", "headRepo"):
                if pull[key] == name:
                    pull[key] = other

    # Their lives.
    def head(self, name, text, head_repo=None):
        """(repository, owner, branch) that `head` of a request names."""
        owner, _, branch = text.rpartition(":")
        owner = owner or name.split("/")[0]
        if head_repo and "/" in head_repo:
            return head_repo, owner, branch
        if head_repo:
            return f"{owner}/{head_repo}", owner, branch
        if owner == name.split("/")[0]:
            return name, owner, branch
        for other, settings in self.git.repositories.items():
            if other.startswith(f"{owner}/") and settings["parent"] == name:
                return other, owner, branch
        return None, owner, branch

    def check_open(self, name, source, owner, branch, base):
        """The commits of base and head, or a refusal."""
        tips = self.git.at(source).branches() if (
            source in self.git.repositories) else {}
        if branch not in tips:
            raise invalid({"field": "head", "code": "invalid"})
        target = self.git.at(name).tip(base)
        if target is None:
            raise invalid({"field": "base", "code": "invalid"})
        self.check_only(name, owner, branch, base)
        if source != name:
            self.git.at(name).git("fetch", "-q", self.git.at(source).path,
                                  f"refs/heads/{branch}")
        repo = self.git.at(name)
        if repo.reaches(tips[branch], target):
            across = source != name
            mine = f"{name.split('/')[0]}:{base}" if across else base
            other = f"{owner}:{branch}" if across else branch
            raise custom(f"No commits between {mine} and {other}")
        if not repo.related(tips[branch], target):
            raise custom(f"The {branch} branch has no history in common "
                         f"with {base}")
        return target, tips[branch]

    def check_only(self, name, owner, branch, base):
        for pull in self.of(name):
            if pull["state"] == "open" and base == pull["base"] and (
                    owner, branch) == (pull["headOwner"], pull["head"]):
                raise custom("A pull request already exists for "
                             f"{owner}:{branch}.")

    @staticmethod
    def check_text(title, body):
        if title is not None and len(title) > TITLE:
            raise custom(f"title is too long (maximum is {TITLE} "
                         "characters)", field="title")
        if body is not None and len(body) > LONGEST:
            raise custom(f"body is too long (maximum is {LONGEST} "
                         "characters)", field="body")

    def open(self, name, actor, head, base, title, body=None, draft=False,
             head_repo=None):
        if not title:
            raise invalid({"field": "title", "code": "missing_field"},
                          resource="Issue")
        self.check_text(title, body)
        source, owner, branch = self.head(name, head, head_repo)
        target, tip = self.check_open(name, source, owner, branch, base)
        now = self.clock.seconds()
        pulls = self.all.setdefault(name, [])
        number = max((p["number"] for p in pulls), default=0) + 1
        repository = self.git.repositories[name]["id"]
        pull = {
            "id": repository * 1000 + number, "number": number,
            "node": node("PR", repository * 1000 + number), "repo": name,
            "headRepo": source, "headOwner": owner, "head": branch,
            "sha": tip, "base": base, "baseSha": target, "title": title,
            "body": body, "draft": bool(draft), "user": actor.login,
            "person": actor.person, "state": "open", "labels": [],
            "reviewers": [], "comments": [], "auto": None,
            "created_at": now, "updated_at": now, "closed_at": None,
            "merged_at": None, "mergedBy": None, "closedBy": None,
            "merge_commit_sha": None, "before": None, "mergeable": None,
            "asked": False, "revisions": []}
        pulls.append(pull)
        self.revise(pull, actor)
        self.bring(pull)
        self.watch.opened(pull, actor.login, target, tip)
        self.watch.most(pull, pulls)
        self.watch.judge([pull])
        return pull

    def revise(self, pull, actor):
        pull["revisions"].append({
            "time": self.clock.seconds(), "by": actor.login,
            "title": pull["title"], "body": pull["body"],
            "state": pull["state"], "sha": pull["sha"]})

    def edit(self, pull, actor, title=None, body=None, state=None,
             base=None, **rest):
        """True: something is other than it was."""
        before = {k: pull[k] for k in ("title", "body", "state", "base")}
        self.check_text(title, body)
        if base is not None and base != pull["base"]:
            self.rebase_on(pull, base)
        if title:
            pull["title"] = title
        if body is not None:
            pull["body"] = body
        if state == "closed" and pull["state"] == "open":
            self.shut(pull, actor)
        elif state == "open" and pull["state"] == "closed":
            self.reopen(pull)
        if all(pull[key] == value for key, value in before.items()):
            return False
        self.touch(pull)
        self.revise(pull, actor)
        self.watch.judge([pull])
        return True

    def rebase_on(self, pull, base):
        tip = self.git.at(pull["repo"]).tip(base)
        if tip is None or pull["state"] != "open":
            raise invalid({"field": "base", "code": "invalid"})
        self.check_only(pull["repo"], pull["headOwner"], pull["head"], base)
        pull["base"], pull["baseSha"] = base, tip
        pull["mergeable"], pull["asked"] = None, False

    def shut(self, pull, actor):
        pull["state"] = "closed"
        pull["closed_at"] = self.clock.seconds()
        pull["closedBy"] = actor and actor.login
        pull["auto"] = None
        self.touch(pull)

    def reopen(self, pull):
        def no(why):
            return custom(f"state cannot be changed. {why}", field="state")

        tip = pull["headRepo"] and self.git.at(
            pull["headRepo"]).tip(pull["head"])
        if pull["merged_at"]:
            raise no("The pull request cannot be reopened.")
        if not tip:
            raise no(f"The {pull['head']} branch has been deleted.")
        if not self.git.at(pull["headRepo"]).reaches(pull["sha"], tip):
            raise no(f"The {pull['head']} branch was force-pushed or "
                     "recreated.")
        self.check_only(pull["repo"], pull["headOwner"], pull["head"],
                        pull["base"])
        pull.update(state="open", closed_at=None, closedBy=None, sha=tip,
                    mergeable=None, asked=False)
        self.bring(pull)
        self.watch.most(pull, self.of(pull["repo"]))

    def done(self, pull, commit, login, before=None):
        now = self.clock.seconds()
        pull.update(state="closed", closed_at=now, merged_at=now,
                    updated_at=now, mergedBy=login, closedBy=login,
                    merge_commit_sha=commit, before=before, auto=None)

    # Merging.
    def ask(self, pull):
        """Whether it merges is not known when it is first asked."""
        if pull["state"] != "open" or pull["mergeable"] is not None:
            return
        if not pull["asked"]:
            pull["asked"] = True
            return
        repo = self.git.at(pull["repo"])
        try:
            repo.merged(repo.tip(pull["base"]), pull["sha"])
            pull["mergeable"] = True
        except Conflict:
            pull["mergeable"] = False

    @staticmethod
    def mergeable_state(pull):
        if pull["mergeable"] is None:
            return "unknown"
        if not pull["mergeable"]:
            return "dirty"
        return "draft" if pull["draft"] else "clean"

    def size(self, pull):
        """(files, lines added, lines deleted, commits)"""
        repo = self.git.at(pull["repo"])
        sides = pull["before"] or pull["baseSha"], pull["sha"]
        if sides not in self.sizes:
            self.sizes[sides] = (*repo.size(*sides), len(
                repo.commits(sides[1], sides[0])))
        return self.sizes[sides]

    def merge(self, pull, method, actor, message=None):
        """By a person's button, or in their name."""
        if method not in METHODS:
            raise ValueError(f"no method {method}")
        repo = self.git.at(pull["repo"])
        tip = repo.tip(pull["base"])
        make = getattr(self, f"by_{method}")
        new = make(repo, pull, tip, f"{actor.login} <{actor.login}@users."
                   "noreply.localhost>", message)
        self.done(pull, new, actor.login, tip)
        repo.move(pull["base"], new)
        self.git.look(button(actor))
        return new

    @staticmethod
    def by_merge(repo, pull, tip, author, message):
        return repo.commit(
            repo.merged(tip, pull["sha"]), [tip, pull["sha"]],
            message or f"Merge pull request #{pull['number']} from "
            f"{pull['headOwner']}/{pull['head']}\n\n{pull['title']}\n",
            author)

    @staticmethod
    def by_squash(repo, pull, tip, author, message):
        return repo.commit(
            repo.merged(tip, pull["sha"]), [tip],
            message or f"{pull['title']} (#{pull['number']})\n\n"
            f"{repo.message(pull['sha'])}\n", author)

    @staticmethod
    def by_rebase(repo, pull, tip, author, message):
        for oid in repo.commits(pull["sha"], tip):
            parents = repo.parents(oid)
            if len(parents) != 1:
                continue
            tree = repo.carried(tip, parents[0], oid)
            if tree != repo.tree(tip):
                tip = repo.commit(tree, [tip], repo.message(oid) + "\n",
                                  repo.author(oid))
        return tip

    def update(self, pull, actor):
        """The button "Update branch": base is merged into head."""
        repo = self.git.at(pull["headRepo"])
        tip = self.git.at(pull["repo"]).tip(pull["base"])
        if pull["headRepo"] != pull["repo"]:
            repo.git("fetch", "-q", self.git.at(pull["repo"]).path,
                     f"refs/heads/{pull['base']}")
        new = repo.commit(
            repo.merged(pull["sha"], tip), [pull["sha"], tip],
            f"Merge branch '{pull['base']}' into {pull['head']}",
            f"{actor.login} <{actor.login}@users.noreply.localhost>")
        repo.move(pull["head"], new)
        self.git.look(button(actor))
        return new

    def revert(self, pull, actor):
        """A commit on base that takes a merged request back."""
        repo = self.git.at(pull["repo"])
        tip = repo.tip(pull["base"])
        tree = repo.carried(tip, pull["merge_commit_sha"], pull["before"])
        new = repo.commit(
            tree, [tip], f"Revert \"{pull['title']}\"\n\n"
            f"Reverts {pull['repo']}#{pull['number']}\n",
            f"{actor.login} <{actor.login}@users.noreply.localhost>")
        repo.move(pull["base"], new)
        self.git.look(button(actor))
        return new


def button(actor):
    """Who has GitHub make a commit has not written it."""
    return Actor(actor.login, "button", person=actor.person)
