"""PipelineRun and TaskRun of tekton.dev, v1 and v1beta1: their fields, what
Tekton's webhooks refuse and fill in, and how one version is the other.
Objects are stored as v1 has them."""

import json

from kubernetes import durations, status
from kubernetes.fields import META, TYPES, parse

DEFAULTING = "webhook.pipeline.tekton.dev"
VALIDATION = "validation.webhook.pipeline.tekton.dev"
SPEC = "params:[]Param status workspaces:[]Workspace managedBy"
TASK = "debug:any statusMessage retries:int computeResources:Resources"
RUN = ("conditions:[]RunCondition observedGeneration:int64 "
       "annotations:{}string startTime:time completionTime:time "
       "provenance:any spanContext:{}string")
TABLE = {
    "v1.PipelineRun": f"{META} spec:v1.PipelineRunSpec "
                      "status:v1.PipelineRunStatus",
    "v1.PipelineRunSpec": f"{SPEC} pipelineRef:v1.Ref pipelineSpec:any "
                          "taskRunSpecs:[]v1.TaskRunSpecs "
                          "taskRunTemplate:TaskRunTemplate "
                          "timeouts:Timeouts",
    "v1.Ref": "apiVersion name params:[]Param resolver",
    "v1.TaskRunSpecs": "computeResources:Resources metadata:TaskMetadata "
                       "pipelineTaskName podTemplate:PodTemplate "
                       "serviceAccountName sidecarSpecs:[]StepSpec "
                       "stepSpecs:[]StepSpec timeout:duration",
    "v1.PipelineRunStatus": f"{RUN} childReferences:[]ChildReference "
                            "finallyStartTime:time pipelineSpec:any "
                            "results:[]RunResult skippedTasks:[]SkippedTask",
    "v1beta1.PipelineRun": f"{META} spec:v1beta1.PipelineRunSpec "
                           "status:v1beta1.PipelineRunStatus",
    "v1beta1.PipelineRunSpec": f"{SPEC} pipelineRef:v1beta1.Ref "
                               "pipelineSpec:any resources:[]any "
                               "serviceAccountName podTemplate:PodTemplate "
                               "taskRunSpecs:[]v1beta1.TaskRunSpecs "
                               "timeout:duration timeouts:Timeouts",
    "v1beta1.Ref": "apiVersion bundle name params:[]Param resolver",
    "v1beta1.TaskRunSpecs": "computeResources:Resources "
                            "metadata:TaskMetadata pipelineTaskName "
                            "taskPodTemplate:PodTemplate "
                            "taskServiceAccountName "
                            "sidecarOverrides:[]Override "
                            "stepOverrides:[]Override timeout:duration",
    "v1beta1.PipelineRunStatus": f"{RUN} finallyStartTime:time "
                                 "childReferences:[]ChildReference "
                                 "pipelineSpec:any "
                                 "pipelineResults:[]RunResult "
                                 "skippedTasks:[]SkippedTask",
    "v1.TaskRun": f"{META} spec:v1.TaskRunSpec status:v1.TaskRunStatus",
    "v1.TaskRunSpec": f"{SPEC} {TASK} podTemplate:PodTemplate "
                      "serviceAccountName sidecarSpecs:[]StepSpec "
                      "stepSpecs:[]StepSpec taskRef:v1.TaskRef taskSpec:any "
                      "timeout:duration",
    "v1.TaskRef": "apiVersion kind name params:[]Param resolver",
    "v1.TaskRunStatus": f"{RUN} artifacts:any podName results:[]TaskResult "
                        "retriesStatus:any sidecars:[]any steps:[]any "
                        "taskSpec:any",
    "v1beta1.TaskRun": f"{META} spec:v1beta1.TaskRunSpec "
                       "status:v1beta1.TaskRunStatus",
    "v1beta1.TaskRunSpec": f"{SPEC} {TASK} podTemplate:PodTemplate "
                           "serviceAccountName resources:any "
                           "sidecarOverrides:[]Override "
                           "stepOverrides:[]Override "
                           "taskRef:v1beta1.TaskRef taskSpec:any "
                           "timeout:duration",
    "v1beta1.TaskRef": "apiVersion bundle kind name params:[]Param resolver",
    "v1beta1.TaskRunStatus": f"{RUN} podName taskResults:[]TaskResult "
                             "retriesStatus:any sidecars:[]any steps:[]any "
                             "taskSpec:any",
    "Param": "name value:any",
    "RunResult": "name value:any",
    "TaskResult": "name type value:any",
    "Resources": "claims:[]any limits:any requests:any",
    "StepSpec": "name computeResources:Resources",
    "Override": "name resources:Resources",
    "TaskMetadata": "annotations:{}string labels:{}string",
    "TaskRunTemplate": "podTemplate:PodTemplate serviceAccountName",
    "Timeouts": "finally:duration pipeline:duration tasks:duration",
    "PodTemplate": "affinity:any automountServiceAccountToken:bool "
                   "dnsConfig:any dnsPolicy enableServiceLinks:bool "
                   "env:[]any hostAliases:[]any hostNetwork:bool "
                   "hostUsers:bool imagePullSecrets:[]any "
                   "nodeSelector:{}string priorityClassName "
                   "runtimeClassName schedulerName securityContext:any "
                   "tolerations:[]any topologySpreadConstraints:[]any "
                   "volumes:any",
    "Workspace": "configMap:any csi:any emptyDir:any name "
                 "persistentVolumeClaim:any projected:any secret:any subPath "
                 "volumeClaimTemplate:any",
    "RunCondition": "type status severity lastTransitionTime reason message",
    "ChildReference": "apiVersion displayName kind name pipelineTaskName "
                      "whenExpressions:[]any",
    "SkippedTask": "name reason whenExpressions:[]any",
}
TYPES.update({name: parse(text) for name, text in TABLE.items()})

STOPS = ("Cancelled", "CancelledRunFinally", "StoppedRunFinally")
PENDING = "PipelineRunPending"
SOURCES = {"volumeClaimTemplate", "persistentVolumeClaim", "emptyDir",
           "configMap", "secret", "projected", "csi"}
NAMED = ", ".join(f"{{0}}{name}" for name in (
    "configmap", "emptydir", "persistentvolumeclaim", "secret",
    "volumeclaimtemplate"))
HOUR = "1h0m0s"
ONE = "expected exactly one, got "


def denied(webhook, why):
    """As the server passes on what a webhook says."""
    return status.bad_request(f'admission webhook "{webhook}" denied the '
                              f"request: {why}")


def undecodable(why):
    return denied(DEFAULTING, "mutation failed: cannot decode incoming new "
                  f"object: {why}")


# What the webhook says of an object: (message, path) each.
def repeated_names(items, path):
    seen = set()
    for item in items:
        name = item.get("name", "")
        if name.lower() in seen:
            yield ONE + "both", f"{path}[{name}].name"
        seen.add(name.lower())


def reference(spec, kind):
    """pipelineRef or pipelineSpec, taskRef or taskSpec: one of the two."""
    ref, inline = f"{kind}Ref", f"{kind}Spec"
    if (ref in spec) == (inline in spec):
        got = "both" if ref in spec else "neither"
        yield ONE + got, f"spec.{ref}, spec.{inline}"
    if ref not in spec:
        return
    found = spec[ref]
    if found.get("resolver") and found.get("name"):
        yield ONE + "both", f"spec.{ref}.name, spec.{ref}.resolver"
    elif found.get("params") and not found.get("resolver"):
        yield "missing field(s)", f"spec.{ref}.resolver"
    elif not (found.get("name") or found.get("resolver")
              or found.get("bundle")):
        yield "missing field(s)", f"spec.{ref}.name"


def negative(holder, path, *keys):
    for key in keys:
        nanos = durations.parse(holder.get(key, "0"))
        if nanos < 0:
            yield ("invalid value: "
                   f"{durations.written(nanos)} should be >= 0",
                   f"{path}.{key}")


def within(found):
    """tasks and finally, alone and together, fit into pipeline; 0 is
    without end."""
    whole = durations.parse(found.get("pipeline", HOUR))
    said = ("pipeline" if "pipeline" in found else "default timeout")
    parts = {key: durations.parse(found[key]) for key in ("tasks", "finally")
             if key in found}
    for key, nanos in parts.items():
        if whole and (nanos > whole or nanos == 0):
            more = "" if nanos else " (no timeout)"
            yield (f"invalid value: {durations.written(nanos)}{more} should "
                   f"be <= {said} duration", f"spec.timeouts.{key}")
    if len(parts) == 2 and sum(parts.values()) > whole:
        tasks, last = map(durations.written, parts.values())
        yield (f"invalid value: {tasks} + {last} should be <= {said} "
               "duration", "spec.timeouts.finally, spec.timeouts.tasks")


def workspaces(spec):
    seen = {}
    for i, found in enumerate(spec.get("workspaces", ())):
        path = f"spec.workspaces[{i}]"
        count = len(SOURCES & found.keys())
        if count != 1:
            yield (ONE + ("both" if count else "neither"),
                   NAMED.format(f"{path}."))
        name = found.get("name", "")
        if name in seen:
            yield (f'workspace "{name}" provided by pipelinerun more than '
                   f"once, at index {seen[name]} and {i}", f"{path}.name")
        seen[name] = i


def run_name(meta):
    name = meta.get("name", "")
    if "." in name:
        yield ("Invalid resource name: special character . must not be "
               "present", "metadata.name")
    elif len(name) > 63:
        yield ("Invalid resource name: length must be no more than 63 "
               "characters", "metadata.name")


def pipeline_run(spec):
    yield from reference(spec, "pipeline")
    yield from repeated_names(spec.get("params", ()), "spec.params")
    yield from negative(spec, "spec", "timeout")
    if "timeouts" in spec:
        if "timeout" in spec:
            yield ("must not set the field(s)",
                   "spec.timeout, spec.timeouts")
        yield from negative(spec["timeouts"], "spec.timeouts", "tasks",
                            "finally", "pipeline")
        yield from within(spec["timeouts"])
    asked = spec.get("status", "")
    if asked and asked not in (*STOPS, PENDING):
        yield (f"invalid value: {asked} should be Cancelled, "
               f"CancelledRunFinally, StoppedRunFinally or {PENDING}",
               "spec.status")
    yield from workspaces(spec)


def task_run(spec):
    yield from reference(spec, "task")
    yield from repeated_names(spec.get("params", ()), "spec.params")
    yield from negative(spec, "spec", "timeout")
    if spec.get("retries", 0) < 0:
        yield f"invalid value: {spec['retries']} should be >= 0", (
            "spec.retries")
    asked = spec.get("status", "")
    if asked not in ("", "TaskRunCancelled"):
        yield (f"invalid value: {asked} should be TaskRunCancelled",
               "spec.status")
    if spec.get("statusMessage") and not asked:
        yield ("invalid value: statusMessage should not be set if status is "
               "not set, but it is currently set to "
               f"{spec['statusMessage']}", "spec.statusMessage")


RULES = {"PipelineRun": pipeline_run, "TaskRun": task_run}


def admit(kind, thing):
    """Raises what the webhook answers to an object of its version."""
    spec = thing.get("spec", {})
    found = list(run_name(thing["metadata"])) + list(RULES[kind.kind](spec))
    if "resources" in spec:
        found.append(("must not set the field(s)", "spec.resources"))
    if found:
        merged = {}
        for message, path in found:
            merged.setdefault(message, []).append(path)
        lines = sorted(f"{message}: {', '.join(sorted(paths))}"
                       for message, paths in merged.items())
        raise denied(VALIDATION, "validation failed: " + "\n".join(lines))


def done(thing):
    return any(c["type"] == "Succeeded" and c["status"] != "Unknown"
               for c in thing.get("status", {}).get("conditions", ()))


def check(new, old):
    """Causes of a 422; a spec that changed otherwise than it may is for the
    webhook to refuse."""
    if old is not None and new["spec"] != old["spec"]:
        kind, over = new["kind"], done(old)
        kept = dict(old["spec"]) if over else {
            **old["spec"], "status": new["spec"].get("status")}
        if {k: v for k, v in kept.items() if v is not None} != new["spec"]:
            tips = (f"Once the {kind} is complete, no updates are allowed"
                    if over else f"Once the {kind} has started, only status "
                    "updates are allowed")
            raise denied(VALIDATION, f"validation failed: invalid value: "
                         f"{tips}: spec")
    causes = []
    for name, keys in (("params", ("name", "value")),
                       ("workspaces", ("name",))):
        for i, item in enumerate(new.get("spec", {}).get(name, ())):
            causes += [("FieldValueRequired", f"spec.{name}[{i}].{key}",
                        "Required value") for key in keys
                       if key not in item]
    return causes


def default(thing, name):
    """What the webhook fills in."""
    spec = thing.setdefault("spec", {})
    if thing["kind"] == "PipelineRun":
        spec.setdefault("timeouts", {}).setdefault("pipeline", HOUR)
        holder = spec.setdefault("taskRunTemplate", {})
    else:
        spec.setdefault("timeout", HOUR)
        if "taskRef" in spec and not spec["taskRef"].get("resolver"):
            spec["taskRef"].setdefault("kind", "Task")
        labels = thing["metadata"].setdefault("labels", {})
        labels.setdefault("app.kubernetes.io/managed-by",
                          "tekton-pipelines")
        holder = spec
    holder.setdefault("serviceAccountName", "default")


# One version out of the other.
def renamed(holder, **names):
    return {names.get(key, key): value for key, value in holder.items()}


FORTH = {"taskServiceAccountName": "serviceAccountName",
         "taskPodTemplate": "podTemplate", "stepOverrides": "stepSpecs",
         "sidecarOverrides": "sidecarSpecs"}
BACK = {new: old for old, new in FORTH.items()}


def overrides(spec, names, old, new):
    found = renamed(spec, **names)
    for key in ("stepSpecs", "sidecarSpecs", "stepOverrides",
                "sidecarOverrides"):
        if key in found:
            found[key] = [renamed(item, **{old: new}) for item in found[key]]
    return found


def reference_in(spec):
    """A bundle is what its resolver says."""
    for key in ("pipelineRef", "taskRef"):
        ref = spec.get(key, {})
        if "bundle" in ref:
            ref = dict(ref)
            spec[key] = {"resolver": "bundles", "params": [
                {"name": "bundle", "value": ref["bundle"]},
                {"name": "name", "value": ref.get("name", "")},
                {"name": "kind", "value": key.removesuffix("Ref")}]}


def inward(thing):
    """v1beta1 as it is stored."""
    found = dict(thing, apiVersion="tekton.dev/v1",
                 spec=dict(thing.get("spec", {})))
    spec = found["spec"]
    reference_in(spec)
    if thing["kind"] == "PipelineRun":
        template = {key: spec.pop(key) for key in (
            "serviceAccountName", "podTemplate") if key in spec}
        if template:
            spec["taskRunTemplate"] = template
        if "timeout" in spec:
            spec["timeouts"] = {"pipeline": spec.pop("timeout")}
        if "taskRunSpecs" in spec:
            spec["taskRunSpecs"] = [
                overrides(s, FORTH, "resources", "computeResources")
                for s in spec["taskRunSpecs"]]
    else:
        found["spec"] = overrides(spec, {
            "stepOverrides": "stepSpecs",
            "sidecarOverrides": "sidecarSpecs"}, "resources",
            "computeResources")
    if "status" in thing:
        found["status"] = renamed(thing["status"], pipelineResults="results",
                                  taskResults="results")
    return found


def outward(thing):
    """What is stored, as v1beta1."""
    found = dict(thing, apiVersion="tekton.dev/v1beta1",
                 spec=dict(thing.get("spec", {})))
    spec = found["spec"]
    if thing["kind"] == "PipelineRun":
        spec.update(spec.pop("taskRunTemplate", {}))
        if "taskRunSpecs" in spec:
            spec["taskRunSpecs"] = [
                overrides(s, BACK, "computeResources", "resources")
                for s in spec["taskRunSpecs"]]
        results = "pipelineResults"
    else:
        found["spec"] = overrides(spec, {
            "stepSpecs": "stepOverrides",
            "sidecarSpecs": "sidecarOverrides"}, "computeResources",
            "resources")
        results = "taskResults"
    if "status" in thing:
        found["status"] = renamed(thing["status"], results=results)
    return json.loads(json.dumps(found))
