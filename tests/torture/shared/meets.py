"""What a run meets: a fault, a signal, another run, or a person."""

import signal

from shared import kinds

END = 20        # s from SIGTERM to the end (design, promise 10)


class Meets:
    """`trial(stage, case)` begins a subcase (shared/trial.py)."""

    def __init__(self, trial):
        self.trial = trial

    def fault(self, stage, case, n, name):
        kind = kinds.NAMED[name]
        trial = self.trial(stage, case)
        rule = dict(kind.rule, match=trial.where(n, name == "stale"),
                    times=1)
        if name == "stale":
            rule["back"] = trial.live_through()
        trial.place.faults(rule)
        run = trial.start(*kind.words).ended()
        trial.place.calm()
        if not any(line["fault"] for line in trial.judge(run)):
            trial.say(f"the fault never came ({run})")
        trial.end_as_ever()
        return trial

    @staticmethod
    def hold(trial, where, when, *more):
        """A run that has come to an exchange and waits there."""
        trial.place.faults({"match": where, "kind": "hold", "at": when},
                           *(dict(rule, match=where) for rule in more))
        run = trial.start()
        if not trial.place.held(1):
            trial.say("never got to the exchange")
        return run

    def told(self, stage, case, n, when, name):
        """The exchange is held, the signal sent, the exchange let go."""
        trial = self.trial(stage, case)
        if name == "KILL":
            lost = [{"kind": "cut-before"}] if when == "before" else []
            run = self.hold(trial, trial.where(n), when, *lost)
            run.signal(signal.SIGKILL)
            run.ended()
            trial.place.release()
            if run.status != -signal.SIGKILL:
                trial.say(f"was not killed ({run})")
        else:
            run = self.hold(trial, trial.where(n), when)
            run.signal(signal.SIGTERM)
            trial.place.release()
            run.ended(END)
        trial.judge(run)
        trial.end_as_ever()
        return trial

    def beside(self, stage, case, n):
        """One is held; another goes from its beginning to its end
        meanwhile."""
        trial = self.trial(stage, case)
        first = self.hold(trial, trial.where(n), "before")
        second = trial.start().ended()
        trial.place.calm()
        trial.one_acts(n, first, second)
        trial.end_as_ever()
        return trial

    def both(self, stage, case, n, swapped):
        """Both have looked as far as the nth exchange; then one after the
        other."""
        trial = self.trial(stage, case)
        runs = [self.hold(trial, trial.where(n), "before"),
                self.hold(trial, trial.where_again(n), "before")]
        held = trial.place.held(2)
        trial.place.ask("DELETE", "/faults")
        if len(held) != 2:
            trial.say("they never met")
        for one in sorted(held, key=lambda h: h["n"], reverse=swapped):
            trial.place.release(one["n"])
            for run in runs:
                if run.name == one["run"]:
                    run.ended()
        trial.one_acts(n, *runs)
        trial.end_as_ever()
        return trial
