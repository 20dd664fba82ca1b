"""The simulated Cloud Storage."""

import json
from urllib.parse import quote

from proofs.client import must, same
from proofs.cloud import Old

B = "/storage/v1/b/bucket/o"


class Storage(Old):
    """With one bucket."""

    def __init__(self, world):
        super().__init__(world)
        self.tell("buckets", name="bucket")

    def put(self, name, text, match=None, bucket="bucket"):
        path = (f"/upload/storage/v1/b/{bucket}/o?uploadType=media&name="
                f"{quote(name, '')}")
        if match is not None:
            path += f"&ifGenerationMatch={match}"
        return self.ask("POST", path, text, media="text/plain")

    def multipart(self, head, text):
        line = b"--x\r\nContent-Type: "
        body = (line + b"application/json\r\n\r\n" + json.dumps(head).encode()
                + b"\r\n" + line + b"text/csv\r\n\r\n" + text.encode()
                + b"\r\n--x--\r\n")
        return self.ask(
            "POST", "/upload/storage/v1/b/bucket/o?uploadType=multipart",
            body, media="multipart/related; boundary=x")

    def names(self, query=""):
        reply = self.ask("GET", B + query)
        same(reply.status, 200, reply.raw)
        return [i["name"] for i in reply.json.get("items", [])]


def generations(world):
    "what is to be new is made once; a change is of the generation it names"
    at = Storage(world)
    one = at.put("a", "1", 0)
    same(one.status, 200, one.raw)
    at.wrong(at.put("a", "2", 0), 412, "conditionNotMet")
    same(at.stored("a"), b"1")
    two = at.put("a", "2", one.json["generation"])
    same(two.status, 200, two.raw)
    must(int(two.json["generation"]) > int(one.json["generation"]))
    at.wrong(at.put("a", "3", one.json["generation"]), 412,
             "conditionNotMet")
    at.wrong(at.put("b", "3", one.json["generation"]), 412,
             "conditionNotMet")
    same(at.put("a", "3").status, 200)
    same(at.stored("a"), b"3")


def lost(world):
    "a write whose answer is lost was made, and is not made twice"
    at = Storage(world)
    world.fault("cut-after", match={"method": "POST"})
    try:
        at.put("a", "1", 0)
        raise AssertionError("an answer")
    except ConnectionError:
        pass
    at.wrong(at.put("a", "2", 0), 412, "conditionNotMet")
    same(at.stored("a"), b"1")


def deleted(world):
    "an object is deleted once, and only as the generation it is"
    at = Storage(world)
    made = at.put("a", "1").json["generation"]
    at.wrong(at.ask("DELETE", f"{B}/a?ifGenerationMatch=1"), 412,
             "conditionNotMet")
    same(at.ask("DELETE", f"{B}/a?ifGenerationMatch={made}").status, 204)
    at.wrong(at.ask("DELETE", f"{B}/a"), 404, "notFound")
    same(at.names(), [])


def parts(world):
    "metadata and bytes in one request, and back"
    at = Storage(world)
    head = {"name": "d/a.csv", "metadata": {"modelsync-owner": "o"}}
    same(at.multipart(head, "1,2\n").status, 200)
    found = at.ask("GET", f"{B}/d%2Fa.csv").json
    same((found["metadata"], found["contentType"], found["size"]),
         ({"modelsync-owner": "o"}, "text/csv", "4"))
    same(at.ask("GET", f"{B}/d%2Fa.csv?alt=media").raw, b"1,2\n")
    at.wrong(at.multipart(dict(head, zz=1), ""), 400, "badRequest", "zz")
    at.wrong(at.multipart({}, ""), 400, "required")
    at.wrong(at.ask("POST", "/upload/storage/v1/b/bucket/o?name=a", "1"),
             400, "invalid", "uploadType")


def listed(world):
    "lists in the order of names, by prefix or glob; an empty one has none"
    at = Storage(world)
    must("items" not in at.ask("GET", B).json)
    for name in ("m/b/manifest.json", "m/a/manifest.json", "m/a/data-0",
                 "m/manifest.json", "n"):
        at.put(name, "x")
    same(at.names(), ["m/a/data-0", "m/a/manifest.json", "m/b/manifest.json",
                      "m/manifest.json", "n"])
    same(at.names("?prefix=m/a/"), ["m/a/data-0", "m/a/manifest.json"])
    same(at.names("?matchGlob=m/*/manifest.json"),
         ["m/a/manifest.json", "m/b/manifest.json"])
    same(at.names("?matchGlob=m/**.json"),
         ["m/a/manifest.json", "m/b/manifest.json", "m/manifest.json"])
    same(at.names("?prefix=z"), [])


def pages(world):
    "a list in pages; what comes meanwhile is in order, not twice"
    at = Storage(world)
    at.tell("buckets", name="bucket", page=3)
    for i in range(7):
        at.put(f"a{i}", "x")
    found, token, count = [], "", 0
    while True:
        page = at.ask("GET", f"{B}?maxResults=1000&pageToken={token}").json
        found += [i["name"] for i in page["items"]]
        token = page.get("nextPageToken")
        count += 1
        if token is None:
            break
        must(len(page["items"]) == 3)
        at.put("a00", "came before what was read")
    same((found, count), ([f"a{i}" for i in range(7)], 3))


def absent(world):
    "what is not there: a bucket, an object, a name without its quotes"
    at = Storage(world)
    at.put("d/a", "x")
    at.wrong(at.ask("GET", "/storage/v1/b/none/o"), 404, "notFound",
             "bucket")
    at.wrong(at.put("a", "x", bucket="none"), 404, "notFound", "bucket")
    at.wrong(at.ask("GET", f"{B}/a"), 404, "notFound", "bucket/a")
    same(at.ask("GET", f"{B}/d%2Fa?alt=media").raw, b"x")


def roles(world):
    "without a token 401; without the permission 403 that names it"
    at = Storage(world)
    at.refused(lambda: at.put("a", "x"), "storage.objects.create")
    at.refused(lambda: at.ask("GET", B), "storage.objects.list")
    at.refused(lambda: at.ask("GET", f"{B}/a"), "storage.objects.get")
    at.refused(lambda: at.ask("DELETE", f"{B}/a"), "storage.objects.delete")
    same(at.state()["objects"], {})


ALL = (generations, lost, deleted, parts, listed, pages, absent, roles)
