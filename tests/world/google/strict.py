"""Whether a body is what a service takes.  A table nests as the message
does; its leaves are the name of a scalar, a tuple of an enum's names, a list
of one table, {"*": table} for a map, or None for anything."""

import re

from google.errors import Fail

BAD = "type.googleapis.com/google.rpc.BadRequest"
WHOLE = re.compile(r"-?\d{1,19}\Z")
LENGTH = re.compile(r"\d+(\.\d{1,9})?s\Z")
KINDS = {"string": "TYPE_STRING", "bool": "TYPE_BOOL",
         "int32": "TYPE_INT32", "int64": "TYPE_INT64",
         "duration": "google.protobuf.Duration"}
# Parameters that every method takes.
SYSTEM = {"$.xgafv", "$alt", "access_token", "alt", "callback", "fields",
          "key", "oauth_token", "prettyPrint", "quotaUser", "uploadType",
          "upload_protocol"}


def snake(name):
    return re.sub("([A-Z])", lambda m: "_" + m.group(1).lower(), name)


def camel(name):
    return re.sub("_([a-z])", lambda m: m.group(1).upper(), name)


def invalid(text, field=""):
    violation = {"description": text}
    if field:
        violation["field"] = field
    return Fail(400, "INVALID_ARGUMENT", text, details=[
        {"@type": BAD, "fieldViolations": [violation]}])


def is_scalar(value, kind):
    if kind == "bool":
        return isinstance(value, bool)
    if kind in ("int32", "int64"):
        return type(value) is int or (isinstance(value, str)
                                      and WHOLE.match(value))
    return isinstance(value, str) and (kind != "duration"
                                       or LENGTH.match(value))


def check(value, table, at=""):
    """Raises what the front end of Google's services answers."""
    if table is None:
        return
    if isinstance(table, list):
        if not isinstance(value, list):
            raise wrong(value, "a list", at)
        for i, item in enumerate(value):
            check(item, table[0], f"{at}[{i}]")
    elif isinstance(table, dict):
        if not isinstance(value, dict):
            raise wrong(value, "an object", at)
        message(value, table, at)
    elif isinstance(table, tuple):
        if value not in table:
            raise wrong(value, "the enum", at)
    elif not is_scalar(value, table):
        raise wrong(value, KINDS[table], at)


def message(value, table, at):
    for key, item in value.items():
        inside = table.get("*") if "*" in table else table.get(key, "")
        if inside == "":
            where = f" at '{at}'" if at else ""
            raise invalid("Invalid JSON payload received. Unknown name "
                          f"\"{key}\"{where}: Cannot find field.", at)
        check(item, inside, f"{at}.{snake(key)}" if at else snake(key))


def wrong(value, kind, at):
    return invalid(f"Invalid value at '{at}' ({kind}), {value!r}", at)


def need(value, *paths):
    """The fields that must be there: "jobSpec.workerPoolSpecs"."""
    for path in paths:
        found = value
        for key in path.split("."):
            found = found.get(key) if isinstance(found, dict) else None
        if found in (None, "", [], {}):
            name = snake(path)
            raise invalid(f"Required field {name} is not set.", name)


def parameters(request, allowed):
    for key in request.query:
        if key not in SYSTEM and camel(key) not in allowed.split():
            raise invalid("Invalid JSON payload received. Unknown name "
                          f"\"{key}\": Cannot bind query parameter. Field "
                          f"'{key}' could not be found in request message.")
