"""The calls of the REST API, and the one of GraphQL.  Each takes a Call and
returns an Answer; ROUTES says which is meant and what it needs."""

import re

from github.errors import Fail, invalid, missing
from message import Answer

MOST = 100
COLLABORATORS = ("Reviews may only be requested from collaborators. One or "
                 "more of the users or teams you specified is not a "
                 "collaborator of the {} repository.")
CREATE = {"title": str, "head": str, "base": str, "body": str,
          "draft": bool, "head_repo": str, "maintainer_can_modify": bool}
UPDATE = {"title": str, "body": str, "state": str, "base": str,
          "maintainer_can_modify": bool}
GRANT = {"repositories": list, "repository_ids": list, "permissions": dict}
ONLY = re.compile(r"\s*mutation\b.*\benablePullRequestAutoMerge\b", re.S)


class Call:
    """A request, taken apart."""

    def __init__(self, github, request, views, actor, found):
        self.github = github
        self.pulls = github.pulls
        self.git = github.git
        self.request = request
        self.query = request.query
        self.views = views
        self.actor = actor
        self.app = None         # whose JSON Web Token it is
        self.found = found
        self.name = found.get("name")

    def body(self, types):
        value = self.request.json
        for key, item in value.items():
            kind = types.get(key)
            if kind and item is not None and not isinstance(item, kind):
                raise Fail(422, "Invalid request.\n\nFor 'properties/"
                           f"{key}', {item} is not a {kind.__name__}.")
        return value

    def pull(self):
        return self.pulls.find(self.name, self.found["n"])

    def number(self, key, default, most=None):
        text = self.query.get(key, "")
        value = int(text) if text.isdigit() and int(text) else default
        return min(value, most) if most else value

    def page(self, items, view):
        """One page of a list, and where the others are."""
        size = self.number("per_page", 30, MOST)
        page = self.number("page", 1)
        last = max(1, -(-len(items) // size))
        url = self.views.api + self.found["path"]
        rest = [f"{k}={v}" for k, v in self.query.items()
                if k not in ("page",)]
        places = {"prev": page - 1, "next": page + 1, "last": last,
                  "first": 1}
        if page >= last:
            del places["next"], places["last"]
        if page == 1:
            del places["prev"], places["first"]
        links = ", ".join(
            f"<{url}?{'&'.join([*rest, f'page={n}'])}>; rel=\"{name}\""
            for name, n in places.items())
        some = items[(page - 1) * size:page * size]
        return Answer.of(200, [view(item) for item in some],
                         headers=[("Link", links)] if links else [])


def changed(call, pull, what):
    return f"pull {call.name}#{pull['number']} {what}"


# Apps.
def get_app(call):
    return Answer.of(200, call.views.app(call.app))


def get_installation(call):
    if not call.github.accounts.installed(call.app, call.name):
        raise missing()
    return Answer.of(200, call.views.installation(call.app))


def grant(call):
    text, until, permissions, names = call.github.accounts.grant(
        call.app, int(call.found["n"]), call.body(GRANT))
    value = {"token": text, "permissions": permissions, "expires_at":
             call.github.clock.text(until)[:19] + "Z",
             "repository_selection": "all" if names is None else "selected"}
    if names is not None:
        value["repositories"] = [call.views.repository(n) for n in names]
    return Answer.of(201, value)


def get_user(call):
    if call.actor is None:
        raise Fail(401, "Requires authentication")
    if call.actor.kind == "installation":
        raise Fail(403, "Resource not accessible by integration")
    return Answer.of(200, {
        **call.views.user(call.actor.login), "name": call.actor.login,
        "company": None, "blog": "", "location": None, "email": None,
        "hireable": None, "bio": None, "public_repos": 0, "public_gists": 0,
        "followers": 0, "following": 0, "type": "User",
        "created_at": "2026-01-01T00:00:00Z",
        "updated_at": "2026-01-01T00:00:00Z"})


def get_rate(call):
    core = call.github.limits.view(call.github.login(call.actor))
    return Answer.of(200, {"rate": core, "resources": {
        "core": core, "search": core, "graphql": core}})


# Repositories and refs.
def get_repository(call):
    return Answer.of(200, {**call.views.repository(call.name),
                           "network_count": 0, "subscribers_count": 0})


def get_ref(call):
    oid = call.git.at(call.name).refs().get(f"refs/{call.found['ref']}")
    if oid is None:
        raise missing()
    return Answer.of(200, call.views.ref(
        call.name, f"refs/{call.found['ref']}", oid))


def delete_ref(call):
    branch = call.found["ref"].removeprefix("heads/")
    if call.git.at(call.name).tip(branch) is None:
        raise Fail(422, "Reference does not exist")
    if branch in call.git.repositories[call.name]["protected"]:
        raise Fail(422, "Cannot delete protected branch")
    call.git.at(call.name).move(branch, None)
    moved = call.git.look_at(call.name, call.actor)
    return Answer(204, kind=None, effect=", ".join(moved))


# Requests.
def list_pulls(call):
    query, state = call.query, call.query.get("state", "open")
    if state not in ("open", "closed", "all"):
        raise invalid({"field": "state", "code": "invalid"})
    owner, colon, branch = query.get("head", "").partition(":")
    found = [pull for pull in call.pulls.of(call.name)
             if state in ("all", pull["state"])
             and (not colon or (owner, branch) == (pull["headOwner"],
                                                   pull["head"]))
             and query.get("base", pull["base"]) == pull["base"]]
    key = {"updated": "updated_at"}.get(query.get("sort"), "created_at")
    down = query.get("direction", "asc" if "sort" in query and
                     query["sort"] != "created" else "desc") == "desc"
    found.sort(key=lambda pull: (pull[key], pull["number"]), reverse=down)
    return call.page(found, call.views.pull)


def get_pull(call):
    pull = call.pull()
    call.pulls.ask(pull)
    return Answer.of(200, call.views.whole(pull))


def create_pull(call):
    body = call.body(CREATE)
    for key in ("head", "base"):
        if not body.get(key):
            raise invalid({"field": key, "code": "missing_field"})
    pull = call.pulls.open(call.name, call.actor, body["head"], body["base"],
                           body.get("title"), body.get("body"),
                           body.get("draft"), body.get("head_repo"))
    view = call.views.whole(pull)
    return Answer.of(201, view, headers=[("Location", view["url"])],
                     effect=changed(call, pull, "opened"))


def update_pull(call):
    pull, body = call.pull(), call.body(UPDATE)
    if body.get("state") not in (None, "open", "closed"):
        raise invalid({"field": "state", "code": "invalid"})
    same = not call.pulls.edit(pull, call.actor, **{
        key: body.get(key) for key in ("title", "body", "state", "base")})
    return Answer.of(200, call.views.whole(pull), effect=None if same
                     else changed(call, pull, "changed"))


def get_labels(call):
    return call.page(call.pull()["labels"],
                     lambda label: call.views.label(call.name, label))


def add_labels(call):
    pull, body = call.pull(), call.request.json
    names = body.get("labels") if isinstance(body, dict) else body
    names = [n["name"] if isinstance(n, dict) else n for n in names or ()]
    if not names or not all(isinstance(n, str) and n for n in names):
        raise invalid({"field": "name", "code": "missing_field"},
                      resource="Label")
    new = [n for n in dict.fromkeys(names) if n not in pull["labels"]]
    pull["labels"] += new
    if new:
        call.pulls.touch(pull)
    return Answer.of(200, [call.views.label(call.name, label)
                           for label in pull["labels"]],
                     effect=changed(call, pull, "labelled") if new else None)


def get_comments(call):
    pull = call.pull()
    return call.page(pull["comments"],
                     lambda comment: call.views.comment(pull, comment))


def add_comment(call):
    pull, text = call.pull(), call.body({"body": str}).get("body")
    if not text:
        raise invalid({"field": "body", "code": "missing_field"},
                      resource="IssueComment")
    call.pulls.check_text(None, text)
    made = call.github.comment(pull, call.actor, text)
    return Answer.of(201, call.views.comment(pull, made),
                     effect=changed(call, pull, "commented"))


def request_reviewers(call):
    body, pull = call.body({"reviewers": list}), call.pull()
    settings = call.git.repositories[call.name]
    users, teams = body.get("reviewers", []), body.get("team_reviewers", [])
    if pull["user"] in users:
        raise Fail(422, "Review cannot be requested from pull request "
                   "author.")
    if set(users) - set(settings["collaborators"]) or (
            set(teams) - set(settings["teams"])):
        raise Fail(422, COLLABORATORS.format(call.name))
    pull["reviewers"] = list(dict.fromkeys([*pull["reviewers"], *users]))
    call.pulls.touch(pull)
    return Answer.of(201, call.views.pull(pull),
                     effect=changed(call, pull, "wants reviews"))


# GraphQL: errors come with 200.
def graphql(call):
    body = call.request.json
    text, given = body.get("query") or "", body.get("variables") or {}
    if not ONLY.match(text):
        return problem(None, "A query attribute must be specified and must "
                       "be a string of what this world knows.")
    given = {**given, **(given.get("input") or {})}
    key = argument(text, given, "pullRequestId")
    method = (argument(text, given, "mergeMethod") or "MERGE").lower()
    pull = next((p for p in call.pulls.every() if p["node"] == key), None)
    if pull is None or not call.actor or not call.actor.sees(pull["repo"]):
        return problem("NOT_FOUND", "Could not resolve to a node with the "
                       f"global id of '{key}'.")
    return enable(call, pull, method)


def enable(call, pull, method):
    allowed = call.git.repositories[pull["repo"]]["autoMerge"]
    if not call.actor.may(pull["repo"], "pull_requests", "write"):
        return problem("FORBIDDEN", "Resource not accessible by integration")
    if not allowed:
        return problem("UNPROCESSABLE", "Pull request Auto merge is not "
                       "allowed for this repository")
    if allowed == "clean" or pull["state"] != "open":
        return problem("UNPROCESSABLE", "Pull request Pull request is in "
                       "clean status")
    call.name = pull["repo"]
    pull["auto"] = {"by": call.actor.login, "method": method,
                    "at": call.github.clock.seconds()}
    call.pulls.touch(pull)
    return Answer.of(200, {"data": {"enablePullRequestAutoMerge": {
        "clientMutationId": None, "pullRequest": {
            "id": pull["node"], "number": pull["number"],
            "autoMergeRequest": {"enabledAt": pull["auto"]["at"],
                                 "mergeMethod": method.upper()}}}}},
        effect=changed(call, pull, "merges by itself"))


def argument(text, given, name):
    """Its value, given in the text or by a variable."""
    found = re.search(rf'\b{name}\s*:\s*(?:"([^"]*)"|(\$?\w+))', text)
    if found is None:
        return given.get(name)
    word = found.group(2) or ""
    return given.get(word[1:]) if word[:1] == "$" else (
        found.group(1) or word)


def problem(kind, message):
    error = {"message": message}
    if kind:
        error |= {"type": kind, "path": ["enablePullRequestAutoMerge"]}
    return Answer.of(200, {"errors": [error], "data": {
        "enablePullRequestAutoMerge": None}})


REPO = r"/repos/(?P<name>[\w.-]+/[\w.-]+)"
ONE = REPO + r"/pulls/(?P<n>\d+)"
ISSUE = REPO + r"/issues/(?P<n>\d+)"
REF = r"(?P<ref>(?:heads|tags)/.+)"
PULLS, WRITE = ("pull_requests", "read"), ("pull_requests", "write")
# What it needs: a permission of the repository, "app" or nothing.
ROUTES = [(method, re.compile(path), needs, do)
          for method, path, needs, do in (
    ("GET", "/app", "app", get_app),
    ("GET", REPO + "/installation", "app", get_installation),
    ("POST", r"/app/installations/(?P<n>\d+)/access_tokens", "app", grant),
    ("GET", "/user", None, get_user),
    ("GET", "/rate_limit", None, get_rate),
    ("POST", "/graphql", None, graphql),
    ("GET", REPO, ("metadata", "read"), get_repository),
    ("GET", REPO + "/git/ref/" + REF, ("contents", "read"), get_ref),
    ("DELETE", REPO + "/git/refs/" + REF, ("contents", "write"), delete_ref),
    ("GET", REPO + "/pulls", PULLS, list_pulls),
    ("POST", REPO + "/pulls", WRITE, create_pull),
    ("GET", ONE, PULLS, get_pull),
    ("PATCH", ONE, WRITE, update_pull),
    ("POST", ONE + "/requested_reviewers", WRITE, request_reviewers),
    ("GET", ISSUE + "/labels", PULLS, get_labels),
    ("POST", ISSUE + "/labels", WRITE, add_labels),
    ("GET", ISSUE + "/comments", PULLS, get_comments),
    ("POST", ISSUE + "/comments", WRITE, add_comment),
)]
