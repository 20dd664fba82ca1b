"""A world's GitHub and its repositories, as programs and people see them."""

import base64
import http.client
import json
import os
import subprocess
import tempfile

from proofs.client import Reply, must, same

API = "/api/v3"
REPO = "acme/models"
FILE = "config.yaml"
ZERO = "0" * 40
WRITER = {"contents": "write", "pull_requests": "write"}


class Forge:
    """The repository acme/models, an app that may write there, and one of
    its tokens."""

    def __init__(self, world, **settings):
        self.world = world
        self.tell("create", repo=REPO, files={FILE: "model: m1\n"},
                  **{"auth": [], **settings})
        self.tell("app", id=7, slug="sync", public=KEYS.public,
                  account="acme", permissions=WRITER)
        self.token = self.grant()

    def tell(self, what, **value):
        return self.world.ctl("POST", f"/github/{what}", value)

    def state(self):
        return self.world.ctl("GET", "/github/state")

    def tip(self, branch, repo=REPO):
        return self.state()["repositories"][repo]["branches"].get(branch)

    def jwt(self, key=None, **claims):
        now = int(self.world.ctl("GET", "/clock")["seconds"])
        return KEYS.sign({"iat": now - 60, "exp": now + 540, "iss": "7",
                          **claims}, key)

    def grant(self, **body):
        reply = self.ask("POST", "/app/installations/507/access_tokens",
                         body, token=self.jwt())
        same(reply.status, 201, reply.raw)
        return reply.json["token"]

    def ask(self, method, path, body=None, *, token=None, host=None,
            headers=(), api=API):
        token = self.token if token is None else token
        own = http.client.HTTPConnection(
            "127.0.0.1", self.world.where["port"], timeout=10)
        fields = {"User-Agent": "modelsync/1 deploy-model/7", **dict(headers)}
        if token:
            fields["Authorization"] = f"Bearer {token}"
        if host:
            fields["Host"] = host
        own.request(method, api + path, None if body is None
                    else json.dumps(body), {
                        k: v for k, v in fields.items() if v is not None})
        answer = own.getresponse()
        reply = Reply(answer.status, answer.getheaders(), answer.read())
        own.close()
        return reply

    def repo(self, method, path, body=None, **more):
        """Below the repository."""
        return self.ask(method, f"/repos/{REPO}{path}", body, **more)

    def good(self, method, path, body=None, status=200):
        reply = self.repo(method, path, body)
        same(reply.status, status, reply.raw)
        return reply.json

    def branch(self, name="b", text="model: m2\n", **more):
        """A commit on it, by nobody of ours."""
        return self.tell("push", repo=REPO, branch=name, files={FILE: text},
                         **more)["oid"]

    def open(self, head="b", **more):
        return self.good("POST", "/pulls", {
            "title": "t", "head": head, "base": "main", **more}, 201)

    def pull(self, number=1):
        return self.good("GET", f"/pulls/{number}")


class Keys:
    """A key of RSA, made when first asked for."""

    def __init__(self):
        self.folder = None

    def run(self, *args, data=b""):
        return subprocess.run(["openssl", *args], input=data, check=True,
                              cwd=self.make(), capture_output=True).stdout

    def make(self):
        if self.folder is None:
            self.folder = tempfile.TemporaryDirectory(prefix="world-keys-")
            for name in ("key", "other"):
                self.run("genrsa", "-traditional", "-out", name, "2048")
        return self.folder.name

    @property
    def public(self):
        return self.run("rsa", "-in", "key", "-pubout").decode()

    def sign(self, claims, key=None, alg="RS256"):
        parts = ".".join(
            base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
            .decode() for part in ({"alg": alg, "typ": "JWT"}, claims))
        sign = self.run("dgst", "-sha256", "-sign", key or "key",
                        data=parts.encode())
        return f"{parts}.{base64.urlsafe_b64encode(sign).decode()}".rstrip(
            "=")


KEYS = Keys()


class Clone:
    """A folder for the real git, with a home of its own."""

    def __init__(self, world, password=None, user="x-access-token"):
        self.world = world
        self.folder = tempfile.TemporaryDirectory(prefix="world-clone-")
        self.at = os.path.join(self.folder.name, "c")
        scheme, _, place = world.where["url"].partition("://")
        login = f"{user}:{password}@" if password else ""
        self.url = f"{scheme}://{login}{place}/{REPO}.git"
        self.env = {
            "PATH": os.environ["PATH"], "HOME": self.folder.name,
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0",
            "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@localhost",
            "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@localhost",
            "GIT_SSL_CAINFO": world.where["ca"] or "", "LC_ALL": "C"}

    def git(self, *args, good=True, inside=True, **env):
        done = subprocess.run(
            ["git", *args], cwd=self.at if inside else self.folder.name,
            env={**self.env, **env}, capture_output=True, text=True,
            timeout=60, check=False)
        if good is not None:
            same(done.returncode == 0, good, f"git {args} {done.stderr}")
        return done.stdout.strip() if good else done.stderr

    def clone(self, *options, good=True, **env):
        return self.git("clone", "-q", *options, self.url, "c", good=good,
                        inside=False, **env)

    def commit(self, text, branch="b"):
        self.git("checkout", "-q", "-B", branch)
        with open(os.path.join(self.at, FILE), "w",
                  encoding="utf-8") as file:
            file.write(text)
        self.git("commit", "-q", "-a", "-m", "ours")
        return self.git("rev-parse", "HEAD")


def no(reply, status, *words):
    """A refusal of GitHub's form, with these words somewhere."""
    same((reply.status, reply.json["status"]), (status, str(status)),
         reply.raw)
    must(reply.json["documentation_url"], reply.raw)
    for word in words:
        must(word in reply.raw.decode(), reply.raw, "lacks", word)
