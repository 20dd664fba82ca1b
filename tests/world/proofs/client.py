"""A world to be asked, and the bookkeeping of what it answered."""

import http.client
import json
import os
import socket
import ssl
import subprocess
import tempfile

HERE = os.path.dirname(os.path.realpath(__file__))
LEASES = "/apis/coordination.k8s.io/v1/namespaces/ml/leases"
MAPS = "/api/v1/namespaces/ml/configmaps"
JOBS = "/apis/batch/v1/namespaces/ml/jobs"
EVENTS = "/apis/events.k8s.io/v1/namespaces/ml/events"
MERGE = "application/merge-patch+json"
T = "2026-10-01T00:00:00.000000Z"


class Reply:
    """An answer: status, headers by their names in small letters, bytes."""

    def __init__(self, status, headers, raw):
        self.status = status
        self.headers = {name.lower(): value for name, value in headers}
        self.raw = raw

    @property
    def json(self):
        return json.loads(self.raw)

    @property
    def reason(self):
        return self.json.get("reason")

    @property
    def message(self):
        return self.json.get("message")


class World:
    """One running world, with the namespace `ml` in it."""

    def __init__(self, *options):
        self.folder = tempfile.TemporaryDirectory(prefix="world-proof-")
        self.process = subprocess.Popen(
            [os.path.join(HERE, "../world"), "--with-parent", "--dir",
             self.folder.name, *options], stdout=subprocess.PIPE, text=True)
        self.where = json.loads(self.process.stdout.readline())
        self.control = int(self.where["control"].rpartition(":")[2])
        with open(self.where["token"], encoding="ascii") as file:
            self.token = file.read().strip()
        self.fresh()

    def fresh(self):
        """As after the start."""
        self.ctl("POST", "/reset")
        self.ctl("POST", "/clock", {"now": "2026-10-01T00:00:00Z",
                                    "rate": 0})
        self.ctl("POST", "/listen", {"open": True})
        self.ctl("POST", "/objects", {
            "apiVersion": "v1", "kind": "Namespace",
            "metadata": {"name": "ml"}})

    def connect(self, timeout=10):
        if not self.where["ca"]:
            return http.client.HTTPConnection("127.0.0.1",
                                              self.where["port"], timeout)
        context = ssl.create_default_context(cafile=self.where["ca"])
        return http.client.HTTPSConnection(
            "127.0.0.1", self.where["port"], timeout=timeout,
            context=context)

    def ask(self, method, path, body=None, *, token=None, media=None,
            agent="proof/1", timeout=10, connection=None, host=None):
        """One exchange; a connection of its own unless one is given."""
        headers = {"User-Agent": agent}
        if host is not None:
            headers["Host"] = host
        if token != "":
            headers["Authorization"] = f"Bearer {token or self.token}"
        if body is not None:
            headers["Content-Type"] = media or "application/json"
            if not isinstance(body, (str, bytes)):
                body = json.dumps(body)
        own = connection or self.connect(timeout)
        try:
            own.request(method, path, body, headers)
            answer = own.getresponse()
            return Reply(answer.status, answer.getheaders(), answer.read())
        finally:
            if connection is None:
                own.close()

    def ctl(self, method, path, body=None):
        own = http.client.HTTPConnection("127.0.0.1", self.control, 30)
        own.request(method, path, None if body is None else json.dumps(body))
        answer = own.getresponse()
        reply = Reply(answer.status, answer.getheaders(), answer.read())
        own.close()
        if reply.status >= 300:
            raise RuntimeError(f"control {path}: {reply.raw.decode()}")
        return reply.json

    def person(self, path):
        """What is there, seen over the control port; None: nothing."""
        own = http.client.HTTPConnection("127.0.0.1", self.control, 30)
        own.request("GET", path)
        answer = own.getresponse()
        raw = answer.read()
        own.close()
        return json.loads(raw) if answer.status == 200 else None

    def fault(self, kind, **more):
        return self.ctl("POST", "/faults", dict(more, kind=kind))

    def record(self):
        return self.ctl("GET", "/record")

    def raw(self, path="/healthz", method="GET", timeout=10, most=1 << 22):
        """Every byte of the answer until the end or `most`, and how it
        ended: "end", "reset", "silence" or "more"."""
        with socket.create_connection(("127.0.0.1", self.where["port"]),
                                      timeout) as sock:
            sock.sendall((f"{method} {path} HTTP/1.1\r\nHost: world\r\n"
                          f"Authorization: Bearer {self.token}\r\n"
                          "Connection: close\r\n\r\n").encode())
            data = b""
            try:
                while len(data) < most:
                    part = sock.recv(1 << 16)
                    if not part:
                        return data, "end"
                    data += part
            except ConnectionResetError:
                return data, "reset"
            except TimeoutError:
                return data, "silence"
            return data, "more"

    def stop(self):
        broken = self.ctl("GET", "/broken")
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()
        self.folder.cleanup()
        return broken


def lease(name="x", version=None, **spec):
    thing = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
             "metadata": {"name": name}, "spec": spec}
    if version is not None:
        thing["metadata"]["resourceVersion"] = version
    return thing


def config_map(name="c", labels=None, **data):
    meta = {"name": name}
    if labels:
        meta["labels"] = labels
    return {"metadata": meta, "data": data}


def must(good, *shown):
    if not good:
        raise AssertionError(" ".join(str(s)[:600] for s in shown) or "not so")


def same(got, wanted, what=""):
    if got != wanted:
        raise AssertionError(f"{what} got {got!r}, expected {wanted!r}"[:900])


def refused(reply, status, reason, *words):
    same((reply.status, reply.reason), (status, reason), reply.raw)
    for word in words:
        must(word in reply.message, reply.message, "lacks", word)
