"""The Job controller in the world's time.  It leaves a Job alone whose image
nobody gave a plan."""

from kubernetes import container
from kubernetes.history import end
from kubernetes.later import Controller, condition
from kubernetes.write import copy

KEYS = ("start", "seconds", "status", "fails", "exit", "reason", "message",
        "command", "volumes", "env")
SAID = {"BackoffLimitExceeded": "Job has reached the specified backoff limit",
        "DeadlineExceeded": "Job was active longer than specified deadline",
        "CompletionsReached": "Reached expected number of succeeded pods"}


class Jobs(Controller):
    name = "kube-controller-manager"
    resources = ("jobs.batch",)
    settings = {"start": 0, "seconds": 60, "backoff": 10, "terminating": 0,
                "down": False}

    def control(self, what, value):
        """POST /jobs/WHAT; see the README."""
        if what == "settings":
            return self.change(value)
        if what == "plans":
            return self.plan(value["image"], value["ends"], KEYS)
        raise ValueError(f"no /jobs/{what}")

    def begin(self, thing):
        image = thing["spec"]["template"]["spec"]["containers"][0]["image"]
        found = self.planned(image, "*")
        if found is None:
            return None
        return {"plan": found, "start": None, "until": None, "failed": 0,
                "tries": 0, "rest": False, "said": ""}

    # The moments of a Job.
    def step(self, thing, state, when):
        if end(thing) is not None:
            return self.keep(thing, state, when)
        if state.get("last"):
            return self.settle(thing, state, when)
        if thing["spec"].get("suspend"):
            return self.suspend(thing, state, when)
        if state["start"] is None:
            return self.begin_pods(thing, state, when, True)
        late = self.deadline(thing, state)
        if late is not None and when >= late:
            return self.close(thing, state, when, "Failed",
                              "DeadlineExceeded")
        if state["until"] is None or when < state["until"]:
            return self.next(thing, state)
        if state["rest"]:
            return self.begin_pods(thing, state, when, False)
        return self.ended(thing, state, when)

    def deadline(self, thing, state):
        most = thing["spec"].get("activeDeadlineSeconds")
        return None if most is None else state["start"] + most

    def next(self, thing, state):
        found = [x for x in (state["until"], self.deadline(thing, state))
                 if x is not None]
        return min(found) if found else None

    def begin_pods(self, thing, state, when, first):
        plan, now = state["plan"], self.cluster.clock.whole(when)
        found = copy(thing.get("status", {}))
        if first:
            state["start"] = when
            if any(c["type"] == "Suspended"
                   for c in found.get("conditions", ())):
                found = self.mark(found, "Suspended", "False", "JobResumed",
                                  "Job resumed", now)
            found["startTime"] = now
        seconds = plan.get("seconds", self.set["seconds"])
        never = seconds is None or plan.get("status", "Complete") is None
        state["until"] = None if never else when + seconds
        state["rest"] = False
        count = min(thing["spec"].get("parallelism", 1),
                    thing["spec"].get("completions") or 1)
        found.update(active=count, ready=count, terminating=0,
                     uncountedTerminatedPods={})
        self.put(thing, when, found)
        return self.next(thing, state)

    def suspend(self, thing, state, when):
        state.update(start=None, until=None, rest=False)
        found = copy(thing.get("status", {}))
        found.pop("startTime", None)
        found.update(active=0, ready=0)
        self.put(thing, when, self.mark(
            found, "Suspended", "True", "JobSuspended", "Job suspended",
            self.cluster.clock.whole(when)))

    def ended(self, thing, state, when):
        """Pods ended: by what was planned, or by what a program did."""
        plan, limit = state["plan"], thing["spec"].get("backoffLimit", 6)
        code = self.exit_code(thing, state)
        if code == 0:
            return self.close(thing, state, when, "Complete",
                              "CompletionsReached")
        action = self.policy(thing, code)
        state["failed"] += action != "Ignore"
        why = plan.get("reason") or (
            "PodFailurePolicy" if action == "FailJob" else None)
        if why is None and state["failed"] > limit:
            why = "BackoffLimitExceeded"
        if why is not None:
            return self.close(thing, state, when, "Failed", why)
        state["rest"] = True
        state["tries"] += 1
        state["until"] = when + self.set["backoff"] * 2 ** (
            state["tries"] - 1)
        found = copy(thing["status"])
        found.update(active=0, ready=0, failed=state["failed"])
        self.put(thing, when, found)
        return self.next(thing, state)

    def exit_code(self, thing, state):
        plan = state["plan"]
        if plan.get("command"):
            code, state["said"] = container.Pod(
                self.cluster.store, thing, plan).all()
            return code
        fails = plan.get("fails", 0)
        if plan.get("status", "Complete") == "Failed":
            fails = state["tries"] + 1
        return plan.get("exit", 1) if state["tries"] < fails else 0

    @staticmethod
    def policy(thing, code):
        """The action that podFailurePolicy has for an exit status."""
        rules = thing["spec"].get("podFailurePolicy", {}).get("rules", ())
        for rule in rules:
            codes = rule.get("onExitCodes")
            if codes and (code in codes["values"]) == (
                    codes["operator"] == "In"):
                return rule["action"]
        return None

    @staticmethod
    def mark(found, kind, value, reason, message, now):
        return condition(found, kind, value, reason, message, now,
                         lastProbeTime=now)

    def close(self, thing, state, when, kind, reason):
        """It is decided; it is over when its pods are gone."""
        plan = state["plan"]
        message = plan.get("message") or SAID.get(reason, reason)
        found = copy(thing["status"])
        count = found.get("active", 0)
        now = self.cluster.clock.whole(when)
        first = "FailureTarget" if kind == "Failed" else "SuccessCriteriaMet"
        found = self.mark(found, first, "True", reason, message, now)
        found.update(active=0, ready=0)
        if kind == "Complete":
            found["succeeded"] = thing["spec"].get("completions") or 1
        if state["failed"] or reason == "DeadlineExceeded":
            found["failed"] = max(state["failed"], 1)
        state["last"] = [kind, reason, message]
        slow = self.set["terminating"]
        if slow:
            found["terminating"] = count
            self.put(thing, when, found)
            return when + slow
        return self.settle(dict(thing, status=found), state, when)

    def settle(self, thing, state, when):
        kind, reason, message = state["last"]
        now = self.cluster.clock.whole(when)
        found = self.mark(thing["status"], kind, "True", reason, message,
                          now)
        found["terminating"] = 0
        if kind == "Complete":
            found["completionTime"] = now
        self.put(thing, when, found)
        return self.keep(thing, state, when)

    def keep(self, thing, state, when):
        """A Job stays until its time to live is over, if it has one."""
        return self.expire(thing, state, when,
                           thing["spec"].get("ttlSecondsAfterFinished"),
                           "ttl-after-finished-controller")

    def said(self):
        """What the programs of Jobs said last, by uid."""
        return {uid: state["said"] for uid, state in self.states.items()
                if state["said"]}
