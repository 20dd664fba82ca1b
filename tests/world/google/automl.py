"""AutoML v1: datasets, models and operations that take their time."""

import csv
import io
import json
import re

from google import strict
from google.curves import curve
from google.errors import Fail, form
from message import Answer

PARENT = re.compile(r"/v1/(projects/[^/]+/locations/[^/]+)/(.+)$")
NAME = re.compile(r"[A-Za-z0-9_]{1,32}\Z")
LABEL = re.compile(r"[A-Za-z0-9 _.:-]+\Z")
TYPE = "type.googleapis.com/google.cloud.automl.v1."
LABELS = {"*": "string"}
TYPES = ("CLASSIFICATION_TYPE_UNSPECIFIED", "MULTICLASS", "MULTILABEL")
DATASET = {"displayName": "string", "description": "string",
           "labels": LABELS, "textClassificationDatasetMetadata": {
               "classificationType": TYPES}}
MODEL = {"displayName": "string", "datasetId": "string", "labels": LABELS,
         "textClassificationModelMetadata": {"classificationType": TYPES}}
IMPORT = {"inputConfig": {"gcsSource": {"inputUris": ["string"]},
                          "params": LABELS}}
DETAILS = {"dataset": "createDatasetDetails", "import": "importDataDetails",
           "train": "createModelDetails", "deploy": "deployModelDetails",
           "undeploy": "undeployModelDetails"}


class AutoML:
    name = "automl"

    def __init__(self, clock, auth, storage):
        self.clock = clock
        self.auth = auth
        self.storage = storage
        self.reset()

    def reset(self):
        self.datasets = {}
        self.models = {}
        self.operations = {}
        self.made = 0
        self.page = 1000
        self.seconds = {"dataset": 0, "import": 60, "train": 3600,
                        "deploy": 60, "undeploy": 0}
        self.failing = {}       # kind: [Status]
        # What deploying what is deployed gets: "refused", "noop"; or
        # "running", and it gets that whatever its state.
        self.again = "refused"
        self.spoiled = []       # names of what is told in part
        self.late = 0           # s until what there is is listed

    def dump(self):
        return {key: getattr(self, key) for key in (
            "datasets", "models", "operations", "made", "page", "seconds",
            "failing", "late", "again", "spoiled")}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def owns(self, request):
        return request.headers.get("host", "").startswith("automl.")

    def form(self, code):
        return form(code)

    def control(self, value):
        """{seconds?, page?, late?, again?: "noop", "refused", "running",
        fail?: {kind: Status}, forget?: name, spoil?: name,
        strangers?: {models, operations, running, began: [kind]},
        deployed?: model,
        old?: {displayName, age, id?, deployed?, labels?: {name: counts}}}
        What is spoiled is told without: an operation its metadata, a model
        its createTime, an evaluation its label."""
        self.seconds.update(value.get("seconds", {}))
        self.page = value.get("page", self.page)
        self.late = value.get("late", self.late)
        self.again = value.get("again", self.again)
        for kind, status in value.get("fail", {}).items():
            self.failing.setdefault(kind, []).append(status)
        self.operations.pop(value.get("forget"), None)
        if "spoil" in value:
            self.spoiled.append(value["spoil"])
        if "deployed" in value:     # by somebody else
            self.models[value["deployed"]].update(
                deploymentState="DEPLOYED", deploying=None)
        self.strangers(value.get("strangers", {}))
        if "old" in value:
            return {"name": self.add_old(value["old"])}
        return {}

    def add_old(self, old):
        """A model from before us."""
        name = self.add_model("projects/p/locations/us-central1",
                              {"displayName": old["displayName"]},
                              -old["age"], old.get("id"))
        if old.get("deployed"):
            self.models[name]["deploymentState"] = "DEPLOYED"
        self.models[name]["tested"] = old.get("labels", {})
        return name

    def strangers(self, many):
        """What other people of the project have and do."""
        parent = many.get("parent", "projects/p/locations/us-central1")
        for _ in range(many.get("models", 0)):
            self.add_model(parent, {"displayName": "theirs",
                                    "labels": {"team": "other"}}, 0)
        for _ in range(many.get("operations", 0)):
            self.operation(parent, "train", None, 0)
        for kind in many.get("began", []):
            self.operation(parent, kind, None, 0)
        for seconds in many.get("running", []):
            name = self.add_model(parent, {"displayName": "theirs",
                                           "labels": {"team": "other"}},
                                  seconds)
            self.operation(parent, "train", name, seconds)

    def number(self):
        self.made += 1
        return f"TCN{self.made:018d}"

    def operation(self, parent, kind, result, seconds=None):
        name = f"{parent}/operations/{self.number()}"
        seconds = self.seconds[kind] if seconds is None else seconds
        failing = self.failing.get(kind)
        self.operations[name] = {
            "kind": kind, "begun": self.clock.now(),
            "created": self.clock.micro(),
            "until": self.clock.now() + seconds, "result": result,
            "error": failing.pop(0) if failing else None}
        return name

    def add_model(self, parent, body, seconds, number=None):
        name = f"{parent}/models/{number or self.number()}"
        self.models[name] = {
            **body, "name": name, "deploymentState": "UNDEPLOYED",
            "from": self.clock.now() + seconds}
        return name

    def is_listed(self, since):
        """Lists may lag behind what can be got by name."""
        return self.clock.now() >= since + self.late

    def is_there(self, model):
        """A model is there when its training is over, and went well."""
        return self.clock.now() >= model["from"] and not model.get("lost")

    # What is told.
    def view_operation(self, name):
        op = self.operations[name]
        view = {"name": name, "metadata": {
            "@type": TYPE + "OperationMetadata", "createTime": op["created"],
            "updateTime": op["created"], DETAILS[op["kind"]]: {}}}
        if op.get("failures"):
            view["metadata"]["partialFailures"] = op["failures"]
        if name in self.spoiled:
            del view["metadata"]
        if self.clock.now() < op["until"]:
            return view
        view["done"] = True
        if op["error"] is not None:
            view["error"] = op["error"]
        else:
            view["response"] = {"@type": "type.googleapis.com/"
                                "google.protobuf.Empty"}
            if op["result"] is not None and op["kind"] in ("dataset",
                                                           "train"):
                view["response"] = {
                    "@type": TYPE + ("Model" if op["kind"] == "train"
                                     else "Dataset"), "name": op["result"]}
        return view

    def view_model(self, model):
        made = self.clock.text(model["from"])
        view = {**{key: model[key] for key in model if key not in (
            "from", "lost", "deploying", "changed", "tested")},
                "createTime": made, "updateTime": model.get("changed", made),
                "deploymentState": self.state(model)}
        if model["name"] in self.spoiled:
            del view["createTime"]
        return view

    def state(self, model):
        change = model.get("deploying")
        if change is not None and self.clock.now() >= change[0]:
            return change[1]
        return model["deploymentState"]

    def view_dataset(self, dataset):
        count = len(self.examples(dataset))
        view = {key: dataset[key] for key in dataset if key != "imports"}
        if count:
            view["exampleCount"] = count
        return view

    # Requests.
    def answer(self, request):
        try:
            match = PARENT.match(request.path)
            if match is None:
                raise Fail(404, "NOT_FOUND", "no such thing")
            return self.route(request, *match.groups())
        except Fail as fail:
            return fail.answer()

    def route(self, request, parent, rest):
        what = rest.split("/")[0]
        verb = {"GET": "get", "POST": "create"}.get(request.method, "delete")
        self.auth.check(request, f"automl.{what.split(':')[0]}.{verb}",
                        parent)
        name = f"{parent}/{rest}"
        if request.method == "GET":
            return self.read(request, parent, rest, name)
        if request.method == "POST":
            try:
                body = json.loads(request.body)
            except ValueError:
                raise Fail(400, "INVALID_ARGUMENT",
                           "Invalid JSON payload received.") from None
            return self.write(parent, rest, name, body)
        raise Fail(501, "UNIMPLEMENTED", "the world deletes nothing")

    def read(self, request, parent, rest, name):
        strict.parameters(request, "filter pageSize pageToken")
        if rest == "operations":
            return self.list(request, "operations", [
                self.view_operation(n) for n in self.operations
                if n.startswith(parent) and self.concerns(request, n)
                and self.is_listed(self.operations[n]["begun"])])
        if rest == "datasets":
            return self.list(request, "datasets", self.chosen(request, [
                self.view_dataset(d) for d in self.datasets.values()
                if self.is_listed(self.clock.parse(d["createTime"]))]))
        if rest == "models":
            return self.list(request, "model", self.chosen(request, [
                self.view_model(m) for m in self.models.values()
                if self.clock.now() >= m["from"] + self.late
                and self.is_there(m)], dataset_id="datasetId"))
        if rest.endswith("/modelEvaluations"):
            return self.evaluations(request, name.removesuffix(
                "/modelEvaluations"))
        if name in self.operations:
            return Answer.of(200, self.view_operation(name))
        if name in self.datasets:
            return Answer.of(200, self.view_dataset(self.datasets[name]))
        if name in self.models and self.is_there(self.models[name]):
            return Answer.of(200, self.view_model(self.models[name]))
        raise Fail(404, "NOT_FOUND", f"{name} is not found.")

    def concerns(self, request, name):
        """The filters of operations: done=, operation_id=, worksOn=."""
        op = self.operations[name]
        have = {"done": "true" if self.clock.now() >= op["until"]
                else "false", "operation_id": name.rpartition("/")[2],
                "worksOn": op.get("on") or op["result"]}
        return all((have[key] == value) == (sign == "=")
                   for key, sign, value in self.terms(request, have))

    @staticmethod
    def terms(request, known):
        text = request.query.get("filter", "").strip()
        found = []
        for term in text.split(" AND ") if text else []:
            match = re.fullmatch(r"(\w+) ?(!?=|:) ?\"?([^ \"]+)\"?", term)
            if match is None or match[1] not in known:
                raise strict.invalid(f"Invalid filter: {text}", "filter")
            found.append(match.groups())
        return found

    def chosen(self, request, items, **known):
        """Those that a filter lets through."""
        terms = self.terms(request, known)
        return [item for item in items if all(
            (item.get(known[key]) == value) == (sign == "=")
            for key, sign, value in terms)]

    def list(self, request, member, items):
        first = int(request.query.get("pageToken") or 0)
        size = min(int(request.query.get("pageSize", 100)), self.page)
        found = {}
        if items[first:first + size]:
            found[member] = items[first:first + size]
        if len(items) > first + size:
            found["nextPageToken"] = str(first + size)
        return Answer.of(200, found)

    def write(self, parent, rest, name, body):
        if rest == "datasets":
            return self.create_dataset(parent, body)
        if rest == "models":
            return self.create_model(parent, body)
        thing, _, verb = name.rpartition(":")
        if verb == "importData" and thing in self.datasets:
            return self.import_data(parent, thing, body)
        if verb in ("deploy", "undeploy") and thing in self.models:
            return self.deploy(parent, thing, verb, body)
        raise Fail(404, "NOT_FOUND", f"{name} is not found.")

    def begun(self, parent, kind, result, effect, on=None):
        name = self.operation(parent, kind, result)
        self.operations[name]["on"] = on or result
        return Answer.of(200, self.view_operation(name), effect=effect)

    @staticmethod
    def check_name(body, known):
        strict.check(body, known)
        if not NAME.match(body.get("displayName", "")):
            raise Fail(400, "INVALID_ARGUMENT", "displayName: letters, "
                       "digits and underscores, at most 32")
        for key, value in body.get("labels", {}).items():
            if not re.match(r"[a-z][a-z0-9_-]{0,63}\Z", key) or \
                    not re.match(r"[a-z0-9_-]{0,63}\Z", value):
                raise Fail(400, "INVALID_ARGUMENT", f"label {key}: {value}")

    def create_dataset(self, parent, body):
        self.check_name(body, DATASET)
        strict.need(body, "textClassificationDatasetMetadata."
                    "classificationType")
        name = f"{parent}/datasets/{self.number()}"
        self.datasets[name] = {**body, "name": name, "imports": [],
                               "createTime": self.clock.micro()}
        return self.begun(parent, "dataset", name,
                          f"AutoML dataset {name} created")

    def import_data(self, parent, name, body):
        strict.check(body, IMPORT)
        strict.need(body, "inputConfig.gcsSource.inputUris")
        if self.importing(name):
            raise Fail(400, "FAILED_PRECONDITION", "an import is running")
        rows, bad = [], []
        for uri in body["inputConfig"]["gcsSource"]["inputUris"]:
            if not re.fullmatch(r"gs://[^/*]+/[^*]+", uri):
                raise strict.invalid(f"Invalid GCS path: {uri}",
                                     "input_config.gcs_source.input_uris")
            bucket, _, path = uri.removeprefix("gs://").partition("/")
            objects = self.storage.bucket(bucket)
            if path not in objects:
                raise Fail(400, "INVALID_ARGUMENT", f"{uri} is not there")
            text = objects[path]["data"].decode()
            for row in csv.reader(io.StringIO(text, newline="")):
                good = self.row(row)
                (bad if good is None else rows).append(good or row)
        op = self.begun(parent, "import", None,
                        f"AutoML import into {name}", name)
        self.taken(name, json.loads(op.body)["name"], rows, bad)
        return op

    @staticmethod
    def row(row):
        """[use, text, labels], or None when the row is not valid."""
        uses = ("TRAIN", "VALIDATE", "TEST", "UNASSIGNED", "")
        use, rest = (row[0], row[1:]) if row and row[0] in uses and (
            len(row) > 1) else ("", row)
        labels = [label for label in rest[1:] if label]
        if not rest or not rest[0].strip() or len(labels) > 100 or any(
                not LABEL.match(label) for label in labels):
            return None
        return [use, rest[0], labels]

    def taken(self, name, operation, rows, bad):
        """A few bad rows are told of, too many and nothing is imported."""
        op = self.operations[operation]
        if len(bad) * 20 > len(bad) + len(rows):
            op["error"] = op["error"] or {
                "code": 3, "message": f"{len(bad)} of "
                f"{len(bad) + len(rows)} rows are invalid: {bad[0]}"}
        op["failures"] = [{"code": 3, "message": f"Invalid row: {row}"}
                          for row in bad[:20]]
        if op["error"] is None:
            self.datasets[name]["imports"].append([op["until"], rows])

    def importing(self, name):
        return any(op["kind"] == "import" and op.get("on") == name
                   and self.clock.now() < op["until"]
                   for op in self.operations.values())

    def examples(self, dataset):
        """What was imported so far: text to its use and labels.  The same
        text is one example, with the labels of all its rows."""
        found = {}
        for until, rows in dataset["imports"]:
            for use, text, labels in rows if self.clock.now() >= until \
                    else []:
                have = found.setdefault(text, [use, []])
                have[1] += [n for n in labels if n not in have[1]]
        return found

    def create_model(self, parent, body):
        self.check_name(body, MODEL)
        strict.need(body, "datasetId")
        if "textClassificationModelMetadata" not in body:
            raise strict.invalid("Required field model_metadata is not set.",
                                 "model_metadata")
        dataset = f"{parent}/datasets/{body.get('datasetId')}"
        if dataset not in self.datasets:
            raise Fail(404, "NOT_FOUND", f"{dataset} is not found.")
        if not self.view_dataset(self.datasets[dataset]).get("exampleCount"):
            raise Fail(400, "FAILED_PRECONDITION", "the dataset is empty")
        if self.importing(dataset):
            raise Fail(400, "FAILED_PRECONDITION", "an import is running")
        name = self.add_model(parent, body, self.seconds["train"])
        if self.failing.get("train"):
            self.models[name]["lost"] = True
        return self.begun(parent, "train", name,
                          f"AutoML training of {name} begun")

    def deploy(self, parent, name, verb, body):
        strict.check(body, {})
        model = self.models[name]
        wanted = "DEPLOYED" if verb == "deploy" else "UNDEPLOYED"
        if self.again == "running":
            raise Fail(400, "FAILED_PRECONDITION", "Another operation is "
                       "already running on the model.")
        if self.state(model) == wanted and self.again == "noop":
            return self.begun(parent, verb, name, None)
        if self.state(model) == wanted:
            raise Fail(400, "FAILED_PRECONDITION",
                       f"The model is already {wanted.lower()}.")
        if not self.failing.get(verb):
            model["deploymentState"] = self.state(model)
            model["deploying"] = [self.clock.now() + self.seconds[verb],
                                  wanted]
            model["changed"] = self.clock.micro()
        return self.begun(parent, verb, name, f"AutoML {verb} of {name}")

    # How good a model is: of the TEST rows of each label, nine of ten are
    # found and one of ten is found wrongly, whatever the model; one from
    # before us has what was said of it.
    def evaluations(self, request, name):
        if "filter" not in request.query:
            raise Fail(400, "INVALID_ARGUMENT", "filter is required")
        if name not in self.models:
            raise Fail(404, "NOT_FOUND", f"{name} is not found.")
        model = self.models[name]
        parent = name.rpartition("/models/")[0]
        dataset = self.datasets.get(
            f"{parent}/datasets/{model.get('datasetId')}")
        tested = {}
        for use, labels in self.examples(dataset).values() if (
                dataset) else []:
            for label in labels if use == "TEST" else []:
                tested[label] = tested.get(label, 0) + 1
        tested = model.get("tested") or {
            label: [n * 9 // 10, n // 10, n - n * 9 // 10]
            for label, n in tested.items()}
        items = [{"name": f"{name}/modelEvaluations/0",
                  "evaluatedExampleCount": sum(
                      found + missed for found, _, missed in
                      tested.values()),
                  "classificationEvaluationMetrics": {}}]
        for i, (label, counts) in enumerate(sorted(tested.items()), 1):
            items.append({
                "name": f"{name}/modelEvaluations/{i}",
                "annotationSpecId": str(i), "displayName": label,
                "evaluatedExampleCount": counts[0] + counts[2],
                "classificationEvaluationMetrics": {
                    "confidenceMetricsEntry": curve(
                        counts, "positionThreshold")}})
            if items[-1]["name"] in self.spoiled:
                del items[-1]["displayName"]
        return self.list(request, "modelEvaluation", self.chosen(
            request, items, annotation_spec_id="annotationSpecId"))
