"""The world: its time, its record, its modules and its two ports."""

import asyncio
import json
import os
import traceback

import certificates
from barriers import Held
from clock import Clock, parse
from control import Control
from faults import Faults
from front import Front
from git.module import Git
from github.module import GitHub
from google.world import Google
from kubernetes.module import Kubernetes
from lambdas import Lambda
from message import Answer
from pushgateway import Pushgateway
from record import Bodies, Record


class World:
    """What the ports share.  A module is found by the requests it owns."""

    def __init__(self, options):
        self.dir = options.dir
        self.tls = options.tls
        self.clock = Clock(parse(options.now), options.rate)
        self.record = Record(self.path("record.jsonl"), self.clock)
        self.bodies = Bodies()
        self.faults = Faults()
        self.kubernetes = Kubernetes(self.clock, options.seed)
        self.google = Google(self.clock)
        scheme = "https" if options.tls else "http"
        self.git = Git(self.path("git"), self.clock, scheme)
        self.github = GitHub(self.clock, self.git, scheme)
        self.lambdas = Lambda(lambda: self.front.port)
        self.modules = [*self.google.modules(), self.git, self.github,
                        self.kubernetes, self.lambdas, Pushgateway()]
        self.errors = []
        self.held = Held()
        self.stop = asyncio.Event()
        self.front = Front(self)
        self.control = Control(self)
        self.token()

    def path(self, name):
        return os.path.join(self.dir, name)

    def token(self):
        """The one token of the beginning: it may do everything."""
        text = "world-" + self.kubernetes.store.suffix() * 4
        with open(self.path("token"), "w", encoding="ascii") as file:
            file.write(text + "\n")
        self.kubernetes.access.add(
            {"token": text, "user": "system:serviceaccount:default:world",
             "rules": [{"verbs": ["*"], "apiGroups": ["*"],
                        "resources": ["*"]}]})

    def module(self, request):
        for module in self.modules:
            if module.owns(request):
                return module
        return None

    def handle(self, request):
        module = self.module(request)
        if module is None:
            return Answer.text(404, "nothing of this world\n")
        try:
            answer = module.answer(request)
        except Exception as error:   # a fault of ours must not look like one
            self.broken(error)       # of theirs
            return Answer.text(500, "the world is broken\n")
        self.bodies.add(request, answer)
        return answer

    def form(self, request, code):
        """How the asked module says that it fails."""
        module = self.module(request)
        return Answer(code) if module is None else module.form(code)

    def broken(self, error):
        text = "".join(traceback.format_exception(error))
        self.errors.append(text)
        with open(self.path("broken"), "a", encoding="utf-8") as file:
            file.write(text)

    def load(self, path, take):
        if path is None:
            return
        with open(path, encoding="utf-8") as file:
            value = json.load(file)
        for spec in value if isinstance(value, list) else [value]:
            take(spec)

    async def run(self, options, told):
        """Serves until /stop; `told` gets where."""
        self.load(options.kinds, self.kubernetes.kinds.register)
        self.load(options.objects, self.kubernetes.add)
        self.load(options.users, self.kubernetes.access.add)
        self.load(options.faults, self.faults.add)
        if self.tls:
            self.front.tls = certificates.make(self.dir)
        await self.front.open(options.port)
        await self.control.open(options.control_port)
        told(self.where())
        await self.stop.wait()
        await asyncio.sleep(0.01)   # for the answer to /stop
        self.front.shut()
        self.control.shut()

    def where(self):
        scheme = "https" if self.tls else "http"
        tls = self.path("tls/") if self.tls else None
        return {"port": self.front.port,
                "url": f"{scheme}://127.0.0.1:{self.front.port}",
                "control": f"http://127.0.0.1:{self.control.port}",
                "ca": tls and tls + "ca.crt",
                "otherCa": tls and tls + "other-ca.crt",
                "token": self.path("token"),
                "record": self.record.path, "dir": self.dir,
                "pid": os.getpid()}
