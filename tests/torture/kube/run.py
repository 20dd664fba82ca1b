"""One run of a tool, and what it said."""

import re
import shlex
import subprocess

LONGEST = 60        # s; a run that hangs is ended
BAD = re.compile(r"Sanitizer|runtime error")


class Run:
    """Started when made.  `ended` waits for it."""

    def __init__(self, stage, folder, tool, words, env=None):
        self.stage = stage
        self.tool = tool
        self.dry = "-n" in words
        self.process = subprocess.Popen(
            [f"{folder}/{tool}", "--deadline", "5s", *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, env=env)
        stage.live.add(self)
        self.name = f"{tool}/{self.process.pid}"
        self.seen = False   # its first exchanges are not in the record
        self.hung = False
        self.status = None
        self.text = ""
        self.said = {}

    def __str__(self):
        last = self.text.strip().split("\n")[-1]
        return f"{self.tool} exit {self.status}: {last[:300]}"

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
        return self.ended()

    def ended(self, seconds=LONGEST):
        """Waits; what it said is in `said`, a word of the line each."""
        if self.status is not None:
            return self
        try:
            text = self.process.communicate(timeout=seconds)[1]
        except subprocess.TimeoutExpired:
            self.hung = True
            self.process.kill()
            text = self.process.communicate()[1]
        self.stage.live.discard(self)
        self.status = self.process.returncode
        self.text = text.decode("utf-8", "replace")
        for line in self.text.split("\n"):
            if line.startswith("level=") and "end=" in line:
                self.said = self.parse(line)
        return self

    @staticmethod
    def parse(line):
        try:
            words = shlex.split(line)
        except ValueError:
            words = line.split()
        return dict(w.partition("=")[::2] for w in words if "=" in w)

    @property
    def end(self):
        return self.said.get("end", "")

    @property
    def ill(self):
        """What no run may ever say or be; None: it is well."""
        if self.hung:
            return "hung"
        if BAD.search(self.text):
            return f"a sanitizer spoke: {self.text[:400]}"
        return None
