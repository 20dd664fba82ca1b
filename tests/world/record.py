"""What happened, in order: one JSON line per exchange."""

import json
import os

from message import Request


class Record:
    """Lines are written before the answer is, so that who has an answer
    also finds its line."""

    def __init__(self, path, clock):
        self.path = path
        self.clock = clock
        self.file = open(path, "a", encoding="utf-8")
        self.lines = []
        self.count = 0

    def arrive(self, request):
        """Numbers a request, from 1 on, in the order they were read."""
        self.count += 1
        request.n = self.count

    def add(self, request, status, fault=None, size=0, effect=None):
        line = {
            "n": request.n,
            "time": self.clock.micro(),
            "run": request.run,
            "agent": request.agent,
            "method": request.method,
            "path": request.path,
            "query": request.raw_query,
            "authorization": "authorization" in request.headers,
            "status": status,
            "fault": fault,
            "bytes": size,
            "mutating": request.mutating,
            "effect": effect,
        }
        self.lines.append(line)
        self.file.write(json.dumps(line) + "\n")
        self.file.flush()

    def refused(self):
        """A connection that was closed before anything was read."""
        request = Request("", "", {})
        self.arrive(request)
        self.add(request, 0, "refused")

    def clear(self):
        self.lines = []
        self.count = 0
        self.file.truncate(0)
        self.file.seek(0)


class Bodies:
    """What was said, word for word, where somebody asks for it: a file of
    its own per world in the folder that WORLD_BODIES names."""

    def __init__(self):
        folder = os.environ.get("WORLD_BODIES")
        self.file = folder and open(
            os.path.join(folder, f"{os.getpid()}.jsonl"), "a",
            encoding="utf-8")

    def add(self, request, answer):
        if not self.file or request.admin:
            return
        self.file.write(json.dumps({
            "n": request.n, "host": request.headers.get("host", ""),
            "method": request.method, "path": request.path,
            "query": request.raw_query,
            "request": request.body.decode(errors="replace"),
            "status": answer.status,
            "answer": answer.body.decode(errors="replace")}) + "\n")
        self.file.flush()
