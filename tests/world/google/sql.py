"""GoogleSQL, as far as the programs speak it, on SQLite.

SQLite gives joins, windows, subqueries and grouping.  BigQuery's functions
are written here; what the two write differently is rewritten, and nothing
else: names in backquotes, @parameters, UNNEST, ARRAY(SELECT ...),
WITH OFFSET, STRING_AGG with an order, SAFE_CAST, INTERVAL, division, and
'\\n'.  Timestamps are microseconds since 1970, arrays are JSON texts."""

import json
import re
import sqlite3
from datetime import datetime, timedelta, timezone

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
TIMES = ("created_at", "created", "event")
SCANNED = re.compile(r"`([^`]+)`")


class SqlError(Exception):
    """What BigQuery would call an invalidQuery; says where."""


class Result:
    """Columns as (name, type), rows as tuples; of an export where to."""

    def __init__(self, columns, rows, size, export=None):
        self.columns = columns
        self.rows = rows
        self.bytes = size
        self.export = export


def micros(text):
    """RFC 3339, or BigQuery's own form, to microseconds; None: neither."""
    if isinstance(text, (int, type(None))):
        return text
    match = re.fullmatch(
        r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d{1,6})?"
        r"(?: ?(?:Z|UTC)|([+-])(\d\d):?(\d\d))?", text)
    if match is None:
        return None
    try:
        when = datetime(*(int(x) for x in match.groups()[:6]),
                        tzinfo=timezone.utc)
    except ValueError:
        return None
    when += timedelta(seconds=float(match[7] or 0))
    if match[8]:
        zone = timedelta(hours=int(match[9]), minutes=int(match[10]))
        when += -zone if match[8] == "+" else zone
    return round((when - EPOCH) / timedelta(microseconds=1))


def timestamp(text):
    value = micros(text)
    if text is not None and value is None:
        raise ValueError(f"Invalid timestamp: '{text}'")
    return value


def format_timestamp(form, value):
    if value is None:
        return None
    return (EPOCH + timedelta(microseconds=value)).strftime(form)


def walk(text, path):
    """The JSON value at $.a.b; raises KeyError."""
    value = json.loads(text)
    for key in path.split(".")[1:]:
        if not isinstance(value, dict):
            raise KeyError(key)
        value = value[key]
    return value


def json_value(text, path="$"):
    """A scalar as text; None for objects, arrays, null and nothing."""
    try:
        value = walk(text, path)
    except (KeyError, TypeError, ValueError):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (dict, list)):
        return None
    return value if isinstance(value, str) else json.dumps(value)


def json_query_array(text, path="$"):
    try:
        value = walk(text, path)
    except (KeyError, TypeError, ValueError):
        return None
    return json.dumps(value) if isinstance(value, list) else None


def regexp_contains(text, pattern):
    """RE2's $ is the end, Python's also the newline before it."""
    if text is None or pattern is None:
        return None
    return re.search(pattern.replace("$)", r"\Z)"), text) is not None


def safe_int64(text):
    try:
        value = int(text)
    except (TypeError, ValueError):
        return None
    return value if -2**63 <= value < 2**63 else None


def to_code_points(value):
    """Of bytes these, of a text its characters."""
    return None if value is None else json.dumps(
        list(value) if isinstance(value, bytes) else [ord(c) for c in value])


FUNCTIONS = {
    "JSON_VALUE": json_value,
    "JSON_QUERY_ARRAY": json_query_array,
    "REGEXP_CONTAINS": regexp_contains,
    "TIMESTAMP": timestamp,
    "FORMAT_TIMESTAMP": format_timestamp,
    "TIMESTAMP_SUB": lambda at, seconds: None if at is None
    else at - seconds * 1000000,
    "SAFE_CAST_TIMESTAMP": micros,
    "SAFE_CAST_INT64": safe_int64,
    "CONCAT": lambda *parts: None if None in parts
    else "".join(str(part) for part in parts),
    "STARTS_WITH": lambda text, start: None if None in (text, start)
    else text.startswith(start),
    "LOWER": lambda text: None if text is None else text.lower(),
    "CHR": lambda code: None if code is None else chr(code),
    "TO_CODE_POINTS": to_code_points,
}


def balanced(text, start):
    """Where the parenthesis closes that opens before `start`."""
    depth = 1
    quoted = False
    for i in range(start, len(text)):
        if text[i] == "'":
            quoted = not quoted
        elif not quoted and text[i] in "()":
            depth += 1 if text[i] == "(" else -1
            if depth == 0:
                return i
    raise SqlError(f"Syntax error: Expected \")\" {place(text, len(text))}")


def place(text, at):
    line = text.count("\n", 0, at) + 1
    return f"at [{line}:{at - (text.rfind(chr(10), 0, at) + 1) + 1}]"


def rewrite_calls(text, word, change):
    """Every word(...) becomes what change makes of its inside."""
    while True:
        match = re.search(rf"(?<![\w.]){word}\(", text)
        if match is None:
            return text
        end = balanced(text, match.end())
        text = (text[:match.start()] + change(text[match.end():end])
                + text[end + 1:])


def safe_cast(inside):
    match = re.fullmatch(r"(.*)\s+AS\s+(INT64|TIMESTAMP)\s*", inside, re.S)
    if match is None:
        raise SqlError("SAFE_CAST is known to INT64 and TIMESTAMP")
    return f"SAFE_CAST_{match[2]}({match[1]})"


def array(inside):
    match = re.match(r"\s*SELECT\s+(\w+)\s", inside)
    if match is None:
        raise SqlError("ARRAY is known of a SELECT of one column")
    return f"(SELECT json_group_array({match[1]}) FROM ({inside}))"


def string_agg(text):
    """(SELECT STRING_AGG(e, s ORDER BY o LIMIT n) FROM t), t perhaps an
    UNNEST WITH OFFSET"""
    match = re.search(r"SELECT\s+STRING_AGG\(", text)
    if match is None:
        return text
    end = balanced(text, match.end())
    inside = re.fullmatch(r"(.*),\s*('[^']*')\s+(ORDER BY .*)",
                          text[match.end():end], re.S)
    source = re.match(r"\s+FROM\s+(UNNEST\(.*\)\s+AS\s+\w+\s+WITH\s+OFFSET"
                      r"\s+AS\s+\w+|\w+)", text[end + 1:])
    if inside is None or source is None:
        raise SqlError("STRING_AGG is known with an order, from one name")
    return (text[:match.start()]
            + f"SELECT group_concat(v, {inside[2]}) FROM (SELECT {inside[1]}"
            + f" AS v FROM {source[1]} {inside[3]})"
            + text[end + 1 + source.end():])


def rewrite(text):
    text = string_agg(text)
    text = rewrite_calls(text, "SAFE_CAST", safe_cast)
    text = rewrite_calls(text, "ARRAY", array)
    names = re.findall(r"UNNEST\(.*?\)\s+AS\s+(\w+)", text)
    text = re.sub(r"\bUNNEST\(", "json_each(", text)
    for name, nth in re.findall(r"(\w+)\s+WITH\s+OFFSET\s+AS\s+(\w+)", text):
        text = re.sub(r"\s+WITH\s+OFFSET\s+AS\s+\w+", "", text, count=1)
        text = re.sub(rf"\b{nth}\b", f"{name}.key", text)
    for name in set(names):
        text = re.sub(rf"(?<!AS )\b{name}\b(?!\.)", f"{name}.value", text)
    text = re.sub(r"\brepo\.name\b", "repo_name", text)
    text = re.sub(r"INTERVAL\s+(@\w+)\s+SECOND", r"\1", text)
    text = re.sub(r"AS STRING\)", "AS TEXT)", text)
    text = re.sub(r"AS BYTES\)", "AS BLOB)", text)
    text = re.sub(r"\)\s*/\s", ") * 1.0 / ", text)
    text = text.replace(r"'\n'", "char(10)")
    return text


def cell(name, value):
    if name in TIMES:
        return micros(value)
    return json.dumps(value) if isinstance(value, (list, dict)) else value


class Statement:
    """One query on the tables it names."""

    def __init__(self, text, parameters, tables):
        self.text = text
        self.tables = tables
        self.size = 0
        self.values = {p["name"]: self.value(p) for p in parameters}
        self.db = sqlite3.connect(":memory:")
        for name, function in FUNCTIONS.items():
            self.db.create_function(name, -1, function, deterministic=True)

    @staticmethod
    def value(parameter):
        kind = parameter["parameterType"]["type"]
        value = parameter["parameterValue"].get("value")
        if value is None or kind == "STRING":
            return value
        if kind == "INT64":
            return int(value)
        if kind == "BOOL":
            return value == "true"
        if kind == "TIMESTAMP":
            return timestamp(value)
        raise SqlError(f"Parameters of type {kind} are not known")

    def suffixes(self, name):
        """The tables that a wildcard means, with their suffixes."""
        if not name.endswith("*"):
            if name not in self.tables:
                raise KeyError(name)
            return [("", self.tables[name])]
        prefix = name[:-1]
        found = [(table[len(prefix):], rows)
                 for table, rows in sorted(self.tables.items())
                 if table.startswith(prefix)]
        if not found:
            raise KeyError(name)
        low, high = self.values.get("since"), self.values.get("today")
        return [(suffix, rows) for suffix, rows in found
                if (low is None or suffix >= low)
                and (high is None or suffix <= high)]

    def load(self, number, name):
        """A named table as one of SQLite's."""
        found = self.suffixes(name)
        rows = [dict(row, _TABLE_SUFFIX=suffix)
                for suffix, part in found for row in part]
        for row in rows:
            if isinstance(row.get("repo"), dict):
                row["repo_name"] = row.pop("repo").get("name")
            row.pop("org", None)
            row.pop("actor", None)
        columns = sorted({key for row in rows for key in row}
                         | {"_TABLE_SUFFIX"})
        if not rows and name.endswith("*"):
            columns = ["_TABLE_SUFFIX", "created_at", "id", "payload",
                       "repo_name", "type"]
        elif not rows:
            columns = ["body", "created", "event", "id", "labels", "repo",
                       "title"]
        self.size += sum(len(str(value)) for row in rows
                         for value in row.values())
        self.db.execute(f"CREATE TABLE t{number} ({', '.join(columns)})")
        self.db.executemany(
            f"INSERT INTO t{number} VALUES ({','.join('?' * len(columns))})",
            [[cell(key, row.get(key)) for key in columns] for row in rows])
        return f"t{number}"

    def run(self):
        text = self.text
        for number, name in enumerate(dict.fromkeys(SCANNED.findall(text))):
            text = text.replace(f"`{name}`", self.load(number, name))
        text = rewrite(text)
        used = set(re.findall(r"@(\w+)", text))
        if used - set(self.values):
            raise SqlError(f"Query parameter '{min(used - set(self.values))}'"
                           f" not found {place(self.text, 0)}")
        text = re.sub(r"@(\w+)", r":\1", text)
        try:
            cursor = self.db.execute(text, {k: self.values[k] for k in used})
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            near = re.search(r'near "(\w+)"', str(error))
            at = self.text.find(near[1]) if near else 0
            raise SqlError(f"{error} {place(self.text, max(at, 0))}") \
                from error
        names = [column[0] for column in cursor.description]
        return names, rows


def kind_of(name, rows, index):
    if name == "labels" and any(isinstance(r[index], str) for r in rows):
        return "ARRAY"
    return "INT64" if any(isinstance(r[index], int) for r in rows) \
        else "STRING"


EXPORT = re.compile(r"\s*EXPORT\s+DATA\s+OPTIONS\s*\(", re.S)


def options(text):
    found = {}
    for key, value in re.findall(r"(\w+)\s*=\s*('[^']*'|true|false)", text):
        found[key] = value[1:-1] if value[0] == "'" else value == "true"
    return found


def run(statement, parameters, tables):
    """Runs a query; of EXPORT DATA the rows and where they are to go."""
    export = None
    match = EXPORT.match(statement)
    if match is not None:
        end = balanced(statement, match.end())
        export = options(statement[match.end():end])
        body = re.match(r"\s*AS\b", statement[end + 1:])
        if body is None or "uri" not in export:
            raise SqlError(f"Syntax error {place(statement, end)}")
        statement = statement[end + 1 + body.end():]
    query = Statement(statement, parameters, tables)
    names, rows = query.run()
    columns = [(name, kind_of(name, rows, i))
               for i, name in enumerate(names)]
    return Result(columns, rows, query.size, export)
