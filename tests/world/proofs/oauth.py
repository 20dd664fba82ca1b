"""The simulated metadata server, and the token endpoint of OAuth 2."""

import base64
import json
import os
import subprocess
import tempfile
from datetime import datetime
from urllib.parse import urlencode

from proofs.client import must, same
from proofs.cloud import TOKEN, Cloud

GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EMAIL = "robot@p.example.com"
FORM = "application/x-www-form-urlencoded"


class Key:
    """A pair of RSA's, made by openssl."""

    def __init__(self):
        made = subprocess.run(["openssl", "genrsa", "2048"], check=True,
                              capture_output=True)
        self.private = made.stdout
        self.public = subprocess.run(
            ["openssl", "rsa", "-pubout"], input=made.stdout, check=True,
            capture_output=True).stdout.decode()

    def sign(self, text):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "key")
            with open(path, "wb") as file:
                file.write(self.private)
            return subprocess.run(
                ["openssl", "dgst", "-sha256", "-sign", path],
                input=text.encode(), check=True, capture_output=True).stdout


def base64url(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def now(world):
    return int(datetime.fromisoformat(
        world.ctl("GET", "/clock")["now"].replace("Z", "+00:00")).timestamp())


def assertion(world, key, alg="RS256", **claims):
    """A token that says who asks; a claim that is None is left out."""
    at = now(world)
    claims = {"iss": EMAIL, "scope": "s", "aud": "http://x/token",
              "iat": at, "exp": at + 3600, **claims}
    text = ".".join(base64url(json.dumps(part).encode()) for part in (
        {"alg": alg, "typ": "JWT"},
        {k: v for k, v in claims.items() if v is not None}))
    return f"{text}.{base64url(key.sign(text))}"


def token(world, **fields):
    return world.ask("POST", "/token", urlencode(fields), token="",
                     media=FORM)


def jwt(world, text):
    return token(world, grant_type=GRANT, assertion=text)


def denied(reply, error, *words):
    same((reply.status, reply.json["error"]), (400, error), reply.raw)
    for word in words:
        must(word in reply.json["error_description"], reply.raw, word)


def works(world, reply):
    """That it is a token of some account's."""
    same(reply.status, 200, reply.raw)
    found = reply.json
    same((found["token_type"], found["expires_in"]), ("Bearer", 3599))
    return lists(world, found["access_token"])


def lists(world, text):
    return world.ask("GET", "/storage/v1/b/bucket/o", token=text).status


def metadata(world):
    "the metadata server answers who says that it means it"
    world.ctl("POST", "/google/buckets", {"name": "bucket"})
    same(world.ask("GET", TOKEN, token="").status, 403)
    at = Cloud(world, "storage")
    same(lists(world, at.token), 200)
    must(at.fresh_token() != at.token)


def lapsed(world):
    "a token lasts for 3599 seconds, and one that nobody made not at all"
    at = Cloud(world, "storage")
    world.ctl("POST", "/google/buckets", {"name": "bucket"})
    text = at.token
    world.ctl("POST", "/clock", {"advance": 3599})
    same(lists(world, text), 200)
    world.ctl("POST", "/clock", {"advance": 1})
    same(lists(world, text), 401)
    same(lists(world, text + "x"), 401)
    same(lists(world, ""), 401)


def signed(world):
    "an assertion that verifies, by the key of its account and no other"
    world.ctl("POST", "/google/buckets", {"name": "bucket"})
    key = Key()
    denied(jwt(world, assertion(world, key)), "invalid_grant", "not found")
    world.ctl("POST", "/google/accounts", {"email": EMAIL,
                                           "public": key.public})
    same(works(world, jwt(world, assertion(world, key))), 200)
    good = assertion(world, key)
    head, _, signature = good.split(".")
    claims = assertion(world, key, scope="more").split(".")[1]
    for text in (f"{head}.{claims}.{signature}",
                 assertion(world, Key()),
                 assertion(world, key, alg="none")):
        denied(jwt(world, text), "invalid_grant", "Signature")
    for text in ("", "a.b", "a.b.c"):
        denied(jwt(world, text), "invalid_grant", "Invalid JWT")


def in_time(world):
    "an assertion is of now: five minutes ahead, an hour long, not over"
    key = Key()
    world.ctl("POST", "/google/accounts", {"email": EMAIL,
                                           "public": key.public})
    at = now(world)
    for iat, exp, good in (
            (at + 300, at + 3000, True), (at + 301, at + 3000, False),
            (at - 3600, at, True), (at - 3601, at - 1, False),
            (at, at + 3600, True), (at, at + 3601, False)):
        reply = jwt(world, assertion(world, key, iat=iat, exp=exp))
        if good:
            same(reply.status, 200, reply.raw)
        else:
            denied(reply, "invalid_grant", "short-lived")


def narrow(world):
    "an assertion says what for, and whom it asks"
    key = Key()
    world.ctl("POST", "/google/accounts", {"email": EMAIL,
                                           "public": key.public})
    denied(jwt(world, assertion(world, key, scope=None)), "invalid_scope")
    denied(jwt(world, assertion(world, key, aud="http://x/other")),
           "invalid_scope")
    denied(jwt(world, assertion(world, key, aud=None)), "invalid_scope")


def refreshed(world):
    "a refresh token that is known, and grants that there are"
    world.ctl("POST", "/google/buckets", {"name": "bucket"})
    fields = {"grant_type": "refresh_token", "refresh_token": "r1"}
    denied(token(world, **fields), "invalid_grant")
    world.ctl("POST", "/google/accounts", {"email": "ann@example.com",
                                           "refresh": "r1"})
    same(works(world, token(world, **fields)), 200)
    denied(token(world, grant_type="password"), "unsupported_grant_type")
    denied(token(world), "unsupported_grant_type")


def accounts(world):
    "what an account may do holds for its tokens, old ones too"
    at = Cloud(world, "storage")
    world.ctl("POST", "/google/buckets", {"name": "bucket"})
    at.tell("accounts", email="poor@p.example.com", permissions=[],
            default=True)
    same(lists(world, at.token), 200)
    at.token = at.fresh_token()
    same(lists(world, at.token), 403)
    at.tell("accounts", email="poor@p.example.com",
            permissions=["storage.objects.list"])
    same(lists(world, at.token), 200)


ALL = (metadata, lapsed, signed, in_time, narrow, refreshed, accounts)
