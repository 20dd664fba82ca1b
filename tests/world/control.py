"""The control port: what a test does to the world.  Nothing that comes in
here is recorded or fails; what a module owns is answered as to a person who
may do everything."""

import json

from clock import parse
from message import Answer
from server import Server


class Control(Server):
    admin = True

    def __init__(self, world):
        super().__init__()
        self.world = world

    def broken(self, error):
        self.world.broken(error)

    async def answer(self, connection, request):
        try:
            answer = await self.serve(request)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            answer = Answer.text(400, f"{type(error).__name__}: {error}\n")
        connection.send(answer.bytes(self.world.clock.date()))
        if request.path == "/stop":
            self.world.stop.set()

    async def serve(self, request):
        name = request.path.strip("/").replace("/", "_") or "help"
        do = getattr(self, f"{request.method.lower()}_{name}", None)
        value = json.loads(request.body) if request.body else None
        if name.startswith("google_") and request.method == "POST":
            return Answer.of(200, self.world.google.control(
                name.removeprefix("google_"), value))
        if name.startswith("github_") and request.method == "POST":
            return Answer.of(200, self.world.github.control(
                name.removeprefix("github_"), value or {}))
        if name.startswith("lambda_") and request.method == "POST":
            return Answer.of(200, self.world.lambdas.control(
                name.removeprefix("lambda_"), value or {}))
        for what in ("tekton", "jobs"):
            if name.startswith(f"{what}_") and request.method == "POST":
                return Answer.of(200, self.world.kubernetes.control(
                    what, name.removeprefix(f"{what}_"), value or {}))
        if do is None:
            return self.world.handle(request)
        found = do(value, request.query)
        if hasattr(found, "__await__"):
            found = await found
        return found if isinstance(found, Answer) else Answer.of(200, found)

    def get_help(self, value, query):
        return sorted(name.replace("_", " /", 1) for name in dir(self)
                      if name.split("_")[0] in ("get", "put", "post",
                                                "delete"))

    # The state of everything.
    def get_dump(self, value, query):
        return {module.name: module.dump() for module in self.world.modules}

    def put_dump(self, value, query):
        for module in self.world.modules:
            if module.name in value:
                module.load(value[module.name])
        return {}

    def post_objects(self, value, query):
        """Objects of Kubernetes: one, a List, or several."""
        values = value if isinstance(value, list) else [value]
        return [path for thing in values
                for path in self.world.kubernetes.add(thing)]

    def post_kinds(self, value, query):
        values = value if isinstance(value, list) else [value]
        return [self.world.kubernetes.kinds.register(spec).resource
                for spec in values]

    def get_absent(self, value, query):
        return self.world.kubernetes.kinds.absent

    def post_absent(self, value, query):
        """["tekton.dev/v1beta1", "modelsync.dev"]: is not served."""
        self.world.kubernetes.kinds.absent = list(value)
        return {}

    def post_users(self, value, query):
        for spec in value if isinstance(value, list) else [value]:
            self.world.kubernetes.access.add(spec)
        return {}

    def delete_users(self, value, query):
        """Also the token that may do everything."""
        self.world.kubernetes.access.users.clear()
        return {}

    def post_reset(self, value, query):
        """Empty modules, no faults, a new record; time and users stay."""
        for module in self.world.modules:
            module.reset()
        self.world.faults.clear()
        self.world.held.release()
        self.world.record.clear()
        return {}

    def get_google_state(self, value, query):
        return self.world.google.state()

    def get_github_state(self, value, query):
        return self.world.github.state()

    def get_tekton_state(self, value, query):
        return self.world.kubernetes.state("PipelineRun", "TaskRun")

    def get_jobs_state(self, value, query):
        return dict(self.world.kubernetes.state("Job"),
                    said=self.world.kubernetes.jobs.said())

    def get_lambda_state(self, value, query):
        return self.world.lambdas.state()

    # Time.
    def get_clock(self, value, query):
        clock = self.world.clock
        return {"now": clock.micro(), "seconds": clock.now(),
                "rate": clock.rate}

    def post_clock(self, value, query):
        now = value.get("now")
        self.world.clock.set(None if now is None else parse(now),
                             value.get("advance", 0), value.get("rate"))
        return self.get_clock(value, query)

    # Faults and barriers.
    def get_faults(self, value, query):
        return [rule.dump() for rule in self.world.faults.rules]

    def post_faults(self, value, query):
        return self.world.faults.add(value)

    def delete_faults(self, value, query):
        number = query.get("id")
        self.world.faults.clear(None if number is None else int(number))
        return {}

    async def get_held(self, value, query):
        if "wait" in query:
            await self.world.held.reach(int(query["wait"]),
                                        float(query.get("timeout", 10)))
        return self.world.held.dump()

    def post_release(self, value, query):
        return self.world.held.release((value or {}).get("n"))

    async def post_listen(self, value, query):
        """{"open": false}: as an API server that is down."""
        front = self.world.front
        if not value["open"]:
            front.shut()
        elif front.listener is None:
            await front.open()
        return {}

    # What happened.
    def get_record(self, value, query):
        first = int(query.get("from", 1))
        return [line for line in self.world.record.lines
                if line["n"] >= first]

    def delete_record(self, value, query):
        self.world.record.clear()
        return {}

    def get_broken(self, value, query):
        return self.world.errors

    def post_stop(self, value, query):
        return {}
