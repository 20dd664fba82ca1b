"""What all subcases share: a case in its state, runs judged, the end."""

from kube import laws
from kube.look import Look
from kube.stage import LAPSE, TOOLS

RUNS = 12       # of a tool until it settles, at most; far more than needed
ACTING = 3      # of them may do something (design: within three runs)


class Trial:
    """One subcase.  `wrong` are the sentences about what went wrong."""

    def __init__(self, stage, case):
        self.stage = stage
        self.place = stage.place
        self.case = case
        self.wrong = []
        self.again = 0      # trainings that may be cut short
        self.failed = 0     # exchanges that met a fault
        self.before = None

    def set(self, past=None):
        self.stage.restore(self.case.state, past)
        if self.case.prepare:
            self.case.prepare(self.stage)
        self.before = Look(self.stage)

    def start(self, *words):
        return self.stage.start(self.case.tool, *self.case.words, *words,
                                document=self.case.document)

    def say(self, text):
        self.wrong.append(text)

    def judge(self, runs, allowed=None):
        """Runs that are over, since the last look.  Returns the record and
        what changed; the next look begins here."""
        record = self.place.record()
        after = Look(self.stage)
        for run in runs:
            self.wrong += laws.of_run(run, record, allowed)
        self.wrong += laws.of_change(runs, self.before, after, record)
        changes = self.before.changes(after)
        self.before = after
        self.failed += sum(
            1 for line in record if line["fault"]
            and not set(line["fault"].split("+")) <= {"hold"})
        self.place.ask("DELETE", "/record")
        return record, changes

    def settle(self):
        """Both tools until neither does anything more, and the end."""
        self.place.calm()
        self.stage.gate(False)
        for tool in TOOLS:
            self.settle_tool(tool)
        self.wrong += laws.of_end(self.case, self.before)
        self.wrong += laws.of_workloads(self.before)
        self.wrong += laws.of_trainings(self.stage, self.again)

    def settle_tool(self, tool):
        acting = lapses = 0
        for _ in range(RUNS):
            run = self.stage.start(tool, document=self.case.document,
                                   settling=True).ended()
            self.judge([run], {0})
            waits = run.end == "busy" or (
                run.end == "settled"
                and run.said.get("row") in ("2 open intent",
                                            "not visible yet",
                                            "3 open generation: running"))
            if waits:
                lapses += 1
                if lapses > (2 if self.case.workload else 1):
                    self.say(f"still not free after {LAPSE} s ({run})")
                    return
                self.stage.advance()
            elif run.end == "done":
                acting += 1
                if acting > ACTING + (self.case.workload is not None):
                    self.say(f"more than {acting - 1} runs did something "
                             f"({run})")
                    return
            elif run.end == "settled":
                return
            else:
                self.say(f"does not settle ({run})")
                return
        self.say(f"{tool} does not settle in {RUNS} runs")
