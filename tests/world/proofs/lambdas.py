"""What a lambda answers: what it was told to."""

import http.client

from proofs.client import must, same

PATH = "/lambda/labelbot/needsSync"


def program(w, *answers, **more):
    w.ctl("POST", "/lambda/program", dict(more, path=PATH,
                                          answers=list(answers)))


def ask(w, token="", **more):
    return w.ask("GET", PATH, token=token, **more)


def documents(w):
    """a NeedsSync, one after the other, the last for ever"""
    same(ask(w).status, 404)
    parameters = {"name": "projects/p/models/m"}
    program(w, {"needsSync": True, "parameters": parameters},
            {"needsSync": False})
    first = ask(w)
    same((first.status, first.headers["content-type"]),
         (200, "application/json; charset=UTF-8"))
    same(first.json, {"kind": "NeedsSync", "apiVersion": "v1alpha1",
                      "metadata": {"creationTimestamp": None},
                      "needsSync": True, "parameters": parameters})
    same([ask(w).json["needsSync"] for _ in range(2)], [False, False])
    same(w.ask("POST", PATH, {}).status, 405)
    same(w.ctl("GET", "/lambda/state")[PATH], {"asked": 3, "refused": 0})


def errors(w):
    """errors: 500 and the document that has them, or any status"""
    wrong = [{"message": "no model"}]
    program(w, "error", {"needsSync": True, "errors": wrong, "status": 200},
            {"status": 503, "body": "busy", "headers": {"Retry-After": "5"}})
    first = ask(w)
    same((first.status, len(first.json["errors"])), (500, 1))
    second = ask(w)
    same((second.status, second.json["errors"]), (200, wrong))
    third = ask(w)
    same((third.status, third.raw, third.headers["retry-after"]),
         (503, b"busy", "5"))


def other_answers(w):
    """HTML, no JSON, an empty body, a list, yes for true, another type"""
    program(w, "html", "not-json", "empty", "list", "yes", "wrong-type")
    html = ask(w)
    same((html.status, html.headers["content-type"]), (200, "text/html"))
    must(html.raw.startswith(b"<!DOCTYPE"))
    same([ask(w).raw for _ in range(2)], [b"needsSync: true\n", b""])
    must(isinstance(ask(w).json, list))
    same(ask(w).json["needsSync"], "yes")
    last = ask(w)
    same((last.headers["content-type"], last.json["needsSync"]),
         ("text/plain", True))


def redirects(w):
    """redirects: to itself, to loopback, to link-local, anywhere"""
    program(w, "self", {"redirect": "loopback", "status": 301}, "link-local",
            {"redirect": "https://elsewhere.example/x", "status": 307})
    port = w.where["port"]
    found = [ask(w) for _ in range(4)]
    same([(r.status, r.headers["location"]) for r in found],
         [(302, PATH), (301, f"http://127.0.0.1:{port}{PATH}"),
          (302, "http://169.254.169.254/latest/meta-data/"),
          (307, "https://elsewhere.example/x")])


def broken(w):
    """never, cut, truncated, garbage, nested 100,000 deep"""
    program(w, "never", "cut", "truncated", "garbage", "deep")
    same(w.raw(PATH, timeout=0.3), (b"", "silence"))
    same(w.raw(PATH), (b"", "reset"))
    try:
        ask(w)
        must(False, "a truncated answer was whole")
    except http.client.IncompleteRead:
        pass
    must(w.raw(PATH)[0].startswith(b"\x00\xff"))
    deep = ask(w)
    same((deep.status, deep.raw[:10]), (200, b'{"a":{"a":'))
    same([line["fault"] for line in w.record()],
         ["silent", "cut-before", "truncated", "garbage", "deep"])


def huge(w):
    """1 GB is announced and sent; without end it never stops"""
    program(w, "huge", "endless")
    data, how = w.raw(PATH, most=1 << 23)
    same(how, "more")
    must(b"Content-Length: 1073741824\r\n" in data[:400])
    data, how = w.raw(PATH, most=1 << 23)
    must(how == "more" and b"chunked" in data[:400])


def tokens(w):
    """a lambda with a token answers nobody who lacks it"""
    program(w, {"needsSync": True}, bearer="secret")
    for token in ("", "wrong"):
        reply = ask(w, token)
        same((reply.status, reply.headers["www-authenticate"]),
             (401, "Bearer"))
    same(ask(w, "secret").status, 200)
    same(w.ctl("GET", "/lambda/state")[PATH], {"asked": 1, "refused": 2})


def under_faults(w):
    """what a rule spoils was an answer too; a dump holds what is to come"""
    program(w, "html", "yes", "deep")
    w.fault("status", match={"path": "needsSync"}, status=418)
    same(ask(w).status, 418)
    dump = w.ctl("GET", "/dump")
    w.ctl("POST", "/reset")
    same(ask(w).status, 404)
    w.ctl("PUT", "/dump", dump)
    same(ask(w).json["needsSync"], "yes")
    w.fault("slow", match={"path": "needsSync"}, ms=1)
    same(ask(w).raw[:5], b'{"a":')


ALL = [documents, errors, other_answers, redirects, broken, huge, tokens,
       under_faults]
