"""One exchange with git http-backend, and the lines of git's protocol."""

import gzip
import subprocess

from git.repository import LIMIT, environment
from message import Answer


def run(root, path, request, login, version):
    """The answer of the real server.  `version`: Git-Protocol, or None."""
    env = {**environment(), "GIT_PROJECT_ROOT": root,
           "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": path,
           "QUERY_STRING": request.raw_query,
           "REQUEST_METHOD": request.method,
           "CONTENT_TYPE": request.headers.get("content-type", ""),
           "CONTENT_LENGTH": str(len(request.body)),
           "REMOTE_USER": login, "REMOTE_ADDR": "127.0.0.1",
           "GIT_COMMITTER_NAME": login,
           "GIT_COMMITTER_EMAIL": f"{login}@users.noreply.localhost"}
    if "content-encoding" in request.headers:
        env["HTTP_CONTENT_ENCODING"] = request.headers["content-encoding"]
    if version:
        env["GIT_PROTOCOL"] = version
    done = subprocess.run(["git", "http-backend"], input=request.body,
                          env=env, capture_output=True, timeout=LIMIT,
                          check=False)
    return answer(done.stdout)


def answer(output):
    head, _, body = output.partition(b"\r\n\r\n")
    status, kind, headers = 200, "", []
    for line in head.decode("latin-1").split("\r\n"):
        name, _, value = line.partition(": ")
        if name == "Status":
            status = int(value.split()[0])
        elif name == "Content-Type":
            kind = value
        elif name and name != "Content-Length":
            headers.append((name, value))
    return Answer(status, body, kind, headers)


def body(request):
    """What a request says, unpacked."""
    if "gzip" in request.headers.get("content-encoding", ""):
        return gzip.decompress(request.body)
    return request.body


def lines(data):
    """The packets of an advertisement; None for a flush."""
    at = 0
    while at + 4 <= len(data):
        size = int(data[at:at + 4], 16)
        if size < 4:
            yield None
            at += 4
        else:
            yield data[at + 4:at + size]
            at += size


def packet(data):
    return b"%04x%s" % (len(data) + 4, data)


def without_shallow(data):
    """An advertisement that lacks it: in version 2 a word of `fetch=`,
    before that words of the first ref."""
    out = []
    for line in lines(data):
        if line is None:
            out.append(b"0000")
            continue
        for mark in (b"fetch=", b"\0"):
            name, found, words = line.rstrip(b"\n").partition(mark)
            if found and (mark == b"\0" or not name):
                line = name + mark + drop(words) + b"\n"
        out.append(packet(line))
    return b"".join(out)


def drop(words):
    return b" ".join(word for word in words.split(b" ") if word != b"shallow"
                     and not word.startswith(b"deepen-"))
