"""The OpenAPI definitions of Kubernetes: whether an object is as they say,
and whether our table of fields is."""

import json

from kubernetes.fields import SCALARS, TYPES

OURS = {"core.Event": ("v1", "Event"),
        "events.Event": ("events.k8s.io/v1", "Event"),
        "Lease": ("coordination.k8s.io/v1", "Lease"),
        "ConfigMap": ("v1", "ConfigMap"), "Secret": ("v1", "Secret"),
        "Job": ("batch/v1", "Job"), "CronJob": ("batch/v1", "CronJob")}
FORMATS = {"int32": "int32", "int64": "int64", "bool": "boolean",
           "string": "string", "int": "integer", "duration": "string"}


class Schema:
    """A validator for what the definitions use of JSON Schema."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.definitions = json.load(file)["definitions"]
        self.names = {}
        for name, definition in self.definitions.items():
            for kind in definition.get("x-kubernetes-group-version-kind", ()):
                version = "/".join(filter(None, (kind["group"],
                                                 kind["version"])))
                self.names[version, kind["kind"]] = name

    def resolve(self, schema):
        while "$ref" in schema or "allOf" in schema:
            ref = schema.get("$ref") or schema["allOf"][0]["$ref"]
            schema = self.definitions[ref.rpartition("/")[2]]
        return schema

    def check(self, value, schema, path=""):
        schema = self.resolve(schema)
        kind = schema.get("type", "object" if "properties" in schema else "")
        if value is None:
            return []       # the server itself writes null for "not yet"
        good = {"object": dict, "array": list, "string": str,
                "boolean": bool, "integer": int, "number": (int, float)}
        if schema.get("x-kubernetes-preserve-unknown-fields"):
            return []
        if schema.get("format") == "int-or-string" or schema.get(
                "x-kubernetes-int-or-string"):
            return [] if isinstance(value, (int, str)) else [f"{path}: type"]
        if kind and not isinstance(value, good[kind]):
            return [f"{path}: not of type {kind}"]
        if kind == "array":
            return [w for i, item in enumerate(value) for w in
                    self.check(item, schema["items"], f"{path}[{i}]")]
        if kind == "object":
            return self.check_object(value, schema, path)
        return []

    def check_object(self, value, schema, path):
        fields = schema.get("properties")
        more = schema.get("additionalProperties")
        wrong = [f"{path}: no {name}" for name in schema.get("required", ())
                 if name not in value]
        for key, item in value.items():
            if fields is not None and key in fields:
                wrong += self.check(item, fields[key], f"{path}.{key}")
            elif isinstance(more, dict):
                wrong += self.check(item, more, f"{path}.{key}")
            elif fields is not None:
                wrong.append(f"{path}: unknown field {key}")
        return wrong


class Crd(Schema):
    """The schema of one custom resource."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        self.root = found["openAPIV3Schema"]
        self.key = f"{found['group']}/{found['version']}", found["kind"]

    def resolve(self, schema):
        return schema

    def problems(self, thing):
        """What is wrong with an object."""
        key = thing.get("apiVersion"), thing.get("kind")
        wrong = [] if key == self.key else [f"is a {key}"]
        return wrong + self.check(thing, self.root)


def same_fields(schema, ours, definition, path, done):
    """Compares our table with a definition, and what both lead to."""
    if (ours, path) in done:
        return []
    done.add((ours, path))
    wrong = []
    theirs = schema.resolve(definition).get("properties")
    if theirs is None:      # any object, as a CRD's metadata
        return []
    for name in sorted(set(TYPES[ours]) ^ set(theirs)):
        where = "the table" if name in theirs else "the definition"
        wrong.append(f"{path}.{name} is missing in {where}")
    for name in sorted(set(TYPES[ours]) & set(theirs)):
        wrong += same_type(schema, TYPES[ours][name], theirs[name],
                           f"{path}.{name}", done)
    return wrong


def same_type(schema, ours, definition, path, done):
    theirs = schema.resolve(definition)
    kind = theirs.get("format") or theirs.get("type")
    if ours == "any":
        return []
    if ours in ("time", "micro"):
        good = kind == "date-time"
    elif ours in SCALARS:
        good = kind == FORMATS[ours]
    elif ours.startswith("[]"):
        return (same_type(schema, ours[2:], theirs["items"], path + "[]",
                          done) if kind == "array" else [f"{path}: no list"])
    elif ours.startswith("{}"):
        good = "additionalProperties" in theirs
    else:
        return same_fields(schema, ours, theirs, path, done)
    return [] if good else [f"{path}: {ours}, defined as {kind}"]


