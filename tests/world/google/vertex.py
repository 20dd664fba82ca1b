"""Vertex AI v1: custom jobs, which really run, models and endpoints."""

import json
import os
import re
import shutil
import subprocess
import tempfile

from google import evaluations, strict
from google.errors import Fail, form
from message import Answer

PARENT = re.compile(r"/v1/(projects/[^/]+/locations/[^/]+)/(.+)$")
TERM = re.compile(r'(labels\.[\w-]+|display_name|state|slice\.dimension)'
                  r'="([^"]*)"')
PATHS = {"display_name": ("displayName",),
         "slice.dimension": ("slice", "dimension")}
LABELS = {"*": "string"}
ENV = [{"name": "string", "value": "string"}]
MACHINE = {"machineType": "string", "acceleratorType": "string",
           "acceleratorCount": "int32"}
JOB = {"displayName": "string", "labels": LABELS, "jobSpec": {
    "workerPoolSpecs": [{
        "machineSpec": MACHINE, "replicaCount": "int64",
        "diskSpec": {"bootDiskType": "string", "bootDiskSizeGb": "int32"},
        "containerSpec": {"imageUri": "string", "command": ["string"],
                          "args": ["string"], "env": ENV}}],
    "scheduling": {
        "timeout": "duration", "disableRetries": "bool",
        "restartJobOnWorkerRestart": "bool", "maxWaitDuration": "duration",
        "strategy": ("STRATEGY_UNSPECIFIED", "ON_DEMAND", "LOW_COST",
                     "STANDARD", "SPOT", "FLEX_START")},
    "baseOutputDirectory": {"outputUriPrefix": "string"},
    "serviceAccount": "string"}}
UPLOAD = {"modelId": "string", "parentModel": "string", "model": {
    "displayName": "string", "description": "string", "labels": LABELS,
    "artifactUri": "string", "versionAliases": ["string"],
    "containerSpec": {
        "imageUri": "string", "command": ["string"], "args": ["string"],
        "env": ENV, "predictRoute": "string", "healthRoute": "string",
        "ports": [{"containerPort": "int32"}]}}}
SPLIT = {"*": "int32"}
DEPLOY = {"deployedModel": {
    "model": "string", "id": "string", "displayName": "string",
    "serviceAccount": "string",
    "dedicatedResources": {"machineSpec": MACHINE,
                           "minReplicaCount": "int32",
                           "maxReplicaCount": "int32"}},
          "trafficSplit": SPLIT}
UNDEPLOY = {"deployedModelId": "string", "trafficSplit": SPLIT}
ENDPOINT = {"name": "string", "displayName": "string",
            "description": "string", "labels": LABELS, "etag": "string",
            "trafficSplit": SPLIT}
PAGE = "filter pageSize pageToken readMask orderBy"
TYPE = "type.googleapis.com/google.cloud.aiplatform.v1."
METADATA = {"upload": "UploadModelOperationMetadata",
            "deploy": "DeployModelOperationMetadata",
            "undeploy": "UndeployModelOperationMetadata"}
RESPONSE = {"upload": "UploadModelResponse", "deploy": "DeployModelResponse",
            "undeploy": "UndeployModelResponse"}
WEEK = "604800s"    # that a job runs when nobody says
LONGEST = 300   # s of real time that a program may run


class Vertex:
    name = "vertex"

    def __init__(self, clock, auth, storage):
        self.clock = clock
        self.auth = auth
        self.storage = storage
        self.reset()

    def reset(self):
        self.jobs = {}
        self.models = {}
        self.endpoints = {}
        self.operations = {}
        self.images = {}
        self.made = 0
        self.page = 1000
        self.seconds = {"train": 600, "upload": 0, "deploy": 60,
                        "undeploy": 0}
        self.failing = {}
        self.late = 0           # s until a job is listed
        self.spoiled = []       # names of what is told in part

    def dump(self):
        return {key: getattr(self, key) for key in (
            "jobs", "models", "endpoints", "operations", "images", "made",
            "page", "seconds", "failing", "late", "spoiled")}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def owns(self, request):
        return request.headers.get("host", "").startswith("aiplatform.")

    def form(self, code):
        return form(code)

    def control(self, value):
        """{seconds?, page?, fail?: {kind: message}, endpoint?: id,
        state?: {job, state}, strangers?: {models, jobs}, spoil?: name,
        old?: {displayName, age, id?, endpoint?, evaluations?: [{age,
        labels: {name: counts}}]}}
        What is spoiled is told without: a model or an evaluation its
        createTime, a slice its label."""
        self.seconds.update(value.get("seconds", {}))
        self.page = value.get("page", self.page)
        self.late = value.get("late", self.late)
        for kind, text in value.get("fail", {}).items():
            self.failing.setdefault(kind, []).append(text)
        if "endpoint" in value:
            name = ("projects/p/locations/us-central1/endpoints/"
                    + value["endpoint"])
            self.endpoints[name] = {"name": name, "displayName": "e",
                                    "deployedModels": [],
                                    "trafficSplit": {}}
        if "state" in value:
            self.jobs[value["state"]["job"]]["end"] = value["state"]["state"]
        if "spoil" in value:
            self.spoiled.append(value["spoil"])
        if "old" in value:
            return {"name": self.add_old(value["old"])}
        many = value.get("strangers", {})
        for i in range(many.get("models", 0)):
            self.add_model("projects/p/locations/us-central1",
                           f"theirs-{i}", {"displayName": "theirs",
                                           "labels": {"team": "other"}}, 0)
        return {}

    def add_old(self, old):
        """A model from before us, which has an endpoint's traffic."""
        def ago(item):
            return self.clock.text(self.clock.now() - item["age"])
        parent = "projects/p/locations/us-central1"
        name = self.add_model(parent, old.get("id") or self.number(),
                              {"displayName": old["displayName"]}, 0)
        self.models[name].update(createTime=ago(old), evaluations=[
            {"createTime": ago(item), "labels": item["labels"]}
            for item in old.get("evaluations", [])])
        if "endpoint" in old:
            at = self.endpoints[f"{parent}/endpoints/{old['endpoint']}"]
            at["deployedModels"].append({
                "model": name, "id": "1", "createTime": ago(old),
                "from": 0})
            at["trafficSplit"] = {"1": 100}
        return name

    def control_image(self, value):
        """{image, command}"""
        self.images[value["image"]] = value["command"]
        return {}

    def number(self):
        self.made += 1
        return str(1000000000 + self.made)

    def operation(self, owner, kind, response):
        name = f"{owner}/operations/{self.number()}"
        failing = self.failing.get(kind)
        self.operations[name] = {
            "created": self.clock.micro(), "kind": kind,
            "response": {"@type": TYPE + RESPONSE[kind], **response},
            "until": self.clock.now() + self.seconds[kind],
            "error": failing.pop(0) if failing else None}
        return name

    def view_operation(self, name):
        op = self.operations[name]
        view = {"name": name, "metadata": {
            "@type": TYPE + METADATA[op["kind"]], "genericMetadata": {
                "createTime": op["created"], "updateTime": op["created"]}}}
        if self.clock.now() >= op["until"]:
            view["done"] = True
            if op["error"] is not None:
                view["error"] = {"code": 13, "message": op["error"]}
            else:
                view["response"] = op["response"]
        return view

    def add_model(self, parent, model, body, seconds):
        name = f"{parent}/models/{model}"
        self.models[name] = {**body, "name": name, "versionId": "1",
                             "createTime": self.clock.micro(),
                             "from": self.clock.now() + seconds}
        return name

    def view_model(self, model):
        return self.spoil({key: model[key] for key in model if key not in (
            "from", "evaluations")})

    def spoil(self, view):
        if view["name"] in self.spoiled:
            part, key = (view["slice"], "value") if "slice" in view else (
                view, "createTime")
            del part[key]
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
        what = re.split("[/:]", rest)[0]
        verb = {"GET": "get", "POST": "create",
                "PATCH": "update"}.get(request.method, "delete")
        self.auth.check(request, f"aiplatform.{what}.{verb}", parent)
        strict.parameters(request, PAGE if request.method == "GET" else
                          "updateMask endpointId")
        if request.method == "GET":
            return self.read(request, parent, rest, f"{parent}/{rest}")
        try:
            body = json.loads(request.body)
        except ValueError:
            raise Fail(400, "INVALID_ARGUMENT",
                       "Invalid JSON payload received.") from None
        return self.write(request, parent, rest, body)

    def read(self, request, parent, rest, name):
        now = self.clock.now()
        if rest == "customJobs":
            return self.list(request, rest, [
                self.view_job(n) for n, job in self.jobs.items()
                if self.clock.now() >= job["begun"] + self.late])
        if rest == "models":
            return self.list(request, rest, [
                self.view_model(m) for m in self.models.values()
                if now >= m["from"]])
        if rest.endswith("/evaluations") or rest.endswith("/slices"):
            return self.judged(request, name)
        if name in self.jobs:
            return Answer.of(200, self.view_job(name))
        if name in self.models and now >= self.models[name]["from"]:
            return Answer.of(200, self.view_model(self.models[name]))
        if name in self.operations:
            return Answer.of(200, self.view_operation(name))
        if name in self.endpoints:
            return Answer.of(200, self.view_endpoint(name))
        raise Fail(404, "NOT_FOUND", f"{name} is not found.")

    def judged(self, request, name):
        """A model's evaluations, or the slices of one."""
        owner, _, what = name.rpartition("/")
        model = self.models.get(owner.partition("/evaluations/")[0])
        if model is None or self.clock.now() < model["from"]:
            raise Fail(404, "NOT_FOUND", f"{owner} is not found.")
        if what == "evaluations":
            return self.list(request, "modelEvaluations", [
                self.spoil(e) for e in evaluations.of_model(model)])
        items = evaluations.slices(model, owner)
        if items is None:
            raise Fail(404, "NOT_FOUND", f"{owner} is not found.")
        return self.list(request, "modelEvaluationSlices", [
            self.spoil(item) for item in items])

    def list(self, request, member, items):
        items = self.ordered(request, member, items)
        text = request.query.get("filter", "")
        terms = TERM.findall(text)
        if text and len(terms) != len(text.split(" AND ")):
            raise Fail(400, "INVALID_ARGUMENT", f"Invalid filter: {text}")
        for key, value in terms:
            items = [item for item in items
                     if value == self.member(item, key)]
        first = int(request.query.get("pageToken") or 0)
        size = min(int(request.query.get("pageSize", 100)), self.page)
        found = {}
        if items[first:first + size]:
            found[member] = items[first:first + size]
        if len(items) > first + size:
            found["nextPageToken"] = str(first + size)
        return Answer.of(200, found)

    @staticmethod
    def member(item, key):
        """What a filter's key says of an item."""
        if key.startswith("labels."):
            return item.get("labels", {}).get(key[7:])
        for part in PATHS.get(key, (key,)):
            item = item.get(part, {})
        return item

    @staticmethod
    def ordered(request, member, items):
        """Jobs have no order to be asked for."""
        order = request.query.get("orderBy", "")
        if not order:
            return items
        if member == "customJobs":
            strict.parameters(request, PAGE.replace(" orderBy", ""))
        key, _, way = order.partition(" ")
        if key not in ("create_time", "display_name") or way not in (
                "", "asc", "desc"):
            raise strict.invalid(f"Invalid order_by: {order}", "order_by")
        return sorted(items, key=lambda item: item[strict.camel(key)],
                      reverse=way == "desc")

    def write(self, request, parent, rest, body):
        if request.method == "POST" and rest == "customJobs":
            return self.create_job(parent, body)
        if request.method == "POST" and rest == "models:upload":
            return self.upload(parent, body)
        name, _, verb = f"{parent}/{rest}".partition(":")
        if name not in self.endpoints:
            raise Fail(404, "NOT_FOUND", f"{name} is not found.")
        endpoint = self.endpoints[name]
        if request.method == "PATCH":
            return self.shift(request, endpoint, body)
        if verb == "deployModel":
            return self.deploy(endpoint, body)
        if verb == "undeployModel":
            return self.undeploy(endpoint, body)
        raise Fail(404, "NOT_FOUND", f"{name}:{verb}")

    @staticmethod
    def check_labels(body):
        for key, value in body.get("labels", {}).items():
            if not re.match(r"[a-z][a-z0-9_-]{0,62}\Z", key) or \
                    not re.match(r"[a-z0-9_-]{0,63}\Z", value):
                raise strict.invalid(f"label {key}: {value}", "labels")

    # Custom jobs.
    def create_job(self, parent, body):
        strict.check(body, JOB)
        strict.need(body, "displayName", "jobSpec.workerPoolSpecs")
        for pool in body["jobSpec"]["workerPoolSpecs"]:
            strict.need(pool, "machineSpec.machineType",
                        "containerSpec.imageUri")
        self.check_labels(body)
        pool = body["jobSpec"]["workerPoolSpecs"][0]
        image = pool["containerSpec"]["imageUri"]
        if image not in self.images:
            raise Fail(400, "INVALID_ARGUMENT", f"no image {image}")
        name = f"{parent}/customJobs/{self.number()}"
        failing = self.failing.get("train")
        error = failing.pop(0) if failing else None
        seconds = self.seconds["train"]
        most = float(body["jobSpec"].get("scheduling", {}).get(
            "timeout", WEEK).removesuffix("s"))
        if seconds > most:      # it is ended, and did nothing
            seconds, error = most, "The job ran longer than its timeout."
        self.jobs[name] = {
            **body, "name": name, "createTime": self.clock.micro(),
            "begun": self.clock.now(),
            "until": self.clock.now() + seconds, "end": None,
            "error": error}
        return Answer.of(200, self.view_job(name),
                         effect=f"custom job {name} begun")

    def view_job(self, name):
        """Its program runs when it is first seen to be over."""
        job = self.jobs[name]
        over = self.clock.now() >= job["until"]
        if over and job["end"] is None:
            self.carry_out(job)
        view = {key: job[key] for key in job
                if key not in ("begun", "until", "end", "error")}
        view["state"] = job["end"] if over else "JOB_STATE_RUNNING"
        if over and job["end"] == "JOB_STATE_FAILED":
            view["error"] = {"code": 13, "message": job["error"]}
        return view

    def carry_out(self, job):
        if job["error"] is not None:
            job["end"] = "JOB_STATE_FAILED"
            return
        container = job["jobSpec"]["workerPoolSpecs"][0]["containerSpec"]
        folder = tempfile.mkdtemp(prefix="modelsync-gcs-")
        try:
            self.fill(folder)
            env = {item["name"]: item["value"].replace("/gcs/", folder + "/")
                   for item in container.get("env", [])}
            os.makedirs(env.get("MODELSYNC_OUTPUT", folder), exist_ok=True)
            done = subprocess.run(
                container.get("command") or self.images[
                    container["imageUri"]],
                env={"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8",
                     "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", ""),
                     **env},
                cwd=folder, capture_output=True, check=False,
                timeout=LONGEST)
            self.collect(folder)
            job["end"] = ("JOB_STATE_SUCCEEDED" if done.returncode == 0
                          else "JOB_STATE_FAILED")
            job["error"] = done.stderr.decode(errors="replace")[-500:]
        finally:
            shutil.rmtree(folder)

    def fill(self, folder):
        for bucket, objects in self.storage.buckets.items():
            for name, item in objects.items():
                path = os.path.join(folder, bucket, name)
                os.makedirs(os.path.dirname(path), exist_ok=True)
                with open(path, "wb") as file:
                    file.write(item["data"])

    def collect(self, folder):
        for base, _, files in os.walk(folder):
            for name in files:
                path = os.path.join(base, name)
                bucket, _, key = os.path.relpath(path,
                                                 folder).partition("/")
                with open(path, "rb") as file:
                    data = file.read()
                if not key or bucket not in self.storage.buckets:
                    continue
                have = self.storage.buckets[bucket].get(key)
                if have is None or have["data"] != data:
                    self.storage.put(bucket, key, data)

    # Models.
    def upload(self, parent, body):
        strict.check(body, UPLOAD)
        strict.need(body, "model.displayName",
                    "model.containerSpec.imageUri")
        self.check_labels(body["model"])
        model = body.get("modelId")
        if not re.match(r"[a-z0-9_-]{1,63}\Z", model or ""):
            raise Fail(400, "INVALID_ARGUMENT", f"modelId: {model}")
        name = f"{parent}/models/{model}"
        if name in self.models:
            raise Fail(409, "ALREADY_EXISTS", f"{name} already exists.")
        if not self.failing.get("upload"):
            self.add_model(parent, model, body["model"],
                           self.seconds["upload"])
        op = self.operation(name, "upload", {"model": name})
        return Answer.of(200, self.view_operation(op),
                         effect=f"model {name} uploaded")

    # Endpoints.
    def view_endpoint(self, name):
        endpoint = self.endpoints[name]
        there = [m for m in endpoint["deployedModels"]
                 if self.clock.now() >= m["from"]]
        return {**endpoint, "deployedModels": [
            {key: m[key] for key in m if key != "from"} for m in there]}

    @staticmethod
    def whole(split):
        if split and sum(split.values()) != 100:
            raise Fail(400, "INVALID_ARGUMENT",
                       "trafficSplit: must sum to 100")

    def deploy(self, endpoint, body):
        strict.check(body, DEPLOY)
        strict.need(body, "deployedModel.dedicatedResources.machineSpec."
                    "machineType",
                    "deployedModel.dedicatedResources.minReplicaCount")
        model = body["deployedModel"]
        if model.get("model") not in self.models:
            raise Fail(404, "NOT_FOUND", f"{model.get('model')}")
        if not re.match(r"[0-9]{1,10}\Z", model.get("id", "")):
            raise Fail(400, "INVALID_ARGUMENT", "deployedModel.id")
        if any(m["id"] == model["id"] for m in endpoint["deployedModels"]):
            raise Fail(400, "FAILED_PRECONDITION", "ALREADY_DEPLOYED: "
                       f"{model['id']} is in use")
        split = {model["id"] if key == "0" else key: value for key, value
                 in body.get("trafficSplit", {}).items()}
        self.whole(split)
        if not self.failing.get("deploy"):
            endpoint["deployedModels"].append({
                **model, "createTime": self.clock.micro(),
                "from": self.clock.now() + self.seconds["deploy"]})
            if split:
                endpoint["trafficSplit"] = split
        op = self.operation(endpoint["name"], "deploy",
                            {"deployedModel": model})
        return Answer.of(200, self.view_operation(op),
                         effect=f"{model['model']} deployed")

    def shift(self, request, endpoint, body):
        strict.check(body, ENDPOINT)
        strict.need(body, "trafficSplit")
        if strict.camel(request.query.get("updateMask", "")) != (
                "trafficSplit"):
            raise strict.invalid("update_mask must be trafficSplit: the "
                                 "world changes nothing else.",
                                 "update_mask")
        self.whole(body["trafficSplit"])
        ids = {m["id"] for m in endpoint["deployedModels"]}
        if set(body["trafficSplit"]) - ids:
            raise Fail(400, "INVALID_ARGUMENT", "trafficSplit: unknown id")
        endpoint["trafficSplit"] = body["trafficSplit"]
        return Answer.of(200, self.view_endpoint(endpoint["name"]),
                         effect="traffic shifted")

    def undeploy(self, endpoint, body):
        strict.check(body, UNDEPLOY)
        strict.need(body, "deployedModelId")
        gone = body["deployedModelId"]
        if all(m["id"] != gone for m in endpoint["deployedModels"]):
            raise Fail(404, "NOT_FOUND", f"{gone} is not deployed")
        others = [m for m in endpoint["deployedModels"] if m["id"] != gone]
        # The last one takes the split with it.
        split = (body.get("trafficSplit") or endpoint["trafficSplit"]
                 if others else {})
        if split.get(gone):
            raise Fail(400, "FAILED_PRECONDITION", f"{gone} has traffic")
        self.whole(split)
        endpoint["deployedModels"] = others
        endpoint["trafficSplit"] = split
        op = self.operation(endpoint["name"], "undeploy", {})
        return Answer.of(200, self.view_operation(op),
                         effect=f"{gone} undeployed")
