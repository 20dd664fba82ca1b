"""The JSON forms of what there is."""

import hashlib

from github.errors import missing

REPO = {
    "archive": "{archive_format}{/ref}", "assignees": "assignees{/user}",
    "blobs": "git/blobs{/sha}", "branches": "branches{/branch}",
    "collaborators": "collaborators{/collaborator}",
    "comments": "comments{/number}", "commits": "commits{/sha}",
    "compare": "compare/{base}...{head}", "contents": "contents/{+path}",
    "contributors": "contributors", "deployments": "deployments",
    "downloads": "downloads", "events": "events", "forks": "forks",
    "git_commits": "git/commits{/sha}", "git_refs": "git/refs{/sha}",
    "git_tags": "git/tags{/sha}", "hooks": "hooks",
    "issue_comment": "issues/comments{/number}",
    "issue_events": "issues/events{/number}", "issues": "issues{/number}",
    "keys": "keys{/key_id}", "labels": "labels{/name}",
    "languages": "languages", "merges": "merges",
    "milestones": "milestones{/number}",
    "notifications": "notifications{?since,all,participating}",
    "pulls": "pulls{/number}", "releases": "releases{/id}",
    "stargazers": "stargazers", "statuses": "statuses/{sha}",
    "subscribers": "subscribers", "subscription": "subscription",
    "tags": "tags", "teams": "teams", "trees": "git/trees{/sha}"}
USER = {"events": "events{/privacy}", "followers": "followers",
        "following": "following{/other_user}", "gists": "gists{/gist_id}",
        "organizations": "orgs", "received_events": "received_events",
        "repos": "repos", "starred": "starred{/owner}{/repo}",
        "subscriptions": "subscriptions"}
ZEROS = ("forks", "forks_count", "open_issues", "open_issues_count", "size",
         "stargazers_count", "watchers", "watchers_count")
NULLS = ("description", "homepage", "language", "license", "mirror_url")
GONE = ("merge_commit_sha", "assignee")     # since version 2026-03-10


def node(kind, number):
    return f"{kind}_kwDO{number:08d}"


class Views:
    """`api` and `html`: how addresses begin; `new`: of version 2026."""

    def __init__(self, github, api, html, new=False):
        self.github = github
        self.git = github.git
        self.accounts = github.accounts
        self.api = api
        self.html = html
        self.new = new

    def user(self, login):
        if login is None:
            return None
        url = f"{self.api}/users/{login}"
        number = self.accounts.id(login)
        return {"login": login, "id": number, "node_id": node("U", number),
                "avatar_url": f"{self.html}/avatars/{number}",
                "gravatar_id": "", "url": url,
                "html_url": f"{self.html}/{login}",
                **{f"{name}_url": f"{url}/{path}"
                   for name, path in USER.items()},
                "type": self.kind(login), "site_admin": False}

    def kind(self, login):
        if login.endswith("[bot]"):
            return "Bot"
        owned = [settings["owner"] for name, settings
                 in self.git.repositories.items()
                 if name.startswith(f"{login}/")]
        return owned[0] if owned else "User"

    def repository(self, name):
        settings = self.git.repositories.get(name)
        if settings is None:
            return None
        owner, short = name.split("/")
        url, html = f"{self.api}/repos/{name}", f"{self.html}/{name}"
        at = self.github.since.get(name)
        return {"id": settings["id"], "node_id": node("R", settings["id"]),
                "name": short, "full_name": name,
                "private": settings["private"], "owner": self.user(owner),
                "html_url": html, "url": url,
                "fork": settings["parent"] is not None,
                **{f"{key}_url": f"{url}/{path}"
                   for key, path in REPO.items()},
                "git_url": f"git:{html.partition(':')[2]}.git",
                "clone_url": f"{html}.git", "svn_url": html,
                "ssh_url": f"git@{self.html.rpartition('/')[2]}:{name}.git",
                "default_branch": settings["default"],
                "archived": settings["archived"], "disabled": False,
                "visibility": "private" if settings["private"] else "public",
                "allow_auto_merge": bool(settings["autoMerge"]),
                "created_at": at, "updated_at": at, "pushed_at": at,
                "has_downloads": True, "has_issues": True,
                "has_projects": True, "has_wiki": False, "has_pages": False,
                **dict.fromkeys(ZEROS, 0), **dict.fromkeys(NULLS)}

    def label(self, name, label):
        number = self.accounts.id(f"label {name} {label}")
        return {"id": number, "node_id": node("LA", number), "name": label,
                "url": f"{self.api}/repos/{name}/labels/{label}",
                "color": "ededed", "default": False, "description": ""}

    def side(self, repo, owner, ref, sha):
        return {"label": f"{owner}:{ref}", "ref": ref, "sha": sha,
                "user": self.user(owner), "repo": self.repository(repo)}

    def links(self, pull, url, html):
        issue = url.replace("/pulls/", "/issues/")
        return {"self": url, "html": html, "issue": issue,
                "comments": f"{issue}/comments",
                "review_comments": f"{url}/comments",
                "review_comment": f"{url.rpartition('/')[0]}/comments"
                "{/number}", "commits": f"{url}/commits",
                "statuses": f"{self.api}/repos/{pull['repo']}/statuses/"
                f"{pull['sha']}"}

    def pull(self, pull):
        """As a list has it."""
        name, number = pull["repo"], pull["number"]
        url = f"{self.api}/repos/{name}/pulls/{number}"
        html = f"{self.html}/{name}/pull/{number}"
        links = self.links(pull, url, html)
        view = {
            "id": pull["id"], "node_id": pull["node"], "number": number,
            "url": url, "html_url": html, "diff_url": f"{html}.diff",
            "patch_url": f"{html}.patch", "issue_url": links["issue"],
            **{f"{key}_url": links[key] for key in (
                "comments", "review_comments", "review_comment", "commits",
                "statuses")},
            "_links": {key: {"href": value} for key, value in links.items()},
            "user": self.user(pull["user"]),
            "labels": [self.label(name, l) for l in pull["labels"]],
            "head": self.side(pull["headRepo"], pull["headOwner"],
                              pull["head"], pull["sha"]),
            "base": self.side(name, name.split("/")[0], pull["base"],
                              pull["baseSha"]),
            "requested_reviewers": [self.user(u) for u in pull["reviewers"]],
            "requested_teams": [], "assignees": [], "assignee": None,
            "milestone": None, "locked": False, "active_lock_reason": None,
            "author_association": "CONTRIBUTOR",
            "auto_merge": self.auto(pull["auto"])}
        for key in ("state", "title", "body", "draft", "created_at",
                    "updated_at", "closed_at", "merged_at",
                    "merge_commit_sha"):
            view[key] = pull[key]
        for key in GONE if self.new else ():
            del view[key]
        return view

    def auto(self, auto):
        return auto and {"enabled_by": self.user(auto["by"]),
                         "merge_method": auto["method"], "commit_title": "",
                         "commit_message": ""}

    def whole(self, pull):
        """As it is alone."""
        files, added, deleted, commits = self.github.pulls.size(pull)
        return {**self.pull(pull), "merged": pull["merged_at"] is not None,
                "mergeable": pull["mergeable"],
                "rebaseable": pull["mergeable"],
                "mergeable_state": self.github.pulls.mergeable_state(pull),
                "merged_by": self.user(pull["mergedBy"]),
                "comments": len(pull["comments"]), "review_comments": 0,
                "maintainer_can_modify": False, "commits": commits,
                "additions": added, "deletions": deleted,
                "changed_files": files}

    def comment(self, pull, comment):
        url = f"{self.api}/repos/{pull['repo']}/issues"
        number = comment["id"]
        return {"id": number, "node_id": node("IC", number),
                "url": f"{url}/comments/{number}",
                "html_url": f"{self.html}/{pull['repo']}/pull/"
                f"{pull['number']}#issuecomment-{number}",
                "issue_url": f"{url}/{pull['number']}",
                "body": comment["body"], "user": self.user(comment["by"]),
                "created_at": comment["time"], "updated_at": comment["time"],
                "author_association": "MEMBER"}

    def ref(self, name, ref, oid):
        return {"ref": ref, "url": f"{self.api}/repos/{name}/git/{ref}",
                "node_id": "REF_" + hashlib.sha256(
                    f"{name} {ref}".encode()).hexdigest()[:24],
                "object": {"sha": oid, "type": "commit", "url":
                           f"{self.api}/repos/{name}/git/commits/{oid}"}}

    def app(self, app):
        at = "2026-01-01T00:00:00Z"
        return {"id": app["id"], "slug": app["slug"],
                "client_id": app["client"], "node_id": node("A", app["id"]),
                "owner": self.user(app["account"] or "nobody"),
                "name": app["slug"], "description": None,
                "external_url": self.html, "created_at": at,
                "html_url": f"{self.html}/apps/{app['slug']}",
                "updated_at": at, "permissions": app["permissions"],
                "events": []}

    def installation(self, app):
        if app["account"] is None:
            raise missing()
        number, at = app["installation"], "2026-01-01T00:00:00Z"
        url = f"{self.api}/app/installations/{number}"
        return {"id": number, "account": self.user(app["account"]),
                "repository_selection": "all" if app["repositories"] is None
                else "selected", "access_tokens_url": f"{url}/access_tokens",
                "repositories_url": f"{self.api}/installation/repositories",
                "html_url": f"{self.html}/settings/installations/{number}",
                "app_id": app["id"], "app_slug": app["slug"],
                "target_id": self.accounts.id(app["account"]),
                "target_type": "Organization",
                "permissions": app["permissions"], "events": [],
                "single_file_name": None, "created_at": at, "updated_at": at,
                "suspended_by": None, "suspended_at": at
                if app["suspended"] else None}
