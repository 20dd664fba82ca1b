"""What all subcases share: a case in its state, runs judged, the end."""

from proposal import cases, laws

ROUNDS = 10         # runs until nothing is done any more, at most
SOON = 60           # s before each, in turns
LATE = 1000         # longer than anything waits to be seen
WAITS = ("2 open intent", "not visible yet", "16 the forge is behind")
HARMLESS = {"hold", "slow", "no-date"}


class Trial:
    """One subcase.  `wrong` are the sentences about what went wrong."""

    def __init__(self, stage, case):
        self.stage = stage
        self.place = stage.place
        self.case = case
        self.wrong = []
        self.failed = 0     # exchanges that met a fault
        cases.set_up(stage, case)

    def start(self, *words):
        return self.stage.start(*self.case.words, *words)

    def say(self, text):
        self.wrong.append(text)

    def judge(self, *runs):
        record = self.place.record()
        for run in runs:
            self.wrong += laws.of_run(run.ended(), record)
        self.failed += sum(1 for line in record if line["fault"] and not set(
            line["fault"].split("+")) <= HARMLESS)
        self.place.ask("DELETE", "/record")
        return record

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

    def end_as_ever(self):
        """The end is that of the runs that met nothing."""
        last = self.end()
        wanted = self.stage.ends.get(self.case.name)
        if last is None or wanted is None:
            return
        got = laws.end_of(self.stage, last)
        self.wrong += [f"{key}: {got[key]}, not {wanted[key]}"
                       for key in wanted if got[key] != wanted[key]]
