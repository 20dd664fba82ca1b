"""The Kubernetes API as a module of the world."""

import json
import re

from kubernetes import access, managed, read, status, write
from kubernetes.history import History
from kubernetes.jobs import Jobs
from kubernetes.kinds import Kind, Kinds
from kubernetes.runs import Runs
from kubernetes.store import Store
from message import Answer, Request

NAMESPACES = ("default", "kube-system")
ADDRESS = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)"
    r"(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/]+)"
    r"(?:/(?P<name>[^/]+)(?:/(?P<sub>[^/]+))?)?$")
DISCOVERY = re.compile(
    r"/(?:api|apis/(?P<group>[^/]+))/(?P<version>[^/]+)")
ONE = {"GET": "get", "HEAD": "get", "PUT": "update", "PATCH": "patch",
       "DELETE": "delete"}
MANY = {"GET": "list", "HEAD": "list", "POST": "create",
        "DELETE": "deletecollection"}
VERBS = {"get": read.get, "list": read.many, "watch": read.many,
         "create": write.create, "update": write.update,
         "patch": write.patch, "delete": write.delete}


class Call:
    """A request, taken apart: what is asked of which object."""

    def __init__(self, request, found, kinds):
        self.query = request.query
        self.body = request.body
        self.media = request.headers.get("content-type", "").split(";")[0]
        group, version = found["group"] or "", found["version"]
        plural = found["plural"]
        self.namespace = found["namespace"] or ""
        self.name = found["name"] or ""
        self.sub = found["sub"] or ""
        self.kind = kinds.find(group, version, plural)
        self.known = self.kind is not None
        if not self.known:
            self.kind = Kind(group, version, plural, plural)
        self.user = None
        self.run = request.run
        self.person = request.admin
        self.at = None
        self.manager = (self.query.get("fieldManager")
                        or request.agent.split("/")[0] or "unknown")
        verb = (ONE if self.name else MANY).get(request.method)
        if verb == "list" and self.query.get("watch", "0") in ("1", "true"):
            verb = "watch"
        self.verb = verb

    @property
    def key(self):
        return (self.namespace, self.name)

    @property
    def who(self):
        """Who asks: a user, and which run of which program."""
        return {"by": self.user.name, "run": self.run,
                "person": self.person}

    @property
    def asked_name(self):
        """The name that resourceNames are compared with."""
        found = re.match(r"metadata\.name=([^,]+)$",
                         self.query.get("fieldSelector", ""))
        return found.group(1) if found and not self.name else self.name


class Kubernetes:
    """See the README for what every module must have."""

    name = "kubernetes"

    def __init__(self, clock, seed=0):
        self.clock = clock
        self.kinds = Kinds()
        self.seed = seed
        self.store = Store(seed)
        self.access = access.Access(self.store, clock)
        self.oldest = 0
        self.history = History()
        self.runs = Runs(self)
        self.jobs = Jobs(self)
        self.controllers = (self.runs, self.jobs)
        self.reset()

    def reset(self):
        self.store.__init__(self.seed)
        self.kinds.absent = []
        self.history.reset()
        for controller in self.controllers:
            controller.reset()
        for name in NAMESPACES:
            self.add({"apiVersion": "v1", "kind": "Namespace",
                      "metadata": {"name": name}})

    def owns(self, request):
        return re.match(r"/(apis?|version|healthz|readyz|livez)(/|$)",
                        request.path) is not None

    def answer(self, request):
        try:
            return self.serve(request)
        except status.Refusal as refusal:
            return refusal.answer()

    def form(self, code):
        return status.plain(code).answer()

    def tick(self):
        """What was due by now has happened."""
        for controller in self.controllers:
            controller.tick()

    def told(self, call, old, new):
        """Of every write that was asked for."""
        resource = call.kind.stored
        self.history.seen(call.who, old, new, self.clock.seconds())
        for controller in self.controllers:
            if resource in controller.resources:
                controller.seen(resource, old, new)

    def bring(self, controller, old, new, when, by=None):
        """Stores what a controller made of an object."""
        meta, now = old["metadata"], self.clock.whole(when)
        resource = self.kinds.of(old).stored
        if new is not None:
            managed.note(new, old, controller.name, now, "status")
        self.store.put(resource, (meta["namespace"], meta["name"]), new)
        self.history.seen({"by": by or controller.name, "run": "",
                           "person": False}, old, new, now)

    def serve(self, request):
        self.tick()
        user = self.access.user(request)
        if user is None:
            raise status.unauthorized()
        found = ADDRESS.fullmatch(request.path)
        if found is None:
            return self.other(request)
        call = Call(request, found.groupdict(), self.kinds)
        call.user = user
        if request.back:
            call.at = self.store.version - request.back
        if call.verb is None:
            raise status.not_allowed()
        self.need(call, call.verb)
        if not call.known or call.kind.namespaced < bool(call.namespace):
            return Answer.text(404, "404 page not found\n")
        if call.verb not in VERBS or not self.allowed(call):
            raise status.not_allowed()
        return VERBS[call.verb](self, call)

    def allowed(self, call):
        """What the resource has, beside the rights to it."""
        if call.sub and (call.sub != "status" or not call.kind.status
                         or call.verb == "delete"):
            return False
        return not (call.verb == "create" and call.kind.namespaced
                    and not call.namespace)

    def need(self, call, verb):
        if not self.access.may(call.user, verb, call.kind, call.sub,
                               call.namespace, call.asked_name):
            raise status.forbidden(call.kind, call.name, call.sub,
                                   call.user.name, verb, call.namespace)

    def need_namespace(self, call):
        kind = self.kinds.paths["", "v1", "namespaces"]
        if call.namespace and (
                ("", call.namespace) not in self.store.shelf("namespaces")):
            raise status.not_found(kind, call.namespace)

    def other(self, request):
        if request.path == "/version":
            return Answer.of(200, {"major": "1", "minor": "26",
                                   "gitVersion": "v1.26.0"})
        if request.path in ("/healthz", "/readyz", "/livez"):
            return Answer.text(200, "ok")
        found = DISCOVERY.fullmatch(request.path)
        kinds = found and self.kinds.discovery(found["group"] or "",
                                               found["version"])
        if kinds:
            return Answer.of(200, read.resources(kinds))
        return Answer.text(404, "404 page not found\n")

    def empty(self, namespace):
        """Nothing outlives its namespace."""
        for resource, shelf in list(self.store.shelves.items()):
            for key in [key for key in shelf if key[0] == namespace]:
                old = shelf[key]
                self.store.put(resource, key, None)
                self.history.seen({"by": "namespace-controller", "run": "",
                                   "person": False}, old, None,
                                  self.clock.seconds())

    def control(self, what, name, value):
        """POST /tekton/NAME, /jobs/NAME"""
        self.tick()
        controller = {"tekton": self.runs, "jobs": self.jobs}[what]
        return controller.control(name, value)

    def state(self, *kinds):
        self.tick()
        return self.history.state(*kinds)

    def add(self, thing):
        """Puts an object there as a person would, checked strictly; what is
        there by that name is replaced, its status too.  Raises ValueError.
        """
        if thing.get("kind", "").endswith("List") and "items" in thing:
            return [name for item in thing["items"] for name in
                    self.add(item)]
        kind = self.kinds.of(thing)
        meta = thing.get("metadata", {})
        where = f"/apis/{kind.group}" if kind.group else "/api"
        where += f"/{kind.version}"
        if kind.namespaced:
            where += f"/namespaces/{meta.get('namespace', 'default')}"
        name = f"{where}/{kind.plural}/{meta.get('name', '')}"
        if self.write("POST", f"{where}/{kind.plural}", thing) == 409:
            self.write("PUT", name, thing)
        if kind.status and "status" in thing:
            self.write("PUT", f"{name}/status", thing)
        return [name]

    def write(self, method, path, thing):
        meta = {key: value for key, value in thing["metadata"].items()
                if key not in ("resourceVersion", "uid")}
        if method == "PUT":
            there = self.answer(Request("GET", path.removesuffix("/status"),
                                        {}, admin=True))
            meta["resourceVersion"] = json.loads(there.body)["metadata"][
                "resourceVersion"]
        raw = json.dumps(dict(thing, metadata=meta)).encode()
        request = Request(method, f"{path}?fieldValidation=Strict&"
                          "fieldManager=world", {}, raw, admin=True)
        answer = self.answer(request)
        if answer.status >= 300 and (method, answer.status) != ("POST", 409):
            raise ValueError(answer.body.decode())
        return answer.status

    def dump(self):
        self.tick()
        return dict(self.store.dump(), absent=self.kinds.absent,
                    history=self.history.dump(), runs=self.runs.dump(),
                    jobs=self.jobs.dump())

    def load(self, state):
        """The reverse of dump(): unchecked, versions and uids as given."""
        self.reset()
        self.kinds.absent = state.get("absent", [])
        self.store.version = state.get("resourceVersion", 1)
        # What is made from here on is not called as what is there already.
        self.store.random.seed(self.store.version)
        self.store.shelves.clear()
        self.store.past.clear()
        self.oldest = self.store.version
        for thing in state["objects"]:
            meta = thing["metadata"]
            key = (meta.get("namespace", ""), meta["name"])
            kind = self.kinds.of(thing)
            meta.setdefault("uid", self.store.uid())
            meta.setdefault("resourceVersion", str(self.store.version))
            self.store.shelf(kind.stored)[key] = thing
        for key in ("history", "runs", "jobs"):
            if key in state:
                getattr(self, key).load(state[key])
