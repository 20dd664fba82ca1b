"""A case in its state, runs judged, the end."""

import re

from proposal import cases, laws
from shared.trial import Trial as Shared

ROUNDS = 10         # runs until nothing is done any more, at most
SOON = 60           # s before each, in turns
LATE = 1000         # longer than anything waits to be seen
WAITS = ("2 open intent", "not visible yet", "16 the forge is behind")


class Trial(Shared):
    """One subcase (shared/trial.py)."""

    def __init__(self, stage, case):
        super().__init__(stage, case)
        cases.set_up(stage, case)

    of_run = staticmethod(laws.of_run)

    def end_of(self, last):
        return laws.end_of(self.stage, last)

    def where(self, n, reads=False):
        """`reads`: the rule counts reads alone."""
        if reads:
            n -= sum(line["mutating"]
                     for line in self.stage.lines[self.case.name][:n])
        return {"agent": "deploy-model", "nth": n}

    def where_again(self, n):
        """A second one may get there with fewer: the first has filled the
        cache."""
        line = self.stage.lines[self.case.name][n - 1]
        return {"method": line["method"],
                "path": f"{re.escape(line['path'])}$"}

    def one_acts(self, n, *runs):
        for run in runs:
            run.ended()
        if len(laws.writes(self.judge(*runs))) > 1:
            self.say("two acted: " + "; ".join(map(str, runs)))

    def settle(self):
        """Runs until one finds nothing to do; that one, or None."""
        self.place.calm()
        run = None
        for n in range(ROUNDS):
            self.stage.wait(LATE if n % 2 else SOON)
            run = self.stage.start().ended()
            self.judge(run)
            if run.end in ("settled", "held") and (
                    run.said.get("row") not in WAITS):
                return run
            if run.status > 2 or run.end in ("busy", ""):
                break
        self.say(f"does not settle ({run})")
        return None

    def end(self, racing=()):
        """To the end, and what is true there."""
        last = self.settle()
        if last is None:
            return None
        self.wrong += laws.of_counters(self.stage.state(),
                                       (*racing, *self.case.racing))
        self.wrong += laws.of_folders(self.stage)
        self.wrong += laws.of_rest(self.stage, last)
        return last
