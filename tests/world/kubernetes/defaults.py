"""What the server fills in, per kind."""

from kubernetes import events


def nothing(thing, name):
    pass


def pod(spec):
    for container in spec.get("containers", []):
        container.setdefault("resources", {})
        container.setdefault("terminationMessagePath", "/dev/termination-log")
        container.setdefault("terminationMessagePolicy", "File")
        image = container.get("image", "").rpartition("/")[2]
        latest = ":" not in image and "@" not in image
        container.setdefault(
            "imagePullPolicy",
            "Always" if latest or image.endswith(":latest")
            else "IfNotPresent")
    spec.setdefault("restartPolicy", "Always")
    spec.setdefault("terminationGracePeriodSeconds", 30)
    spec.setdefault("dnsPolicy", "ClusterFirst")
    spec.setdefault("securityContext", {})
    spec.setdefault("schedulerName", "default-scheduler")


def template(found):
    meta = found.setdefault("metadata", {})
    meta.setdefault("creationTimestamp", None)
    pod(found.setdefault("spec", {}))


def job(thing, name):
    """A Job's pods are told apart by its uid."""
    spec = thing.setdefault("spec", {})
    if "parallelism" not in spec and "completions" not in spec:
        spec["completions"] = 1
    spec.setdefault("parallelism", 1)
    spec.setdefault("backoffLimit", 6)
    spec.setdefault("completionMode", "NonIndexed")
    spec.setdefault("suspend", False)
    found = spec.setdefault("template", {})
    template(found)
    uid = thing["metadata"]["uid"]
    marks = {"controller-uid": uid, "job-name": name}
    for meta in (thing["metadata"], found["metadata"]):
        meta["labels"] = {**meta.get("labels", {}), **marks}
    spec.setdefault("selector", {"matchLabels": {"controller-uid": uid}})
    notes = thing["metadata"].setdefault("annotations", {})
    notes.setdefault("batch.kubernetes.io/job-tracking", "")
    thing.setdefault("status", {})


def cron_job(thing, name):
    spec = thing.setdefault("spec", {})
    spec.setdefault("concurrencyPolicy", "Allow")
    spec.setdefault("suspend", False)
    spec.setdefault("successfulJobsHistoryLimit", 3)
    spec.setdefault("failedJobsHistoryLimit", 1)
    jobs = spec.setdefault("jobTemplate", {})
    jobs.setdefault("metadata", {}).setdefault("creationTimestamp", None)
    template(jobs.setdefault("spec", {}).setdefault("template", {}))
    thing.setdefault("status", {})


def namespace(thing, name):
    meta = thing["metadata"]
    meta.setdefault("labels", {})["kubernetes.io/metadata.name"] = name
    thing.setdefault("spec", {"finalizers": ["kubernetes"]})
    thing.setdefault("status", {"phase": "Active"})


def secret(thing, name):
    thing.setdefault("type", "Opaque")


DEFAULTS = {"Job": job, "CronJob": cron_job, "Namespace": namespace,
            "Secret": secret, "core.Event": events.default,
            "events.Event": events.default}
