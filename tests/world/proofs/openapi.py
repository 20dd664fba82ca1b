"""What GitHub's REST API is defined to be: an OpenAPI 3.0 document, which
methods it has, and whether a value is as a schema says."""

import json
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
TYPES = {"string": str, "boolean": bool, "array": list, "object": dict,
         "integer": int, "number": (int, float)}
VERBS = ("get", "put", "post", "patch", "delete")


class Operation:
    """One method at one path."""

    def __init__(self, verb, path, raw, resolve):
        self.name = raw["operationId"]
        self.verb = verb.upper()
        # What names a ref or a file has slashes.
        text = re.sub(r"\{(ref|path)\}", r"(?P<\1>.+)", path)
        self.pattern = re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)",
                                         text))
        self.query = {p["name"]: p for p in map(
            resolve, raw.get("parameters", ())) if p["in"] == "query"}
        self.body = content(resolve(raw.get("requestBody", {})))
        self.required = raw.get("requestBody", {}).get("required", False)
        self.answers = {status: content(resolve(answer)) for status, answer
                        in raw["responses"].items()}


def content(value):
    """The schema of a body, or None."""
    media = value.get("content", {})
    kind = media.get("application/json") or media.get(
        "application/scim+json")
    return kind and kind["schema"]


class OpenAPI:
    """All of it."""

    def __init__(self, file):
        with open(file, encoding="utf-8") as stream:
            self.raw = json.load(stream)
        self.operations = [
            Operation(verb, path, raw, self.resolve)
            for path, verbs in self.raw["paths"].items()
            for verb, raw in verbs.items() if verb in VERBS]

    def resolve(self, thing):
        while "$ref" in thing:
            found = self.raw
            for word in thing["$ref"].removeprefix("#/").split("/"):
                found = found[word]
            thing = found
        return thing

    def find(self, verb, path):
        for operation in self.operations:
            if operation.verb == verb and operation.pattern.fullmatch(path):
                return operation
        return None

    def check(self, value, schema, path):
        """What is wrong with a value."""
        schema = self.resolve(schema)
        if value is None:
            return [] if self.nullable(schema) else [f"{path}: is null"]
        for key in ("oneOf", "anyOf"):
            if key in schema:
                tries = [self.check(value, each, path)
                         for each in schema[key]]
                return [] if [] in tries else min(tries, key=len)
        wrong = [w for each in schema.get("allOf", ())
                 for w in self.check(value, each, path)]
        kind = schema.get("type")
        if kind and not self.typed(value, kind):
            return [*wrong, f"{path}: {value!r:.60} is no {kind}"]
        if "enum" in schema and value not in schema["enum"]:
            wrong.append(f"{path}: {value!r:.60} is not of the enum")
        return (wrong + self.check_format(value, schema, path)
                + self.check_inside(value, schema, path))

    def nullable(self, schema):
        return schema.get("nullable") or any(
            self.nullable(self.resolve(each))
            for key in ("oneOf", "anyOf") for each in schema.get(key, ()))

    @staticmethod
    def typed(value, kind):
        if isinstance(value, bool):
            return kind == "boolean"
        return isinstance(value, TYPES[kind])

    @staticmethod
    def check_format(value, schema, path):
        form = schema.get("format")
        good = isinstance(value, str) and (
            (form != "date-time" or TIME.fullmatch(value))
            and (form != "uri" or re.match(r"\w+:", value)))
        return [] if good or not isinstance(value, str) else [
            f"{path}: {value!r:.60} is no {form}"]

    def check_inside(self, value, schema, path):
        if isinstance(value, list):
            return [w for i, item in enumerate(value) for w in
                    self.check(item, schema.get("items", {}),
                               f"{path}[{i}]")]
        fields = schema.get("properties")
        if not isinstance(value, dict) or fields is None:
            return []
        wrong = [f"{path}: no {key}, which is required"
                 for key in schema.get("required", ()) if key not in value]
        for key, item in value.items():
            if key in fields:
                wrong += self.check(item, fields[key], f"{path}.{key}")
            elif not schema.get("additionalProperties"):
                wrong.append(f"{path}: unknown field {key}")
        return wrong

    def check_text(self, text, schema, path):
        """A parameter, which is text whatever it is."""
        schema = self.resolve(schema)
        if schema.get("type") == "integer":
            return [] if text.isdigit() else [f"{path}: {text} is no number"]
        return self.check(text, schema, path)
