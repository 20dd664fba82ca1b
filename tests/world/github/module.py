"""GitHub as a module of the world: who asks, how often, and what for."""

import hashlib
import json

from git.actor import person
from git.repository import Conflict
from github.accounts import Accounts
from github.errors import Fail, form, missing
from github.limits import Limits
from github.people import People
from github.pulls import Pulls
from github.rest import ROUTES, Call
from github.views import Views
from github.watch import Watch
from message import Answer

VERSIONS = ("2022-11-28", "2026-03-10")
ENTERPRISE, GRAPH = "/api/v3", "/api/graphql"
PAST = 50       # states that a stale answer may come from
AGENT = ("Request forbidden by administrative rules. Please make sure your "
         "request has a User-Agent header "
         "(https://docs.github.com/en/rest/overview/resources-in-the-rest-"
         "api#user-agent-required). Check https://developer.github.com for "
         "other possible causes.\n")


class GitHub:
    """See the README."""

    name = "github"

    def __init__(self, clock, git, scheme):
        self.clock = clock
        self.git = git
        self.scheme = scheme
        self.accounts = Accounts(clock, git)
        self.limits = Limits(clock)
        self.watch = Watch(git, clock)
        self.pulls = Pulls(git, clock, self.watch)
        self.people = People(self)
        git.token = self.accounts.actor
        self.reset()

    def reset(self):
        for part in (self.accounts, self.limits, self.watch):
            part.reset()
        self.pulls.all = {}
        self.since = {}
        self.comments = 0
        self.past = ["{}"]

    def dump(self):
        return {"accounts": self.accounts.dump(),
                "limits": self.limits.dump(), "watch": self.watch.dump(),
                "pulls": self.pulls.all, "since": self.since,
                "comments": self.comments}

    def load(self, state):
        state = json.loads(json.dumps(state))
        for key in ("accounts", "limits", "watch"):
            getattr(self, key).load(state[key])
        self.pulls.all = state["pulls"]
        self.since = state["since"]
        self.comments = state["comments"]
        self.past = [json.dumps(pulls) for pulls in
                     [*state.get("past", ()), self.pulls.all]]

    @staticmethod
    def host(request):
        return request.headers.get("host", "localhost")

    def owns(self, request):
        return self.host(request).startswith("api.github.") or (
            request.path == GRAPH
            or request.path.startswith(ENTERPRISE + "/"))

    def form(self, code):
        return form(code)

    def state(self):
        self.git.look()
        return {"repositories": {
            name: {"branches": self.git.at(name).branches(), **settings}
            for name, settings in self.git.repositories.items()},
            "pulls": self.pulls.every(), **self.watch.view()}

    def control(self, what, value):
        try:
            return self.people.do(what, value)
        except Fail as error:
            raise ValueError(json.dumps(error.value)) from error
        except Conflict as error:
            raise ValueError(f"they do not merge: {error}") from error
        finally:
            self.remember()

    def comment(self, pull, actor, text):
        self.comments += 1
        pull["comments"].append({
            "id": 900 + self.comments, "by": actor.login, "body": text,
            "time": self.clock.seconds()})
        self.pulls.touch(pull)
        return pull["comments"][-1]

    # A read may be answered as of so many changes ago.
    def remember(self):
        text = json.dumps(self.pulls.all)
        if text != self.past[-1]:
            self.past = [*self.past[-PAST:], text]

    def stale(self, request):
        now = self.pulls.all
        back = min(len(self.past), request.back + 1)
        self.pulls.all = json.loads(self.past[-back])
        try:
            return self.ask(request)
        finally:
            self.pulls.all = now

    def answer(self, request):
        if not request.agent and not request.admin:
            return Answer(403, AGENT.encode(), "text/plain")
        self.git.look()
        self.remember()
        if request.back and not request.mutating:
            return self.stale(request)
        answer = self.ask(request)
        self.remember()
        return answer

    def ask(self, request):
        login = "anonymous"
        try:
            version = self.version(request)
            app, actor = self.who(request)
            login = self.login(actor, app)
            if not request.admin and not request.path.endswith("rate_limit"):
                self.limits.spend(login, request.mutating)
            answer = self.route(request, app, actor, version)
        except Fail as error:
            answer = error.answer()
        answer = self.tagged(request, answer, login)
        answer.headers += [
            ("X-GitHub-Request-Id", f"C0DE:{request.n:X}"),
            *self.limits.headers(login, "graphql" if request.path.endswith(
                "graphql") else "core")]
        return answer

    def tagged(self, request, answer, login):
        """An ETag, or 304 for one that is still true."""
        if request.method != "GET" or answer.status != 200:
            return answer
        tag = f'W/"{hashlib.sha256(answer.body).hexdigest()}"'
        asked = request.headers.get("if-none-match", "")
        if tag.removeprefix("W/") not in asked:
            answer.headers.append(("ETag", tag))
            return answer
        if not request.admin:
            self.limits.spare(login)
        return Answer(304, kind=None, headers=[("ETag", tag)])

    @staticmethod
    def version(request):
        version = request.headers.get("x-github-api-version", VERSIONS[0])
        if version not in VERSIONS:
            raise Fail(400, f'API version "{version}" is not a supported '
                       "version.")
        return version

    @staticmethod
    def login(actor, app=None):
        if app is not None:
            return f"app {app['slug']}"
        return actor.login if actor else "anonymous"

    def who(self, request):
        """(app, actor): one of a JSON Web Token, or one of a token."""
        if request.admin:
            return None, person()
        word, _, text = request.headers.get("authorization", "").partition(
            " ")
        if not word:
            return None, None
        if word.lower() not in ("bearer", "token") or not text:
            raise Fail(401, "Bad credentials")
        actor = self.accounts.actor(text)
        if actor is not None:
            return None, actor
        if text.count(".") == 2 and not text.startswith("ghs_"):
            return self.accounts.bearer(text), None
        raise Fail(401, "Bad credentials")

    def path(self, request):
        """Below the API; an id of a repository becomes its name."""
        path = request.path
        if path == GRAPH:
            return "/graphql"
        if path.startswith(ENTERPRISE + "/"):
            path = path.removeprefix(ENTERPRISE)
            if path == "/graphql":      # Enterprise has it elsewhere
                raise missing()
        for name, settings in self.git.repositories.items():
            start = f"/repositories/{settings['id']}"
            if path == start or path.startswith(start + "/"):
                return f"/repos/{name}{path.removeprefix(start)}"
        return path

    def views(self, request, version):
        host = f"{self.scheme}://{self.host(request)}"
        if self.host(request).startswith("api.github."):
            return Views(self, host, host.replace("://api.", "://"),
                         version == VERSIONS[1])
        return Views(self, host + ENTERPRISE, host, version == VERSIONS[1])

    def route(self, request, app, actor, version):
        path = self.path(request)
        for method, pattern, needs, do in ROUTES:
            found = pattern.fullmatch(path)
            if found is None or method != request.method:
                continue
            request.json = parsed(request)
            call = Call(self, request, self.views(request, version), actor,
                        {**found.groupdict(), "path": path})
            call.app = app
            no = self.allow(call, needs)
            return no or do(call)
        raise missing()

    def allow(self, call, needs):
        """Raises what forbids it; a renamed repository is elsewhere."""
        if needs == "app":
            if call.app is None:
                raise Fail(401, "A JSON web token could not be decoded")
            target = self.git.repositories.get(call.name, {}).get("moved")
            return self.moved(call, target) if target else None
        if call.app is not None and call.name:
            raise Fail(403, "Resource not accessible by integration")
        if call.name is None:
            return None
        return self.allow_repository(call, *needs)

    def allow_repository(self, call, what, level):
        settings = self.git.repositories.get(call.name)
        actor = call.actor
        known = settings is not None and (
            not settings["private"] or (actor and actor.sees(call.name)))
        target = settings and settings["moved"]
        if target and (actor is None or actor.sees(target)):
            return self.moved(call, target)
        if not known:
            raise missing()
        if actor is None:
            if level == "read":
                return None
            raise Fail(401, "Requires authentication")
        if not actor.may(call.name, what, level) and (
                level == "write" or settings["private"]):
            raise Fail(403, "Resource not accessible by " + (
                "integration" if actor.kind == "installation"
                else "personal access token"))
        if level == "write" and settings["archived"]:
            raise Fail(403, "Repository was archived so is read-only.")
        return None

    def moved(self, call, target):
        number = self.git.repositories.get(
            target, self.git.repositories[call.name])["id"]
        rest = call.found["path"].removeprefix(f"/repos/{call.name}")
        url = f"{call.views.api}/repositories/{number}{rest}"
        if call.request.raw_query:
            url += f"?{call.request.raw_query}"
        failed = Fail(301 if call.request.method == "GET" else 307,
                      "Moved Permanently", url=url,
                      headers=[("Location", url)])
        del failed.value["status"]
        return failed.answer()


def parsed(request):
    """The JSON of a body, {} where there is none."""
    try:
        value = json.loads(request.body) if request.body else {}
    except ValueError as error:
        raise Fail(400, "Problems parsing JSON") from error
    if not isinstance(value, (dict, list)) or (
            isinstance(value, list) and not request.path.endswith("labels")):
        raise Fail(400, "Body should be a JSON object")
    return value
