"""Apps, their installations, users, and the tokens of all of them."""

import base64
import hashlib
import json

from git.actor import LEVELS, Actor
from github.errors import Fail, missing
from rs256 import unbase64, verified

LIFE = 3600         # s that a token of an installation lasts
LONGEST = 600       # s that a JSON Web Token may last
EXPIRED = ("'Expiration time' claim ('exp') must be a numeric value "
           "representing the future time at which the assertion expires")
FAR = "'Expiration time' claim ('exp') is too far in the future"
ISSUED = ("'Issued at' claim ('iat') must be an Integer representing the "
          "time that the assertion was issued")
HEADER = b'{"alg":"RS256","typ":"JWT"}'
UNREADABLE = "A JSON web token could not be decoded"


def base(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class Accounts:
    """All state is JSON: `apps` by id, `users` by login, `tokens` by text."""

    def __init__(self, clock, git):
        self.clock = clock
        self.git = git
        self.reset()

    def reset(self):
        self.apps = {}
        self.users = {}
        self.tokens = {}
        self.ids = {}
        self.made = 0

    def dump(self):
        return {key: getattr(self, key) for key in (
            "apps", "users", "tokens", "ids", "made")}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def id(self, thing):
        """A number of its own for every login and label."""
        return self.ids.setdefault(thing, 1000 + len(self.ids))

    # Control.
    def app(self, value):
        """{id, slug, public, permissions, account, repositories (null:
        all), installation, suspended}"""
        number = str(value["id"])
        now = self.apps.get(number, {
            "slug": "modelsync", "public": None, "permissions": {},
            "account": None, "repositories": None, "suspended": False,
            "client": f"Iv23li{number}", "installation": 500 + int(number)})
        unknown = set(value) - set(now) - {"id"}
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        self.apps[number] = {**now, **value, "id": int(number)}
        return self.apps[number]

    def user(self, value):
        """{login, token, permissions, repositories (null: all), person}"""
        login = value["login"]
        self.users[login] = {"person": value.get("person", False)}
        if value.get("token"):
            self.tokens[value["token"]] = {
                "kind": "user", "login": login, "until": None,
                "permissions": value.get("permissions"),
                "repositories": value.get("repositories")}
        return {"id": self.id(login)}

    # Requests.
    def actor(self, text):
        """Whose token that is; None: nobody's, or no longer."""
        found = self.tokens.get(text)
        if found is None or (found["until"] is not None
                             and found["until"] <= self.clock.now()):
            return None
        app = self.apps.get(str(found.get("app")))
        if app is not None and app["suspended"]:
            return None
        login, names = found["login"], found["repositories"]
        if app is not None:     # those that its app may know today
            names = [name for name in self.reachable(app)
                     if names is None or name in names]
        return Actor(login, found["kind"], found["permissions"], names,
                     self.users.get(login, {}).get("person", False))

    def renamed(self, name, other):
        """A repository is known by its id."""
        for known in (*self.apps.values(), *self.tokens.values()):
            if known["repositories"] and name in known["repositories"]:
                known["repositories"].append(other)

    def bearer(self, text):
        """The app of a JSON Web Token."""
        try:
            head, claims, signature = text.split(".")
            header = json.loads(unbase64(head))
            claim = json.loads(unbase64(claims))
            signature = unbase64(signature)
        except ValueError as error:
            raise Fail(401, UNREADABLE) from error
        issuer = str(claim.get("iss"))
        app = self.apps.get(issuer) or next(
            (app for app in self.apps.values() if app["client"] == issuer),
            None)
        if app is None:
            raise Fail(404, "Integration not found")
        if header.get("alg") != "RS256" or not app["public"] or (
                not verified(app["public"], f"{head}.{claims}", signature)):
            raise Fail(401, UNREADABLE)
        self.times(claim)
        return app

    def times(self, claim):
        now = self.clock.now()
        issued, until = claim.get("iat"), claim.get("exp")
        if not isinstance(issued, int) or issued > now:
            raise Fail(401, ISSUED)
        if not isinstance(until, int) or until <= now:
            raise Fail(401, EXPIRED)
        if until > min(now, issued) + LONGEST:
            raise Fail(401, FAR)

    def installed(self, app, name):
        """Whether an app may know a repository."""
        return name in self.git.repositories and (
            app["account"] == name.split("/")[0]) and (
            app["repositories"] is None or name in app["repositories"])

    def reachable(self, app):
        return [name for name in self.git.repositories
                if self.installed(app, name)]

    def grant(self, app, number, body):
        """A new token: what POST .../access_tokens answers."""
        if app["account"] is None or app["installation"] != number:
            raise missing()
        if app["suspended"]:
            raise Fail(403, "This installation has been suspended")
        names = self.subset(app, body)
        permissions = body.get("permissions") or app["permissions"]
        for what, level in permissions.items():
            if LEVELS[level] > LEVELS[app["permissions"].get(what)]:
                raise Fail(422, "The permissions requested are not granted "
                           "to this installation.")
        permissions = {**permissions, "metadata": "read"}
        until = self.clock.now() + LIFE
        text = self.text(app, until)
        self.tokens[text] = {
            "kind": "installation", "login": f"{app['slug']}[bot]",
            "app": app["id"], "until": until, "permissions": permissions,
            "repositories": names}
        return text, until, permissions, names

    def subset(self, app, body):
        """The repositories asked for; None: all of the installation."""
        wanted = body.get("repositories"), body.get("repository_ids")
        if wanted == (None, None):
            return None
        mine = self.reachable(app)
        found = [name for name in mine
                 if name.split("/")[1] in (wanted[0] or ())
                 or self.git.repositories[name]["id"] in (wanted[1] or ())]
        if len(found) != len(wanted[0] or ()) + len(wanted[1] or ()):
            raise Fail(422, "There is at least one repository that does not "
                       "exist or is not accessible to the parent "
                       "installation.")
        return found

    def text(self, app, until):
        """A token of about 520 characters, dots among them."""
        self.made += 1
        seed = hashlib.sha256(f"{app['id']} {self.made}".encode())
        claims = json.dumps({"exp": int(until), "jti": seed.hexdigest(),
                             "n": self.made})
        sign = hashlib.shake_256(seed.digest()).digest(256)
        return (f"ghs_{app['id']}_{base(HEADER)}.{base(claims.encode())}."
                f"{base(sign)}")
