"""What each kind of fault makes of an answer.

A shape takes the rule, the true answer (None when the request had no effect
and no answer) and the date; it returns a Reply.  KINDS names them, with
whether a write still happens when the rule does not say.
"""

import json

from message import Answer

KEEP, CLOSE, RESET, SILENT = "keep", "close", "reset", "silent"
BLOCK = 1 << 16


class Reply:
    """What is sent: `status` is for the record, 0 where there is none;
    `parts` is bytes, or a generator of them."""

    def __init__(self, status, parts=b"", end=KEEP):
        self.status = status
        self.parts = parts
        self.end = end

    @property
    def size(self):
        return len(self.parts) if isinstance(self.parts, bytes) else None

    def __iter__(self):
        if isinstance(self.parts, bytes):
            return iter((self.parts,) if self.parts else ())
        return iter(self.parts)


def cut(rule, answer, date):
    return Reply(0, end=RESET)


def silent(rule, answer, date):
    return Reply(0, end=SILENT)


def status(rule, answer, date):
    """`body`: text, JSON, or true for the module's own form of it."""
    code = rule.get("status", 500)
    body = rule.get("body", "")
    if body is True:
        failed = rule.form(code)
    elif isinstance(body, str):
        failed = Answer.text(code, body)
    else:
        failed = Answer.of(code, body)
    failed.headers += rule.get("headers", {}).items()
    return Reply(code, failed.bytes(date))


def html(rule, answer, date):
    body = b"<!DOCTYPE html>\n<html><body><h1>Sign in</h1></body></html>\n"
    code = rule.get("status", 200)
    return Reply(code, Answer(code, body, "text/html").bytes(date))


def truncated(rule, answer, date):
    """Announces the whole body and sends half of it, or `count` bytes."""
    whole = answer.bytes(date)
    left = rule.get("count", len(answer.body) // 2)
    return Reply(answer.status, whole[:len(whole) - len(answer.body) + left],
                 CLOSE)


def wrong_length(rule, answer, date):
    """Announces half of what is sent, or the text `length`."""
    length = rule.get("length", len(answer.body) // 2)
    return Reply(answer.status, answer.bytes(date, length), CLOSE)


def garbage(rule, answer, date):
    return Reply(0, b"\x00\xff\xfe\x01 not HTTP at all \x80\r\n\r\n\x00" * 8,
                 CLOSE)


def endless(rule, answer, date):
    """A body without end, or of `length` bytes; `chunked` or plain."""
    def parts():
        left = rule.get("length")
        start = b'{"kind":"Endless","padding":"'
        if rule.get("chunked"):
            head = Answer(200, headers=[("Transfer-Encoding", "chunked")])
            yield head.bytes(date, "")
        else:
            yield Answer(200).bytes(date, "" if left is None else left)
        block = start
        while left is None or left > 0:
            block = block if left is None else block[:left]
            if rule.get("chunked"):
                yield b"%x\r\n%s\r\n" % (len(block), block)
            else:
                yield block
            left = None if left is None else left - len(block)
            block = b"x" * BLOCK
    return Reply(200, parts(), CLOSE)


def headers(rule, answer, date):
    """`count` more headers in front of the answer; without it they never
    end."""
    def parts():
        true = answer.bytes(date)
        first, _, rest = true.partition(b"\r\n")
        yield first + b"\r\n"
        count = rule.get("count")
        n = 0
        while count is None or n < count:
            stop = n + 1000 if count is None else min(n + 1000, count)
            yield b"".join(b"X-Padding-%d: %d\r\n" % (i, i)
                           for i in range(n, stop))
            n = stop
        yield rest
    return Reply(answer.status, parts())


def deep(rule, answer, date):
    depth = rule.get("depth", 100000)
    body = b'{"a":' * depth + b"1" + b"}" * depth
    return Reply(200, Answer(200, body).bytes(date))


def duplicate_keys(rule, answer, date):
    """Every key of the object comes twice, the true value last."""
    value = json.loads(answer.body)
    twice = ",".join(f"{json.dumps(key)}:{text}" for key in value
                     for text in ("null", json.dumps(value[key])))
    body = f"{{{twice}}}".encode()
    return Reply(answer.status, Answer(answer.status, body).bytes(date))


def no_date(rule, answer, date):
    return Reply(answer.status, answer.bytes(None))


def bad_date(rule, answer, date):
    return Reply(answer.status, answer.bytes(rule.get("date", "yesterday")))


def as_is(rule, answer, date):
    return Reply(answer.status, answer.bytes(date))


KINDS = {
    "refused": (False, cut),
    "down": (False, cut),
    "cut-before": (False, cut),
    "cut-after": (True, cut),
    "silent": (False, silent),
    "status": (False, status),
    "status-after": (True, status),
    "truncated": (True, truncated),
    "wrong-length": (True, wrong_length),
    "garbage": (False, garbage),
    "html": (False, html),
    "endless": (False, endless),
    "headers": (True, headers),
    "deep": (False, deep),
    "duplicate-keys": (True, duplicate_keys),
    "no-date": (True, no_date),
    "bad-date": (True, bad_date),
    "stale": (True, as_is),
}
