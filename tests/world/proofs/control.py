"""The record, time, barriers, the state, TLS, and the Pushgateway."""

import json
import os
import ssl
import subprocess
import threading
import time

from proofs.client import (HERE, LEASES, MAPS, World, config_map, lease, must,
                           same)


def recorded(w):
    """every exchange is recorded, in order, with what it did"""
    agent = "modelsync/1.0 train-model/42"
    w.ask("GET", f"{LEASES}/x?pretty=1", agent=agent)
    made = w.ask("POST", LEASES, lease(), agent=agent, token="wrong")
    made = w.ask("POST", LEASES, lease(), agent="other")
    version = made.json["metadata"]["resourceVersion"]
    w.person(f"{LEASES}/x")
    with open(w.where["record"], encoding="utf-8") as file:
        lines = [json.loads(line) for line in file]
    same(lines, w.record())
    same([(line["n"], line["run"], line["method"], line["query"],
           line["status"], line["mutating"], line["effect"])
          for line in lines],
         [(1, "train-model/42", "GET", "pretty=1", 404, False, None),
          (2, "train-model/42", "POST", "", 401, True, None),
          (3, "other", "POST", "", 201, True,
           f"Lease ml/x {version} created")])
    must(lines[2]["bytes"] > len(made.raw))
    same(lines[0]["time"], "2026-10-01T00:00:00.000000Z")


def time_stands(w):
    """time stands still, jumps, and runs when told to"""
    w.ctl("POST", "/clock", {"now": "2026-12-01T00:00:00Z"})
    time.sleep(0.02)
    reply = w.ask("POST", MAPS, config_map())
    same(reply.headers["date"], "Tue, 01 Dec 2026 00:00:00 GMT")
    same(reply.json["metadata"]["creationTimestamp"], "2026-12-01T00:00:00Z")
    w.ctl("POST", "/clock", {"advance": 90})
    same(w.ctl("GET", "/clock")["now"], "2026-12-01T00:01:30.000000Z")
    w.ctl("POST", "/clock", {"rate": 1000})
    time.sleep(0.05)
    must(w.ctl("GET", "/clock")["seconds"] > 1796083290 + 40)


def held(w):
    """hold: an exchange waits, before or after its effect"""
    for at, seen in (("before", False), ("after", True)):
        w.fault("hold", match={"method": "POST"}, at=at)
        got = []
        other = threading.Thread(target=lambda: got.append(
            w.ask("POST", MAPS, config_map()).status))
        other.start()
        waiting = w.ctl("GET", "/held?wait=1")
        same((len(waiting), waiting[0]["method"]), (1, "POST"))
        same(w.person(f"{MAPS}/c") is not None, seen, at)
        same(w.ask("GET", MAPS).status, 200)
        same(w.ctl("POST", "/release", {"n": waiting[0]["n"] + 99}), [])
        same(w.ctl("POST", "/release", {"n": waiting[0]["n"]}),
             [waiting[0]["n"]])
        other.join(10)
        same(got, [201])
        w.ask("DELETE", f"{MAPS}/c")


def state(w):
    """the state is taken out and put back, versions and all"""
    w.ask("POST", LEASES, lease(holderIdentity="a"))
    saved = w.ctl("GET", "/dump")
    w.ask("DELETE", f"{LEASES}/x")
    w.ctl("PUT", "/dump", saved)
    same(w.ctl("GET", "/dump"), saved)
    version = w.person(f"{LEASES}/x")["metadata"]["resourceVersion"]
    same(w.ask("PUT", f"{LEASES}/x", lease(
        version=version, holderIdentity="b")).status, 200)


def objects(w):
    """objects put by a person: checked, replaced, known or not"""
    thing = dict(lease(holderIdentity="a"))
    thing["metadata"]["namespace"] = "ml"
    w.ctl("POST", "/objects", {"kind": "List", "apiVersion": "v1",
                               "items": [thing]})
    thing["spec"]["holderIdentity"] = "b"
    w.ctl("POST", "/objects", thing)
    same(w.person(f"{LEASES}/x")["spec"], {"holderIdentity": "b"})
    for wrong in ({"holder": "c"}, {"leaseDurationSeconds": 0}):
        try:
            w.ctl("POST", "/objects", dict(thing, spec=wrong))
        except RuntimeError:
            continue
        raise AssertionError(f"taken: {wrong}")
    w.ctl("POST", "/objects", {
        "apiVersion": "example.com/v1", "kind": "Gadget",
        "metadata": {"name": "g", "namespace": "ml"}, "status": {"a": 1}})
    same(w.person("/apis/example.com/v1/namespaces/ml/gadgets/g")["status"],
         {"a": 1})
    same(w.record(), [])


def listening(w):
    """a server that is down refuses, and comes back with its state"""
    w.ask("POST", LEASES, lease())
    w.ctl("POST", "/listen", {"open": False})
    try:
        w.ask("GET", LEASES)
        raise AssertionError("answered")
    except ConnectionRefusedError:
        pass
    w.ctl("POST", "/listen", {"open": True})
    same(len(w.ask("GET", LEASES).json["items"]), 1)


def kept_alive(w):
    """many exchanges over one connection"""
    connection = w.connect()
    for _ in range(3):
        same(w.ask("GET", LEASES, connection=connection).status, 200)
        port = connection.sock.getsockname()[1]
    same(connection.sock.getsockname()[1], port)
    connection.close()


def encrypted(w):
    """TLS: its own CA is believed, no other is; faults work there too"""
    tls = World("--tls")
    try:
        same(tls.ask("GET", LEASES).status, 200)
        tls.fault("cut-after")
        try:
            tls.ask("POST", LEASES, lease())
            raise AssertionError("answered")
        except (ConnectionResetError, ssl.SSLError):
            pass
        same(tls.person(f"{LEASES}/x")["metadata"]["name"], "x")
        tls.where["ca"] = tls.where["otherCa"]
        try:
            tls.ask("GET", LEASES)
            raise AssertionError("believed")
        except ssl.SSLCertVerificationError:
            pass
    finally:
        same(tls.stop(), [])


def metrics(w):
    """a Pushgateway: PUT replaces, POST adds, nonsense is a 400"""
    path = "/metrics/job/train-model/model/issues"
    good = "# TYPE a gauge\na 1\nb{x=\"y\\\"z\"} 2.5e3\n"
    same(w.ask("PUT", path, good, media="text/plain").status, 200)
    same(w.ask("POST", path, "a 2\n", media="text/plain").status, 200)
    shown = w.ask("GET", "/metrics").raw.decode()
    must("a 2\n" in shown and "2.5e3" in shown and "a 1\n" not in shown,
         shown)
    for bad in ("a\n", "a 1", "a 1 1700000000000\n", "a{x=y} 1\n", "1a 1\n"):
        same(w.ask("PUT", path, bad, media="text/plain").status, 400, bad)
    same(w.ask("PUT", path, "c 3\n", media="text/plain").status, 200)
    same(w.ask("GET", "/metrics").raw, b"c 3\n")
    same(w.ask("PUT", "/metrics/job", "c 3\n").status, 404)
    same(w.record()[0]["effect"], f"metrics {path}")


SHELL = """set -eu
. "$TESTS/world.sh"
world_start --tls --now 2026-10-02T00:00:00Z
k() { curl -sS --cacert "$WORLD_CA" -H "Authorization: Bearer $(cat \\
    "$WORLD_TOKEN")" -A "modelsync/1 sync/7" -o "$TMP/out" "$@"; }
echo "$1" >"$TMP/lease.json"
world_put "$TMP/lease.json"
world_get "$2" | grep -q holder
world_fault '{"kind":"status","status":503}'
k "$WORLD_URL$2"
k "$WORLD_URL$2"
jq -r .spec.holderIdentity "$TMP/out"
world_clock '{"advance":60}'
world_record '[.n,.run,.status]'
world_fault '{"kind":"hold"}'
k "$WORLD_URL$2" &
world_held 1 | jq .n
world_release 3
wait $!
! world_fault '{"kind":"odd"}' 2>"$TMP/odd"
echo "$TMP"
"""
SAID = """holder
2026-10-02T00:01:00.000000Z
[1,"sync/7",503]
[2,"sync/7",200]
3
"""


def shell(w):
    """world.sh: each of its calls, and nothing left of it in the end"""
    tests = os.path.join(HERE, "../..")
    thing = lease(holderIdentity="holder")
    thing["metadata"]["namespace"] = "default"
    done = subprocess.run(
        ["sh", "-c", SHELL, f"{tests}/e2e/none.sh", json.dumps(thing),
         f"{LEASES.replace('/ml/', '/default/')}/x"],
        env={**os.environ, "TESTS": tests, "TMP": ""}, text=True,
        capture_output=True, timeout=60)
    same((done.returncode, done.stderr), (0, ""))
    said, _, folder = done.stdout.rstrip("\n").rpartition("\n")
    same(said + "\n", SAID)
    must(not os.path.exists(folder), folder)


ALL = [recorded, time_stands, held, state, objects, listening, kept_alive,
       encrypted, metrics, shell]
