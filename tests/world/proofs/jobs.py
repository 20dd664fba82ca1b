"""How Jobs go in the world's time."""

import os
import tempfile

from proofs.client import JOBS, MERGE, must, same
from proofs.kinds import job


def plan(w, ends=None, image="x:1"):
    w.ctl("POST", "/jobs/plans", {"image": image, "ends": ends or {}})


def wait(w, seconds):
    w.ctl("POST", "/clock", {"advance": seconds})


def made(w, name="j", container=None, volumes=None, **spec):
    body = job()
    body["metadata"] = {"name": name}
    body["spec"].update(spec)
    pod = body["spec"]["template"]["spec"]
    pod["containers"][0].update(container or {})
    if volumes:
        pod["volumes"] = volumes
    same(w.ask("POST", JOBS, body).status, 201)
    return f"{JOBS}/{name}"


def conditions(w, path):
    """[(type, reason)] of those that are true"""
    found = w.person(path)["status"].get("conditions", ())
    return [(c["type"], c["reason"]) for c in found if c["status"] == "True"]


def count(w, path, *keys):
    status = w.person(path)["status"]
    return tuple(status.get(key) for key in keys)


DONE = [("SuccessCriteriaMet", "CompletionsReached"),
        ("Complete", "CompletionsReached")]


def failed(reason):
    return [("FailureTarget", reason), ("Failed", reason)]


def alone(w):
    """a Job whose image has no plan stays as it was made"""
    plan(w, image="other")
    path = made(w)
    wait(w, 1000)
    same(w.person(path)["status"], {})


def completes(w):
    """a Job: active and ready, then Complete with its times"""
    plan(w, {"seconds": 600})
    w.ctl("POST", "/jobs/settings", {"terminating": 5})
    path = made(w)
    same(count(w, path, "active", "ready", "startTime"),
         (1, 1, "2026-10-01T00:00:00Z"))
    wait(w, 600)
    same(conditions(w, path), DONE[:1])
    same(count(w, path, "active", "succeeded", "terminating"), (0, 1, 1))
    wait(w, 5)
    same(conditions(w, path), DONE)
    same(count(w, path, "succeeded", "terminating", "completionTime"),
         (1, 0, "2026-10-01T00:10:05Z"))


def backs_off(w):
    """a Job's pods fail: again after 10 s and 20 s, until the limit"""
    plan(w, [{"seconds": 60, "fails": 2}, {"seconds": 60,
                                           "status": "Failed"}])
    paths = [made(w, name, backoffLimit=2) for name in ("a", "b")]
    wait(w, 60)
    same(count(w, paths[0], "active", "failed"), (0, 1))
    wait(w, 10)
    same(count(w, paths[0], "active", "failed"), (1, 1))
    wait(w, 60 + 20 + 59)
    same([conditions(w, path) for path in paths], [[], []])
    wait(w, 1)
    same([conditions(w, path) for path in paths],
         [DONE, failed("BackoffLimitExceeded")])
    same([count(w, path, "failed", "succeeded") for path in paths],
         [(2, 1), (3, None)])
    must("completionTime" not in w.person(paths[1])["status"])


def deadline(w):
    """activeDeadlineSeconds ends a Job; one without may run for ever"""
    plan(w, {"status": None})
    paths = [made(w, "a", activeDeadlineSeconds=300), made(w, "b")]
    wait(w, 299)
    same(conditions(w, paths[0]), [])
    wait(w, 1)
    same(conditions(w, paths[0]), failed("DeadlineExceeded"))
    wait(w, 100000)
    same((conditions(w, paths[1]), count(w, paths[1], "active")), ([], (1,)))


def policies(w):
    """podFailurePolicy ends a Job by an exit status; so may a plan"""
    plan(w, [{"status": "Failed", "exit": 65}, {"status": "Failed"},
             {"status": "Failed", "reason": "MaxFailedIndexesExceeded"},
             {"fails": 1, "exit": 75}])
    rules = {"rules": [{"action": action, "onExitCodes": {
        "operator": "In", "values": codes}} for action, codes in (
            ("FailJob", [64, 65]), ("Ignore", [75]))]}
    paths = [made(w, name, podFailurePolicy=rules, backoffLimit=limit)
             for name, limit in (("a", 6), ("b", 6), ("c", 6), ("d", 0))]
    wait(w, 60)
    same([conditions(w, path) for path in paths],
         [failed("PodFailurePolicy"), [],
          failed("MaxFailedIndexesExceeded"), []])
    wait(w, 70)
    same((conditions(w, paths[3]), count(w, paths[3], "failed")),
         (DONE, (0,)))


def suspends(w):
    """a suspended Job has no pods, and begins anew when resumed"""
    plan(w)
    path = made(w)
    wait(w, 30)
    w.ask("PATCH", path, {"spec": {"suspend": True}}, media=MERGE)
    same(conditions(w, path), [("Suspended", "JobSuspended")])
    same(count(w, path, "active", "startTime"), (0, None))
    wait(w, 1000)
    w.ask("PATCH", path, {"spec": {"suspend": False}}, media=MERGE)
    same((conditions(w, path), count(w, path, "active")), ([], (1,)))
    wait(w, 60)
    same(conditions(w, path), DONE)


def expires(w):
    """ttlSecondsAfterFinished removes a Job, no earlier"""
    plan(w)
    path = made(w, ttlSecondsAfterFinished=100)
    wait(w, 159)
    same(conditions(w, path), DONE)
    w.ask("PATCH", path, {"spec": {"ttlSecondsAfterFinished": 200}},
          media=MERGE)
    wait(w, 100)
    same(conditions(w, path), DONE)
    wait(w, 1)
    same(w.person(path), None)
    state = w.ctl("GET", "/jobs/state")
    same([(r["name"], r["end"]["type"], r["deleted"]["by"])
          for r in state["runs"]],
         [("j", "Complete", "ttl-after-finished-controller")])


def programs(w):
    """a Job really runs: its environment, its arguments, its volumes"""
    w.ctl("POST", "/objects", {
        "apiVersion": "v1", "kind": "ConfigMap", "data": {"k": "cm"},
        "metadata": {"name": "c", "namespace": "ml"}})
    with tempfile.TemporaryDirectory() as folder:
        with open(f"{folder}/in", "w", encoding="utf-8") as file:
            file.write("abc")
        plan(w, {"command": ["/bin/sh", "-c"], "volumes": {
            "data": folder}})
        path = made(w, backoffLimit=0, container={
            "args": ["cat $(IN) /etc/conf/k >\"$OUT/copy\"; echo -n "
                     "\"$NAME $FROM\" >>\"$OUT/copy\"; test -z \"$FAIL\""],
            "env": [{"name": "IN", "value": "/mnt/data/in"},
                    {"name": "OUT", "value": "/mnt/data"},
                    {"name": "NAME", "valueFrom": {"fieldRef": {
                        "fieldPath": "metadata.labels['job-name']"}}},
                    {"name": "FROM", "valueFrom": {"configMapKeyRef": {
                        "name": "c", "key": "k"}}}],
            "volumeMounts": [{"name": "v", "mountPath": "/mnt/data"},
                             {"name": "c", "mountPath": "/etc/conf"}]},
            volumes=[{"name": "v", "persistentVolumeClaim": {
                "claimName": "data"}}, {"name": "c", "configMap": {
                    "name": "c"}}])
        must(not os.path.exists(f"{folder}/copy"))
        wait(w, 60)
        same(conditions(w, path), DONE)
        with open(f"{folder}/copy", encoding="utf-8") as file:
            same(file.read(), "abccmj cm")


def exits(w):
    """a program's exit status is the pod's; what it said is kept"""
    plan(w, {"command": True})
    path = made(w, backoffLimit=0, container={
        "command": ["/bin/sh", "-c", "echo why >&2; exit 3"]})
    wait(w, 60)
    same(conditions(w, path), failed("BackoffLimitExceeded"))
    uid = w.person(path)["metadata"]["uid"]
    same(w.ctl("GET", "/jobs/state")["said"], {uid: "why\n"})


def kept(w):
    """a dump holds Jobs, and what is to come of them"""
    plan(w, [{"fails": 1}, {"status": "Failed"}])
    path = made(w)
    wait(w, 60)
    same(count(w, path, "failed"), (1,))
    dump = w.ctl("GET", "/dump")
    w.ctl("POST", "/reset")
    same(w.ctl("GET", "/jobs/state")["runs"], [])
    w.ctl("PUT", "/dump", dump)
    wait(w, 70)
    same(conditions(w, path), DONE)


ALL = [alone, completes, backs_off, deadline, policies, suspends, expires,
       programs, exits, kept]
