"""The simulated cluster of one worker, by its control port."""

import http.client
import json
import os
import subprocess
import time

HERE = os.path.dirname(os.path.realpath(__file__))
WORLD = os.path.join(HERE, "../../world/world")
LEASES = "/apis/coordination.k8s.io/v1/namespaces/ml/leases"
LOG = "modelsync.dev/log"
PATIENCE = 60       # s for the world to start, with all others


def lease(tool):
    """As manifests/ makes it."""
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": f"{tool}-issues", "namespace": "ml"}}


def log_of(thing):
    """What the tools wrote on a Lease; None: nothing yet."""
    text = (thing or {}).get("metadata", {}).get("annotations", {}).get(LOG)
    return None if text is None else json.loads(text)


class Place:
    """A world of its own, which ends with its worker."""

    def __init__(self, folder, tls):
        self.folder = folder
        os.makedirs(folder)
        self.errors = open(os.path.join(folder, "err"), "w+b")
        self.process = subprocess.Popen(
            [WORLD, "--with-parent", "--dir", folder]
            + (["--tls"] if tls else []),
            stdout=subprocess.DEVNULL, stderr=self.errors)
        where = os.path.join(folder, "where")
        until = time.monotonic() + PATIENCE
        while not os.path.exists(where):
            if self.process.poll() is not None or time.monotonic() > until:
                self.errors.seek(0)
                raise RuntimeError("the world did not start: "
                                   + self.errors.read().decode())
            time.sleep(0.02)
        with open(where, encoding="utf-8") as file:
            self.where = json.load(file)
        self.port = int(self.where["control"].rpartition(":")[2])
        self.line = None
        self.told = 0

    def stop(self):
        self.line.close()
        self.process.terminate()
        self.process.wait()

    def broken(self):
        """What went wrong in the world itself since this was asked last."""
        texts = self.ask("GET", "/broken")
        new = texts[self.told:]
        self.told = len(texts)
        return [f"the world is broken: {text}" for text in new]

    def ask(self, method, path, value=None, host=None):
        """One request at the control port; its JSON, None for 404.  `host`:
        whose it is, where hosts tell modules."""
        body = None if value is None else (
            value if isinstance(value, str) else json.dumps(value))
        if self.line is None:
            self.line = http.client.HTTPConnection("127.0.0.1", self.port,
                                                   timeout=30)
        try:
            self.line.request(method, path, body, {
                "Content-Type": "application/json",
                **({"Host": host} if host else {})})
            reply = self.line.getresponse()
            data = reply.read()
        except (http.client.HTTPException, OSError):
            self.line.close()
            self.line = None
            raise
        if reply.status == 404:
            return None
        if reply.status >= 400:
            raise RuntimeError(f"{method} {path}: {data.decode()}")
        return json.loads(data)

    def faults(self, *rules):
        return self.ask("POST", "/faults", list(rules))

    def calm(self):
        """No rule any more, and nobody held by one."""
        self.ask("DELETE", "/faults")
        self.ask("POST", "/release")

    def clock(self, **how):
        return self.ask("POST", "/clock", how)["seconds"]

    def listen(self, is_open):
        self.ask("POST", "/listen", {"open": is_open})

    def held(self, count, seconds=20):
        """The exchanges held, once there are so many."""
        return self.ask("GET", f"/held?wait={count}&timeout={seconds}")

    def release(self, number=None):
        self.ask("POST", "/release",
                 None if number is None else {"n": number})

    def record(self):
        return self.ask("GET", "/record")

    def lease(self, tool):
        return self.ask("GET", f"{LEASES}/{tool}-issues")

    def put(self, tool, thing):
        """The Lease as it shall be; None: away with it."""
        if thing is not None:
            self.ask("POST", "/objects", thing)
        else:
            self.ask("DELETE", f"{LEASES}/{tool}-issues")
