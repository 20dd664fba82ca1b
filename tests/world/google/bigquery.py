"""BigQuery: tables, and jobs that take their time."""

import csv
import io
import json
import re

from google import sql
from google.errors import Fail, form, unknown_keys
from message import Answer

ROOT = re.compile(r"/bigquery/v2/projects/([^/]+)/(.+)$")
TABLE = re.compile(r"datasets/([^/]+)/tables/([^/]+)$")
JOB = {
    "jobReference": {"projectId": None, "jobId": None, "location": None},
    "configuration": {
        "dryRun": None, "jobTimeoutMs": None, "labels": None,
        "query": {"query": None, "useLegacySql": None, "priority": None,
                  "maximumBytesBilled": None, "useQueryCache": None,
                  "continuous": None, "flattenResults": None,
                  "allowLargeResults": None, "createDisposition": None,
                  "writeDisposition": None,
                  "parameterMode": None, "queryParameters": {
                      "name": None,
                      "parameterType": {"type": None},
                      "parameterValue": {"value": None}}}}}
KEPT = 86400            # s that the answer of a query is
OLD = {"duplicate": 409, "notFound": 404, "invalidQuery": 400,
       "accessDenied": 403}


def fail(http, reason, message):
    return Fail(http, None, message, reason)


class BigQuery:
    name = "bigquery"

    def __init__(self, clock, auth, storage):
        self.clock = clock
        self.auth = auth
        self.storage = storage
        self.reset()

    def reset(self):
        self.tables = {}
        self.jobs = {}
        self.seconds = 0        # that a job takes
        self.failing = []       # what happens to the next jobs
        self.part = 1000        # rows of a file
        self.touched = 0

    def dump(self):
        return {key: getattr(self, key) for key in (
            "tables", "jobs", "seconds", "failing", "part", "touched")}

    def load(self, state):
        for key, value in state.items():
            setattr(self, key, value)

    def control(self, value):
        """{seconds?, part?, fail?: {reason, message}, vanish?: id}"""
        self.seconds = value.get("seconds", self.seconds)
        self.part = value.get("part", self.part)
        if "fail" in value:
            self.failing.append(value["fail"])
        if "vanish" in value:
            self.jobs.pop(value["vanish"], None)
        return {}

    def control_table(self, value):
        """{table, rows, replace?}"""
        self.touched += 1
        table = self.tables.setdefault(value["table"], {"rows": []})
        if value.get("replace"):
            table["rows"] = []
        table["rows"] += value["rows"]
        table["etag"] = f"etag-{self.touched}"
        table["modified"] = self.clock.now()
        return {}

    def owns(self, request):
        return request.path.startswith("/bigquery/v2/")

    def form(self, code):
        return form(code, old=True)

    def answer(self, request):
        try:
            match = ROOT.match(request.path)
            if match is None:
                raise fail(404, "notFound", "Not Found")
            return self.route(request, *match.groups())
        except Fail as refusal:
            return refusal.answer()

    def route(self, request, project, rest):
        table = TABLE.match(rest)
        if request.method == "GET" and table is not None:
            return self.get_table(request, f"{project}.{table[1]}.{table[2]}")
        if request.method == "POST" and rest == "jobs":
            self.auth.check(request, "bigquery.jobs.create",
                            f"projects/{project}", old=True)
            return self.insert(request, project)
        if request.method == "GET" and rest.startswith("jobs/"):
            return self.get_job(request, project, rest[5:])
        if request.method == "GET" and rest.startswith("queries/"):
            return self.results(request, project, rest[8:])
        raise fail(404, "notFound", "Not Found")

    def get_table(self, request, name):
        self.auth.check(request, "bigquery.tables.get", name, old=True)
        if name not in self.tables:
            raise fail(404, "notFound", "Not found: Table "
                       f"{name.replace('.', ':', 1)}")
        table = self.tables[name]
        project, dataset, part = name.split(".")
        return Answer.of(200, {
            "kind": "bigquery#table", "etag": table["etag"],
            "tableReference": {"projectId": project, "datasetId": dataset,
                               "tableId": part},
            "numRows": str(len(table["rows"])),
            "lastModifiedTime": str(int(table["modified"] * 1000))})

    def insert(self, request, project):
        try:
            body = json.loads(request.body)
        except ValueError:
            raise fail(400, "parseError", "Parse Error") from None
        unknown_keys(body, JOB)
        configuration = body.get("configuration", {})
        query = configuration.get("query", {})
        if query.get("useLegacySql", True):
            raise fail(400, "invalidQuery", "the world speaks no legacy SQL")
        if configuration.get("dryRun"):
            return self.dry_run(project, body, query)
        name = body["jobReference"].get("jobId")
        if not name or not re.fullmatch(r"[A-Za-z0-9_-]{1,1024}", name):
            raise fail(400, "invalid", f"Invalid job ID \"{name}\"")
        if name in self.jobs:
            raise fail(409, "duplicate", f"Already Exists: Job {project}:US."
                       f"{name}")
        self.jobs[name] = self.job(project, body, query)
        return Answer.of(200, self.view(name),
                         effect=f"BigQuery job {name} inserted")

    def evaluate(self, query):
        tables = {name: table["rows"] for name, table in self.tables.items()}
        try:
            return sql.run(query["query"], query.get("queryParameters", []),
                           tables)
        except sql.SqlError as error:
            raise fail(400, "invalidQuery", str(error)) from None
        except KeyError as error:
            raise fail(404, "notFound", "Not found: Table "
                       f"{error.args[0]}") from None

    def dry_run(self, project, body, query):
        result = self.evaluate(query)
        return Answer.of(200, {
            "kind": "bigquery#job", "configuration": body["configuration"],
            "jobReference": {"projectId": project},
            "status": {"state": "DONE"},
            "statistics": {"totalBytesProcessed": str(result.bytes),
                           "query": {"totalBytesProcessedAccuracy":
                                     "PRECISE"}}})

    def job(self, project, body, query):
        """It is worked out at once, and told when its time is over."""
        job = {"project": project, "configuration": body["configuration"],
               "location": body["jobReference"].get("location", "US"),
               "begun": self.clock.now(), "bytes": 0, "rows": [],
               "columns": [], "error": None,
               "until": self.clock.now() + self.seconds}
        if self.failing:
            job["error"] = self.failing.pop(0)
            return job
        try:
            result = self.evaluate(query)
            most = query.get("maximumBytesBilled")
            if most is not None and result.bytes > int(most):
                raise fail(400, "bytesBilledLimitExceeded", "Query exceeded "
                           f"limit for bytes billed: {most}. {result.bytes} "
                           "or higher required.")
            job["bytes"] = result.bytes
            job["columns"] = result.columns
            if result.export is not None:
                self.export(result)
            else:
                job["rows"] = result.rows
        except Fail as error:
            job["error"] = {"reason": error.reason,
                            "message": error.message}
        return job

    def export(self, result):
        place = re.fullmatch(r"gs://([^/]+)/([^*]*)\*([^*]*)",
                             result.export["uri"])
        if place is None:
            raise fail(400, "invalid", "uri: expected one wildcard")
        bucket, before, after = place.groups()
        objects = self.storage.bucket(bucket)
        if not result.export.get("overwrite") and any(
                name.startswith(before) and name.endswith(after)
                for name in objects):
            raise fail(400, "invalid", "the destination is not empty")
        rows = result.rows
        write = self.lines if result.export["format"] == "JSON" else self.csv
        for i in range(0, max(len(rows), 1), self.part):
            self.storage.put(
                bucket, f"{before}{i // self.part:012d}{after}",
                write(result.columns, rows[i:i + self.part]).encode())

    @staticmethod
    def lines(columns, rows):
        """Whole numbers are texts, and what HTML minds is escaped."""
        out = ""
        for row in rows:
            item = {}
            for (name, kind), value in zip(columns, row):
                if value is None:
                    continue
                item[name] = (json.loads(value) if kind == "ARRAY"
                              else str(value) if kind == "INT64" else value)
            text = json.dumps(item, ensure_ascii=False,
                              separators=(",", ":"))
            for char in "<>&":
                text = text.replace(char, f"\\u{ord(char):04x}")
            out += text + "\n"
        return out

    @staticmethod
    def csv(columns, rows):
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()

    def find(self, request, project, name):
        self.auth.check(request, "bigquery.jobs.get", f"projects/{project}",
                        old=True)
        job = self.jobs.get(name)
        if job is None or request.query.get("location",
                                            "US") != job["location"]:
            raise fail(404, "notFound", f"Not found: Job {project}:{name}")
        return job

    def view(self, name):
        job = self.jobs[name]
        over = self.clock.now() >= job["until"]
        status = {"state": "DONE" if over else "RUNNING"}
        if over and job["error"] is not None:
            status["errorResult"] = job["error"]
            status["errors"] = [job["error"]]
        return {"kind": "bigquery#job", "id": f"{job['project']}:{name}",
                "jobReference": {"projectId": job["project"], "jobId": name,
                                 "location": job["location"]},
                "configuration": job["configuration"], "status": status,
                "statistics": {
                    "creationTime": str(int(job["begun"] * 1000)),
                    **({"endTime": str(int(job["until"] * 1000))} if over
                       else {}),
                    "totalBytesProcessed": str(job["bytes"]),
                    "query": {"totalBytesBilled": str(job["bytes"]),
                              "statementType": "EXPORT_DATA" if job[
                                  "configuration"]["query"]["query"].lstrip()
                              .startswith("EXPORT") else "SELECT"}}}

    def get_job(self, request, project, name):
        self.find(request, project, name)
        return Answer.of(200, self.view(name))

    def results(self, request, project, name):
        job = self.find(request, project, name)
        if self.clock.now() < job["until"]:
            return Answer.of(200, {"kind": "bigquery#getQueryResultsResponse",
                                   "jobComplete": False})
        if job["error"] is not None:
            reason = job["error"]["reason"]
            raise fail(OLD.get(reason, 400), reason, job["error"]["message"])
        if self.clock.now() >= job["until"] + KEPT:
            raise fail(404, "notFound", f"Not found: Table {project}:_"
                       f"{job['location']}.anon_{name}")
        return Answer.of(200, {
            "kind": "bigquery#getQueryResultsResponse", "jobComplete": True,
            "schema": {"fields": [{"name": column, "type": kind}
                                  for column, kind in job["columns"]]},
            "rows": [{"f": [{"v": None if value is None else str(value)}
                            for value in row]} for row in job["rows"]],
            "totalRows": str(len(job["rows"]))})
