"""Cloud Storage: buckets and objects, with generations as preconditions."""

import base64
import email.parser
import email.policy
import hashlib
import json
import re
from urllib.parse import unquote

from google.errors import Fail, form, unknown_keys
from message import Answer

ROOT = re.compile(r"/(upload/)?storage/v1/b/([^/]+)(?:/o(?:/(.+))?)?$")
METADATA = dict.fromkeys((
    "name", "bucket", "contentType", "metadata", "cacheControl", "crc32c",
    "md5Hash", "storageClass", "contentEncoding", "contentDisposition",
    "contentLanguage", "customTime"))


def translate(pattern):
    """matchGlob to a regular expression."""
    out = ""
    i = 0
    while i < len(pattern):
        if pattern.startswith("**", i):
            out += ".*"
            i += 1
        elif pattern[i] == "*":
            out += "[^/]*"
        elif pattern[i] == "?":
            out += "[^/]"
        else:
            out += re.escape(pattern[i])
        i += 1
    return re.compile(out + r"\Z", re.S)


class Storage:
    name = "storage"

    def __init__(self, clock, auth):
        self.clock = clock
        self.auth = auth
        self.reset()

    def reset(self):
        self.buckets = {}
        self.generation = 1700000000000000
        self.page = 1000

    def dump(self):
        return {"buckets": {
            name: {key: dict(item, data=base64.b64encode(
                item["data"]).decode()) for key, item in objects.items()}
            for name, objects in self.buckets.items()},
                "generation": self.generation, "page": self.page}

    def load(self, state):
        self.generation = state["generation"]
        self.page = state["page"]
        self.buckets = {
            name: {key: dict(item, data=base64.b64decode(item["data"]))
                   for key, item in objects.items()}
            for name, objects in state["buckets"].items()}

    def owns(self, request):
        return request.path.startswith(("/storage/v1/", "/upload/storage/"))

    def form(self, code):
        return form(code, old=True)

    def bucket(self, name):
        if name not in self.buckets:
            raise Fail(404, None, "The specified bucket does not exist.",
                       "notFound")
        return self.buckets[name]

    def answer(self, request):
        try:
            return self.route(request)
        except Fail as fail:
            return fail.answer()

    def route(self, request):
        match = ROOT.match(request.raw_path)
        if match is None:
            raise Fail(404, None, "Not Found", "notFound")
        upload, bucket, name = match.groups()
        name = None if name is None else unquote(name)
        if request.method == "POST" and upload:
            return self.insert(request, bucket)
        if request.method == "GET" and name is None:
            return self.list(request, bucket)
        if request.method == "GET":
            return self.get(request, bucket, name)
        if request.method == "DELETE" and name is not None:
            return self.delete(request, bucket, name)
        raise Fail(405, None, "Method Not Allowed", "methodNotAllowed")

    def check(self, request, what, bucket):
        self.auth.check(request, f"storage.objects.{what}",
                        f"projects/_/buckets/{bucket}", old=True)
        return self.bucket(bucket)

    def view(self, bucket, name):
        item = self.bucket(bucket)[name]
        data = item["data"]
        return {"kind": "storage#object",
                "id": f"{bucket}/{name}/{item['generation']}",
                "name": name, "bucket": bucket,
                "generation": str(item["generation"]), "metageneration": "1",
                "contentType": item["type"], "size": str(len(data)),
                "md5Hash": base64.b64encode(
                    hashlib.md5(data).digest()).decode(),
                "etag": f"etag-{item['generation']}",
                "timeCreated": item["created"], "updated": item["created"],
                **({"metadata": item["metadata"]} if item["metadata"]
                   else {})}

    def put(self, bucket, name, data, kind="application/octet-stream",
            metadata=None):
        """As the programs of Google itself write."""
        self.generation += 1
        self.bucket(bucket)[name] = {
            "data": data, "type": kind, "metadata": metadata or {},
            "generation": self.generation, "created": self.clock.micro()}

    @staticmethod
    def precondition(request, item):
        wanted = request.query.get("ifGenerationMatch")
        have = "0" if item is None else str(item["generation"])
        if wanted is not None and wanted != have:
            raise Fail(412, None, "At least one of the pre-conditions you "
                       "specified did not hold.", "conditionNotMet")

    def insert(self, request, bucket):
        objects = self.check(request, "create", bucket)
        kind = request.headers.get("content-type", "")
        head = {}
        data = request.body
        if request.query.get("uploadType") == "multipart":
            head, kind, data = self.parts(kind, data)
        elif request.query.get("uploadType") != "media":
            raise Fail(400, None, "unknown uploadType", "invalid")
        name = request.query.get("name", head.get("name"))
        if not name:
            raise Fail(400, None, "Required object name missing", "required")
        self.precondition(request, objects.get(name))
        self.put(bucket, name, data, head.get("contentType", kind),
                 head.get("metadata"))
        return Answer.of(200, self.view(bucket, name),
                         effect=f"object gs://{bucket}/{name} written")

    @staticmethod
    def parts(kind, body):
        """The two parts of multipart/related."""
        message = email.parser.BytesParser(
            policy=email.policy.HTTP).parsebytes(
                b"Content-Type: " + kind.replace("'", '"').encode()
                + b"\r\n\r\n" + body)
        parts = message.get_payload()
        if not message.is_multipart() or len(parts) != 2:
            raise Fail(400, None, "Malformed multipart body.", "badContent")
        head = json.loads(parts[0].get_payload(decode=True))
        unknown_keys(head, METADATA)
        return (head, parts[1].get_content_type(),
                parts[1].get_payload(decode=True))

    def get(self, request, bucket, name):
        objects = self.check(request, "get", bucket)
        if name not in objects:
            raise Fail(404, None, f"No such object: {bucket}/{name}",
                       "notFound")
        if request.query.get("alt") == "media":
            return Answer(200, objects[name]["data"],
                          kind=objects[name]["type"])
        return Answer.of(200, self.view(bucket, name))

    def delete(self, request, bucket, name):
        objects = self.check(request, "delete", bucket)
        if name not in objects:
            raise Fail(404, None, f"No such object: {bucket}/{name}",
                       "notFound")
        self.precondition(request, objects[name])
        del objects[name]
        return Answer(204, effect=f"object gs://{bucket}/{name} deleted")

    def list(self, request, bucket):
        names = sorted(self.check(request, "list", bucket))
        query = request.query
        if "prefix" in query:
            names = [n for n in names if n.startswith(query["prefix"])]
        if "matchGlob" in query:
            glob = translate(query["matchGlob"])
            names = [n for n in names if glob.match(n)]
        names = [n for n in names if n > query.get("pageToken", "")]
        size = min(int(query.get("maxResults", 1000)), self.page)
        found = {"kind": "storage#objects"}
        if names:
            found["items"] = [self.view(bucket, n) for n in names[:size]]
        if len(names) > size:
            found["nextPageToken"] = names[size - 1]
        return Answer.of(200, found)
