"""The simulated AutoML."""

from proofs.client import must, same
from proofs.cloud import PARENT, Cloud, names, wrong

DATASET = {"displayName": "issues", "labels": {"modelsync-owner": "o"},
           "textClassificationDatasetMetadata": {
               "classificationType": "MULTILABEL"}}
TRAINED = {"displayName": "m", "textClassificationModelMetadata": {},
           "labels": {"modelsync-generation": "g"}}
ROWS = "".join(f"{use},text {i},{'bug' if i % 2 else 'feature'}\n"
               for i, use in enumerate(["TRAIN"] * 80 + ["TEST"] * 20))


def cloud(world):
    world.ctl("POST", "/google/buckets", {"name": "bucket"})
    return Cloud(world, "automl")


def dataset(at, text=ROWS, wait=60):
    """A dataset with what the text says; its name and the import's."""
    name = at.good("POST", "datasets", DATASET)["response"]["name"]
    return name, bring(at, name, text, wait)


def bring(at, name, text, wait=60):
    at.tell("objects", bucket="bucket", name="a.csv", text=text)
    operation = at.good("POST", f"{name}:importData", {"inputConfig": {
        "gcsSource": {"inputUris": ["gs://bucket/a.csv"]}}})["name"]
    at.wait(wait)
    return operation


def train(at, name, wait=3600, **more):
    operation = at.good("POST", "models", dict(
        TRAINED, datasetId=name.rpartition("/")[2], **more))["name"]
    at.wait(wait)
    return operation


def repeated(world):
    "datasets.create on repeat makes a second one"
    at = cloud(world)
    one = at.good("POST", "datasets", DATASET)["response"]["name"]
    two = at.good("POST", "datasets", DATASET)["response"]["name"]
    must(one != two)
    same([d["name"] for d in at.get("datasets")["datasets"]], [one, two])
    world.fault("cut-after", match={"method": "POST"})
    try:
        at.ask("POST", "datasets", DATASET)
        raise AssertionError("an answer")
    except ConnectionError:
        pass
    same(len(at.get("datasets")["datasets"]), 3)


def imported(world):
    "an import takes its time, appends, and merges labels of one text"
    at = cloud(world)
    name, operation = dataset(at, wait=59)
    must("exampleCount" not in at.get(name), "too early")
    must("done" not in at.get(operation))
    at.wait(1)
    same(at.get(name)["exampleCount"], 100)
    same(at.get(operation)["done"], True)
    bring(at, name, "TRAIN,text 0,bug\nTRAIN,new,bug\n")
    same(at.get(name)["exampleCount"], 101)


def one_import(world):
    "while one import runs there is no second, and no training"
    at = cloud(world)
    name, _ = dataset(at)
    bring(at, name, ROWS, wait=0)
    for path, body in (
            (f"{name}:importData", {"inputConfig": {"gcsSource": {
                "inputUris": ["gs://bucket/a.csv"]}}}),
            ("models", dict(TRAINED, datasetId=name.rpartition("/")[2]))):
        wrong(at.ask("POST", path, body), 400, "FAILED_PRECONDITION",
              "import")


def bad_rows(world):
    "a few bad rows are told of; too many fail; a / is no label"
    at = cloud(world)
    name, operation = dataset(at, ROWS + "TRAIN,text,kind/bug\n")
    found = at.get(operation)
    same(len(found["metadata"]["partialFailures"]), 1)
    must("response" in found)
    same(at.get(name)["exampleCount"], 100)
    operation = bring(at, name, "TRAIN,one,kind/bug\nTRAIN,two,bug\n")
    same(at.get(operation)["error"]["code"], 3)
    same(at.get(name)["exampleCount"], 100)


def trained(world):
    "a model is there when its training is over, and made then"
    at = cloud(world)
    name, _ = dataset(at)
    operation = train(at, name, 3599)
    must("model" not in at.get("models"), "too early")
    running = at.get(operation)
    same(running["metadata"]["createModelDetails"], {})
    must("done" not in running and "response" not in running)
    at.wait(1)
    model = at.get("models")["model"][0]
    same(model["createTime"], "2026-10-01T01:01:00.000000Z")
    same(model["deploymentState"], "UNDEPLOYED")
    same(at.get(operation)["response"]["name"], model["name"])
    same([t["generation"] for t in at.state()["trainings"]], ["g"])


def failed(world):
    "the next training fails, and leaves no model"
    at = cloud(world)
    name, _ = dataset(at)
    at.tell("automl", fail={"train": {"code": 8, "message": "quota"}})
    operation = train(at, name)
    same(at.get(operation)["error"]["code"], 8)
    must("model" not in at.get("models"))
    train(at, name)
    same(len(at.get("models")["model"]), 1)


def lost(world):
    "an operation is forgotten, or without metadata"
    at = cloud(world)
    name, _ = dataset(at)
    operation = train(at, name, 0)
    at.tell("automl", spoil=operation)
    must("metadata" not in at.get(operation))
    at.tell("automl", forget=operation)
    wrong(at.ask("GET", operation), 404, "NOT_FOUND")
    at.wait(3600)
    same(len(at.get("models")["model"]), 1)


def deployed(world):
    "deploying takes its time; again it is refused, or nothing happens"
    at = cloud(world)
    name, _ = dataset(at)
    train(at, name)
    model = at.get("models")["model"][0]["name"]
    at.good("POST", f"{model}:deploy", {})
    same(at.get(model)["deploymentState"], "UNDEPLOYED")
    at.wait(60)
    same(at.get(model)["deploymentState"], "DEPLOYED")
    wrong(at.ask("POST", f"{model}:deploy", {}), 400, "FAILED_PRECONDITION",
          "already")
    at.tell("automl", again="noop")
    at.good("POST", f"{model}:deploy", {})
    same(at.get(model)["deploymentState"], "DEPLOYED")
    same(world.record()[-2]["effect"], None)
    at.good("POST", f"{model}:undeploy", {})
    same(at.get(model)["deploymentState"], "UNDEPLOYED")
    at.tell("automl", again="running")
    wrong(at.ask("POST", f"{model}:deploy", {}), 400, "FAILED_PRECONDITION",
          "already running")
    at.tell("automl", deployed=model)
    same(at.get(model)["deploymentState"], "DEPLOYED")


def evaluated(world):
    "evaluations: filter required, zeros absent, counts are texts"
    at = cloud(world)
    name, _ = dataset(at)
    train(at, name)
    where = at.get("models")["model"][0]["name"] + "/modelEvaluations"
    wrong(at.ask("GET", where), 400, "INVALID_ARGUMENT", "filter")
    found = at.get(f"{where}?filter=")["modelEvaluation"]
    same([e.get("displayName") for e in found], [None, "bug", "feature"])
    entries = found[1]["classificationEvaluationMetrics"][
        "confidenceMetricsEntry"]
    must(all(value for entry in entries for value in entry.values()), "zero")
    must(all(isinstance(entry["truePositiveCount"], str)
             for entry in entries))
    chosen = at.get(f"{where}?filter=annotation_spec_id%3D1")
    same([e["displayName"] for e in chosen["modelEvaluation"]], ["bug"])


def before_us(world):
    "a model from before us: its age, state and figures; told in part"
    at = cloud(world)
    at.tell("automl", old={"displayName": "old", "age": 3600, "id": "TCN9",
                           "deployed": True, "labels": {"a_b": [6, 2, 4]}})
    model = at.get("models")["model"][0]
    must("labels" not in model and "tested" not in model)
    same((model["createTime"], model["deploymentState"],
          model["name"].rpartition("/")[2]),
         ("2026-09-30T23:00:00.000000Z", "DEPLOYED", "TCN9"))
    where = model["name"] + "/modelEvaluations?filter="
    found = at.get(where)["modelEvaluation"]
    same([(e.get("displayName"), e["evaluatedExampleCount"])
          for e in found], [(None, 10), ("a_b", 10)])
    same(found[1]["classificationEvaluationMetrics"][
        "confidenceMetricsEntry"][1]["falseNegativeCount"], "4")
    for name in (model["name"], found[1]["name"]):
        at.tell("automl", spoil=name)
    must("createTime" not in at.get("models")["model"][0])
    must("displayName" not in at.get(where)["modelEvaluation"][1])


def strict(world):
    "unknown fields, wrong types, enums and names are refused, and named"
    at = cloud(world)
    for more, field, word in (
            ({"zz": 1}, "", "zz"),
            ({"displayName": 7}, "display_name", "TYPE_STRING"),
            ({"displayName": "with-dash"}, None, "displayName"),
            ({"displayName": "x" * 33}, None, "displayName"),
            ({"labels": {"Big": "x"}}, None, "Big"),
            ({"textClassificationDatasetMetadata": {}},
             "text_classification_dataset_metadata.classification_type",
             "Required"),
            ({"textClassificationDatasetMetadata": {
                "classificationType": "BOTH"}},
             "text_classification_dataset_metadata.classification_type",
             "BOTH"),
            ({"textClassificationDatasetMetadata": {"zz": 1}},
             "text_classification_dataset_metadata", "zz")):
        reply = at.ask("POST", "datasets", dict(DATASET, **more))
        wrong(reply, 400, "INVALID_ARGUMENT", word)
        if field:
            names(reply, field)
    must("datasets" not in at.get("datasets"))
    wrong(at.ask("GET", "datasets?pagesize=1"), 400, "INVALID_ARGUMENT",
          "pagesize")
    wrong(at.ask("POST", "models", dict(TRAINED, datasetId="1")), 404,
          "NOT_FOUND")


def filters(world):
    "operations by done and worksOn, models by dataset; nothing else"
    at = cloud(world)
    name, operation = dataset(at)
    train(at, name, 0)
    at.tell("automl", strangers={"models": 3, "running": [50]})
    found = at.get("operations?filter=done%3Dfalse")["operations"]
    same(len(found), 2)
    found = at.get(f"operations?filter=worksOn%3D{name}")["operations"]
    must(operation in [o["name"] for o in found])
    at.wait(3600)
    number = name.rpartition("/")[2]
    same(len(at.get(f"models?filter=dataset_id%3D{number}")["model"]), 1)
    same(len(at.get("models")["model"]), 5)
    wrong(at.ask("GET", "models?filter=labels.a%3Db"), 400,
          "INVALID_ARGUMENT", "filter")


def began(world):
    "a stranger's operation of any kind, which fails when that is asked for"
    at = cloud(world)
    at.tell("automl", fail={"import": {"code": 3, "message": "bad"}},
            strangers={"began": ["import", "dataset"]})
    first, second = at.get("operations")["operations"]
    must("importDataDetails" in first["metadata"] and "error" in first)
    must("createDatasetDetails" in second["metadata"])
    must("error" not in second)


def crowd(world):
    "10,000 models and 5,000 operations of strangers, in pages"
    at = cloud(world)
    at.tell("automl", strangers={"models": 10000, "operations": 5000})
    found, count = at.pages("models", "model", 1000)
    same((len({m["name"] for m in found}), count), (10000, 10))
    found, count = at.pages("operations", "operations", 5000)
    same((len(found), count), (5000, 5))


def roles(world):
    "without a token 401; without the permission 403 that names it"
    at = cloud(world)
    reply = world.ask("GET", f"/v1/{PARENT}/models", token="x", host=at.host)
    wrong(reply, 401, "UNAUTHENTICATED")
    at.tell("accounts", email="poor@p.example.com", permissions=[],
            default=True)
    at.token = at.fresh_token()
    wrong(at.ask("GET", "models"), 403, "PERMISSION_DENIED",
          "automl.models.")


ALL = (repeated, imported, one_import, bad_rows, trained, failed, lost,
       deployed, evaluated, before_us, strict, filters, began,
       crowd, roles)
