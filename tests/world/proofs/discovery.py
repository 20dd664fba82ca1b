"""What Google's APIs are defined to be: which methods there are, and whether
a body is as their schemas say.  Three dialects: discovery documents, and two
that were derived from generated clients."""

import json
import re

ANY = "type.googleapis.com/"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?Z")
WHOLE = re.compile(r"-?\d{1,20}")
# Said to be required, and yet the server chooses one where none is given.
CHOSEN = {"jobId"}
# Parameters that every method takes.
SYSTEM = {"$.xgafv", "access_token", "alt", "callback", "fields", "key",
          "oauth_token", "prettyPrint", "quotaUser", "uploadType",
          "upload_protocol"}
LONG = ("google.longrunning.Operation", "GoogleLongrunningOperation")


class Method:
    """`pattern` matches paths; `request` and `response` are names of
    schemas, or None."""

    def __init__(self, name, verb, path, query, request, response,
                 begins=None):
        self.name = name
        self.verb = verb
        self.query = SYSTEM | set(query)
        self.request = request
        self.response = response
        self.begins = begins    # what its operation responds with
        self.seen = 0
        self.pattern = re.compile(path)


class Definitions:
    """One API: `host` is how the Host of its requests begins, `prefix` how
    their paths do."""

    def __init__(self, file, name, host, prefix, stem=""):
        with open(file, encoding="utf-8") as stream:
            self.raw = json.load(stream)
        self.name = name
        self.host = host
        self.prefix = prefix
        self.stem = stem        # that names of schemas begin with
        self.schemas = self.raw["schemas"]
        self.methods = list(self.read())

    def owns(self, line):
        return (line["host"].startswith(self.host)
                and line["path"].startswith(self.prefix))

    def find(self, verb, path):
        for method in self.methods:
            if method.verb == verb and method.pattern.fullmatch(path):
                return method
        return None

    # Schemas.
    def properties(self, schema):
        return self.resolve(schema).get("properties", {})

    def resolve(self, schema):
        while "$ref" in schema:
            schema = self.schemas[schema["$ref"]]
        return schema

    def map(self, schema):
        """What the values of a map are; None: it is none."""
        if isinstance(schema.get("additionalProperties"), dict):
            return schema["additionalProperties"]
        if "x-map" in schema:
            return self.properties(schema["x-map"])["value"]
        return None

    def check(self, value, schema, path, asked):
        """What is wrong with a value; `asked`: it is in a request."""
        schema = self.resolve(schema)
        if "enum" in schema and value not in schema["enum"]:
            return [f"{path}: {value!r} is not of the enum"]
        kind = schema.get("type", "object")
        if kind == "array":
            if not isinstance(value, list):
                return [f"{path}: no list"]
            return [w for i, item in enumerate(value) for w in
                    self.check(item, schema["items"], f"{path}[{i}]", asked)]
        if kind == "object":
            return self.check_object(value, schema, path, asked)
        good = self.scalar(value, kind, schema.get("format"), asked)
        return [] if good else [
            f"{path}: {value!r} is no {schema.get('format') or kind}"]

    @staticmethod
    def scalar(value, kind, form, asked):
        if kind == "any":
            return True
        if kind in ("bool", "boolean"):
            return isinstance(value, bool)
        if "int64" in (kind, form) or "uint64" in (kind, form):
            return (isinstance(value, str) and WHOLE.fullmatch(value)
                    is not None) or (asked and type(value) is int)
        if kind in ("int32", "uint32", "integer"):
            return type(value) is int
        if kind in ("number", "float", "double"):
            return type(value) in (int, float)
        if form in ("google-datetime", "date-time"):
            return isinstance(value, str) and bool(TIME.fullmatch(value))
        return isinstance(value, str)

    def check_object(self, value, schema, path, asked):
        if not isinstance(value, dict):
            return [f"{path}: no object"]
        inner = self.map(schema)
        if inner is not None:
            return [w for key, item in value.items() for w in
                    self.check(item, inner, f"{path}.{key}", asked)]
        fields = schema.get("properties")
        if fields is None:
            return []
        wrong = []
        for key, item in value.items():
            if key not in fields:
                wrong.append(f"{path}: unknown field {key}")
                continue
            if asked and self.output_only(fields[key]):
                wrong.append(f"{path}.{key}: is output only")
            wrong += self.check(item, fields[key], f"{path}.{key}", asked)
        for key, field in fields.items():
            if asked and self.required(field) and key not in value and (
                    key not in CHOSEN):
                wrong.append(f"{path}: no {key}, which is required")
        return wrong

    @staticmethod
    def output_only(field):
        return (field.get("readOnly")
                or field.get("x-behavior") == "OUTPUT_ONLY"
                or "Output only." in field.get("description", ""))

    @staticmethod
    def required(field):
        return (field.get("x-behavior") == "REQUIRED"
                or field.get("description", "").startswith("Required."))

    def check_any(self, value, path):
        """A message that says itself what it is."""
        kind = value.get("@type", "")
        if not kind.startswith(ANY):
            return [f"{path}: no @type"]
        rest = {key: item for key, item in value.items() if key != "@type"}
        name = kind.rpartition(".")[2]
        if kind == ANY + "google.protobuf.Empty":
            return [f"{path}: not empty"] if rest else []
        if self.stem + name not in self.schemas:
            return []       # trimmed away
        return self.check(rest, {"$ref": self.stem + name}, path, False)

    def check_operation(self, value, path):
        wrong = []
        for key in ("metadata", "response"):
            if key in value:
                wrong += self.check_any(value[key], f"{path}.{key}")
        if value.get("done"):
            if ("response" in value) == ("error" in value):
                wrong.append(f"{path}: done, not with one of response and "
                             "error")
        elif "response" in value or "error" in value:
            wrong.append(f"{path}: not done, and yet has an end")
        return wrong

    def check_answer(self, value, name, path):
        wrong = self.check(value, {"$ref": name}, path, False)
        if name in LONG or name == "Operation":
            return wrong + self.check_operation(value, path)
        for i, item in enumerate(value.get("operations", [])
                                 if "ListOperations" in name else []):
            wrong += self.check_operation(item, f"{path}.operations[{i}]")
        return wrong

    def known(self, table, schema, path=""):
        """Whether a table (google/strict.py) says what the schema says."""
        schema = self.resolve(schema)
        if table is None:
            return []
        if isinstance(table, list) or schema.get("type") == "array":
            if schema.get("type") != "array":
                return [f"{path}: is no list"]
            return self.known(table[0] if isinstance(table, list) else table,
                              schema["items"], f"{path}[]")
        if isinstance(table, dict) and "*" in table:
            inner = self.map(schema)
            return ([f"{path}: is no map"] if inner is None else
                    self.known(table["*"], inner, f"{path}.*"))
        if isinstance(table, dict):
            fields = schema.get("properties", {})
            return [w for key, inside in table.items() for w in (
                self.known(inside, fields[key], f"{path}.{key}")
                if key in fields else
                [f"{path}.{key}: there is no such field"])]
        if isinstance(table, tuple):
            same = set(table) == set(schema.get("enum", ()))
            return [] if same else [f"{path}: is another enum"]
        return self.same_scalar(table, schema, path)

    @staticmethod
    def same_scalar(table, schema, path):
        kind = schema.get("type")
        if "64" in (schema.get("format") or ""):
            kind = schema["format"]
        kind = {"boolean": "bool", "integer": "int32"}.get(kind, kind)
        good = kind == {"duration": "string"}.get(table, table)
        return [] if good else [f"{path}: {table}, defined as {kind}"]


class Discovery(Definitions):
    """Google's own form: BigQuery's."""

    def read(self, resources=None):
        for resource in (resources or self.raw["resources"]).values():
            for name, m in resource.get("methods", {}).items():
                path = re.escape(self.raw["basePath"] + m["path"])
                path = re.sub(r"\\{\\\+?\w+\\}", "[^/]+", path)
                yield Method(
                    m["id"], m["httpMethod"], path,
                    [key for key, p in m.get("parameters", {}).items()
                     if p["location"] == "query"],
                    m.get("request", {}).get("$ref"),
                    m.get("response", {}).get("$ref"))


class Protos(Definitions):
    """Derived from AutoML's protos."""

    def read(self):
        paging = ["filter", "pageSize", "pageToken"]
        for name, m in self.raw["methods"].items():
            path = re.sub(r"\{[\w.]+=([^}]+)\}", r"\1", m["path"])
            path = re.escape(path).replace(r"\*", "[^/:]+")
            request, at = m.get("request"), m.get("body")
            if at in (None, ""):
                request = None
            elif at != "*":
                request = self.schemas[request]["properties"][at]["$ref"]
            response = m.get("response")
            if name.startswith("google.longrunning"):
                response = {"Get": "Operation", "List": None}.get(
                    name.rpartition(".")[2])
            if response == LONG[0]:
                response = "Operation"
            yield Method(name, m["httpMethod"], path,
                         m.get("queryParameters") or paging, request,
                         response, m.get("lroResponse"))

    def check(self, value, schema, path, asked):
        """Fields of the path are no fields of the body."""
        return [w for w in super().check(value, schema, path, asked)
                if not re.fullmatch(r"body: no (name|parent), which is "
                                    "required", w)]


class Clients(Definitions):
    """Derived from a generated client: Vertex AI's and Cloud Storage's."""

    def read(self):
        for name, m in self.raw["methods"].items():
            path = re.sub(r"\{\w+\}", "*", m["flatPath"] or m["path"])
            path = re.escape(self.prefix + path).replace(r"\*", "[^/:]+")
            request = None
            if m["requestBodyField"]:
                request = self.schemas[m["request"]]["properties"][
                    m["requestBodyField"]].get("$ref")
            yield Method(name, m["httpMethod"], path, m["queryParams"],
                         request, m["response"])
