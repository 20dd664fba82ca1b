"""What all subcases share: runs judged, and the end."""

HARMLESS = {"hold", "slow", "no-date"}


class Trial:
    """One subcase.  `wrong` are the sentences about what went wrong.  Who
    derives from it has of_run(run, record), end(), end_of(last), where(n,
    reads), where_again(n) and one_acts(n, *runs)."""

    def __init__(self, stage, case):
        self.stage = stage
        self.place = stage.place
        self.case = case
        self.wrong = []
        self.failed = 0     # exchanges that met a fault

    def start(self, *words):
        return self.stage.start(*self.case.words, *words)

    def say(self, text):
        self.wrong.append(text)

    def judge(self, *runs):
        record = self.place.record()
        for run in runs:
            self.wrong += self.of_run(run.ended(), record)
        self.failed += sum(1 for line in record if line["fault"] and not set(
            line["fault"].split("+")) <= HARMLESS)
        self.place.ask("DELETE", "/record")
        return record

    def live_through(self):
        """Makes the past that a stale answer shows; how many versions ago
        it was."""
        return 1

    def end_as_ever(self):
        """The end is that of the runs that met nothing."""
        last = self.end()
        wanted = self.stage.ends.get(self.case.name)
        if last is None or wanted is None:
            return
        got = self.end_of(last)
        self.wrong += [f"{key}: {got[key]}, not {wanted[key]}"
                       for key in wanted if got[key] != wanted[key]]
