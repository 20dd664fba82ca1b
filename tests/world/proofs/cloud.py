"""A world's Google, asked as by one of its accounts."""

import http.client

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
