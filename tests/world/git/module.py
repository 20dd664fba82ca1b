"""Repositories over https: who may read and write, and what moved."""

import base64
import binascii
import os
import re
import shutil

from git import cgi, hook
from git.actor import Actor, person
from git.repository import ZERO, Repository
from message import Answer

PATH = re.compile(r"/([\w.-]+/[\w.-]+?)(?:\.git)?"
                  r"/(info/refs|git-upload-pack|git-receive-pack)$")
RECEIVE = "git-receive-pack"
FRESH = {"auth": None, "protocol": 2, "filter": True, "shallow": True,
         "moved": None, "archived": False, "protected": {}, "signed": False,
         "noForce": [], "private": True, "default": "main", "parent": None,
         "paths": [], "autoMerge": True, "collaborators": [], "teams": [],
         "owner": "Organization"}


class Git:
    """`repositories`: owner/name to its settings (see the README)."""

    name = "git"

    def __init__(self, folder, clock, scheme):
        self.folder = folder
        self.clock = clock
        self.scheme = scheme
        self.token = lambda text: None      # the simulated GitHub has more
        self.heard = []         # called with (name, moves, actor)
        self.gone = []          # called with the name of what is deleted
        self.reset()

    def reset(self):
        self.repositories = {}
        self.known = {}
        self.made = 0
        shutil.rmtree(self.folder, ignore_errors=True)

    def dump(self):
        return {"repositories": self.repositories, "made": self.made,
                "folders": {name: self.at(name).dump()
                            for name in self.repositories}}

    def load(self, state):
        self.reset()
        self.repositories = state["repositories"]
        self.made = state["made"]
        for name, text in state["folders"].items():
            self.at(name).load(text)
            self.known[name] = self.at(name).refs()

    def owns(self, request):
        return PATH.match(request.path) is not None

    def form(self, code):
        return Answer.text(code, f"the world says {code}\n")

    # Repositories.
    def at(self, name):
        return Repository(os.path.join(self.folder, name + ".git"),
                          self.clock)

    def create(self, name, settings=None, source=None):
        """Empty, or a copy of another."""
        if name in self.repositories:
            raise ValueError(f"there is {name} already")
        self.made += 1
        self.repositories[name] = {**FRESH, "id": 7000 + self.made}
        if source is None:
            branch = (settings or {}).get("default", "main")
            self.at(name).create(branch)
        else:
            shutil.copytree(self.at(source).path, self.at(name).path)
        self.known[name] = self.at(name).refs()
        self.set(name, settings or {})

    def set(self, name, settings):
        unknown = set(settings) - set(FRESH)
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}")
        now = self.repositories[name]
        now.update(settings)
        self.at(name).configure(
            {"uploadpack.allowFilter": str(bool(now["filter"])).lower()})
        hook.install(self.at(name).path, now)

    def delete(self, name):
        self.at(name).remove()
        del self.repositories[name], self.known[name]
        for tell in self.gone:
            tell(name)

    def rename(self, name, other):
        """What the old name leads to.  The new one keeps its id."""
        settings = self.repositories[name]
        os.makedirs(os.path.dirname(self.at(other).path), exist_ok=True)
        os.rename(self.at(name).path, self.at(other).path)
        self.repositories[other] = dict(settings, moved=None)
        self.known[other] = self.known.pop(name)
        self.at(name).create("main")
        self.known[name] = {}
        self.made += 1
        self.repositories[name] = {**FRESH, "moved": other,
                                   "id": 7000 + self.made}

    def look(self, actor=None):
        """Tells of every ref that moved since the last look."""
        return [move for name in list(self.repositories)
                for move in self.look_at(name, actor)]

    def look_at(self, name, actor=None):
        before, after = self.known[name], self.at(name).refs()
        if before == after:
            return []
        self.known[name] = after
        moves = [(ref, before.get(ref, ZERO), after.get(ref, ZERO))
                 for ref in sorted({*before, *after})
                 if before.get(ref) != after.get(ref)
                 and not ref.startswith("refs/pull/")]
        for tell in self.heard:
            tell(name, moves, actor or person())
        return [f"{name} {ref} {old}..{new}" for ref, old, new in moves]

    # Requests.
    def answer(self, request):
        name, rest = PATH.match(request.path).groups()
        service = request.query.get("service") if rest == "info/refs" \
            else rest
        settings = self.repositories.get(name)
        actor = self.who(request, settings)
        if actor is None:
            return unknown()
        if settings is None or not (actor.may(name, "contents", "read")
                                    or actor.may(name, "metadata", "read")):
            return Answer.text(404, "Repository not found.\n")
        if settings["moved"]:
            return self.moved(request, settings["moved"], rest)
        no = self.refusal(name, settings, actor, service)
        return no or self.serve(request, name, actor, rest)

    def refusal(self, name, settings, actor, service):
        if service == RECEIVE and settings["archived"]:
            return Answer.text(403, "This repository was archived so it is "
                               "read-only.\n")
        if service == RECEIVE and not actor.may(name, "contents", "write"):
            return Answer.text(403, "Write access to repository not "
                               "granted.\n" if actor.kind == "installation"
                               else f"Permission to {name}.git denied to "
                               f"{actor.login}.\n")
        if not actor.may(name, "contents", "read"):
            return Answer.text(403, "Write access to repository not "
                               "granted.\n")
        return None

    def who(self, request, settings):
        """Whose credentials these are; None: nobody's."""
        if request.admin:
            return person()
        word, _, text = request.headers.get("authorization", "").partition(
            " ")
        if not word:
            open_to_all = settings is None or settings["auth"] is None
            return Actor("anonymous", "password") if open_to_all else None
        if word.lower() == "bearer":
            return self.token(text)
        try:
            user, _, password = base64.b64decode(text).decode().partition(
                ":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        for entry in (settings or {}).get("auth") or []:
            if (entry["user"], entry["password"]) == (user, password):
                level = "read" if entry.get("readOnly") else "write"
                return Actor(user, "password", {"contents": level},
                             person=entry.get("person", False))
        actor = self.token(password)
        if actor is not None and actor.kind == "installation" and (
                user != "x-access-token"):
            return None
        return actor

    def moved(self, request, other, rest):
        query = f"?{request.raw_query}" if request.raw_query else ""
        host = request.headers.get("host", "localhost")
        return Answer(301, kind="text/plain", headers=[(
            "Location", f"{self.scheme}://{host}/{other}.git/{rest}{query}")])

    def serve(self, request, name, actor, rest):
        settings = self.repositories[name]
        version = request.headers.get("git-protocol")
        if settings["protocol"] != 2:
            version = None
        if rest == "git-upload-pack" and not settings["shallow"] and (
                b"deepen" in cgi.body(request)):
            return Answer(200, cgi.packet(b"ERR shallow is not supported"),
                          "application/x-git-upload-pack-result")
        self.look()         # what a test did behind our back
        answer = cgi.run(self.folder, f"/{name}.git/{rest}", request,
                         actor.login, version)
        if rest == "info/refs" and not settings["shallow"]:
            answer.body = cgi.without_shallow(answer.body)
        answer.effect = ", ".join(self.look_at(name, actor)) or None
        return answer


def unknown():
    return Answer.text(401, "Invalid username or token. Password "
                       "authentication is not supported for Git "
                       "operations.\n", headers=[
                           ("WWW-Authenticate", 'Basic realm="GitHub"')])
