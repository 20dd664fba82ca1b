"""The simulated Vertex AI."""

from proofs.client import must, same
from proofs.cloud import Cloud, names, wrong

MACHINE = {"machineType": "n1-standard-4"}
COPY = ["/bin/sh", "-c", "cat \"$IN/data\" >\"$MODELSYNC_OUTPUT/copy\" && "
        "test -z \"$FAIL\""]


def job(**env):
    env = {"IN": "/gcs/bucket/in", "MODELSYNC_OUTPUT": "/gcs/bucket/out",
           **env}
    return {"displayName": "j", "labels": {"modelsync-generation": "g"},
            "jobSpec": {"workerPoolSpecs": [{
                "machineSpec": MACHINE, "replicaCount": "1",
                "containerSpec": {"imageUri": "copy", "env": [
                    {"name": key, "value": value}
                    for key, value in env.items()]}}]}}


def cloud(world):
    at = Cloud(world, "aiplatform")
    at.tell("buckets", name="bucket")
    at.tell("objects", bucket="bucket", name="in/data", text="abc")
    at.tell("images", image="copy", command=COPY)
    return at


def upload(at, model="m", **more):
    return at.good("POST", "models:upload", {"modelId": model, "model": {
        "displayName": "m", "containerSpec": {"imageUri": "serve"},
        **more}})


def deployment(at, number="7", model="m", split=None):
    name = at.get(f"models/{model}")["name"]
    body = {"deployedModel": {"model": name, "id": number,
                              "dedicatedResources": {
                                  "machineSpec": MACHINE,
                                  "minReplicaCount": 1}}}
    if split is not None:
        body["trafficSplit"] = split
    return body


def served(world):
    """A model, and an endpoint e without one."""
    at = cloud(world)
    upload(at)
    at.tell("vertex", endpoint="e")
    return at


def runs(world):
    "a custom job runs its program on the bucket, and writes there"
    at = cloud(world)
    name = at.good("POST", "customJobs", job())["name"]
    at.wait(599)
    same(at.get(name)["state"], "JOB_STATE_RUNNING")
    must("bucket/out/copy" not in at.state()["objects"], "too early")
    at.wait(1)
    same(at.get(name)["state"], "JOB_STATE_SUCCEEDED")
    same(at.state()["objects"]["bucket/out/copy"], 3)
    same([t["generation"] for t in at.state()["trainings"]], ["g"])


def fails(world):
    "a program that fails is a job that failed, and so is a late one"
    at = cloud(world)
    name = at.good("POST", "customJobs", job(FAIL="yes"))["name"]
    at.wait(600)
    found = at.get(name)
    same(found["state"], "JOB_STATE_FAILED")
    must("message" in found["error"])
    slow = job()
    slow["jobSpec"]["scheduling"] = {"timeout": "100s"}
    name = at.good("POST", "customJobs", slow)["name"]
    at.wait(99)
    same(at.get(name)["state"], "JOB_STATE_RUNNING")
    at.wait(1)
    found = at.get(name)
    same(found["state"], "JOB_STATE_FAILED")
    must("timeout" in found["error"]["message"])


def repeated(world):
    "customJobs.create on repeat makes a second one"
    at = cloud(world)
    at.good("POST", "customJobs", job())
    at.good("POST", "customJobs", job())
    query = "customJobs?filter=labels.modelsync-generation%3D%22g%22"
    same(len(at.get(query)["customJobs"]), 2)
    query = "customJobs?filter=labels.modelsync-generation%3D%22h%22"
    same(at.get(query), {})
    wrong(at.ask("GET", "customJobs?orderBy=create_time"), 400,
          "INVALID_ARGUMENT", "orderBy")
    wrong(at.ask("GET", "customJobs?filter=zz"), 400, "INVALID_ARGUMENT",
          "filter")


def strict_jobs(world):
    "a custom job's fields, types, enums and labels are checked"
    at = cloud(world)
    for path, value, field, word in (
            ("zz", 1, "", "zz"),
            ("labels", {"A": "b"}, "labels", "A"),
            ("jobSpec.scheduling", {"timeout": "1h"},
             "job_spec.scheduling.timeout", "Duration"),
            ("jobSpec.scheduling", {"strategy": "NEVER"},
             "job_spec.scheduling.strategy", "NEVER"),
            ("jobSpec.scheduling", {"disableRetries": "true"},
             "job_spec.scheduling.disable_retries", "BOOL"),
            ("jobSpec.workerPoolSpecs", [],
             "job_spec.worker_pool_specs", "Required"),
            ("jobSpec.workerPoolSpecs", [{"machineSpec": MACHINE}],
             "container_spec.image_uri", "Required"),
            ("jobSpec.workerPoolSpecs", [{"machinespec": MACHINE}],
             "job_spec.worker_pool_specs[0]", "machinespec")):
        body = job()
        inner, keys = body, path.split(".")
        for key in keys[:-1]:
            inner = inner[key]
        inner[keys[-1]] = value
        reply = at.ask("POST", "customJobs", body)
        wrong(reply, 400, "INVALID_ARGUMENT", word)
        if field:
            names(reply, field)
    same(at.get("customJobs"), {})


def uploads(world):
    "models.upload: one per id, there when its operation is done"
    at = cloud(world)
    at.tell("vertex", seconds={"upload": 30})
    operation = upload(at, labels={"modelsync-owner": "o"})["name"]
    wrong(at.ask("GET", "models/m"), 404, "NOT_FOUND")
    at.wait(30)
    same(at.get(operation)["response"]["model"], at.get("models/m")["name"])
    wrong(at.ask("POST", "models:upload", {"modelId": "m", "model": {
        "displayName": "m", "containerSpec": {"imageUri": "serve"}}}),
        409, "ALREADY_EXISTS")
    reply = at.ask("POST", "models:upload", {"modelId": "n", "model": {
        "displayName": "n"}})
    wrong(reply, 400, "INVALID_ARGUMENT", "Required")
    names(reply, "model.container_spec.image_uri")
    same(len(at.get("models?filter=labels.modelsync-owner%3D%22o%22")
             ["models"]), 1)


def orders(world):
    "models by create_time, newest first; in pages, among strangers"
    at = cloud(world)
    at.tell("vertex", strangers={"models": 25})
    for name in ("a", "b", "c"):
        at.wait(1)
        upload(at, name)
    found, count = at.pages("models?orderBy=create_time%20desc", "models", 7)
    same((len(found), count), (28, 4))
    same([m["name"].rpartition("/")[2] for m in found[:3]], ["c", "b", "a"])
    wrong(at.ask("GET", "models?orderBy=size"), 400, "INVALID_ARGUMENT",
          "order_by")


def deploys(world):
    "deployModel: an id of ours, once; there when its time is over"
    at = served(world)
    at.good("POST", "endpoints/e:deployModel", deployment(at,
            split={"0": 100}))
    same(at.get("endpoints/e")["deployedModels"], [])
    at.wait(60)
    endpoint = at.get("endpoints/e")
    same([d["id"] for d in endpoint["deployedModels"]], ["7"])
    same(endpoint["trafficSplit"], {"7": 100})
    wrong(at.ask("POST", "endpoints/e:deployModel", deployment(at)), 400,
          "FAILED_PRECONDITION", "in use")
    for number in ("", "12345678901", "x"):
        wrong(at.ask("POST", "endpoints/e:deployModel",
                     deployment(at, number)), 400, "INVALID_ARGUMENT", "id")
    wrong(at.ask("POST", "endpoints/e:deployModel",
                 deployment(at, "8", split={"0": 50})), 400,
          "INVALID_ARGUMENT", "100")
    wrong(at.ask("POST", "endpoints/none:deployModel", deployment(at)), 404,
          "NOT_FOUND")
    body = deployment(at, "9")
    del body["deployedModel"]["dedicatedResources"]["minReplicaCount"]
    wrong(at.ask("POST", "endpoints/e:deployModel", body), 400,
          "INVALID_ARGUMENT", "Required")


def shifts(world):
    "traffic moves by PATCH, and only what has none is undeployed"
    at = served(world)
    for number in ("7", "8"):
        at.good("POST", "endpoints/e:deployModel", deployment(
            at, number, split={"0": 100} if number == "7" else None))
        at.wait(60)
    gone = {"deployedModelId": "7"}
    wrong(at.ask("POST", "endpoints/e:undeployModel", gone), 400,
          "FAILED_PRECONDITION", "traffic")
    for query, split, word in (
            ("?updateMask=trafficSplit", {"8": 90}, "100"),
            ("?updateMask=trafficSplit", {"9": 100}, "id"),
            ("?updateMask=trafficSplit", {"8": "x"}, "TYPE_INT32"),
            ("", {"8": 100}, "update_mask")):
        wrong(at.ask("PATCH", f"endpoints/e{query}",
                     {"trafficSplit": split}), 400, "INVALID_ARGUMENT", word)
    at.good("PATCH", "endpoints/e?updateMask=trafficSplit",
            {"trafficSplit": {"8": 100}})
    at.good("POST", "endpoints/e:undeployModel", gone)
    same([d["id"] for d in at.get("endpoints/e")["deployedModels"]], ["8"])
    wrong(at.ask("POST", "endpoints/e:undeployModel", gone), 404,
          "NOT_FOUND")


def unassigns(world):
    "an undeploy may move the traffic first; the last model takes the split"
    at = served(world)
    for number in ("7", "8"):
        at.good("POST", "endpoints/e:deployModel", deployment(
            at, number, split={"0": 100} if number == "7" else None))
        at.wait(60)
    wrong(at.ask("POST", "endpoints/e:undeployModel", {
        "deployedModelId": "7", "trafficSplit": {"8": 90}}), 400,
          "INVALID_ARGUMENT", "100")
    at.good("POST", "endpoints/e:undeployModel", {
        "deployedModelId": "7", "trafficSplit": {"8": 100}})
    same(at.get("endpoints/e")["trafficSplit"], {"8": 100})
    at.good("POST", "endpoints/e:undeployModel", {"deployedModelId": "8"})
    same(at.get("endpoints/e")["trafficSplit"], {})


def evaluated(world):
    "evaluations of a model from before us, and slices by label"
    at = served(world)
    same(at.get("models/m/evaluations"), {})
    at.tell("vertex", old={
        "displayName": "old", "age": 9000, "id": "o", "endpoint": "e",
        "evaluations": [{"age": 60, "labels": {"a_b": [6, 2, 4]}},
                        {"age": 90, "labels": {"a_b": [1, 0, 9],
                                               "c": [5, 0, 0]}}]})
    found = at.get("models?filter=display_name%3D%22old%22")["models"]
    same([(m["createTime"], "labels" in m) for m in found],
         [("2026-09-30T21:30:00.000000Z", False)])
    same(at.get("endpoints/e")["trafficSplit"], {"1": 100})
    found = at.get("models/o/evaluations")["modelEvaluations"]
    same([e["createTime"] for e in found], [
        "2026-09-30T23:59:00.000000Z", "2026-09-30T23:58:30.000000Z"])
    where = found[1]["name"] + "/slices"
    dimension = "?filter=slice.dimension%3D%22{}%22"
    same(len(at.get(where + dimension.format("annotationSpec"))[
        "modelEvaluationSlices"]), 2)
    same(at.get(where + dimension.format("other")), {})
    one = at.get(found[0]["name"] + "/slices")["modelEvaluationSlices"][0]
    same(one["slice"], {"dimension": "annotationSpec", "value": "a_b"})
    same(one["metrics"]["confidenceMetrics"][1], {
        "confidenceThreshold": 0.5, "maxPredictions": 2147483647,
        "truePositiveCount": "6", "falsePositiveCount": "2",
        "falseNegativeCount": "4"})
    same(one["metrics"]["confidenceMetrics"][0], {
        "maxPredictions": 2147483647, "truePositiveCount": "10",
        "falsePositiveCount": "40"})
    wrong(at.ask("GET", "models/o/evaluations/3/slices"), 404, "NOT_FOUND")
    wrong(at.ask("GET", "models/none/evaluations"), 404, "NOT_FOUND")
    for name in (found[0]["name"], one["name"], at.get("models/o")["name"]):
        at.tell("vertex", spoil=name)
    must("createTime" not in at.get("models/o"))
    must("createTime" not in at.get("models/o/evaluations")[
        "modelEvaluations"][0])
    same(at.get(found[0]["name"] + "/slices")["modelEvaluationSlices"][0][
        "slice"], {"dimension": "annotationSpec"})


ALL = (runs, fails, repeated, strict_jobs, uploads, orders, deploys, shifts,
       unassigns, evaluated)
