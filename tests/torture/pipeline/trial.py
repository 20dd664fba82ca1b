"""A case in its state, runs judged, the end."""

import re

from pipeline import cases, laws
from shared.trial import Trial as Shared

ROUNDS = 15         # runs until nothing is done any more, at most
SOON = 60           # s before each, in turns
LATE = 1000         # longer than a back-off, a Lease, and what is not seen
WAITS = re.compile("2 |11 backing off$|not visible yet|no Lease")
DEFAULT = 100       # runs that are kept
LIMITS = ("successfulPipelineRunsHistoryLimit",
          "failedPipelineRunsHistoryLimit")


class Trial(Shared):
    """One subcase (shared/trial.py)."""

    def __init__(self, stage, case):
        super().__init__(stage, case)
        cases.set_up(stage, case)
        self.uids = {}      # of each object there ever was: its name
        self.bounds = {}    # of each: how many runs are kept
        self.given = set()  # uids of runs that a person took
        self.racing = ()    # what a person's act makes unavoidable
        self.look()
        self.foreign = {name: run for name, run in stage.live_runs().items()
                        if name in laws.FOREIGN}

    def look(self):
        """At the objects, which people change; a limit that was lower for a
        moment counts."""
        for name in self.case.made:
            thing = self.stage.sync(name)
            if thing is None:
                continue
            self.uids[thing["metadata"]["uid"]] = name
            was = self.bounds.get(name, (DEFAULT, DEFAULT))
            self.bounds[name] = tuple(
                min(thing["spec"].get(key, DEFAULT), most)
                for key, most in zip(LIMITS, was))

    def live_through(self):
        return cases.live_through(self.stage, self.case)

    def of_run(self, run, record):
        return laws.of_run(run, record, len(self.case.made))

    def where(self, n, reads=False):
        """Those that go beside one another have no order: the path, and the
        how manieth of it."""
        lines = self.stage.lines[self.case.name][:n]
        keys = [(line["method"], line["path"]) for line in lines]
        return {"agent": "run-pipeline", "method": keys[-1][0],
                "path": f"^{re.escape(keys[-1][1])}$",
                "nth": keys.count(keys[-1])}

    where_again = where

    def one_acts(self, n, *runs):
        """Once one has looked at the Leases, and not yet let go, only one
        may act for an object."""
        for run in runs:
            run.ended()
        lines = self.stage.lines[self.case.name]
        last = [i for i, line in enumerate(lines, 1)
                if "/leases" in line["path"]][-1]
        done = [laws.whose(line) for line in laws.acts(self.judge(*runs))
                if line["effect"]]
        if 1 < n <= last and len(done) != len(set(done)):
            self.say("two acted: " + "; ".join(map(str, runs)))

    def settle(self):
        """Runs until one changes nothing and nothing is waited for; that
        one, or None."""
        self.place.calm()
        for n in range(ROUNDS):
            self.stage.wait(LATE if n % 2 else SOON)
            self.stage.collect(self.foreign)
            run = self.stage.start().ended()
            changed = any(line["effect"] for line in self.judge(run)
                          if line["run"] == run.name)
            lines = laws.said(run).values()
            if not changed and run.end and not any(
                    line["end"] == "busy" or WAITS.match(line.get("row", ""))
                    for line in lines):
                return run
        self.say(f"does not settle ({run})")
        return None

    def end(self):
        """To the end, and what is true there."""
        last = self.settle()
        if last is None:
            return None
        self.look()
        state = self.stage.tekton()
        objects = self.objects()
        if "active" not in self.racing:
            self.wrong += laws.of_counters(state, self.uids)
        self.wrong += laws.of_deletions(state, self.uids, self.bounds,
                                        self.given)
        self.wrong += laws.of_leases(self.stage.leases(), objects)
        self.wrong += laws.of_foreign(self.foreign, self.stage.live_runs())
        lines = laws.said(last)
        for name, sync in objects.items():
            self.wrong += laws.of_status(sync, lines.get(name, {}), state,
                                         self.given)
        return last

    def objects(self):
        found = {name: self.stage.sync(name) for name in self.case.made}
        return {name: sync for name, sync in found.items() if sync}

    def end_of(self, last):
        """Of each object, and of the run that found nothing to do."""
        state, live = self.stage.tekton(), self.stage.live_runs()
        found = {name: laws.of_object(sync, live, state)
                 for name, sync in self.objects().items()}
        return {**found, "exit": last.status, "end": last.end,
                "live": len(live), "made": len(state["runs"]),
                "objects": sorted(found)}
