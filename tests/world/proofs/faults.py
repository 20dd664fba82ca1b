"""Every kind of fault, as a client meets it."""

import http.client
import json
import socket
import time

from proofs.client import LEASES, MAPS, config_map, lease, must, same


def breaks(w, *request, **more):
    """The exchange ends in an exception; returns it."""
    try:
        reply = w.ask(*request, **more)
    except (OSError, http.client.HTTPException) as error:
        return error
    raise AssertionError(f"answered {reply.status} {reply.raw[:200]}")


def there(w):
    return w.person(f"{MAPS}/c") is not None


def last(w):
    line = w.record()[-1]
    return line["fault"], line["status"], line["effect"] is not None


def refused(w):
    """refused: closed before anything is read"""
    w.fault("refused")
    breaks(w, "POST", MAPS, config_map())
    same((there(w), last(w)), (False, ("refused", 0, False)))
    w.fault("refused", match={"method": "POST"})
    same(w.ask("GET", MAPS).status, 200)
    breaks(w, "POST", MAPS, config_map())
    same(there(w), False)


def down(w):
    """down: nobody listens for a while"""
    w.fault("down", ms=300)
    breaks(w, "GET", MAPS)
    end = time.monotonic() + 10
    seen = set()
    while time.monotonic() < end:
        try:
            same(w.ask("GET", MAPS).status, 200)
            break
        except ConnectionRefusedError:
            seen.add("refused")
            time.sleep(0.02)
    same(seen, {"refused"})


def cut_before(w):
    """cut-before: read, without effect, the connection reset"""
    w.fault("cut-before")
    same(type(breaks(w, "POST", MAPS, config_map())), ConnectionResetError)
    same((there(w), last(w)), (False, ("cut-before", 0, False)))


def cut_after(w):
    """cut-after: the effect is there, the reply is lost"""
    w.fault("cut-after")
    same(type(breaks(w, "POST", MAPS, config_map())), ConnectionResetError)
    same((there(w), last(w)), (True, ("cut-after", 0, True)))


def slow(w):
    """slow: so many milliseconds, before or after the effect"""
    for at, seen in (("before", False), ("after", True)):
        w.fault("slow", ms=600, at=at)
        must(isinstance(breaks(w, "POST", MAPS, config_map(), timeout=0.2),
                        TimeoutError))
        same(there(w), seen, at)
        time.sleep(0.8)
        same(there(w), True)
        w.ask("DELETE", f"{MAPS}/c")
    w.fault("slow", ms=100)
    start = time.monotonic()
    same(w.ask("GET", MAPS).status, 200)
    must(time.monotonic() - start >= 0.1)


def silent(w):
    """silent: no answer, no end; with an effect if asked"""
    w.fault("silent")
    same(w.raw(timeout=0.3), (b"", "silence"))
    w.fault("silent", effect=True)
    breaks(w, "POST", MAPS, config_map(), timeout=0.3)
    same((there(w), last(w)), (True, ("silent", 0, True)))


def status(w):
    """status: any number, no body, a body, headers; no effect"""
    w.fault("status", status=503, headers={"Retry-After": "7"})
    reply = w.ask("POST", MAPS, config_map())
    same((reply.status, reply.raw, reply.headers["retry-after"], there(w)),
         (503, b"", "7", False))
    w.fault("status", status=429, body={"kind": "Status"})
    same(w.ask("GET", MAPS).json, {"kind": "Status"})
    w.fault("status", status=500, body="oops")
    same(w.ask("GET", MAPS).raw, b"oops")
    w.fault("status", status=429, body=True)
    same(w.ask("GET", MAPS).reason, "TooManyRequests")


def status_after(w):
    """status-after: the effect is there, a 500 is answered"""
    w.fault("status-after")
    same(w.ask("POST", MAPS, config_map()).status, 500)
    same((there(w), last(w)), (True, ("status-after", 500, True)))


def truncated(w):
    """truncated: less than was announced"""
    w.fault("truncated")
    must(isinstance(breaks(w, "GET", MAPS), http.client.IncompleteRead))


def wrong_length(w):
    """wrong-length: more than was announced, or a length that is none"""
    w.fault("wrong-length")
    reply = w.ask("GET", MAPS)
    try:
        json.loads(reply.raw)
        raise AssertionError("the body is whole")
    except json.JSONDecodeError:
        pass
    w.fault("wrong-length", length="twelve")
    must(b"Content-Length: twelve\r\n" in w.raw()[0])


def garbage(w):
    """garbage: not HTTP"""
    w.fault("garbage")
    must(isinstance(breaks(w, "GET", MAPS), http.client.BadStatusLine))


def html(w):
    """html: 200 and a page, without effect"""
    w.fault("html")
    reply = w.ask("POST", MAPS, config_map())
    same((reply.status, reply.headers["content-type"], there(w)),
         (200, "text/html", False))


def endless(w):
    """endless: a body without end, or as long as it was told"""
    w.fault("endless")
    data, end = w.raw(most=8 << 20)
    same((len(data) >= 8 << 20, end), (True, "more"))
    w.fault("endless", chunked=True)
    data, end = w.raw(most=4 << 20)
    must(b"Transfer-Encoding: chunked" in data[:500] and end == "more")
    w.fault("endless", length=3000000)
    same(len(w.ask("GET", MAPS).raw), 3000000)


def headers(w):
    """headers: so many of them, or no end of them"""
    w.fault("headers", count=100000)
    data, end = w.raw(most=1 << 24)
    same((data.count(b"\r\nX-Padding-"), end), (100000, "end"))
    must(data.endswith(b"\r\n\r\nok"), data[-80:])
    w.fault("headers")
    data, end = w.raw(most=8 << 20)
    same((b"\r\n\r\n" in data, end), (False, "more"))


def deep(w):
    """deep: JSON nested 100,000 deep"""
    w.fault("deep")
    raw = w.ask("GET", MAPS).raw
    same((raw.count(b"{"), raw.count(b"}")), (100000, 100000))


def duplicate_keys(w):
    """duplicate-keys: each key twice, the true value last"""
    w.ask("POST", MAPS, config_map(a="1"))
    w.fault("duplicate-keys")
    reply = w.ask("GET", f"{MAPS}/c")
    same(reply.raw.count(b'"metadata":'), 2)
    same(reply.json, w.person(f"{MAPS}/c"))


def dates(w):
    """no-date, bad-date: the header absent, or not a date"""
    must("date" in w.ask("GET", MAPS).headers)
    w.fault("no-date")
    must("date" not in w.ask("GET", MAPS).headers)
    w.fault("bad-date")
    same(w.ask("GET", MAPS).headers["date"], "yesterday")
    w.fault("bad-date", date="Fri, 02 Oct 2026 00:00:00 GMT")
    same(w.ask("GET", MAPS).headers["date"][:7], "Fri, 02")


def stale(w):
    """stale: an object or a list as it was some versions ago"""
    w.ask("POST", LEASES, lease(holderIdentity="old"))
    version = w.person(f"{LEASES}/x")["metadata"]["resourceVersion"]
    w.ask("PUT", f"{LEASES}/x", lease(version=version, holderIdentity="new"))
    w.fault("stale", times=2)
    same(w.ask("GET", f"{LEASES}/x").json["spec"]["holderIdentity"], "old")
    got = w.ask("GET", LEASES).json
    same((got["items"][0]["spec"]["holderIdentity"],
          got["metadata"]["resourceVersion"]), ("old", version))
    w.fault("stale", back=2)
    same(w.ask("PUT", f"{LEASES}/x", lease(version=version)).status, 409)
    same(w.ask("GET", f"{LEASES}/x").status, 404)
    same(w.ask("GET", f"{LEASES}/x").json["spec"]["holderIdentity"], "new")


def clock(w):
    """clock: time passes at an exchange"""
    w.fault("clock", advance=3600)
    same(w.ask("GET", MAPS).headers["date"][17:25], "01:00:00")


def matching(w):
    """match: method, path, agent, the nth that fits, the number of all"""
    w.fault("status", match={"method": "PUT|POST", "path": "configmaps$",
                             "agent": "^modelsync/", "nth": 2})
    agent = "modelsync/1 train-model/7"
    for method, path, who, code in (
            ("POST", MAPS, agent, 201), ("POST", MAPS, "curl", 409),
            ("GET", MAPS, agent, 200), ("POST", LEASES, agent, 422),
            ("POST", MAPS, agent, 500), ("POST", MAPS, agent, 409)):
        body = None if method == "GET" else config_map()
        if path == LEASES:
            body = lease("C_")
        same(w.ask(method, path, body, agent=who).status, code,
             f"{method} {path}")
    w.ctl("DELETE", "/record")
    w.fault("status", match={"n": 3}, times=0)
    same([w.ask("GET", MAPS).status for _ in range(4)], [200, 200, 500, 200])
    same(w.ctl("GET", "/faults")[1]["fired"], 1)


def times(w):
    """times: so often, 0 for ever, until they are removed"""
    w.fault("status", times=2)
    same([w.ask("GET", MAPS).status for _ in range(3)], [500, 500, 200])
    w.fault("status", times=0)
    same([w.ask("GET", MAPS).status for _ in range(3)], [500] * 3)
    w.ctl("DELETE", "/faults")
    same(w.ask("GET", MAPS).status, 200)
    for wrong in ({"kind": "nonsense"}, {"kind": "slow", "mss": 1}):
        try:
            w.ctl("POST", "/faults", wrong)
        except RuntimeError:
            continue
        raise AssertionError(f"taken: {wrong}")


def together(w):
    """slow and a fault at one exchange"""
    w.fault("slow", ms=50, times=0)
    w.fault("cut-after")
    breaks(w, "POST", MAPS, config_map())
    same(last(w), ("slow+cut-after", 0, True))
    same(w.ask("GET", MAPS).status, 200)


def closed(w):
    """a request in pieces, many in one piece, a body in chunks"""
    head = (f"GET /healthz HTTP/1.1\r\nHost: w\r\n"
            f"Authorization: Bearer {w.token}\r\n\r\n").encode()
    chunked = head.replace(b"GET", b"PUT").replace(
        b"\r\n\r\n", b"\r\nTransfer-Encoding: chunked\r\n\r\n"
        b"3\r\nabc\r\n0\r\n\r\n")
    with socket.create_connection(("127.0.0.1", w.where["port"]), 5) as s:
        for i in range(0, len(head), 7):
            s.sendall(head[i:i + 7])
        s.sendall(head + chunked + head)
        data = b""
        while data.count(b"HTTP/1.1") < 4:
            part = s.recv(65536)
            must(part, data)
            data += part
    same(len(w.record()), 4)


ALL = [refused, down, cut_before, cut_after, slow, silent, status,
       status_after, truncated, wrong_length, garbage, html, endless,
       headers, deep, duplicate_keys, dates, stale, clock, matching, times,
       together, closed]
