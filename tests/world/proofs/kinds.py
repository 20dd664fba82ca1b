"""Jobs, CronJobs and Events."""

from proofs.client import EVENTS, JOBS, MERGE, T, must, refused, same


def job(image="x:1", policy="Never"):
    return {"metadata": {"generateName": "j-"}, "spec": {"template": {"spec": {
        "restartPolicy": policy,
        "containers": [{"name": "c", "image": image}]}}}}


def jobs(w):
    """a Job: named by the server, filled in, its template fixed"""
    made = w.ask("POST", JOBS, job()).json
    name = made["metadata"]["name"]
    must(name.startswith("j-") and len(name) == 7, name)
    same((made["spec"]["backoffLimit"], made["metadata"]["generation"],
          made["status"]), (6, 1, {}))
    changed = job("y:1")
    changed["metadata"] = {"name": name}
    refused(w.ask("PUT", f"{JOBS}/{name}", changed), 422, "Invalid",
            "immutable")
    refused(w.ask("POST", JOBS, job(policy="Always")), 422, "Invalid",
            "restartPolicy")


def status_apart(w):
    """status and the rest are written apart; generation counts the rest"""
    name = w.ask("POST", JOBS, job()).json["metadata"]["name"]
    path = f"{JOBS}/{name}"
    w.ask("PATCH", path, {"status": {"active": 1}}, media=MERGE)
    same(w.person(path)["status"], {})
    w.ask("PATCH", f"{path}/status", {"status": {"active": 1},
                                      "spec": {"suspend": True}}, media=MERGE)
    got = w.person(path)
    same((got["status"], got["spec"]["suspend"],
          got["metadata"]["generation"]), ({"active": 1}, False, 1))
    w.ask("PATCH", path, {"spec": {"suspend": True}}, media=MERGE)
    got = w.person(path)
    same((got["status"], got["metadata"]["generation"]), ({"active": 1}, 2))


def cron_jobs(w):
    """a CronJob: schedule, zone and policy are looked at"""
    path = JOBS.replace("jobs", "cronjobs")
    good = {"metadata": {"name": "c"}, "spec": {
        "schedule": "0 * * * *", "timeZone": "Europe/London",
        "jobTemplate": {"spec": job()["spec"]}}}
    made = w.ask("POST", f"{path}?fieldValidation=Strict", good)
    same(made.status, 201, made.raw)
    same(made.json["spec"]["concurrencyPolicy"], "Allow")
    for key, value in (("schedule", "hourly"), ("timeZone", "Mars/Base"),
                       ("concurrencyPolicy", "Never"),
                       ("startingDeadlineSeconds", -1)):
        bad = {"metadata": {"name": "d"}, "spec": dict(good["spec"],
                                                       **{key: value})}
        refused(w.ask("POST", path, bad), 422, "Invalid", key)


def event(**more):
    made = {"metadata": {"name": "e.1"}, "eventTime": T, "type": "Normal",
            "reportingController": "example.com/x", "action": "Train",
            "reportingInstance": "pod", "reason": "Started", "note": "n",
            "regarding": {"kind": "CronJob", "namespace": "ml",
                          "name": "c"}}
    made.update(more)
    return {key: value for key, value in made.items() if value is not None}


def events(w):
    """an Event: every field that must be there, and how long it may be"""
    same(w.ask("POST", EVENTS, event()).status, 201)
    for key, value, field in (
            ("eventTime", None, "eventTime"), ("reason", "", "reason"),
            ("action", "", "action"), ("action", "x" * 129, "action"),
            ("reportingInstance", None, "reportingInstance"),
            ("reportingController", None, "reportingController"),
            ("reportingController", "a b", "reportingController"),
            ("note", "x" * 1025, "message"), ("type", "Info", "type"),
            ("deprecatedCount", 1, "count"),
            ("deprecatedSource", {"component": "x"}, "source"),
            ("series", {"count": 1, "lastObservedTime": T}, "series"),
            ("regarding", {"kind": "Node", "name": "n"}, "involvedObject")):
        refused(w.ask("POST", EVENTS, event(**{
            key: value, "metadata": {"name": "e.2"}})), 422, "Invalid", field)


def event_series(w):
    """an Event that comes again: its series changes, nothing else"""
    w.ask("POST", EVENTS, event())
    series = {"series": {"count": 2, "lastObservedTime": T}}
    same(w.ask("PATCH", f"{EVENTS}/e.1", series, media=MERGE).status, 200)
    refused(w.ask("PATCH", f"{EVENTS}/e.1", {"note": "m"}, media=MERGE), 422,
            "Invalid", "immutable")
    core = w.person("/api/v1/namespaces/ml/events/e.1")
    same((core["message"], core["involvedObject"]["kind"], core["series"]),
         ("n", "CronJob", series["series"]))


ALL = [jobs, status_apart, cron_jobs, events, event_series]
