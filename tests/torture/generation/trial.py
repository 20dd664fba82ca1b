"""A case in its state, runs judged, the end."""

import re

from generation import cases, laws
from shared.trial import Trial as Shared

SOON = 70           # s before the first two runs that follow
KEEP = 3700         # s: what serves for nobody is kept so long, and a little
WAITS = ("2 open intent", "not visible yet", "12 make servable")


class Trial(Shared):
    """One subcase (shared/trial.py)."""

    def __init__(self, stage, case):
        super().__init__(stage, case)
        cases.set_up(stage, case)
        self.racing = ()        # what a person's act makes unavoidable
        self.theirs = []        # models of others that serve
        self.was = {}           # what was ever deployed: id to model
        self.deployed = {}      # model: how often, since it served last
        self.tip = stage.tip("auto-update")
        if not case.trains:
            self.look()

    def look(self):
        self.was.update(laws.Serving(self.stage).at)

    def start(self, *words):
        if not self.case.trains:
            self.look()
        return super().start(*words)

    of_run = staticmethod(laws.of_run)

    def judge(self, *runs):
        record = super().judge(*runs)
        if not self.case.trains:
            self.wrong += laws.of_acts(self, record, self.was)
            self.wrong += laws.of_push(self, runs[0])
        return record

    def where(self, n, reads=False):
        """Those that go beside one another have no order: the path, and the
        how manieth of it."""
        lines = self.stage.lines[self.case.name][:n]
        keys = [(line["method"], line["path"]) for line in lines]
        return {"agent": self.case.step.tool, "method": keys[-1][0],
                "path": f"^{re.escape(keys[-1][1])}$",
                "nth": keys.count(keys[-1])}

    where_again = where

    def one_acts(self, n, *runs):
        for run in runs:
            run.ended()
        made = [line["path"] for line in laws.creations(self.judge(*runs))]
        if len(made) != len(set(made)):
            self.say("two acted: " + "; ".join(map(str, runs)))

    def is_over(self, run):
        row = run.said.get("row", "")
        if self.case.trains:
            return run.end == "settled" and row.startswith("7 ")
        return row not in WAITS and (run.end == "settled" or (
            run.end == "held" and "held" in self.racing))

    def settle(self):
        """Runs until nothing is done any more; the last, or None."""
        self.place.calm()
        over = False
        for n in range(cases.ROUNDS):
            self.stage.wait(KEEP if over else SOON if n < 2
                            else cases.PAUSE)
            run = self.start().ended()
            self.judge(run)
            if self.is_over(run):
                if over or self.case.trains:
                    return run
                over = True
                continue
            over = False
            if run.status > 1 or run.status < 0 or run.end == "":
                break
        self.say(f"does not settle ({run})")
        return None

    def end(self):
        last = self.settle()
        if last is not None:
            self.wrong += (laws.of_training(self.stage) if self.case.trains
                           else laws.of_end(self))
        return last

    def end_of(self, last):
        serving = laws.Serving(self.stage)
        return {"row": last.said.get("row"), "end": last.end,
                "serve": sorted(serving.serve),
                "split": sorted(serving.endpoint["trafficSplit"].items())}
