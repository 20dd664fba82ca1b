"""A Pushgateway: takes metrics of short jobs, and shows them."""

import re

from message import Answer

LABELS = r'\{(\s*[a-zA-Z_]\w*\s*=\s*"(\\.|[^"\\\n])*"\s*,?)*\s*\}'
SAMPLE = re.compile(r"([a-zA-Z_:][\w:]*)\s*(" + LABELS + r")?\s+"
                    r"([-+]?[0-9.]+([eE][-+]?\d+)?|[-+]?Inf|NaN)"
                    r"(\s+-?\d+)?\s*$")
GROUP = re.compile(r"/metrics/job(@base64)?/[^/]+(/[^/]+/[^/]*)*$")


def samples(text):
    """{name: its lines}; raises ValueError."""
    if text and not text.endswith("\n"):
        raise ValueError("unexpected end of input stream")
    found = {}
    for number, line in enumerate(text.splitlines(), 1):
        comment = re.match(r"# (?:TYPE|HELP|UNIT) (\S+)", line)
        if comment:
            name = comment.group(1)
        elif not line.strip() or line.startswith("#"):
            continue
        else:
            match = SAMPLE.match(line)
            if match is None:
                raise ValueError(f"text format parsing error in line "
                                 f"{number}: {line}")
            if match.group(7):
                raise ValueError("pushed metrics must not have timestamps")
            name = match.group(1)
        found.setdefault(name, []).append(line)
    return found


class Pushgateway:
    """PUT replaces a group, POST the metrics of the same name."""

    name = "pushgateway"

    def __init__(self):
        self.groups = {}

    def reset(self):
        self.groups = {}

    def owns(self, request):
        return request.path == "/metrics" or (
            request.path.startswith("/metrics/"))

    def answer(self, request):
        if request.path == "/metrics" and not request.mutating:
            lines = [line for group in self.groups.values()
                     for metric in group.values() for line in metric]
            return Answer.text(200, "".join(f"{line}\n" for line in lines))
        if not GROUP.match(request.path):
            return Answer.text(404, "404 page not found\n")
        effect = f"metrics {request.path}"
        if request.method == "DELETE":
            self.groups.pop(request.path, None)
            return Answer(202, effect=effect)
        if request.method not in ("PUT", "POST"):
            return Answer.text(405, "Method Not Allowed\n")
        try:
            found = samples(request.body.decode())
        except ValueError as error:
            return Answer.text(400, f"{error}\n")
        if request.method == "POST":
            found = {**self.groups.get(request.path, {}), **found}
        self.groups[request.path] = found
        return Answer(200, effect=effect)

    def form(self, code):
        return Answer.text(code, "the world was told to fail\n")

    def dump(self):
        return self.groups

    def load(self, state):
        self.groups = dict(state)
