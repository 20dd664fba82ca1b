"""How PipelineRuns and TaskRuns go in the world's time."""

from proofs.client import MERGE, must, same
from proofs.tekton import BETA, RUNS, TASKS, run

OWNER = {"apiVersion": "modelsync.dev/v1alpha1", "kind": "ModelSync",
         "name": "s", "uid": "1-2", "controller": True}


def made(w, name="r", path=RUNS, **spec):
    meta = {"ownerReferences": [OWNER]}
    same(w.ask("POST", path, run(name, meta, **spec)).status, 201)
    return f"{path}/{name}"


def wait(w, seconds):
    w.ctl("POST", "/clock", {"advance": seconds})


def plans(w, ends, pipeline="train"):
    w.ctl("POST", "/tekton/plans", {"pipeline": pipeline, "ends": ends})


def condition(thing):
    """(status, reason), or None: there is no such condition."""
    for found in thing.get("status", {}).get("conditions", ()):
        if found["type"] == "Succeeded":
            return found["status"], found["reason"]
    return None


def see(w, path):
    return condition(w.person(path))


def succeeds(w):
    """a PipelineRun: started, running, over, each in its second"""
    plans(w, {"seconds": 600, "tasks": ["fit", "save"], "results": {
        "model": "m-$(params.generation)"}})
    path = made(w, params=[{"name": "generation", "value": "g1"}])
    same(see(w, path), ("Unknown", "Started"))
    wait(w, 5)
    same(see(w, path), ("Unknown", "Running"))
    wait(w, 594)
    same(see(w, path), ("Unknown", "Running"))
    wait(w, 100)
    found = w.person(path)
    same(condition(found), ("True", "Succeeded"))
    same((found["status"]["startTime"], found["status"]["completionTime"],
          found["status"]["results"]),
         ("2026-10-01T00:00:00Z", "2026-10-01T00:10:00Z",
          [{"name": "model", "value": "m-g1"}]))
    same([(c["name"], c["pipelineTaskName"], c["kind"])
          for c in found["status"]["childReferences"]],
         [("r-fit", "fit", "TaskRun"), ("r-save", "save", "TaskRun")])
    same(found["metadata"]["labels"]["tekton.dev/pipeline"], "train")
    beta = w.person(path.replace("v1/", "v1beta1/"))["status"]
    same(beta["pipelineResults"], found["status"]["results"])


def ends(w):
    """how a PipelineRun ends: one plan each, the last one stays"""
    plans(w, [{"status": "False"}, {"skipped": ["a"]},
              {"status": "False", "reason": "CouldntGetPipeline"},
              {"status": "False", "reason": "CreateRunFailed",
               "message": "quota"}, {"seconds": None}])
    names = ["a", "b", "c", "d", "e", "f"]
    for name in names:
        made(w, name)
    same(see(w, f"{RUNS}/c"), ("False", "CouldntGetPipeline"))
    must('"train" not found' in w.person(f"{RUNS}/c")["status"][
        "conditions"][0]["message"])
    wait(w, 60)
    same([see(w, f"{RUNS}/{name}") for name in names],
         [("False", "Failed"), ("True", "Completed"),
          ("False", "CouldntGetPipeline"), ("False", "CreateRunFailed"),
          ("Unknown", "Running"), ("Unknown", "Running")])
    wait(w, 3540)
    found = w.person(f"{RUNS}/e")
    same(condition(found), ("False", "PipelineRunTimeout"))
    must('failed to finish within "1h0m0s"'
         in found["status"]["conditions"][0]["message"])


def unseen(w):
    """a run that the controller has not seen has no status"""
    plans(w, {"start": 30})
    path = made(w)
    wait(w, 29)
    same(see(w, path), None)
    wait(w, 1)
    same(see(w, path), ("Unknown", "Started"))
    w.ctl("POST", "/tekton/settings", {"down": True})
    wait(w, 7200)
    same(see(w, path), ("Unknown", "Started"))
    w.ctl("POST", "/tekton/settings", {"down": False})
    same(see(w, path), ("True", "Succeeded"))


def unknown_pipeline(w):
    """a pipeline that is not known: the run fails at once"""
    w.ctl("POST", "/tekton/settings", {"known": ["other"]})
    same(see(w, made(w)), ("False", "CouldntGetPipeline"))
    same(see(w, made(w, "s", pipelineRef={"name": "other"})),
         ("Unknown", "Started"))


def stopped(w):
    """spec.status ends a run: at once, or with its finally tasks"""
    w.ctl("POST", "/tekton/settings", {"finally": 10})
    paths = {}
    for how in ("Cancelled", "CancelledRunFinally", "StoppedRunFinally"):
        paths[how] = made(w, how.lower())
    wait(w, 5)
    for how, path in paths.items():
        w.ask("PATCH", path, {"spec": {"status": how}}, media=MERGE)
    same([see(w, path) for path in paths.values()],
         [("False", "Cancelled"), ("Unknown", "CancelledRunningFinally"),
          ("Unknown", "StoppedRunningFinally")])
    wait(w, 10)
    same([see(w, path) for path in paths.values()],
         [("False", "Cancelled"), ("False", "Cancelled"),
          ("Unknown", "StoppedRunningFinally")])
    wait(w, 55)
    same(see(w, paths["StoppedRunFinally"]), ("False", "Cancelled"))


def pending(w):
    """PipelineRunPending holds a run until it is taken away"""
    path = made(w, status="PipelineRunPending")
    same(see(w, path), ("Unknown", "PipelineRunPending"))
    wait(w, 1000)
    must("startTime" not in w.person(path)["status"])
    w.ask("PATCH", path, {"spec": {"status": None}}, media=MERGE)
    wait(w, 60)
    same(see(w, path), ("True", "Succeeded"))


def told(w):
    """a run that is told to end does; a command ends one as it says"""
    path = made(w, path=BETA)
    w.ctl("POST", "/tekton/end", {"name": "r", "status": "False",
                                  "reason": "Failed", "message": "told"})
    same(see(w, path), ("False", "Failed"))
    plans(w, [{"command": ["/bin/sh", "-c", "printf %s \"$PARAM_A_B\" "
                           ">\"$RESULTS/model\""]},
              {"command": ["/bin/false"]}])
    params = [{"name": "a-b", "value": "x y"}]
    paths = [made(w, name, params=params) for name in ("good", "bad")]
    wait(w, 60)
    same([see(w, path) for path in paths],
         [("True", "Succeeded"), ("False", "Failed")])
    same(w.person(paths[0])["status"]["results"],
         [{"name": "model", "value": "x y"}])


def task_runs(w):
    """a TaskRun goes the same way, in its own words"""
    w.ctl("POST", "/tekton/plans", {"task": "*", "ends": [
        {"results": {"a": "1"}}, {"status": "False"}]})
    for name, more in (("t", {}), ("u", {}), ("v", {"timeout": "30s"})):
        w.ask("POST", TASKS, {"metadata": {"name": name}, "spec": {
            "taskRef": {"name": "x"}, **more}})
    same(see(w, f"{TASKS}/t"), ("Unknown", "Started"))
    wait(w, 60)
    same([see(w, f"{TASKS}/{name}") for name in "tuv"],
         [("True", "Succeeded"), ("False", "Failed"),
          ("False", "TaskRunTimeout")])
    status = w.person(f"{TASKS}/t")["status"]
    same((status["podName"], status["results"]),
         ("t-pod", [{"name": "a", "type": "string", "value": "1"}]))


def retention(w):
    """a finished run is pruned when it was kept long enough"""
    w.ctl("POST", "/tekton/settings", {"retention": 100})
    path = made(w)
    wait(w, 159)
    same(see(w, path), ("True", "Succeeded"))
    wait(w, 1)
    same(w.person(path), None)
    state = w.ctl("GET", "/tekton/state")
    same([(d["by"], d["person"]) for d in state["deletions"]],
         [("tekton-pruner", False)])
    same(state["unowned"], [])


def history(w):
    """what ever ran, for whom, how many at once, and who deleted what"""
    agent = "modelsync/1 run-pipeline/7"
    for name in ("a", "b"):
        made(w, name)
    made(w, "c")
    w.ask("DELETE", f"{RUNS}/a", agent=agent)
    wait(w, 60)
    made(w, "d")
    w.ask("POST", RUNS, run("theirs"))
    w.ask("DELETE", f"{RUNS}/theirs", agent=agent)
    state = w.ctl("GET", "/tekton/state")
    same([(r["name"], r["owner"], r["end"] and r["end"]["reason"],
           r["deleted"] and r["deleted"]["run"]) for r in state["runs"]],
         [("a", "1-2", None, "run-pipeline/7"), ("b", "1-2", "Succeeded",
                                                 None),
          ("c", "1-2", "Succeeded", None), ("d", "1-2", None, None),
          ("theirs", "none", None, "run-pipeline/7")])
    same((state["active"], state["mostActive"]),
         ({"1-2": 1}, {"1-2": 3, "none": 1}))
    same([(d["name"], d["run"]) for d in state["unowned"]],
         [("theirs", "run-pipeline/7")])


def kept(w):
    """a dump holds what runs, and what is to come of it"""
    plans(w, [{"status": "False"}, {}])
    path = made(w)
    wait(w, 5)
    dump = w.ctl("GET", "/dump")
    w.ctl("POST", "/reset")
    same(w.person(path), None)
    same(w.ctl("GET", "/tekton/state")["runs"], [])
    w.ctl("PUT", "/dump", dump)
    same(see(w, path), ("Unknown", "Running"))
    made(w, "s")
    wait(w, 60)
    same((see(w, path), see(w, f"{RUNS}/s")),
         (("False", "Failed"), ("True", "Succeeded")))
    same(w.ctl("GET", "/tekton/state")["mostActive"], {"1-2": 2})


ALL = [succeeds, ends, unseen, unknown_pipeline, stopped, pending, told,
       task_runs, retention, history, kept]
