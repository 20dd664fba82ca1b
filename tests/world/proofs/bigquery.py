"""The simulated BigQuery."""

import json

from proofs.client import must, same
from proofs.cloud import Old

ROWS = [{"id": f"acme/app#{i}", "n": i, "body": f"<{i}> & \"x\""}
        for i in range(1, 6)]
COUNT = "SELECT COUNT(*) AS n FROM `p.d.t`"


class BigQuery(Old):
    """Of the project p; with a table of five rows."""

    def __init__(self, world):
        super().__init__(world)
        self.tell("tables", table="p.d.t", rows=ROWS)

    def get(self, path):
        return self.ask("GET", f"/bigquery/v2/projects/p/{path}")

    def insert(self, name, query=COUNT, parameters=(), dry=False, **more):
        body = {"jobReference": {"projectId": "p", "location": "US"},
                "configuration": {"query": {
                    "query": query, "useLegacySql": False, **more}}}
        if name is not None:
            body["jobReference"]["jobId"] = name
        if dry:
            body["configuration"]["dryRun"] = True
        if parameters:
            body["configuration"]["query"].update(
                parameterMode="NAMED", queryParameters=[
                    {"name": key, "parameterType": {"type": kind},
                     "parameterValue": {"value": value}}
                    for key, kind, value in parameters])
        return self.ask("POST", "/bigquery/v2/projects/p/jobs", body)

    def status(self, name):
        reply = self.get(f"jobs/{name}?location=US")
        same(reply.status, 200, reply.raw)
        return reply.json["status"]

    def rows(self, query, parameters=()):
        """What a query gives: of each row the cells."""
        name = f"q{len(self.state()['jobs'])}"
        reply = self.insert(name, query, parameters)
        same(reply.status, 200, reply.raw)
        same(self.status(name), {"state": "DONE"})
        rows = self.get(f"queries/{name}?location=US").json["rows"]
        return [[cell["v"] for cell in row["f"]] for row in rows]


def named(world):
    "a job has the name it was given, and a second one is a duplicate"
    at = BigQuery(world)
    reply = at.insert("a")
    same((reply.status, reply.json["jobReference"]["jobId"]), (200, "a"))
    at.wrong(at.insert("a"), 409, "duplicate", "p:US.a")
    at.wrong(at.insert("a b"), 400, "invalid", "a b")
    world.fault("cut-after", match={"method": "POST"})
    try:
        at.insert("b")
        raise AssertionError("an answer")
    except ConnectionError:
        pass
    at.wrong(at.insert("b"), 409, "duplicate")
    same([job["id"] for job in at.state()["jobs"]], ["a", "b"])


def dry(world):
    "a dry run tells the bytes of the rows, and makes and bills nothing"
    at = BigQuery(world)
    reply = at.insert(None, dry=True)
    size = int(reply.json["statistics"]["totalBytesProcessed"])
    must(size > 0)
    same((at.state()["jobs"], at.state()["billed"]), ([], 0))
    at.insert("a")
    same(at.state()["billed"], size)
    at.tell("tables", table="p.d.t", rows=ROWS)
    reply = at.insert(None, dry=True)
    same(int(reply.json["statistics"]["totalBytesProcessed"]), 2 * size)


def in_time(world):
    "a job takes its time, and its answer is texts by columns"
    at = BigQuery(world)
    at.tell("bigquery", seconds=60)
    at.insert("a", "SELECT COUNT(*) AS n, NULL AS void FROM `p.d.t`")
    at.wait(59)
    same(at.status("a"), {"state": "RUNNING"})
    found = at.get("queries/a?location=US").json
    same((found["jobComplete"], "rows" in found), (False, False))
    must("endTime" not in at.get("jobs/a?location=US").json["statistics"])
    at.wait(1)
    same(at.status("a"), {"state": "DONE"})
    times = at.get("jobs/a?location=US").json["statistics"]
    same(int(times["endTime"]) - int(times["creationTime"]), 60000)
    found = at.get("queries/a?location=US").json
    same([f["name"] for f in found["schema"]["fields"]], ["n", "void"])
    same(found["rows"], [{"f": [{"v": "5"}, {"v": None}]}])


def kept(world):
    "an answer is kept for a day, its job for longer; a job may vanish"
    at = BigQuery(world)
    at.insert("a")
    at.wait(86399)
    same(at.get("queries/a?location=US").status, 200)
    at.wait(1)
    at.wrong(at.get("queries/a?location=US"), 404, "notFound", "Table")
    same(at.status("a"), {"state": "DONE"})
    at.tell("bigquery", vanish="a")
    at.wrong(at.get("jobs/a?location=US"), 404, "notFound", "Job p:a")


def place(world):
    "a job is found in its location only"
    at = BigQuery(world)
    at.insert("a")
    at.wrong(at.get("jobs/a?location=EU"), 404, "notFound")
    at.wrong(at.get("queries/a?location=EU"), 404, "notFound")
    same(at.get("jobs/a?location=US").status, 200)


def failed(world):
    "a job that fails says why, bills nothing, and burns its name"
    at = BigQuery(world)
    at.tell("bigquery", fail={"reason": "quotaExceeded", "message": "oops"})
    same(at.insert("a").status, 200)
    same(at.status("a")["errorResult"],
         {"reason": "quotaExceeded", "message": "oops"})
    at.wrong(at.get("queries/a?location=US"), 400, "quotaExceeded", "oops")
    at.wrong(at.insert("a"), 409, "duplicate")
    at.insert("b")
    same(at.status("b"), {"state": "DONE"})
    same([job["bytes"] > 0 for job in at.state()["jobs"]], [False, True])


def limited(world):
    "more than maximumBytesBilled is a failed job that is not billed"
    at = BigQuery(world)
    size = int(at.insert(None, dry=True).json["statistics"][
        "totalBytesProcessed"])
    at.insert("a", maximumBytesBilled=str(size - 1))
    same(at.status("a")["errorResult"]["reason"], "bytesBilledLimitExceeded")
    same(at.state()["billed"], 0)
    at.insert("b", maximumBytesBilled=str(size))
    same(at.status("b"), {"state": "DONE"})


def tables(world):
    "a table's etag changes with its rows, and with nothing else"
    at = BigQuery(world)
    at.tell("tables", table="p.d.u", rows=[])
    path = "datasets/d/tables/t"
    one = at.get(path).json
    same(one["numRows"], "5")
    at.insert("a")
    at.tell("tables", table="p.d.u", rows=ROWS)
    at.wait(3600)
    same(at.get(path).json, one)
    at.tell("tables", table="p.d.t", rows=[])
    two = at.get(path).json
    must(two["etag"] != one["etag"])
    at.tell("tables", table="p.d.t", rows=ROWS[:1], replace=True)
    same(at.get(path).json["numRows"], "1")
    must(at.get(path).json["etag"] not in (one["etag"], two["etag"]))
    at.wrong(at.get("datasets/d/tables/none"), 404, "notFound", "p:d.none")


def exported(world):
    "an export is files of so many rows, where there is none"
    at = BigQuery(world)
    at.tell("buckets", name="bucket")
    at.tell("bigquery", part=2)
    query = ("EXPORT DATA OPTIONS (uri = 'gs://bucket/a-*.jsonl', format = "
             "'JSON', overwrite = false) AS\n"
             "SELECT n, body, NULL AS void FROM `p.d.t` ORDER BY n")
    at.insert("a", query)
    same(at.status("a"), {"state": "DONE"})
    names = [f"a-{i:012d}.jsonl" for i in range(3)]
    same(list(at.state()["objects"]), [f"bucket/{n}" for n in names])
    text = "".join(at.stored(n).decode() for n in names)
    lines = [json.loads(line) for line in text.splitlines()]
    same(lines, [{"n": str(r["n"]), "body": r["body"]} for r in ROWS])
    must("\\u003c1\\u003e \\u0026" in text and "<" not in text)
    at.insert("b", query)
    same(at.status("b")["errorResult"]["reason"], "invalid")
    at.insert("c", query.replace("JSON", "CSV").replace("jsonl", "csv"))
    same(at.stored("a-000000000000.csv").decode(),
         "".join(f'{i},"<{i}> & ""x""",\n' for i in (1, 2)))
    at.insert("d", query.replace("bucket", "nowhere"))
    same(at.status("d")["errorResult"]["reason"], "notFound")


def bad_queries(world):
    "SQL that is none says where; legacy SQL is what is not asked to be none"
    at = BigQuery(world)
    for dry_run in (True, False):
        name = None if dry_run else "a"
        reply = at.insert(name, "SELECT n\nFROM nowhere", dry=dry_run)
        if dry_run:
            at.wrong(reply, 400, "invalidQuery", "nowhere", "at [")
    same(at.status("a")["errorResult"]["reason"], "invalidQuery")
    at.wrong(at.insert(None, "SELECT 1 FROM `p.d.none`", dry=True), 404,
             "notFound", "p.d.none")
    at.wrong(at.insert(None, "SELECT @x AS x", dry=True), 400,
             "invalidQuery", "'x' not found")
    at.wrong(at.insert(None, dry=True, useLegacySql=True), 400,
             "invalidQuery", "legacy")
    reply = at.ask("POST", "/bigquery/v2/projects/p/jobs", {
        "jobReference": {"jobId": "b"}, "configuration": {"query": {
            "query": COUNT}}})
    at.wrong(reply, 400, "invalidQuery", "legacy")


def parameters(world):
    "a parameter is a value of its type, whatever is in it"
    at = BigQuery(world)
    evil = "x' OR 1 = 1 --"
    same(at.rows("SELECT @a AS a, @n + 1 AS n, (SELECT COUNT(*) FROM `p.d.t`"
                 " WHERE body = @a) AS m",
                 [("a", "STRING", evil), ("n", "INT64", "41")]),
         [[evil, "42", "0"]])


def wildcards(world):
    "tables of a wildcard, within the limits of their suffixes"
    at = BigQuery(world)
    for day in range(1, 5):
        at.tell("tables", table=f"gh.day.2026090{day}", rows=[
            {"type": "T", "id": str(day), "repo": {"name": "a/b"},
             "payload": "{}", "created_at": f"2026-09-0{day}T00:00:00Z"}])
    query = ("SELECT id, repo.name AS repo, FORMAT_TIMESTAMP('%d', created_at)"
             " AS d FROM `gh.day.*` WHERE _TABLE_SUFFIX BETWEEN @since AND "
             "@today ORDER BY id")
    same(at.rows(query, [("since", "STRING", "20260902"),
                         ("today", "STRING", "20260903")]),
         [["2", "a/b", "02"], ["3", "a/b", "03"]])
    at.wrong(at.insert(None, "SELECT id FROM `gh.none.*`", dry=True), 404,
             "notFound")


def functions(world):
    "what GoogleSQL has and SQLite has not is as GoogleSQL says"
    at = BigQuery(world)
    for text, value in (
            ("JSON_VALUE('{\"a\": {\"b\": true}}', '$.a.b')", "true"),
            ("JSON_VALUE('{\"a\": {\"b\": 1}}', '$.a')", None),
            ("JSON_VALUE('{\"a\": null}', '$.a')", None),
            ("REGEXP_CONTAINS('xay', 'a')", "1"),
            ("REGEXP_CONTAINS('a\nb', '(?s:^a.b$)')", "1"),
            ("SAFE_CAST('7x' AS INT64)", None),
            ("SAFE_CAST('7' AS INT64)", "7"),
            ("FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%SZ', TIMESTAMP("
             "'2026-09-02T01:30:00.5+01:00'))", "2026-09-02T00:30:00Z"),
            ("SAFE_CAST('yesterday' AS TIMESTAMP)", None),
            ("CONCAT('a', NULL)", None),
            ("STARTS_WITH('abc', 'ab')", "1"),
            ("FORMAT('_%02X', 10)", "_0A"),
            ("(SELECT STRING_AGG(CONCAT(FORMAT('%X', byte), ':', CAST(nth AS "
             "STRING)), ' ' ORDER BY nth DESC) FROM UNNEST(TO_CODE_POINTS("
             "CAST('aö' AS BYTES))) AS byte WITH OFFSET AS nth)",
             "B6:2 C3:1 61:0"),
            ("(SELECT STRING_AGG(id, ', ' ORDER BY n DESC LIMIT 2) FROM t)",
             "acme/app#5, acme/app#4")):
        same(at.rows(f"WITH t AS (SELECT id, n FROM `p.d.t`) SELECT {text} "
                     "AS x"), [[value]], text)


def strict(world):
    "what a job has no member for is refused, and named"
    at = BigQuery(world)
    at.wrong(at.insert("a", zz=1), 400, "badRequest", "zz",
             "configuration.query")
    at.wrong(at.ask("POST", "/bigquery/v2/projects/p/jobs", {"yy": 1}), 400,
             "badRequest", "yy")
    at.wrong(at.get("nothing"), 404, "notFound")
    same(at.state()["jobs"], [])


def roles(world):
    "without a token 401; without the permission 403 that names it"
    at = BigQuery(world)
    at.refused(lambda: at.insert("a"), "bigquery.jobs.create")
    at.refused(lambda: at.get("jobs/a"), "bigquery.jobs.get")
    at.refused(lambda: at.get("datasets/d/tables/t"), "bigquery.tables.get")
    same(at.state()["jobs"], [])


ALL = (named, dry, in_time, kept, place, failed, limited, tables, exported,
       bad_queries, parameters, wildcards, functions, strict, roles)
