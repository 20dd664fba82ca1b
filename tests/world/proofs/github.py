"""The simulated GitHub."""

import json
import os
import subprocess

from proofs.client import must, same
from proofs.forge import FILE, KEYS, REPO, Clone, Forge, no

GRANT = "/app/installations/507/access_tokens"
MUTATION = ("mutation($id:ID!){enablePullRequestAutoMerge(input:"
            "{pullRequestId:$id,mergeMethod:SQUASH}){clientMutationId}}")


def block(model):
    return f"text\n<!-- modelsync {json.dumps({'model': model})} -->\n"


def opened(world, **settings):
    """A forge with a request of ours from b, number 1."""
    forge = Forge(world, **settings)
    forge.branch()
    forge.open()
    return forge


# Apps.
def claims(world):
    "a JSON Web Token: its signature, its times, its issuer"
    forge = Forge(world)
    now = int(world.ctl("GET", "/clock")["seconds"])
    same(forge.ask("GET", "/app", token=forge.jwt()).json["slug"], "sync")
    same(forge.ask("GET", "/app", token=forge.jwt(iss="Iv23li7")).status,
         200)
    for what, status, words in (
            ({"exp": now + 601}, 401, "('exp') is too far in the future"),
            ({"iat": now - 60, "exp": now + 541}, 401, "too far"),
            ({"exp": now}, 401, "('exp') must be a numeric value"),
            ({"exp": "soon"}, 401, "('exp') must be a numeric value"),
            ({"iat": now + 1}, 401, "'Issued at' claim ('iat')"),
            ({"iat": None}, 401, "'Issued at' claim ('iat')"),
            ({"iss": "8"}, 404, "Integration not found")):
        no(forge.ask("GET", "/app", token=forge.jwt(**what)), status, words)
    unread = "A JSON web token could not be decoded"
    for bad in (forge.jwt(key="other"), "a.b.c", forge.token,
                KEYS.sign({"iat": now, "exp": now + 60, "iss": "7"},
                          alg="HS256")):
        no(forge.ask("GET", "/app", token=bad), 401, unread)
    no(forge.ask("GET", f"/repos/{REPO}", token=forge.jwt()), 403,
       "not accessible by integration")


def installations(world):
    "where an app is installed, where not, and suspended"
    forge = Forge(world)
    ask = f"/repos/{REPO}/installation"
    found = forge.ask("GET", ask, token=forge.jwt()).json
    same((found["id"], found["app_id"], found["account"]["login"]),
         (507, 7, "acme"))
    no(forge.ask("GET", "/repos/acme/none/installation", token=forge.jwt()),
       404, "Not Found")
    no(forge.ask("POST", "/app/installations/1/access_tokens", {},
                 token=forge.jwt()), 404, "Not Found")
    forge.tell("app", id=7, suspended=True)
    no(forge.ask("POST", GRANT, {}, token=forge.jwt()), 403,
       "This installation has been suspended")
    no(forge.repo("GET", ""), 401, "Bad credentials")
    forge.tell("app", id=7, suspended=False, repositories=["acme/other"])
    no(forge.ask("GET", ask, token=forge.jwt()), 404, "Not Found")


def grants(world):
    "a token has what was asked for, of what there is, for an hour"
    forge = Forge(world)
    forge.tell("create", repo="acme/other", files={"x": "y"})
    made = forge.ask("POST", GRANT, {
        "repositories": ["models"], "permissions": {"contents": "read"}},
        token=forge.jwt())
    same((made.status, made.json["expires_at"], made.json["permissions"],
          made.json["repository_selection"],
          [r["full_name"] for r in made.json["repositories"]]),
         (201, "2026-10-01T01:00:00Z",
          {"contents": "read", "metadata": "read"}, "selected", [REPO]))
    token = made.json["token"]
    must(500 <= len(token) <= 540 and token.startswith("ghs_7_")
         and token.count(".") == 2, len(token), token)
    same(forge.repo("GET", "", token=token).status, 200)
    no(forge.ask("GET", "/repos/acme/other", token=token), 404)
    no(forge.repo("POST", "/pulls", {}, token=token), 403,
       "Resource not accessible by integration")
    same(forge.ask("GET", "/repos/acme/other").status, 200)
    for body, words in (
            ({"repositories": ["none"]}, "at least one repository that"),
            ({"permissions": {"issues": "write"}}, "are not granted")):
        no(forge.ask("POST", GRANT, body, token=forge.jwt()), 422, words)
    world.ctl("POST", "/clock", {"advance": 3599})
    same(forge.repo("GET", "").status, 200)
    world.ctl("POST", "/clock", {"advance": 1})
    no(forge.repo("GET", ""), 401, "Bad credentials")


def users(world):
    "a person's token: whose it is, and what it may"
    forge = Forge(world)
    forge.tell("user", login="ann", token="ghp_ann",
               permissions={"contents": "read", "metadata": "read"})
    same(forge.ask("GET", "/user", token="ghp_ann").json["login"], "ann")
    no(forge.ask("GET", "/user"), 403, "not accessible by integration")
    no(forge.ask("GET", "/user", token=""), 401, "Requires authentication")
    no(forge.ask("GET", "/user", token="ghp_no"), 401, "Bad credentials")
    no(forge.repo("GET", "/pulls", token="ghp_ann"), 403,
       "not accessible by personal access token")


# Requests.
def opens(world):
    "a request is opened, with its head as it really is"
    forge = Forge(world)
    oid = forge.branch()
    pull = forge.open(body="text", draft=True)
    same((pull["number"], pull["state"], pull["head"]["sha"],
          pull["head"]["label"], pull["head"]["repo"]["full_name"],
          pull["base"]["ref"], pull["user"]["login"], pull["user"]["type"],
          pull["draft"], pull["body"], pull["merged"], pull["commits"],
          pull["changed_files"]),
         (1, "open", oid, "acme:b", REPO, "main", "sync[bot]", "Bot", True,
          "text", False, 1, 1))
    must(pull["html_url"].endswith(f"/{REPO}/pull/1"), pull["html_url"])
    same(world.record()[-1]["effect"], f"pull {REPO}#1 opened")
    same(forge.open("acme:b2" if forge.branch("b2") else "")["number"], 2)


def refusals(world):
    "each reason not to open a request, in GitHub's words"
    forge = opened(world)
    forge.tell("push", repo=REPO, branch="same", files={}, start="main")
    forge.tell("delete_branch", repo=REPO, branch="same")
    path = os.path.join(world.where["dir"], "git", REPO + ".git")
    subprocess.run(["git", "-C", path, "branch", "-q", "level", "main"],
                   check=True)
    good = {"title": "t", "head": "b", "base": "main"}
    exists = {"resource": "PullRequest", "code": "custom",
              "message": "A pull request already exists for acme:b."}
    none = {"resource": "PullRequest", "code": "custom",
            "message": "No commits between main and level"}
    for more, error in (
            ({}, exists), ({"head": "level"}, none),
            ({"head": "gone"}, {"resource": "PullRequest", "field": "head",
                                "code": "invalid"}),
            ({"head": "x:b"}, {"resource": "PullRequest", "field": "head",
                               "code": "invalid"}),
            ({"base": "gone"}, {"resource": "PullRequest", "field": "base",
                                "code": "invalid"}),
            ({"title": ""}, {"resource": "Issue", "field": "title",
                             "code": "missing_field"})):
        reply = forge.repo("POST", "/pulls", {**good, **more})
        no(reply, 422, "Validation Failed")
        same(reply.json["errors"], [error])
    forge.branch("c")
    for size, status in ((65537, 422), (65536, 201)):
        reply = forge.repo("POST", "/pulls", {
            **good, "head": "c", "body": "x" * size})
        same(reply.status, status, reply.raw[:300])
        must(status == 201 or "body is too long (maximum is 65536 "
             "characters)" in reply.raw.decode(), reply.raw)
    no(forge.repo("POST", "/pulls", {"title": 1}), 422, "Invalid request")
    same(forge.ask("POST", f"/repos/{REPO}/pulls", "a").status, 400)


def lists(world):
    "which requests a list has, in which order, page by page"
    forge = Forge(world)
    for n in range(5):
        forge.branch(f"b{n}")
        forge.open(f"b{n}")
        world.ctl("POST", "/clock", {"advance": 60})
    forge.tell("close", repo=REPO, number=2)

    def numbers(query):
        return [p["number"] for p in forge.good("GET", f"/pulls{query}")]

    for query, wanted in (
            ("", [5, 4, 3, 1]), ("?state=closed", [2]),
            ("?state=all", [5, 4, 3, 2, 1]),
            ("?state=all&direction=asc", [1, 2, 3, 4, 5]),
            ("?state=all&sort=updated&direction=desc", [2, 5, 4, 3, 1]),
            ("?head=acme:b3", [4]), ("?head=b3", [5, 4, 3, 1]),
            ("?head=other:b3", []), ("?base=other", []),
            ("?state=all&per_page=2&page=3", [1])):
        same(numbers(query), wanted, query)
    link = forge.repo("GET", "/pulls?state=all&per_page=2&page=2").headers[
        "link"]
    for name, page in (("prev", 1), ("next", 3), ("last", 3), ("first", 1)):
        must(f"/repos/{REPO}/pulls?state=all&per_page=2&page={page}>; "
             f"rel=\"{name}\"" in link, link)
    must("link" not in forge.repo("GET", "/pulls").headers)
    must("merged" not in forge.good("GET", "/pulls")[0])
    no(forge.repo("GET", "/pulls?state=odd"), 422)


def unchanged(world):
    "what has not changed is not sent, and costs nothing"
    forge = opened(world)
    for path in ("/pulls", "/pulls/1"):
        forge.repo("GET", path)
        first = forge.repo("GET", path)
        tag = {"If-None-Match": first.headers["etag"]}
        again = forge.repo("GET", path, headers=tag)
        same((again.status, again.raw, again.headers["x-ratelimit-used"]),
             (304, b"", first.headers["x-ratelimit-used"]))
        forge.tell("edit", repo=REPO, number=1, title=path)
        same(forge.repo("GET", path, headers=tag).status, 200)


def mergeable(world):
    "whether it merges is known later, and anew when a side moves"
    forge = opened(world)
    pull = forge.pull()
    same((pull["mergeable"], pull["mergeable_state"]), (None, "unknown"))
    pull = forge.pull()
    same((pull["mergeable"], pull["mergeable_state"]), (True, "clean"))
    forge.branch("main", "model: m9\n")
    same(forge.pull()["mergeable"], None)
    pull = forge.pull()
    same((pull["mergeable"], pull["mergeable_state"]), (False, "dirty"))
    must(pull["base"]["sha"] != forge.tip("main"))


def follows(world):
    "an open request follows its branch, a closed one does not"
    forge = opened(world, auth=None)
    oid = forge.branch(text="model: m3\n")
    same(forge.pull()["head"]["sha"], oid)
    at = Clone(world)
    at.clone()
    mine = at.commit("model: m4\n")
    at.git("push", "-q", "-f", "origin", "b")
    same(forge.pull()["head"]["sha"], mine)
    forge.tell("close", repo=REPO, number=1)
    forge.branch(text="model: m5\n")
    same(forge.pull()["head"]["sha"], mine)
    forge.open()
    forge.tell("delete_branch", repo=REPO, branch="b")
    pull = forge.pull(2)
    same((pull["state"], pull["merged"], pull["closed_at"] is None),
         ("closed", False, False))


def forks(world):
    "a stranger's request from a fork, which is deleted later"
    forge = Forge(world)
    forge.tell("fork", repo=REPO, to="eve/models")
    oid = forge.tell("push", repo="eve/models", branch="b", by="eve",
                     files={FILE: "evil\n"})["oid"]
    same(forge.tell("open", repo=REPO, head="eve:b", title="mine",
                    body=block("evil"), by="eve"), {"number": 1})
    pull = forge.pull()
    same((pull["head"]["sha"], pull["head"]["label"],
          pull["head"]["repo"]["full_name"], pull["user"]["login"]),
         (oid, "eve:b", "eve/models", "eve"))
    same(len(forge.good("GET", "/pulls?head=eve:b")), 1)
    oid = forge.tell("push", repo="eve/models", branch="b",
                     files={FILE: "worse\n"})["oid"]
    same(forge.pull()["head"]["sha"], oid)
    forge.pull()
    same(forge.pull()["mergeable"], True)
    forge.tell("repository", repo="eve/models", deleted=True)
    pull = forge.pull()
    same((pull["head"]["repo"], pull["head"]["sha"], pull["state"]),
         (None, oid, "closed"))


def merges(world):
    "squash, rebase and merge leave what git would; each is reverted"
    forge = Forge(world)
    for number, method in enumerate(("squash", "rebase", "merge"), 1):
        forge.branch(method, f"model: {method}\n")
        forge.tell("push", repo=REPO, branch=method, files={"new": method})
        forge.open(method)
        forge.tell("push", repo=REPO, branch="main",
                   files={f"other-{method}": "x"})
        before = forge.tip("main")
        forge.tell("merge", repo=REPO, number=number, method=method,
                   delete=True, by="ann")
        pull = forge.pull(number)
        same((pull["state"], pull["merged"], pull["merged_by"]["login"]),
             ("closed", True, "ann"))
        same(forge.tip(method), None)
        at = Clone(world, forge.token)
        at.clone()
        count = {"squash": "1", "rebase": "2", "merge": "3"}[method]
        same(at.git("rev-list", "--count", f"{before}..HEAD"), count)
        same(at.git("show", f"HEAD:{FILE}"), f"model: {method}")
        must("GitHub <noreply@github.com>" == at.git(
            "log", "-1", "--format=%cn <%ce>"))
        forge.tell("revert", repo=REPO, number=number)
        at.git("pull", "-q")
        same(at.git("diff", "--name-only", before, "HEAD"), "")


def indirect(world):
    "a head that reaches base by itself is merged; one set back is closed"
    forge = opened(world, auth=None)
    at = Clone(world)
    at.clone()
    at.git("push", "-q", "origin", "origin/b:main")
    pull = forge.pull()
    same((pull["state"], pull["merged"]), ("closed", True))
    forge.branch("c")
    forge.tell("push", repo=REPO, branch="c", files={"x": "y"})
    forge.open("c")
    at.git("fetch", "-q")
    at.git("push", "-q", "-f", "origin", "origin/main:c")
    pull = forge.pull(2)
    same((pull["state"], pull["merged"]), ("closed", False))


def updates(world):
    "\"Update branch\" merges base into head, in the name of GitHub"
    forge = opened(world)
    forge.tell("push", repo=REPO, branch="main", files={"x": "y"})
    oid = forge.tell("update", repo=REPO, number=1, by="ann")["oid"]
    same(forge.pull()["head"]["sha"], oid)
    at = Clone(world, forge.token)
    at.clone("-b", "b")
    same(at.git("log", "-1", "--format=%s|%cn <%ce>"),
         "Merge branch 'main' into b|GitHub <noreply@github.com>")
    must(oid not in forge.state()["human"][REPO])


def edits(world):
    "title, text, base and state are changed, and what cannot be is said"
    forge = opened(world)
    pull = forge.good("PATCH", "/pulls/1", {"title": "u", "body": "v"})
    same((pull["title"], pull["body"]), ("u", "v"))
    forge.good("PATCH", "/pulls/1", {"title": "u"})
    same([line["effect"] for line in world.record()[-2:]],
         [f"pull {REPO}#1 changed", None])
    same([(r["title"], r["by"]) for r in
          forge.state()["pulls"][0]["revisions"]],
         [("t", "sync[bot]"), ("u", "sync[bot]")])
    no(forge.repo("PATCH", "/pulls/1", {"body": "x" * 65537}), 422,
       "body is too long")
    no(forge.repo("PATCH", "/pulls/1", {"base": "gone"}), 422, "base")
    no(forge.repo("PATCH", "/pulls/1", {"state": "odd"}), 422, "state")
    same(forge.good("PATCH", "/pulls/1", {"state": "closed"})["state"],
         "closed")
    same(forge.good("PATCH", "/pulls/1", {"state": "open"})["state"],
         "open")
    forge.tell("close", repo=REPO, number=1)
    forge.open()
    no(forge.repo("PATCH", "/pulls/1", {"state": "open"}), 422,
       "already exists")
    forge.tell("delete_branch", repo=REPO, branch="b")
    no(forge.repo("PATCH", "/pulls/1", {"state": "open"}), 422,
       "has been deleted")
    no(forge.repo("GET", "/pulls/9"), 404, "Not Found")


def marks(world):
    "labels, comments and reviewers"
    forge = opened(world, collaborators=["ann"], teams=["ml"])
    same([label["name"] for label in forge.good(
        "POST", "/issues/1/labels", {"labels": ["x", "y", "x"]})],
        ["x", "y"])
    forge.good("POST", "/issues/1/labels", ["x"])
    same(world.record()[-1]["effect"], None)
    same([label["name"] for label in forge.pull()["labels"]], ["x", "y"])
    no(forge.repo("POST", "/issues/1/labels", {"labels": []}), 422)
    forge.good("POST", "/issues/1/comments", {"body": "hm"}, 201)
    forge.tell("comment", repo=REPO, number=1, body="oh", by="ann")
    same([(c["body"], c["user"]["login"]) for c in
          forge.good("GET", "/issues/1/comments")],
         [("hm", "sync[bot]"), ("oh", "ann")])
    ask = "/pulls/1/requested_reviewers"
    pull = forge.good("POST", ask, {"reviewers": ["ann"],
                                    "team_reviewers": ["ml"]}, 201)
    same([u["login"] for u in pull["requested_reviewers"]], ["ann"])
    for body, words in (
            ({"reviewers": ["bob"]}, "only be requested from collaborators"),
            ({"team_reviewers": ["x"]}, "only be requested from"),
            ({"reviewers": ["sync[bot]"]}, "pull request author")):
        no(forge.repo("POST", ask, body), 422, words)


def refs(world):
    "a branch is looked at, and deleted once"
    forge = opened(world)
    ref = forge.good("GET", "/git/ref/heads/b")
    same((ref["ref"], ref["object"]["sha"]), ("refs/heads/b",
                                              forge.tip("b")))
    same(forge.repo("DELETE", "/git/refs/heads/b").status, 204)
    must(world.record()[-1]["effect"].startswith(f"{REPO} refs/heads/b "))
    no(forge.repo("DELETE", "/git/refs/heads/b"), 422,
       "Reference does not exist")
    no(forge.repo("GET", "/git/ref/heads/b"), 404)
    same(forge.pull()["state"], "closed")


def automatic(world):
    "GraphQL has a request merge by itself, and says no with 200"
    forge = opened(world)

    def ask(**body):
        return forge.ask("POST", "/graphql", body, api="/api").json

    node = forge.pull()["node_id"]
    done = ask(query=MUTATION, variables={"id": node})
    same(done["data"]["enablePullRequestAutoMerge"]["pullRequest"][
        "autoMergeRequest"]["mergeMethod"], "SQUASH")
    same(forge.pull()["auto_merge"]["merge_method"], "squash")
    same(ask(query=MUTATION, variables={"id": "x"})["errors"][0]["type"],
         "NOT_FOUND")
    for allowed, words in ((False, "is not allowed for this repository"),
                           ("clean", "is in clean status")):
        forge.tell("repository", repo=REPO, autoMerge=allowed)
        said = ask(query=MUTATION.replace("$id", f'"{node}"', 2)
                   .replace(f'("{node}":ID!)', ""))
        must(words in said["errors"][0]["message"], said)
        same(said["data"], {"enablePullRequestAutoMerge": None})
    no(forge.ask("POST", "/graphql", {}), 404)


# What all calls have in common.
def manners(world):
    "who says not who it is, what nobody knows, and what may not be seen"
    forge = Forge(world)
    reply = forge.repo("GET", "", headers={"User-Agent": None})
    same(reply.status, 403)
    must(b"make sure your request has a User-Agent" in reply.raw)
    version = {"X-GitHub-Api-Version": "2020-01-01"}
    no(forge.repo("GET", "", headers=version), 400, "not a supported")
    no(forge.ask("GET", "/repos/acme/none"), 404, "Not Found")
    no(forge.repo("GET", "", token=""), 404, "Not Found")
    no(forge.repo("PUT", "/pulls"), 404, "Not Found")
    read = forge.grant(permissions={"pull_requests": "read"})
    no(forge.repo("POST", "/pulls", {}, token=read), 403,
       "Resource not accessible by integration")
    forge.tell("repository", repo=REPO, archived=True)
    no(forge.repo("POST", "/pulls", {"head": "b"}), 403, "archived")
    forge.tell("repository", repo=REPO, private=False)
    same(forge.repo("GET", "", token="").status, 200)
    no(forge.repo("POST", "/pulls", {}, token=""), 401,
       "Requires authentication")


def renamed(world):
    "a renamed repository is elsewhere, and keeps its requests"
    forge = opened(world)
    forge.token = forge.grant(repositories=["models"])
    forge.tell("repository", repo=REPO, renamed="acme/new")
    reply = forge.repo("GET", "/pulls?state=all")
    same((reply.status, reply.json["message"]), (301, "Moved Permanently"))
    url = reply.json["url"]
    same(reply.headers["location"], url)
    must(url.endswith("/api/v3/repositories/7001/pulls?state=all"), url)
    there = forge.ask("GET", url.partition("/api/v3")[2])
    same([pull["number"] for pull in there.json], [1])
    same(forge.repo("POST", "/pulls", {}).status, 307)
    same(forge.repo("GET", "/installation", token=forge.jwt()).status, 301)


def hosts(world):
    "api.github.com has it at the root; a later version lacks members"
    forge = opened(world)
    host = f"api.github.localhost:{world.where['port']}"
    pull = forge.ask("GET", f"/repos/{REPO}/pulls/1", api="", host=host).json
    same(pull["url"], f"http://{host}/repos/{REPO}/pulls/1")
    same(pull["html_url"], f"http://{host[4:]}/{REPO}/pull/1")
    must("merge_commit_sha" in pull and "assignee" in pull)
    pull = forge.repo("GET", "/pulls/1", headers={
        "X-GitHub-Api-Version": "2026-03-10"}).json
    must("merge_commit_sha" not in pull and "assignee" not in pull)


def limits(world):
    "so many requests an hour; and the limits that come when told"
    forge = Forge(world)
    must("x-ratelimit-limit" in forge.repo("GET", "", token="x").headers)
    head = forge.repo("GET", "").headers
    same((head["x-ratelimit-limit"], head["x-ratelimit-resource"]),
         ("5000", "core"))
    forge.tell("limit", limit=60, remaining=1)
    same(forge.repo("GET", "").headers["x-ratelimit-remaining"], "0")
    reply = forge.repo("GET", "")
    no(reply, 403, "API rate limit exceeded")
    same((reply.headers["x-ratelimit-remaining"],
          reply.headers["x-ratelimit-reset"]), ("0", "1790816400"))
    world.ctl("POST", "/clock", {"advance": 3600})
    forge.token = forge.grant()
    same(forge.repo("GET", "").status, 200)
    forge.tell("limit", secondary={"after": 30, "times": 1, "status": 429})
    reply = forge.repo("GET", "")
    no(reply, 429, "secondary rate limit")
    same(reply.headers["retry-after"], "30")
    must(reply.headers["x-ratelimit-remaining"] != "0")
    same(forge.repo("GET", "").status, 200)
    forge.tell("limit", secondary={"after": None, "times": 0})
    for _ in range(3):
        reply = forge.repo("GET", "")
        same((reply.status, "retry-after" in reply.headers), (403, False))
    forge.tell("limit", secondary={"writes": True})
    same(forge.repo("GET", "").status, 200)
    no(forge.repo("POST", "/pulls", {}), 403, "secondary rate limit")
    forge.tell("limit", secondary=None)
    same(forge.repo("GET", "").status, 200)


def stale(world):
    "a list as it was before the last change"
    forge = opened(world)
    world.fault("stale", match={"path": "pulls$"})
    same(forge.good("GET", "/pulls"), [])
    same(len(forge.good("GET", "/pulls")), 1)
    world.fault("status", status=502, body=True)
    no(forge.repo("GET", "/pulls"), 502)


# What a test counts.
def counted(world):
    "requests by who opened them, and how many at once for a branch"
    forge = opened(world)
    forge.branch("other", "model: m7\n")
    forge.open(base="other")
    forge.tell("close", repo=REPO, number=1)
    forge.tell("close", repo=REPO, number=2)
    forge.tell("open", repo=REPO, head="b", by="ann")
    state = forge.state()
    same((state["opened"], state["openedBy"], state["mostOpen"]),
         (3, {"sync[bot]": 2, "ann": 1}, {f"{REPO} acme:b": 2}))
    same(state["mostBy"], {f"{REPO} sync[bot]": 2, f"{REPO} ann": 1})
    same([(p["branch"], p["who"]) for p in state["pushes"]],
         [("main", "someone"), ("b", "someone"), ("other", "someone")])


def lost(world):
    "a person's commit on an open request that a program overwrote"
    forge = opened(world, auth=None)
    oid = forge.branch(text="model: mine\n", by="ann")
    at = Clone(world)
    at.clone("-b", "b")
    at.commit("model: m3\n")
    at.git("push", "-q", "origin", "b")
    same(forge.state()["lost"], [])
    at.git("push", "-q", "-f", "origin", "origin/main:refs/heads/c",
           f"{oid}~:b")
    same([(x["oid"], x["branch"], x["who"]) for x in forge.state()["lost"]],
         [(oid, "b", "anonymous")])
    forge.branch(text="model: x\n", force=True, start="main")
    same(len(forge.state()["lost"]), 1)
    oid = forge.branch(text="model: hand\n", by="ann")
    forge.repo("DELETE", "/git/refs/heads/b")
    same([x["who"] for x in forge.state()["lost"] if x["oid"] == oid],
         ["sync[bot]"])


def kept(world):
    "nothing is lost by a person's own push, nor after a merge"
    forge = opened(world, auth=None)
    forge.branch(text="model: mine\n", by="ann")
    forge.branch(text="model: again\n", by="ann", force=True, start="main")
    forge.tell("merge", repo=REPO, number=1, method="squash")
    at = Clone(world)
    at.clone()
    at.git("push", "-q", "-f", "origin", "main:b")
    at.git("push", "-q", "origin", ":b")
    same(forge.state()["lost"], [])


def empty(world):
    "a request that would change nothing, as after a squash"
    forge = opened(world)
    forge.tell("merge", repo=REPO, number=1, method="squash")
    same(forge.state()["empty"], [])
    forge.open()
    same([(x["number"], x["who"]) for x in forge.state()["empty"]],
         [(2, "sync[bot]")])


def untrue(world):
    "a moment at which a text named a model that its branch had not"
    forge = Forge(world, paths=[FILE])
    forge.branch()
    forge.open(body=block("m2"))
    forge.good("PATCH", "/pulls/1", {"body": "neutral"})
    oid = forge.branch(text="model: m3\n")
    forge.good("PATCH", "/pulls/1", {"body": block("m3")})
    same(forge.state()["untrue"], [])
    forge.good("PATCH", "/pulls/1", {"body": block("m4")})
    forge.branch(text="model: m4\n")
    forge.branch(text="model: hand\n", by="ann")
    same([(x["model"], x["who"], x["person"]) for x in
          forge.state()["untrue"]],
         [("m4", "sync[bot]", False), ("m4", "ann", True)])
    same(forge.state()["untrue"][0]["sha"], oid)


def restored(world):
    "a dump has the requests, the accounts and what was counted"
    forge = opened(world)
    state, dump = forge.state(), world.ctl("GET", "/dump")
    forge.tell("close", repo=REPO, number=1)
    world.ctl("POST", "/reset")
    same(forge.state()["pulls"], [])
    world.ctl("PUT", "/dump", dump)
    same(forge.state(), state)
    same(world.ctl("GET", "/dump")["github"], dump["github"])
    forge.good("PATCH", "/pulls/1", {"title": "u"})


SHELL = """set -eu
. "$TESTS/world.sh"
. "$TESTS/forge.sh"
world_start --now 2026-10-02T00:00:00Z
mkdir -p "$TMP/tree/sub"
printf 'model: m1\\n' >"$TMP/tree/config.yaml"
printf 'x\\r\\n' >"$TMP/tree/sub/dos"
forge_repo acme/models "$TMP/tree" '{"paths": ["config.yaml"]}'
forge_file main sub/dos | od -An -c | tr -d ' '
forge_state '[.pushes[].person]'
forge_app 7 sync
grep -q 'BEGIN RSA PRIVATE KEY' "$FORGE_KEY"
forge_user ann
curl -sS -A x -H "Authorization: Bearer $(cat "$FORGE_TOKEN")" \\
    "$FORGE_API/user" | jq -r .login
git clone -q "$FORGE_GIT" "$TMP/c"
oid=$(forge_push b config.yaml 'model: m2
')
forge_state ".repositories[\\"acme/models\\"].branches.b == \\"$oid\\""
forge open '{"repo": "acme/models", "head": "b"}'
forge_pull 1 merge '{"method": "squash"}'
forge_file main config.yaml
! forge_pull 1 reopen 2>"$TMP/no"
grep -o 'cannot be reopened' "$TMP/no"
"""
SAID = """x\\r\\n
[true]
ann
true
model: m2
cannot be reopened
"""


def shell(world):
    "forge.sh: each of its calls"
    tests = os.path.join(os.path.dirname(os.path.realpath(__file__)),
                         "../..")
    done = subprocess.run(
        ["sh", "-c", SHELL, f"{tests}/e2e/none.sh"], text=True,
        env={**os.environ, "TESTS": tests, "TMP": ""}, capture_output=True,
        timeout=60, check=False)
    same((done.returncode, done.stderr, done.stdout), (0, "", SAID))


ALL = [claims, installations, grants, users, opens, refusals, lists,
       unchanged, mergeable, follows, forks, merges, indirect, updates,
       edits, marks, refs, automatic, manners, renamed, hosts, limits,
       stale, counted, lost, kept, empty, untrue, restored, shell]
