"""PipelineRuns, TaskRuns and ModelSyncs: what is taken and what is not."""

from proofs.client import MERGE, must, refused, same

RUNS = "/apis/tekton.dev/v1/namespaces/ml/pipelineruns"
BETA = RUNS.replace("v1/", "v1beta1/")
TASKS = "/apis/tekton.dev/v1/namespaces/ml/taskruns"
SYNCS = "/apis/automl.cloudai.kubeflow.org/v1alpha1/namespaces/ml/modelsyncs"
STRICT = "?fieldValidation=Strict"
DENIED = 'admission webhook "validation.webhook.pipeline.tekton.dev" ' \
    "denied the request: validation failed: "


def run(name="r", meta=None, **spec):
    spec.setdefault("pipelineRef", {"name": "train"})
    return {"metadata": {"name": name, **(meta or {})},
            "spec": {key: value for key, value in spec.items()
                     if value is not None}}


def denied(reply, why):
    refused(reply, 400, "BadRequest")
    same(reply.message, DENIED + why)


def runs(w):
    """a PipelineRun: named by the server, filled in, with its owner"""
    owner = {"apiVersion": "modelsync.dev/v1alpha1", "kind": "ModelSync",
             "name": "s", "uid": "1-2", "controller": True}
    body = run(meta={"name": None, "generateName": "train-",
                     "labels": {"a": "b"}, "annotations": {"c": "d e"},
                     "ownerReferences": [owner]},
               params=[{"name": "m", "value": "x"},
                       {"name": "l", "value": ["y"]}],
               timeouts={"tasks": "90s", "pipeline": "2h"})
    made = w.ask("POST", RUNS + STRICT, body)
    same(made.status, 201, made.raw)
    meta, spec = made.json["metadata"], made.json["spec"]
    must(meta["name"].startswith("train-") and len(meta["name"]) == 11)
    same((meta["labels"], meta["annotations"], meta["ownerReferences"],
          meta["generation"]), ({"a": "b"}, {"c": "d e"}, [owner], 1))
    same((spec["params"], spec["timeouts"], spec["taskRunTemplate"]),
         (body["spec"]["params"], {"tasks": "1m30s", "pipeline": "2h0m0s"},
          {"serviceAccountName": "default"}))
    must("status" not in made.json)
    long = run(meta={"name": None, "generateName": "x" * 70})
    same(len(w.ask("POST", RUNS, long).json["metadata"]["name"]), 63)


def unknown_fields(w):
    """a field of a PipelineRun that no schema has: refused or pruned"""
    odd = run(parms=[], taskRunTemplate={"serviceAcount": "x"})
    refused(w.ask("POST", RUNS + STRICT, odd), 400, "BadRequest",
            "strict decoding error", 'unknown field "spec.parms"',
            'unknown field "spec.taskRunTemplate.serviceAcount"')
    made = w.ask("POST", RUNS, odd)
    same((made.status, "parms" in made.json["spec"]), (201, False))
    must("unknown field" in made.headers["warning"])
    refused(w.ask("POST", RUNS, run(params="x")), 400, "BadRequest",
            "mutation failed: cannot decode incoming new object",
            "cannot unmarshal string")


def needs(w):
    """a PipelineRun without what it must have, or with both of two"""
    denied(w.ask("POST", RUNS, run(pipelineRef=None)), "expected exactly "
           "one, got neither: spec.pipelineRef, spec.pipelineSpec")
    denied(w.ask("POST", RUNS, run(pipelineSpec={"tasks": []})), "expected "
           "exactly one, got both: spec.pipelineRef, spec.pipelineSpec")
    denied(w.ask("POST", RUNS, run(pipelineRef={})),
           "missing field(s): spec.pipelineRef.name")
    for key in ("name", "value"):
        item = {"name": "a", "value": "b"}
        del item[key]
        refused(w.ask("POST", RUNS, run(params=[item])), 422, "Invalid",
                f"spec.params[0].{key}: Required value")
    denied(w.ask("POST", RUNS, run("a.b")), "Invalid resource name: special "
           "character . must not be present: metadata.name")
    denied(w.ask("POST", RUNS, run("a" * 64)), "Invalid resource name: "
           "length must be no more than 63 characters: metadata.name")


def resources(w):
    """spec.resources: unknown in v1, refused in v1beta1"""
    body = run(resources=[{"name": "git", "resourceSpec": {"type": "git"}}])
    denied(w.ask("POST", BETA + STRICT, body),
           "must not set the field(s): spec.resources")
    refused(w.ask("POST", RUNS + STRICT, body), 400, "BadRequest",
            'unknown field "spec.resources"')
    w.ctl("POST", "/tekton/settings", {"schemas": False})
    refused(w.ask("POST", RUNS, body), 400, "BadRequest",
            "mutation failed: cannot decode incoming new object: json: "
            'unknown field "resources"')


def repeated(w):
    """two parameters or two workspaces of one name"""
    twice = [{"name": "a", "value": "1"}, {"name": "A", "value": "2"}]
    denied(w.ask("POST", RUNS, run(params=twice)),
           "expected exactly one, got both: spec.params[A].name")
    spaces = [{"name": "a", "emptyDir": {}}, {"name": "a", "emptyDir": {}}]
    denied(w.ask("POST", RUNS, run(workspaces=spaces)), 'workspace "a" '
           "provided by pipelinerun more than once, at index 0 and 1: "
           "spec.workspaces[1].name")
    refused(w.ask("POST", RUNS, run(workspaces=[{"name": "a"}])), 400,
            "BadRequest", "got neither: spec.workspaces[0].configmap")


def timeouts(w):
    """a PipelineRun's timeouts: durations, in each other's bounds"""
    refused(w.ask("POST", RUNS, run(timeouts={"pipeline": "1 h"})), 400,
            "BadRequest", 'time: invalid duration "1 h"')
    denied(w.ask("POST", RUNS, run(timeouts={"finally": "-1m"})), "invalid "
           "value: -1m0s should be >= 0: spec.timeouts.finally")
    denied(w.ask("POST", RUNS, run(timeouts={
        "pipeline": "10m", "tasks": "0.5h"})), "invalid value: 30m0s should "
        "be <= pipeline duration: spec.timeouts.tasks")
    denied(w.ask("POST", RUNS, run(timeouts={
        "pipeline": "10m", "tasks": "6m", "finally": "5m"})), "invalid "
        "value: 6m0s + 5m0s should be <= pipeline duration: "
        "spec.timeouts.finally, spec.timeouts.tasks")
    denied(w.ask("POST", BETA, run(timeout="1h", timeouts={"tasks": "1m"})),
           "must not set the field(s): spec.timeout, spec.timeouts")
    denied(w.ask("POST", RUNS, run(status="Stop")), "invalid value: Stop "
           "should be Cancelled, CancelledRunFinally, StoppedRunFinally or "
           "PipelineRunPending: spec.status")


def versions(w):
    """a run made as v1beta1 is read and listed as v1, and back"""
    made = w.ask("POST", BETA + STRICT, run(
        serviceAccountName="trainer", timeout="5m", podTemplate={
            "nodeSelector": {"a": "b"}},
        taskRunSpecs=[{"pipelineTaskName": "t",
                       "taskServiceAccountName": "u"}]))
    same((made.status, made.json["apiVersion"]),
         (201, "tekton.dev/v1beta1"), made.raw)
    same((made.json["spec"]["serviceAccountName"],
          made.json["spec"]["timeouts"]["pipeline"]), ("trainer", "5m0s"))
    found = w.ask("GET", f"{RUNS}/r").json
    same((found["apiVersion"], found["metadata"]["uid"]),
         ("tekton.dev/v1", made.json["metadata"]["uid"]))
    same((found["spec"]["taskRunTemplate"], found["spec"]["taskRunSpecs"]),
         ({"serviceAccountName": "trainer",
           "podTemplate": {"nodeSelector": {"a": "b"}}},
          [{"pipelineTaskName": "t", "serviceAccountName": "u"}]))
    for path, version in ((RUNS, "v1"), (BETA, "v1beta1")):
        item = w.ask("GET", path).json["items"][0]
        same((item["apiVersion"], item["kind"]),
             (f"tekton.dev/{version}", "PipelineRun"))
    same(w.ask("PATCH", f"{BETA}/r", {"metadata": {"labels": {"x": "y"}}},
               media=MERGE).status, 200)
    same(w.ask("DELETE", f"{RUNS}/r").status, 200)
    same(w.ask("GET", f"{BETA}/r").status, 404)


def fixed(w):
    """a run that was made keeps its spec, but for its status"""
    w.ask("POST", RUNS, run(params=[{"name": "a", "value": "1"}]))
    path = f"{RUNS}/r"
    reply = w.ask("PATCH", path, {"spec": {"params": [
        {"name": "a", "value": "2"}]}}, media=MERGE)
    denied(reply, "invalid value: Once the PipelineRun has started, only "
           "status updates are allowed: spec")
    same(w.ask("PATCH", path, {"spec": {"status": "Cancelled"}},
               media=MERGE).json["metadata"]["generation"], 2)


def task_runs(w):
    """a TaskRun: the same rules, with its own names"""
    made = w.ask("POST", TASKS + STRICT, {
        "metadata": {"name": "t"}, "spec": {"taskRef": {"name": "x"}}})
    same(made.status, 201, made.raw)
    same((made.json["spec"]["taskRef"]["kind"], made.json["spec"]["timeout"],
          made.json["spec"]["serviceAccountName"]),
         ("Task", "1h0m0s", "default"))
    denied(w.ask("POST", TASKS, {"metadata": {"name": "u"}, "spec": {}}),
           "expected exactly one, got neither: spec.taskRef, spec.taskSpec")
    denied(w.ask("POST", TASKS, {"metadata": {"name": "u"}, "spec": {
        "taskRef": {"name": "x"}, "status": "Cancelled"}}), "invalid value: "
        "Cancelled should be TaskRunCancelled: spec.status")


def absent(w):
    """a group or version that is not served: 404 page not found"""
    same(w.ask("GET", "/apis/tekton.dev/v1").json["groupVersion"],
         "tekton.dev/v1")
    w.ctl("POST", "/absent", ["tekton.dev/v1"])
    for path in ("/apis/tekton.dev/v1", RUNS, f"{RUNS}/r"):
        reply = w.ask("GET", path)
        same((reply.status, reply.raw), (404, b"404 page not found\n"))
    same(w.ask("POST", BETA, run()).status, 201)
    w.ctl("POST", "/absent", ["tekton.dev"])
    dump = w.ctl("GET", "/dump")
    w.ctl("POST", "/reset")
    w.ctl("PUT", "/dump", dump)
    same(w.ask("GET", BETA).status, 404)
    w.ctl("POST", "/reset")
    same(w.ask("GET", BETA).status, 200)


def syncs(w):
    """a ModelSync of both groups: every field is kept, status apart"""
    body = {"metadata": {"name": "s"}, "status": {"active": []}, "spec": {
        "needsSyncUrl": "http://l/needsSync", "more": {"x": 1},
        "parameters": [{"needsSyncName": "name", "pipelineName": "model"}],
        "pipelineRunTemplate": {"spec": {"resources": []}},
        "successfulPipelineRunsHistoryLimit": 3}}
    for path in (SYNCS, SYNCS.replace("automl.cloudai.kubeflow.org",
                                      "modelsync.dev")):
        made = w.ask("POST", path, body)
        same((made.status, made.json["spec"], "status" in made.json),
             (201, body["spec"], False))
        state = {"status": {"active": [{"name": "r"}]}}
        same(w.ask("PATCH", f"{path}/s/status", state, media=MERGE)
             .json["status"], state["status"])
        refused(w.ask("PATCH", f"{path}/s", {"spec": {
            "failedPipelineRunsHistoryLimit": -1}}, media=MERGE), 422,
            "Invalid", "greater than or equal to 0")


ALL = [runs, unknown_fields, needs, resources, repeated, timeouts, versions,
       fixed, task_runs, absent, syncs]
