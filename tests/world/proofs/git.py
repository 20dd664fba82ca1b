"""The repositories of the world, with the real git."""

import base64
import os
import socket
import subprocess

from proofs.client import World, must, same
from proofs.forge import FILE, REPO, ZERO, Clone, Forge

PATH = f"/{REPO}.git/"


def encrypted(world):
    "git clones, fetches and pushes over TLS, by version 2 and by version 0"
    own = World("--tls")
    try:
        for version in ("2", "0"):
            own.fresh()
            own.ctl("POST", "/github/create", {
                "repo": REPO, "files": {FILE: "one\n"}})
            whole(own, version)
        same(own.stop(), [])
    finally:
        own.process.kill()


def whole(world, version):
    at = Clone(world)
    speak = ("-c", f"protocol.version={version}")
    at.git(*speak, "clone", "-q", at.url, "c", inside=False)
    oid = at.commit("two\n")
    at.git(*speak, "push", "-q", "origin", "b")
    other = Clone(world)
    other.git(*speak, "clone", "-q", "--filter=blob:none", "--depth", "1",
              "--no-checkout", "-b", "b", at.url, "c", inside=False)
    same(other.git("rev-parse", "HEAD"), oid)
    same(other.git("rev-list", "--count", "HEAD"), "1")
    objects = other.git("rev-list", "--objects", "--missing=print", "HEAD")
    must("\n?" in objects, "no blob is missing:", objects)
    same(other.git(*speak, "show", f"HEAD:{FILE}"), "two")
    world.ctl("POST", "/github/push", {
        "repo": REPO, "branch": "b", "files": {FILE: "three\n"}})
    at.git(*speak, "fetch", "-q", "origin")
    same(at.git("show", f"origin/b:{FILE}"), "three")


def recorded(world):
    "a push is a write, and names the refs that moved; a fetch is none"
    forge = Forge(world, auth=None)
    at = Clone(world)
    at.clone()
    main = forge.tip("main")
    oid = at.commit("two\n")
    at.git("push", "-q", "origin", "b", "HEAD:refs/heads/main")
    posts = [(line["path"].rpartition("/")[2], line["mutating"],
              line["effect"]) for line in world.record()
             if line["method"] == "POST" and PATH in line["path"]]
    same(posts[0], ("git-upload-pack", False, None))
    same(posts[-1], ("git-receive-pack", True,
                     f"{REPO} refs/heads/b {ZERO}..{oid}, "
                     f"{REPO} refs/heads/main {main}..{oid}"))
    at.git("push", "-q", "origin", ":b")
    same(world.record()[-1]["effect"],
         f"{REPO} refs/heads/b {oid}..{ZERO}")


def passwords(world):
    "who may come in, who may only read, and who may not"
    forge = Forge(world, auth=[
        {"user": "u", "password": "p"},
        {"user": "r", "password": "p", "readOnly": True}])
    ask = f"{PATH}info/refs?service=git-"
    reply = forge.ask("GET", ask + "upload-pack", token="", api="")
    same((reply.status, reply.headers["www-authenticate"]),
         (401, 'Basic realm="GitHub"'))
    for user, service, status in (
            ("u:p", "upload-pack", 200), ("u:p", "receive-pack", 200),
            ("u:q", "upload-pack", 401), ("r:p", "upload-pack", 200),
            ("r:p", "receive-pack", 403), ("x:", "upload-pack", 401)):
        word = base64.b64encode(user.encode()).decode()
        reply = forge.ask("GET", ask + service, token="", api="", headers={
            "Authorization": f"Basic {word}"})
        same(reply.status, status, f"{user} {service}")
    at = Clone(world, "p", "u")
    at.clone()
    at.commit("two\n")
    at.git("push", "-q", "origin", "b")
    same(forge.state()["pushes"][-1]["who"], "u")


def tokens(world):
    "an installation's token is a password, with its permissions and end"
    forge = Forge(world)
    at = Clone(world, forge.token)
    at.clone()
    at.commit("two\n")
    at.git("push", "-q", "origin", "b")
    last = forge.state()["pushes"][-1]
    same((last["who"], last["person"]), ("sync[bot]", False))
    read = forge.grant(permissions={"contents": "read"})
    Clone(world, read).clone()
    said = at.git("push", "-q", Clone(world, read).url, "b:c", good=False)
    must("remote: Write access to repository not granted." in said, said)
    none = forge.grant(permissions={"pull_requests": "write"})
    Clone(world, none).clone(good=False)
    Clone(world, forge.token, "somebody").clone(good=False)
    world.ctl("POST", "/clock", {"advance": 3600})
    Clone(world, forge.token).clone(good=False)


def versions(world):
    "a server of version 0 answers so to who asks for 2"
    forge = Forge(world, auth=None)
    ask = f"{PATH}info/refs?service=git-upload-pack"
    two = {"Git-Protocol": "version=2"}
    must(b"version 2" in forge.ask("GET", ask, api="", token="",
                                   headers=two).raw)
    forge.tell("repository", repo=REPO, protocol=0)
    reply = forge.ask("GET", ask, api="", token="", headers=two)
    must(b"version 2" not in reply.raw and b"refs/heads/main" in reply.raw,
         reply.raw)
    at = Clone(world)
    at.clone("--depth", "1")
    same(at.git("rev-list", "--count", "HEAD"), "1")


def abilities(world):
    "a server without filter, and one without shallow, in both versions"
    forge = Forge(world, auth=None)
    ask = f"{PATH}info/refs?service=git-upload-pack"
    for key, word in (("filter", b"filter"), ("shallow", b"shallow")):
        for version in ("version=2", None):
            for on in (False, True):
                forge.tell("repository", repo=REPO, **{key: on})
                reply = forge.ask("GET", ask, api="", token="",
                                  headers={"Git-Protocol": version})
                same(word in reply.raw, on, f"{key} {version}")
    forge.tell("repository", repo=REPO, shallow=False)
    said = Clone(world).clone("--depth", "1", good=False)
    must("shallow" in said, said)
    Clone(world).clone()


def elsewhere(world):
    "a renamed repository is found where it went"
    forge = Forge(world, auth=None)
    at = Clone(world)
    at.clone()
    forge.tell("repository", repo=REPO, renamed="acme/other")
    reply = forge.ask("GET", f"{PATH}info/refs?service=git-upload-pack",
                      api="", token="")
    same(reply.status, 301)
    must(reply.headers["location"].endswith(
        "/acme/other.git/info/refs?service=git-upload-pack"))
    at.git("fetch", "-q")
    at.commit("two\n")
    at.git("push", "-q", "origin", "b")
    must(forge.tip("b", "acme/other"), "nothing came")


def archived(world):
    "an archived repository is read, and not written"
    forge = Forge(world, auth=None)
    forge.tell("repository", repo=REPO, archived=True)
    at = Clone(world)
    at.clone()
    at.commit("two\n")
    said = at.git("push", "-q", "origin", "b", good=False)
    must("This repository was archived so it is read-only." in said
         and "403" in said, said)


def protected(world):
    "a protected branch, one without force, and commits without signature"
    forge = Forge(world, auth=None, noForce=["b"], protected={
        "main": "Changes must be made through a pull request."})
    at = Clone(world)
    at.clone()
    at.commit("two\n")
    at.git("push", "-q", "origin", "b")
    said = at.git("push", "-q", "origin", "b:main", good=False)
    must("remote: error: GH006: Protected branch update failed for "
         "refs/heads/main." in said and "through a pull request" in said
         and "[remote rejected] b -> main" in said, said)
    at.git("commit", "-q", "--amend", "-m", "other")
    said = at.git("push", "-q", "-f", "origin", "b", good=False)
    must("Cannot force-push to this branch" in said, said)
    forge.tell("repository", repo=REPO, noForce=[], protected={},
               signed=True)
    said = at.git("push", "-q", "-f", "origin", "b", good=False)
    must("Commits must have verified signatures." in said, said)
    forge.tell("repository", repo=REPO, signed=False)
    at.git("push", "-q", "-f", "origin", "b")
    same(forge.state()["pushes"][-1]["forced"], True)


def signed(world):
    "signatures are verified where the keys are known"
    forge = Forge(world, auth=None)
    at = Clone(world)
    at.clone()
    for name in ("mine", "alien"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
                        os.path.join(at.folder.name, name)], check=True)
    with open(os.path.join(at.folder.name, "mine.pub"),
              encoding="ascii") as file:
        forge.tell("repository", repo=REPO,
                   signed=[" ".join(file.read().split()[:2])])
    for name, good in (("alien", False), ("mine", True)):
        key = os.path.join(at.folder.name, name)
        at.git("checkout", "-q", "-B", name, "main")
        at.git("-c", "gpg.format=ssh", "-c", f"user.signingKey={key}",
               "commit", "-q", "-S", "--allow-empty", "-m", "signed")
        said = at.git("push", "-q", "origin", name, good=good)
        must(good or "verified signatures" in said, said)


def faulty(world):
    "a push whose answer was lost has happened; one that was cut has not"
    forge = Forge(world, auth=None)
    at = Clone(world)
    at.clone()
    one = at.commit("two\n")
    push = {"path": "git-receive-pack$", "method": "POST"}
    # curl sends a POST again whose reused connection was reset.
    world.fault("cut-before", match=push, times=2)
    at.git("push", "-q", "origin", "b", good=False)
    same(forge.tip("b"), None)
    world.fault("status", match=push, status=502)
    said = at.git("push", "-q", "origin", "b", good=False)
    must("502" in said, said)
    world.fault("cut-after", match=push, times=2)
    at.git("push", "-q", "origin", "b", good=False)
    same(forge.tip("b"), one)
    same([line["effect"] for line in world.record()
          if line["fault"] == "cut-after"],
         [f"{REPO} refs/heads/b {ZERO}..{one}", None])
    world.fault("truncated", match={"path": "git-upload-pack$"}, count=99)
    Clone(world).clone(good=False)
    Clone(world).clone()


def killed(world):
    "a client that dies within its push changes nothing, and nobody waits"
    forge = Forge(world, auth=None)
    before = forge.tip("main")
    with socket.create_connection(("127.0.0.1", world.where["port"])) as at:
        at.sendall(f"POST {PATH}git-receive-pack HTTP/1.1\r\nHost: w\r\n"
                   "Content-Type: application/x-git-receive-pack-request"
                   "\r\nContent-Length: 1000\r\n\r\n00a5".encode())
    bad = forge.ask("POST", f"{PATH}git-receive-pack", "rubbish", token="",
                    api="", headers={"Content-Type": "application/"
                                     "x-git-receive-pack-request"})
    must(bad.status in (200, 400, 500), bad.status)
    same(forge.tip("main"), before)
    Clone(world).clone()


def large(world):
    "a push in chunks, and a request that was packed by gzip"
    forge = Forge(world, auth=None)
    at = Clone(world)
    at.clone()
    with open(os.path.join(at.at, "noise"), "wb") as file:
        file.write(os.urandom(6 << 20))
    at.git("add", "noise")
    oid = at.commit("two\n")
    at.git("push", "-q", "origin", "b")
    same(forge.tip("b"), oid)
    for n in range(80):         # haves enough for git to pack its request
        at.git("commit", "-q", "--allow-empty", "-m", f"{n}")
    forge.tell("push", repo=REPO, branch="b", files={"more": "x"})
    at.git("fetch", "-q", "origin", "b")
    same(at.git("rev-parse", "FETCH_HEAD"), forge.tip("b"))


def restored(world):
    "a dump has the repositories, byte for byte"
    forge = Forge(world, auth=None, noForce=["b"])
    forge.branch()
    forge.open()
    state, dump = forge.state(), world.ctl("GET", "/dump")
    forge.branch("c", "other\n")
    forge.tell("close", repo=REPO, number=1)
    forge.tell("create", repo="acme/more")
    world.ctl("PUT", "/dump", dump)
    same(forge.state(), state)
    at = Clone(world)
    at.clone()
    at.commit("two\n")
    said = at.git("push", "-q", "-f", "origin", "b", good=False)
    must("Cannot force-push" in said, said)


def behind(world):
    "what a test does to a repository on disk is seen as a person's"
    forge = Forge(world)
    oid = forge.branch()
    forge.open()
    path = os.path.join(world.where["dir"], "git", REPO + ".git")
    main = forge.tip("main")
    tree = forge.branch("c", "x\n")
    subprocess.run(["git", "-C", path, "update-ref", "refs/heads/b", tree],
                   check=True)
    same(forge.pull()["head"]["sha"], tree)
    last = forge.state()["pushes"][-1]
    same((last["old"], last["new"], last["person"], last["forced"]),
         (oid, tree, True, True))
    same(forge.tip("main"), main)


def bytewise(world):
    "a person's files are kept byte for byte, with their modes"
    forge = Forge(world, auth=None)
    data = bytes(range(256)) + b"\r\n"
    forge.tell("push", repo=REPO, branch="main", files={
        "a b/\u00e4": {"base64": base64.b64encode(data).decode(),
                       "mode": "100755"}, FILE: None})
    at = Clone(world)
    at.clone()
    path = os.path.join(at.at, "a b/\u00e4")
    with open(path, "rb") as file:
        same(file.read(), data)
    must(os.access(path, os.X_OK))
    must(not os.path.exists(os.path.join(at.at, FILE)))


ALL = [encrypted, recorded, passwords, tokens, versions, abilities,
       elsewhere, archived, protected, signed, faulty, killed, large,
       restored, behind, bytewise]
