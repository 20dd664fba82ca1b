"""A world's Google, asked as by one of its accounts."""

import http.client
from urllib.parse import quote

from proofs.client import Reply, must, same

PARENT = "projects/p/locations/us-central1"
TOKEN = ("/computeMetadata/v1/instance/service-accounts/default/token")


class Cloud:
    """One service: `host` is "automl" or "aiplatform"."""

    def __init__(self, world, host):
        self.world = world
        self.host = f"{host}.localhost"
        self.token = self.fresh_token()

    def fresh_token(self):
        own = http.client.HTTPConnection("127.0.0.1",
                                         self.world.where["port"], 10)
        own.request("GET", TOKEN, headers={"Metadata-Flavor": "Google"})
        answer = own.getresponse()
        reply = Reply(answer.status, answer.getheaders(), answer.read())
        own.close()
        return reply.json["access_token"]

    def ask(self, method, path, body=None):
        """Below the parent, unless the path has it."""
        if not path.startswith("projects/"):
            path = f"{PARENT}/{path}"
        return self.world.ask(method, f"/v1/{path}", body, token=self.token,
                              host=self.host)

    def get(self, path):
        return self.good("GET", path)

    def good(self, method, path, body=None):
        reply = self.ask(method, path, body)
        same(reply.status, 200, reply.raw)
        return reply.json

    def pages(self, path, member, size):
        """Every item of a list, taken page by page; how many there were."""
        found, count, token = [], 0, ""
        mark = "&" if "?" in path else "?"
        while True:
            page = self.get(f"{path}{mark}pageSize={size}&pageToken={token}")
            count += 1
            must(len(page.get(member, [])) <= size, "more than a page")
            found += page.get(member, [])
            token = page.get("nextPageToken", "")
            if not token:
                return found, count

    def tell(self, what, **value):
        return self.world.ctl("POST", f"/google/{what}", value)

    def state(self):
        return self.world.ctl("GET", "/google/state")

    def wait(self, seconds):
        """Tokens do not last."""
        self.world.ctl("POST", "/clock", {"advance": seconds})
        self.token = self.fresh_token()


def wrong(reply, status, name, *words):
    """A refusal of Google's form."""
    error = reply.json["error"]
    same((reply.status, error["code"], error["status"]),
         (status, status, name), reply.raw)
    for word in words:
        must(word in error["message"], error["message"], "lacks", word)


def names(reply, field):
    """That the refusal says which field is meant."""
    found = reply.json["error"]["details"][0]["fieldViolations"][0]
    same(found.get("field"), field)


class Old(Cloud):
    """BigQuery and Cloud Storage, known by their paths; errors are of the
    older form, with a reason."""

    def __init__(self, world):
        super().__init__(world, "www")

    def ask(self, method, path, body=None, media=None):
        return self.world.ask(method, path, body, token=self.token,
                              media=media)

    def stored(self, name):
        """The bytes of an object of the bucket `bucket`."""
        reply = self.ask("GET", "/storage/v1/b/bucket/o/"
                         f"{quote(name, '')}?alt=media")
        same(reply.status, 200, reply.raw)
        return reply.raw

    @staticmethod
    def wrong(reply, status, reason, *words):
        error = reply.json["error"]
        same((reply.status, error["code"], error["errors"][0]["reason"]),
             (status, status, reason), reply.raw)
        for word in words:
            must(word in error["message"], error["message"], "lacks", word)

    def refused(self, ask, permission):
        """Nobody may, and an account that may nothing may not."""
        good = self.token
        self.token = "x"
        self.wrong(ask(), 401, "authError")
        self.tell("accounts", email="poor@p.example.com", permissions=[],
                  default=True)
        self.token = self.fresh_token()
        self.wrong(ask(), 403, "accessDenied", permission)
        self.token = good
