"""What goes over the wire: a request as read, an answer as written."""

import json
import re
from http import HTTPStatus
from urllib.parse import parse_qsl, unquote, urlsplit

RUN = re.compile(r"^modelsync/\S+ (\S+/\d+)")
READS = ("GET", "HEAD", "OPTIONS")
ASKS = "/git-upload-pack"       # a POST of git that only reads


class Bad(Exception):
    """A request that is not HTTP, or more of it than the world takes."""

    def __init__(self, status, text):
        super().__init__(text)
        self.status = status


class Request:
    """One request; `admin` marks those that come over the control port."""

    def __init__(self, method, target, headers, body=b"", admin=False):
        parts = urlsplit(target)
        self.method = method
        self.raw_path = parts.path
        self.path = unquote(parts.path)
        self.raw_query = parts.query
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self.headers = headers
        self.body = body
        self.admin = admin
        self.n = 0
        self.back = 0       # answer as it was so many versions ago

    @property
    def agent(self):
        return self.headers.get("user-agent", "")

    @property
    def run(self):
        """The run a request belongs to: `tool/pid` of our programs."""
        found = RUN.match(self.agent)
        return found.group(1) if found else self.agent

    @property
    def mutating(self):
        return self.method not in READS and not self.path.endswith(ASKS)


class Answer:
    """One answer.  `effect` names what was changed, in words; `fault` is
    how it is misshapen on the wire, by what answered."""

    fault = None

    def __init__(self, status, body=b"", kind="application/json", headers=(),
                 effect=None):
        self.status = status
        self.body = body
        self.kind = kind
        self.headers = list(headers)
        self.effect = effect

    @classmethod
    def of(cls, status, value, **rest):
        return cls(status, json.dumps(value, separators=(",", ":")).encode(),
                   **rest)

    @classmethod
    def text(cls, status, text, **rest):
        return cls(status, text.encode(), kind="text/plain; charset=utf-8",
                   **rest)

    def bytes(self, date, length=None, close=False, head=False):
        """The whole answer, to be written at once.  `date` None leaves the
        header out; `length` replaces the true Content-Length, and "" leaves
        that out."""
        lines = [f"HTTP/1.1 {self.status} {phrase(self.status)}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.kind:
            lines.append(f"Content-Type: {self.kind}")
        if date is not None:
            lines.append(f"Date: {date}")
        if length != "":
            size = len(self.body) if length is None else length
            lines.append(f"Content-Length: {size}")
        if close:
            lines.append("Connection: close")
        text = "\r\n".join(lines) + "\r\n\r\n"
        return text.encode("latin-1") + (b"" if head else self.body)


def phrase(status):
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Status"


def parse_head(head):
    """Method, target and headers of a request's head."""
    lines = head.decode("latin-1").split("\r\n")
    first = lines[0].split(" ")
    if len(first) != 3 or not first[2].startswith("HTTP/1."):
        raise Bad(400, "not a request line")
    headers = {}
    for line in lines[1:]:
        name, colon, value = line.partition(":")
        if not colon:
            raise Bad(400, "not a header")
        headers[name.strip().lower()] = value.strip()
    return first[0], first[1], headers


def body_length(headers):
    """Bytes of the body; -1 when it comes in chunks."""
    if "chunked" in headers.get("transfer-encoding", "").lower():
        return -1
    length = headers.get("content-length", "0")
    if not length.isdigit():
        raise Bad(400, "not a length")
    return int(length)


def unchunk(data):
    """(body, rest) of a chunked body, or None while there is more to come."""
    parts = []
    at = 0
    while True:
        end = data.find(b"\r\n", at)
        if end < 0:
            return None
        size = int(data[at:end].split(b";")[0], 16)
        at = end + 2
        if len(data) < at + size + 2:
            return None
        if size == 0:
            return b"".join(parts), data[at + 2:]
        parts.append(data[at:at + size])
        at += size + 2
