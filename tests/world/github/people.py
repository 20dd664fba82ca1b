"""What people and strangers do: POST /github/WHAT of the control port."""

from git.actor import person

PUSH = ("branch", "files", "message", "author", "force", "start")


class People:
    """Every method takes the JSON of the request."""

    def __init__(self, github):
        self.github = github
        self.git = github.git
        self.pulls = github.pulls

    def do(self, what, value):
        method = getattr(self, f"do_{what}", None)
        if method is None:
            raise ValueError(f"nobody knows how to {what}")
        return method(value)

    @staticmethod
    def who(value, default="someone"):
        return person(value.get("by", default))

    def pull(self, value):
        return self.pulls.find(value["repo"], value["number"])

    # Repositories.
    def do_create(self, value):
        """{repo, files, message, author, ...settings}: empty without files"""
        settings = {key: item for key, item in value.items()
                    if key not in ("repo", "by", *PUSH)}
        self.git.create(value["repo"], settings)
        self.github.since[value["repo"]] = self.github.clock.seconds()
        if not value.get("files"):
            return {}
        return self.do_push({"message": "Begin", **value, "branch":
                             settings.get("default", "main")})

    def do_repository(self, value):
        """{repo, deleted or renamed: other, ...settings}"""
        settings = dict(value)
        name = settings.pop("repo")
        if settings.pop("deleted", False):
            self.git.delete(name)
            return {}
        if "renamed" in settings:
            other = settings.pop("renamed")
            self.git.rename(name, other)
            self.pulls.renamed(name, other)
            self.github.accounts.renamed(name, other)
            self.github.since[other] = self.github.since.get(name)
            return {}
        self.git.set(name, settings)
        return self.git.repositories[name]

    def do_fork(self, value):
        """{repo, to}"""
        settings = self.git.repositories[value["repo"]]
        self.git.create(value["to"], {
            "parent": value["repo"], "default": settings["default"],
            "owner": "User"}, value["repo"])
        self.github.since[value["to"]] = self.github.clock.seconds()
        return {}

    def do_push(self, value):
        """{repo, branch, files, message, author: "Name <mail>", force,
        start: commit or branch}"""
        repo = self.git.at(value["repo"])
        branch = value["branch"]
        self.git.look()
        tips = repo.branches()
        start = value.get("start") or (
            None if branch in tips else tips.get(
                self.git.repositories[value["repo"]]["default"]))
        start = tips.get(start, start)
        if start and branch in tips and not value.get("force") and (
                not repo.reaches(tips[branch], start)):
            raise ValueError("not a fast-forward: force is needed")
        new = repo.write(branch, value.get("files", {}),
                         value.get("message", "Change") + "\n",
                         value.get("author", "A Person <person@localhost>"),
                         start)
        self.git.look(self.who(value))
        return {"oid": new}

    def do_delete_branch(self, value):
        """{repo, branch}"""
        self.git.at(value["repo"]).move(value["branch"], None)
        self.git.look(self.who(value))
        return {}

    # Accounts and limits.
    def do_app(self, value):
        return self.github.accounts.app(value)

    def do_user(self, value):
        return self.github.accounts.user(value)

    def do_limit(self, value):
        return self.github.limits.control(value)

    # Requests.
    def do_open(self, value):
        """{repo, head: "owner:branch", base, title, body, draft, by}"""
        settings = self.git.repositories[value["repo"]]
        self.git.look()
        pull = self.pulls.open(
            value["repo"], self.who(value), value["head"],
            value.get("base", settings["default"]),
            value.get("title", "A request"), value.get("body"),
            value.get("draft"), value.get("headRepo"))
        return {"number": pull["number"]}

    def do_edit(self, value):
        """{repo, number, title, body, labels, draft}"""
        pull = self.pull(value)
        self.pulls.edit(pull, self.who(value), value.get("title"),
                        value.get("body"), base=value.get("base"))
        for key in ("labels", "draft"):
            if key in value:
                pull[key] = value[key]
                self.pulls.touch(pull)
        return {}

    def do_close(self, value):
        self.pulls.edit(self.pull(value), self.who(value), state="closed")
        return {}

    def do_reopen(self, value):
        self.pulls.edit(self.pull(value), self.who(value), state="open")
        return {}

    def do_merge(self, value):
        """{repo, number, method, message, delete: the branch as well}"""
        pull = self.pull(value)
        self.git.look()
        new = self.pulls.merge(pull, value.get("method", "merge"),
                               self.who(value), value.get("message"))
        if value.get("delete"):
            self.do_delete_branch({"repo": pull["headRepo"],
                                   "branch": pull["head"], "by":
                                   value.get("by", "someone")})
        return {"oid": new}

    def do_update(self, value):
        return {"oid": self.pulls.update(self.pull(value), self.who(value))}

    def do_revert(self, value):
        return {"oid": self.pulls.revert(self.pull(value), self.who(value))}

    def do_comment(self, value):
        """{repo, number, body}"""
        made = self.github.comment(self.pull(value), self.who(value),
                                   value["body"])
        return {"id": made["id"]}
