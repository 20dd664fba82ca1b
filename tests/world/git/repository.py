"""A bare repository on disk, and what git itself can do with it."""

import base64
import io
import os
import shutil
import subprocess
import tarfile

LIMIT = 60      # s that one git may take
ZERO = "0" * 40
HEADS = "refs/heads/"
NOBODY = "GitHub <noreply@github.com>"


class Conflict(Exception):
    """Two sides that do not merge."""


def environment():
    """Nothing of the user's own settings."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull,
            "HOME": os.devnull}


class Repository:
    """`path` is a folder; `clock` dates the commits made here."""

    def __init__(self, path, clock):
        self.path = path
        self.clock = clock

    def git(self, *args, data=b"", env=None, good=(0,)):
        done = subprocess.run(
            ["git", "-C", self.path, *args], input=data, env={
                **environment(), **(env or {})}, capture_output=True,
            timeout=LIMIT, check=False)
        if done.returncode not in good:
            raise ValueError(f"git {args[0]}: {done.stderr.decode()}")
        return done

    def ask(self, *args, **more):
        return self.git(*args, **more).stdout.decode(
            errors="replace").rstrip("\n")

    def create(self, branch):
        os.makedirs(os.path.dirname(self.path), exist_ok=True)
        subprocess.run(
            ["git", "init", "-q", "--bare", "--template=", "-b", branch,
             self.path], env=environment(), check=True, timeout=LIMIT)
        self.configure({"http.receivepack": "true", "gc.auto": "0",
                        "receive.autogc": "false",
                        "receive.hideRefs": "refs/pull",
                        "uploadpack.allowFilter": "true",
                        "uploadpack.allowAnySHA1InWant": "true"})

    def configure(self, values):
        for key, value in values.items():
            self.git("config", key, value)

    def remove(self):
        shutil.rmtree(self.path, ignore_errors=True)

    # Refs are read as files: they are looked at before every answer.
    def refs(self):
        found = dict(self.packed())
        top = os.path.join(self.path, "refs")
        for folder, _, names in os.walk(top):
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(".lock"):
                    continue
                with open(path, encoding="ascii") as file:
                    found[os.path.relpath(path, self.path)] = (
                        file.read().strip())
        return found

    def packed(self):
        try:
            with open(os.path.join(self.path, "packed-refs"),
                      encoding="utf-8") as file:
                for line in file:
                    if line[0] not in "#^":
                        oid, name = line.split()
                        yield name, oid
        except FileNotFoundError:
            pass

    def branches(self):
        head = "refs/heads/"
        return {name.removeprefix(head): oid for name, oid
                in sorted(self.refs().items()) if name.startswith(head)}

    def tip(self, branch):
        return self.branches().get(branch)

    def move(self, branch, oid):
        """To another commit, or (None) away."""
        ref = f"refs/heads/{branch}"
        if oid is None:
            self.git("update-ref", "-d", ref)
        else:
            self.git("update-ref", ref, oid)

    # Questions.
    def has(self, oid):
        return self.git("cat-file", "-e", f"{oid}^{{commit}}",
                        good=(0, 1, 128)).returncode == 0

    def reaches(self, old, new):
        """Whether `old` is `new` or before it."""
        return old == new or self.git(
            "merge-base", "--is-ancestor", old, new,
            good=(0, 1, 128)).returncode == 0

    def commits(self, new, *without):
        """Oldest first: what `new` has and the others have not."""
        text = self.ask("rev-list", "--reverse", new,
                        *(f"^{oid}" for oid in without))
        return text.split()

    def related(self, one, other):
        return self.git("merge-base", one, other,
                        good=(0, 1)).returncode == 0

    def tree(self, commit):
        return self.ask("rev-parse", f"{commit}^{{tree}}")

    def parents(self, commit):
        return self.ask("rev-parse", f"{commit}^@").split()

    def message(self, commit):
        return self.ask("log", "-1", "--format=%B", commit)

    def author(self, commit):
        return self.ask("log", "-1", "--format=%an <%ae>", commit)

    def text(self, commit, path):
        """A file as it was; None: there was none."""
        done = self.git("cat-file", "blob", f"{commit}:{path}",
                        good=(0, 128))
        return done.stdout if done.returncode == 0 else None

    def size(self, base, head):
        """(files, added, deleted) of a request."""
        rows = [line.split("\t") for line in self.ask(
            "diff", "--numstat", f"{base}...{head}",
            good=(0, 128)).splitlines()]
        count = [[int(n) if n.isdigit() else 0 for n in row[:2]]
                 for row in rows]
        return (len(rows), sum(c[0] for c in count),
                sum(c[1] for c in count))

    # Commits.
    def write(self, branch, files, message, author, start=None):
        """A commit on a branch, whatever its hooks say.  `files`: path to
        text, {base64, mode}, or None to delete; `start`: what it is upon
        (the branch)."""
        ref = f"refs/heads/{branch}"
        when = int(self.clock.now())
        out = [f"commit {ref}\nauthor {author} {when} +0000\n"
               f"committer {author} {when} +0000\n".encode(), block(message)]
        start = start or self.tip(branch)
        if start:
            out.append(f"from {start}\n".encode())
        for path, file in files.items():
            out.append(change(path, file))
        self.git("fast-import", "--quiet", "--force", data=b"".join(out))
        return self.tip(branch)

    def commit(self, tree, parents, message, author=NOBODY,
               committer=NOBODY):
        when = f"{int(self.clock.now())} +0000"
        env = {"GIT_AUTHOR_DATE": when, "GIT_COMMITTER_DATE": when}
        for role, person in (("AUTHOR", author), ("COMMITTER", committer)):
            name, _, mail = person.rstrip(">").partition(" <")
            env[f"GIT_{role}_NAME"] = name
            env[f"GIT_{role}_EMAIL"] = mail
        args = [word for oid in parents for word in ("-p", oid)]
        return self.ask("commit-tree", tree, *args,
                        data=message.encode(), env=env)

    def merged(self, ours, theirs):
        """The tree of a merge."""
        done = self.git("merge-tree", "--write-tree", ours, theirs,
                        good=(0, 1))
        if done.returncode:
            raise Conflict(f"{ours} and {theirs}")
        return done.stdout.decode().split()[0]

    def carried(self, onto, old, new):
        """The tree of `onto` with what changed from `old` to `new`.  git
        2.39 cannot be told a merge base, so two commits are given one."""
        ours = self.commit(self.tree(onto), [old], "ours")
        theirs = self.commit(self.tree(new), [old], "theirs")
        return self.merged(ours, theirs)

    # All of it.
    def dump(self):
        data = io.BytesIO()
        with tarfile.open(fileobj=data, mode="w") as tar:
            tar.add(self.path, ".")
        return base64.b64encode(data.getvalue()).decode()

    def load(self, text):
        self.remove()
        os.makedirs(self.path)
        data = io.BytesIO(base64.b64decode(text))
        with tarfile.open(fileobj=data) as tar:
            tar.extractall(self.path)


def change(path, file):
    """A file of a commit, for fast-import."""
    if file is None:
        return f"D {path}\n".encode()
    if isinstance(file, str):
        file = {"base64": base64.b64encode(file.encode())}
    mode = file.get("mode", "100644")
    return f"M {mode} inline {path}\n".encode() + block(
        base64.b64decode(file["base64"]))


def block(data):
    data = data.encode() if isinstance(data, str) else data
    return b"data %d\n%s\n" % (len(data), data)
