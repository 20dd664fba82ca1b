"""Tekton's controller in the world's time: how PipelineRuns and TaskRuns go
and how they end."""

import re

from kubernetes import container, durations
from kubernetes.history import end
from kubernetes.later import Controller, condition
from kubernetes.tekton import PENDING
from kubernetes.write import copy

KEYS = ("start", "seconds", "status", "reason", "message", "results",
        "tasks", "skipped", "command", "env")
# Ends before anything ran.
NEVER_RAN = re.compile("Couldnt|Parameter|Invalid|Resource|"
                       ".*(Validation|Graph)")
WORDS = {
    "PipelineRun": {"timeout": "PipelineRunTimeout", "cancel": "Cancelled"},
    "TaskRun": {"timeout": "TaskRunTimeout", "cancel": "TaskRunCancelled"}}


class Runs(Controller):
    name = "tekton-pipelines-controller"
    resources = ("pipelineruns.tekton.dev", "taskruns.tekton.dev")
    settings = {"start": 0, "seconds": 60, "finally": 0, "retention": None,
                "known": None, "down": False, "schemas": True}

    def control(self, what, value):
        """POST /tekton/WHAT; see the README."""
        if what == "settings":
            self.change(value)
            self.schemas()
            return {}
        if what == "plans":
            kind = "task" if "task" in value else "pipeline"
            return self.plan(f"{kind}/{value[kind]}", value["ends"], KEYS)
        if what == "end":
            return self.end_now(dict(value))
        raise ValueError(f"no /tekton/{what}")

    def reset(self):
        super().reset()
        self.schemas()

    def load(self, state):
        super().load(state)
        self.schemas()

    def schemas(self):
        """Whether the CRDs have them, as they have since 2025."""
        for kind in self.cluster.kinds.paths.values():
            if kind.group == "tekton.dev":
                kind.loose = not self.set["schemas"]

    def end_now(self, value):
        plural = value.pop("kind", "PipelineRun").lower() + "s"
        key = value.pop("namespace", "ml"), value.pop("name")
        resource = f"{plural}.tekton.dev"
        thing = self.cluster.store.shelf(resource)[key]
        state = self.states[thing["metadata"]["uid"]]
        state["plan"] = {**state["plan"], **value, "seconds": 0}
        state["start"] = state["start"] or self.cluster.clock.now()
        self.agenda.at(self.cluster.clock.now(), resource, thing)
        return {}

    def reference(self, thing):
        kind = thing["kind"].removesuffix("Run").lower()
        return kind, thing["spec"].get(f"{kind}Ref", {}).get("name", "")

    def begin(self, thing):
        kind, name = self.reference(thing)
        found = self.planned(f"{kind}/{name}", f"{kind}/*")
        known = self.set["known"]
        if found is None and name and known is not None and (
                name not in known):
            found = {"status": "False", "reason": "CouldntGet"
                     + kind.capitalize()}
        return {"plan": found or {}, "start": None}

    # The moments of a run.
    def seconds(self, plan):
        if NEVER_RAN.match(plan.get("reason", "")):
            return plan.get("seconds", 0)
        return plan.get("seconds", self.set["seconds"])

    def bounds(self, thing, state):
        """When it ends by itself, and when its time is up; either may be
        None."""
        seconds = self.seconds(state["plan"])
        spec = thing["spec"]
        text = spec.get("timeouts", {}).get("pipeline") or spec.get(
            "timeout", "0")
        most = durations.seconds(text)
        return (None if seconds is None else state["start"] + seconds,
                state["start"] + most if most else None)

    def step(self, thing, state, when):
        if end(thing) is not None:
            return self.keep(thing, state, when)
        asked = thing["spec"].get("status", "")
        if asked == PENDING and state["start"] is None:
            self.unknown(thing, when, PENDING,
                         f'PipelineRun "{name_of(thing)}" is pending')
            return None
        fresh = state["start"] is None
        if fresh:
            state["start"] = when
        if asked in ("Cancelled", "TaskRunCancelled"):
            return self.cancel(thing, when)
        finish, late = self.bounds(thing, state)
        if asked:
            return self.stop(thing, state, when, asked, finish)
        if finish is not None and when >= finish and (
                late is None or finish <= late):
            return self.finish(thing, state, when)
        if late is not None and when >= late:
            return self.timeout(thing, when)
        return self.go(thing, state, when, fresh, finish, late)

    def go(self, thing, state, when, fresh, finish, late):
        """It goes on: started first, then running."""
        ends = min(x for x in (finish, late, float("inf")) if x is not None)
        if fresh:
            self.unknown(thing, when, "Started", "")
            return min(state["start"] + 1, ends)
        self.unknown(thing, when, "Running", self.progress(thing, state))
        return None if ends == float("inf") else ends

    def stop(self, thing, state, when, asked, finish):
        """Finally tasks run on; what was stopped first ends what runs."""
        if "stop" not in state:
            first = when
            if asked == "StoppedRunFinally" and finish is not None:
                first = max(when, finish)
            state["stop"] = first + self.set["finally"]
        if when >= state["stop"]:
            return self.cancel(thing, when)
        self.unknown(thing, when, "CancelledRunningFinally"
                     if asked.startswith("Cancelled")
                     else "StoppedRunningFinally", "")
        return state["stop"]

    def cancel(self, thing, when):
        kind = thing["kind"]
        return self.over(thing, when, "False", WORDS[kind]["cancel"],
                         f'{kind} "{name_of(thing)}" was cancelled')

    def timeout(self, thing, when):
        kind, spec = thing["kind"], thing["spec"]
        most = spec.get("timeouts", {}).get("pipeline") or spec["timeout"]
        return self.over(thing, when, "False", WORDS[kind]["timeout"],
                         f'{kind} "{name_of(thing)}" failed to finish '
                         f'within "{most}"')

    def finish(self, thing, state, when):
        plan, results = state["plan"], None
        value, reason = plan.get("status", "True"), plan.get("reason")
        if plan.get("command"):
            code, results = container.task(thing, plan)
            value = "True" if code == 0 else "False"
        elif value == "True":
            results = results_of(thing, plan)
        if reason is None:
            reason = "Failed" if value == "False" else (
                "Completed" if plan.get("skipped")
                and thing["kind"] == "PipelineRun" else "Succeeded")
        message = plan.get("message") or self.last_words(thing, plan, value,
                                                         reason)
        return self.over(thing, when, value, reason, message, results, plan)

    # What is written.
    def status(self, thing, when):
        found = copy(thing.get("status", {}))
        found["observedGeneration"] = thing["metadata"]["generation"]
        if thing["kind"] == "TaskRun":
            found.setdefault("podName", f"{name_of(thing)}-pod")
        return found

    def unknown(self, thing, when, reason, message):
        now = self.cluster.clock.whole(when)
        found = self.status(thing, when)
        if reason != PENDING:
            found.setdefault("startTime", now)
        if reason == "Running" and thing["kind"] == "PipelineRun":
            found["childReferences"] = self.children(thing)
        self.put(thing, when, condition(found, "Succeeded", "Unknown",
                                        reason, message, now),
                 self.labels(thing))

    def over(self, thing, when, value, reason, message, results=None,
             plan=None):
        now = self.cluster.clock.whole(when)
        found = self.status(thing, when)
        found.setdefault("startTime", now)
        found["completionTime"] = now
        if results:
            found["results"] = results
        pipeline = thing["kind"] == "PipelineRun"
        if pipeline and plan and plan.get("skipped"):
            found["skippedTasks"] = [
                {"name": name, "reason": "When Expressions evaluated to "
                 "false"} for name in plan["skipped"]]
        if pipeline and not NEVER_RAN.match(reason):
            found["childReferences"] = self.children(thing)
        self.put(thing, when, condition(found, "Succeeded", value, reason,
                                        message, now), self.labels(thing))
        state = self.states[thing["metadata"]["uid"]]
        return self.keep(thing, state, when)

    def keep(self, thing, state, when):
        """Finished runs stay until they are pruned."""
        kept = self.set["retention"]
        return self.expire(thing, state, when, kept, "tekton-pruner")

    def labels(self, thing):
        kind, name = self.reference(thing)
        return {f"tekton.dev/{kind}": name or name_of(thing)}

    def tasks(self, thing):
        plan = self.states[thing["metadata"]["uid"]]["plan"]
        return plan.get("tasks", ["main"])

    def children(self, thing):
        return [{"apiVersion": "tekton.dev/v1", "kind": "TaskRun",
                 "name": f"{name_of(thing)}-{task}",
                 "pipelineTaskName": task} for task in self.tasks(thing)]

    def progress(self, thing, state):
        if thing["kind"] == "TaskRun":
            return "Not all Steps in the Task have finished executing"
        return (f"Tasks Completed: 0 (Failed: 0, Cancelled 0), Incomplete: "
                f"{len(self.tasks(thing))}, Skipped: 0")

    def last_words(self, thing, plan, value, reason):
        kind, name = self.reference(thing)
        where = f"{thing['metadata']['namespace']}/{name_of(thing)}"
        if NEVER_RAN.match(reason):
            return (f"Error retrieving {kind} for {kind}run {where}: "
                    f'error when listing {kind}s for {kind}Run '
                    f'{name_of(thing)}: {kind}s.tekton.dev "{name}" not '
                    "found")
        if kind == "task":
            return ("All Steps have completed executing"
                    if value == "True" else '"step-main" exited with code 1')
        failed = int(value == "False")
        return (f"Tasks Completed: {len(self.tasks(thing))} (Failed: "
                f"{failed}, Cancelled 0), Skipped: "
                f"{len(plan.get('skipped', ()))}")


def name_of(thing):
    return thing["metadata"]["name"]


def results_of(thing, plan):
    """With $(params.NAME) and $(context.pipelineRun.name) in them."""
    words = {f"params.{p['name']}": p["value"]
             for p in thing["spec"].get("params", ())
             if isinstance(p["value"], str)}
    words["context.pipelineRun.name"] = name_of(thing)
    words["context.taskRun.name"] = name_of(thing)

    def fill(value):
        if not isinstance(value, str):
            return value
        return re.sub(r"\$\(([^()]*)\)",
                      lambda m: words.get(m.group(1), m.group()), value)

    more = {} if thing["kind"] == "PipelineRun" else {"type": "string"}
    return [{"name": name, "value": fill(value), **more}
            for name, value in plan.get("results", {}).items()]
