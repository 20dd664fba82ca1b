"""A subcase: what one exchange meets, the runs that follow, the end."""

import re
import signal

from pipeline import cases

ROUNDS = 15         # runs until nothing is done any more, at most
SOON = 60           # s before the first of them
LATE = 700          # longer than a back-off, or a Lease
SHORT = ("--deadline", "2s")
STATUS = {"kind": "status", "body": True}
FAULTS = {
    "refused": {"kind": "refused"},
    "cut before": {"kind": "cut-before"},
    "cut after": {"kind": "cut-after"},
    "409": dict(STATUS, status=409),
    "429": dict(STATUS, status=429),
    "500": dict(STATUS, status=500),
    "500 after": dict(STATUS, kind="status-after", status=500),
    "html": {"kind": "html"},
    "garbage": {"kind": "garbage"},
    "truncated": {"kind": "truncated"},
    "silent": {"kind": "silent"},
    "stale": {"kind": "stale"},
}
HELD = [f"{what} {at}" for what in ("KILL", "TERM", "beside")
        for at in ("before", "after")]
LIST = re.compile("/(leases|modelsyncs|pipelineruns)$")
FOREIGN = {"foreign", "anothers", "theirs"}


def every(lines):
    """Names of subcases, and what the exchange is: those that go beside
    one another have no order, so a place in it would say nothing."""
    seen = {}
    for line in lines:
        key = line["method"], line["path"]
        seen[key] = seen.get(key, 0) + 1
        where = {"agent": "run-pipeline", "method": key[0],
                 "path": f"^{re.escape(key[1])}$", "nth": seen[key]}
        for what in [*FAULTS, *HELD]:
            if what == "stale" and not (
                    key[0] == "GET" and LIST.search(key[1])):
                continue
            yield f"{key[0]} {key[1]} {seen[key]} {what}", where


def acts(line):
    """Whether it changes something beside Leases and status."""
    return (line["mutating"] and "/leases" not in line["path"]
            and not line["path"].endswith("/status")
            and not line["path"].startswith("/lambda/"))


class Trial:
    """`where` is None when nothing fails."""

    def __init__(self, stage, case, name, where):
        self.stage = stage
        self.place = stage.place
        self.case = case
        self.name = name
        self.where = where
        self.what = next((w for w in [*FAULTS, *HELD]
                          if name.endswith(f" {w}") and len(w) == max(
                              len(v) for v in [*FAULTS, *HELD]
                              if name.endswith(f" {v}"))), None)
        self.wrong = []
        self.lines = []
        self.runs = 0

    def say(self, text):
        self.wrong.append(text)

    def start(self, *words):
        self.runs += 1
        return self.stage.start(*words)

    def judge(self, *runs, killed=False):
        """What runs may do; the record of it."""
        record = self.place.record()
        for run in runs:
            if run.ill:
                self.say(f"{run.ill} ({run})")
            if run.status not in range(4) and not (
                    killed and run.status == -signal.SIGKILL):
                self.say(f"exit {run.status} ({run})")
            mine = [line for line in record
                    if line["run"] == run.name and acts(line)]
            # A create that failed does not say whose it was.
            whose = [name for line in mine for name in self.case.made
                     if f"/{name}-" in f"{line['path']} {line['effect']}"]
            if len(mine) > len(self.case.made) or len(whose) != len(
                    set(whose)):
                self.say(f"{len(mine)} acts in one run ({run})")
        self.place.ask("DELETE", "/record")
        return record

    def go(self):
        if self.what == "stale":
            # Only a world that lived through it remembers how it was.
            self.stage.restore(self.stage.base)
            self.case.step(self.stage)
            self.place.ask("DELETE", "/record")
        else:
            self.stage.restore(self.stage.state)
        if self.where is None:
            run = self.start().ended()
            self.lines = [line for line in self.judge(run)
                          if line["run"] == run.name]
        elif self.what in FAULTS:
            self.fault()
        else:
            self.held()
        self.place.calm()
        self.settle()
        self.end()

    def fault(self):
        rule = dict(FAULTS[self.what], match=self.where, times=1)
        if self.what == "stale":
            rule["back"] = self.stage.back
        self.place.faults(rule)
        run = self.start(*(SHORT if self.what == "silent" else ())).ended()
        if not any(line["fault"] for line in self.judge(run)):
            self.say(f"the fault never came ({run})")

    def held(self):
        what, at = self.what.split()
        rules = [{"kind": "hold", "at": at, "match": self.where, "times": 1}]
        if self.what == "KILL before":
            rules.append({"kind": "cut-before", "match": self.where,
                          "times": 1})
        self.place.faults(*rules)
        run = self.start()
        if not self.place.held(1):
            self.say("never got to the exchange")
        runs = [run]
        if what == "beside":
            runs.append(self.start().ended())
        else:
            run.signal(getattr(signal, f"SIG{what}"))
        if what == "KILL":
            run.ended()
        self.place.release()
        run.ended()
        self.judge(*runs, killed=what == "KILL")

    def settle(self):
        """Until two runs in a row change nothing, time passing between."""
        quiet = 0
        for n in range(ROUNDS):
            self.stage.clock(self.stage.now + (LATE if n else SOON))
            run = self.start().ended()
            changed = any(line["effect"] for line in self.judge(run)
                          if line["run"] == run.name)
            quiet = 0 if changed or run.status != self.case.status else \
                quiet + 1
            if quiet == 2:
                return
        self.say(f"does not settle ({run})")

    def end(self):
        state = self.stage.tekton()
        there = {run["metadata"]["name"]: run for run in self.place.ask(
            "GET", cases.RUNS)["items"]}
        if state["unowned"]:
            self.say(f"deleted what nobody owned: {state['unowned']}")
        for name in FOREIGN & {run["name"] for run in state["runs"]}:
            if name not in there:
                self.say(f"{name} is gone")
        for name in self.case.made:
            self.of_object(name, state, there)

    def of_object(self, name, state, there):
        uid = self.place.ask("GET", f"{cases.SYNCS}/{name}")["metadata"][
            "uid"]
        if state["mostActive"].get(uid, 0) > 1:
            self.say(f"{name}: {state['mostActive'][uid]} active at once")
        made = [run for run in state["runs"] if run["owner"] == uid]
        left = [run for run in made if run["name"] in there]
        if len(made) != self.case.made[name]:
            self.say(f"{name}: {len(made)} runs made, not "
                     f"{self.case.made[name]}")
        if len(left) != self.case.kept[name]:
            self.say(f"{name}: {len(left)} runs left, not "
                     f"{self.case.kept[name]}")
        ours = sorted((run for run in made if run["name"] not in FOREIGN),
                      key=lambda run: run["created"])
        gone = [run["name"] for run in ours if run["deleted"]]
        oldest = [run["name"] for run in ours[:len(gone)]]
        if gone != oldest or ours and len(gone) == len(ours):
            self.say(f"{name}: deleted {gone}, the oldest are {oldest}")
