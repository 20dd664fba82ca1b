#include <string.h>

#include "data/selectsql.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/when.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyz" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
#define TIME		"'%Y-%m-%dT%H:%M:%SZ'"

/* Events of GH Archive's tables: payloads of true issues. */
static const char	before_tables[] =
"WITH raw AS (\n"
"  SELECT repo.name AS repo, payload,\n"
"    created_at AS event,\n"
"    SAFE_CAST(id AS INT64) AS serial,\n"
"    JSON_VALUE(payload, '$.issue.number') AS number,\n"
"    SAFE_CAST(JSON_VALUE(payload, '$.issue.created_at') AS TIMESTAMP)\n"
"      AS created,\n"
"    SAFE_CAST(JSON_VALUE(payload, '$.issue.updated_at') AS TIMESTAMP)\n"
"      AS updated\n"
"  FROM ";
static const char	events[] =
"\n"
"  WHERE _TABLE_SUFFIX BETWEEN @since AND @today\n"
"    AND type IN ('IssuesEvent', 'IssueCommentEvent')\n"
"    AND (@organisation = '' OR STARTS_WITH(LOWER(repo.name),\n"
"      CONCAT(LOWER(@organisation), '/')))\n"
"    AND created_at <= TIMESTAMP(@watermark)\n"
"    AND JSON_VALUE(payload, '$.issue.number') IS NOT NULL\n"
"    AND JSON_VALUE(payload, '$.issue.pull_request.html_url') IS NULL\n"
"    AND JSON_VALUE(payload, '$.issue.pull_request.diff_url') IS NULL\n"
"    AND JSON_VALUE(payload, '$.issue.pull_request.patch_url') IS NULL\n"
"    AND JSON_VALUE(payload, '$.issue.pull_request.url') IS NULL\n"
"),\n"
"ranked AS (\n"
"  SELECT *, ROW_NUMBER() OVER (\n"
"    PARTITION BY LOWER(repo), number\n"
"    ORDER BY updated DESC, event DESC, serial DESC, created DESC,\n"
"      payload DESC) AS place\n"
"  FROM raw\n"
"),\n"
"edge AS (\n"
"  SELECT MAX(event) AS watermark FROM raw\n"
"),\n"
"issues AS (\n"
"  SELECT CONCAT(repo, '#', number) AS id, created, event,\n"
"    IFNULL(JSON_VALUE(payload, '$.issue.title'), '') AS title,\n"
"    LOWER(REPLACE(repo, '/', '_')) AS repo,\n"
"    IFNULL(JSON_VALUE(payload, '$.issue.body'), '') AS body,\n"
"    payload\n"
"  FROM ranked CROSS JOIN edge\n"
"  WHERE place = 1\n"
"    AND created >= TIMESTAMP_SUB(watermark, INTERVAL @age SECOND)\n"
"),\n"
"carried AS (\n"
"  SELECT DISTINCT issues.id AS id,\n"
"    JSON_VALUE(element, '$.name') AS label\n"
"  FROM issues CROSS JOIN\n"
"    UNNEST(JSON_QUERY_ARRAY(payload, '$.issue.labels')) AS element\n"
"),\n";

/* A table or query that has the columns of a dataset already. */
static const char	before_columns[] =
"WITH raw AS (\n"
"  SELECT id, created, event, title, repo, body, labels\n"
"  FROM ";
static const char	columns[] =
"\n"
"  WHERE event <= TIMESTAMP(@watermark)\n"
"),\n"
"ranked AS (\n"
"  SELECT *, ROW_NUMBER() OVER (\n"
"    PARTITION BY LOWER(id)\n"
"    ORDER BY event DESC, created DESC, body DESC, title DESC) AS place\n"
"  FROM raw\n"
"),\n"
"edge AS (\n"
"  SELECT MAX(event) AS watermark FROM raw\n"
"),\n"
"issues AS (\n"
"  SELECT id, created, event, IFNULL(title, '') AS title,\n"
"    LOWER(REPLACE(repo, '/', '_')) AS repo, IFNULL(body, '') AS body,\n"
"    labels\n"
"  FROM ranked CROSS JOIN edge\n"
"  WHERE place = 1\n"
"    AND created >= TIMESTAMP_SUB(watermark, INTERVAL @age SECOND)\n"
"),\n"
"carried AS (\n"
"  SELECT DISTINCT issues.id AS id, element AS label\n"
"  FROM issues CROSS JOIN UNNEST(labels) AS element\n"
"),\n";

/* Labels that are allowed, and those of them that are frequent enough. */
static const char	labels[] =
"allowed AS (\n"
"  SELECT id, label FROM carried\n"
"  WHERE label != '' AND REGEXP_CONTAINS(label, @allow)\n"
"),\n"
"counted AS (\n"
"  SELECT label, COUNT(*) AS support FROM allowed GROUP BY label\n"
"),\n"
"kept AS (\n"
"  SELECT id, label FROM allowed\n"
"  WHERE label IN (SELECT label FROM counted WHERE support >= @minimum)\n"
"),\n"
"examples AS (\n"
"  SELECT id, created, event, title, repo, body FROM issues\n"
"  WHERE @negatives OR id IN (SELECT id FROM kept)\n"
")\n";

static const char	measured[] =
"SELECT FORMAT_TIMESTAMP(" TIME ",\n"
"    (SELECT watermark FROM edge)) AS watermark,\n"
"  (SELECT COUNT(*) FROM examples) AS examples,\n"
"  (SELECT COUNT(*) FROM counted WHERE support >= @minimum) AS labels,\n"
"  (SELECT COUNT(*) FROM examples WHERE event > TIMESTAMP(@newest))\n"
"    AS fresh,\n"
"  (SELECT STRING_AGG(CONCAT(label, ' ', CAST(support AS STRING)), ', '\n"
"    ORDER BY support DESC, label LIMIT 5) FROM counted) AS counts";

static const char	lines[] =
"SELECT id, FORMAT_TIMESTAMP(" TIME ", created) AS created,\n"
"  FORMAT_TIMESTAMP(" TIME ", event) AS event, title, repo, body,\n"
"  ARRAY(SELECT label FROM kept WHERE kept.id = examples.id\n"
"    ORDER BY label) AS labels\n"
"FROM examples\n"
"ORDER BY created, id";

/* Of a label's name every byte, as labelname_decode() takes it back. */
static const char	automl[] =
"SELECT CASE WHEN part < 0.7 THEN 'TRAIN'\n"
"    WHEN part < 0.8 THEN 'VALIDATE' ELSE 'TEST' END AS ml_use,\n"
"  text, (\n"
"    SELECT STRING_AGG(CASE\n"
"        WHEN REGEXP_CONTAINS(CHR(byte), '[A-Za-z0-9 .:-]') THEN CHR(byte)\n"
"        ELSE FORMAT('_%02X', byte) END, '' ORDER BY nth)\n"
"    FROM UNNEST(TO_CODE_POINTS(CAST(label AS BYTES))) AS byte\n"
"      WITH OFFSET AS nth) AS label\n"
"FROM (\n"
"  SELECT id, CONCAT(title, '\\n', body) AS text,\n"
"    (ROW_NUMBER() OVER (ORDER BY created, id) - 1) /\n"
"      (SELECT COUNT(*) FROM examples) AS part\n"
"  FROM examples\n"
") JOIN kept USING (id)\n"
"ORDER BY part, label";

/* Behind "[:class:]", or behind the one character that stands there. */
static const char *
bracket_part(const char *p)
{
	const char	*end;

	if (p[0] == '[' && p[1] == ':' && (end = strstr(p + 2, ":]")) != NULL)
		return end + 2;
	return p + (p[0] == '\\' && p[1] != '\0' ? 2 : 1);
}

/*
 * A bracket expression of fnmatch(3) is one of RE2 as it stands, but for the
 * sign of its complement.  Returns its end; NULL: it is none.
 */
static const char *
bracket(const char *p, char **out)
{
	const char	*from = p + 1, *end;

	from += *from == '!' || *from == '^';
	for (end = from + (*from == ']'); *end != '\0' && *end != ']';
	    end = bracket_part(end))
		continue;
	if (*end == '\0')
		return NULL;
	*(*out)++ = '[';
	if (from > p + 1)
		*(*out)++ = '^';
	while (from <= end)
		*(*out)++ = *from++;
	return end;
}

const char *
selectsql_pattern(const char *pattern)
{
	char		*out = keep(strlen(pattern) * 2 + 16), *at = out;
	const char	*p, *end;

	at = stpcpy(at, "(?s:^");
	for (p = pattern; *p != '\0'; p++) {
		if (*p == '*')
			at = stpcpy(at, ".*");
		else if (*p == '?')
			*at++ = '.';
		else if (*p == '[' && (end = bracket(p, &at)) != NULL)
			p = end;
		else {
			if (*p == '\\' && p[1] != '\0')
				p++;
			if (strchr("\\.+*?()|[]{}^$", *p) != NULL)
				*at++ = '\\';
			*at++ = *p;
		}
	}
	stpcpy(at, "$)");
	return out;
}

static const char *
all_patterns(const struct selectsql *s)
{
	const char	*all = s->nallow == 0 ? "" : NULL;
	size_t		 i;

	for (i = 0; i < s->nallow; i++)
		all = all == NULL ? selectsql_pattern(s->allow[i]) :
		    keepf("%s|%s", all, selectsql_pattern(s->allow[i]));
	return all;
}

static void
add(json_t *list, const char *name, const char *type, const char *value)
{
	json_array_append_new(list, json_pack("{ss s{ss} s{ss}}", "name",
	    name, "parameterType", "type", type, "parameterValue", "value",
	    value));
}

/* 20260131 of a time. */
static const char *
day(time_t t)
{
	const char	*text = when_text(t);

	return keepf("%.4s%.2s%.2s", text, text + 5, text + 8);
}

/* Only what a query uses may be among its parameters. */
static json_t *
parameters(const struct selectsql *s, bool measure)
{
	json_t	*list = keep_json(json_array());
	time_t	 end = s->watermark == 0 ? s->now + 86400 : s->watermark;

	if (s->tables != NULL) {
		add(list, "since", "STRING", s->since == NULL ? "00000000" :
		    s->since);
		add(list, "today", "STRING", day(s->now));
		add(list, "organisation", "STRING", s->organisation == NULL ?
		    "" : s->organisation);
	}
	add(list, "watermark", "STRING", when_text(end));
	/* A century is as good as no limit. */
	add(list, "age", "INT64", keepf("%ld", s->maximum_age == 0 ?
	    3155760000L : s->maximum_age));
	add(list, "allow", "STRING", all_patterns(s));
	add(list, "minimum", "INT64", keepf("%ld", s->minimum));
	add(list, "negatives", "BOOL", s->negatives ? "true" : "false");
	if (measure)
		add(list, "newest", "STRING", when_text(s->newest));
	return list;
}

static bool
consists_of(const char *text, const char *set)
{
	return *text != '\0' && text[strspn(text, set)] == '\0';
}

/* The common part of both queries. */
static int
begin(const struct selectsql *s, const char **text, struct error *error)
{
	const char	*name = s->tables != NULL ? s->tables : s->table;

	*text = "";
	if (name != NULL && !consists_of(name, LETTERS "-_.:*"))
		return error_set(error, BROKEN, "%s: is no name of a table",
		    name);
	if (s->tables != NULL)
		*text = keepf("%s`%s`%s", before_tables, name, events);
	else if (s->table != NULL)
		*text = keepf("%s`%s`%s", before_columns, name, columns);
	else
		*text = keepf("%s(\n%s\n)%s", before_columns, s->query,
		    columns);
	*text = keepf("%s%s", *text, labels);
	return 0;
}

int
selectsql_measure(const struct selectsql *s, struct sqltext *sql,
    struct error *error)
{
	const char	*text;

	if (begin(s, &text, error) == -1)
		return -1;
	sql->query = keepf("%s%s", text, measured);
	sql->parameters = parameters(s, true);
	return 0;
}

int
selectsql_export(const struct selectsql *s, const char *uri,
    enum selectsql_form form, struct sqltext *sql, struct error *error)
{
	const char	*text;

	if (!consists_of(uri, LETTERS "-_./:*"))
		return error_set(error, BROKEN, "%s: is no place of an "
		    "export", uri);
	if (begin(s, &text, error) == -1)
		return -1;
	sql->query = keepf("EXPORT DATA OPTIONS (uri = '%s', format = '%s', "
	    "overwrite = false%s) AS\n%s%s", uri,
	    form == SELECTSQL_LINES ? "JSON" : "CSV",
	    form == SELECTSQL_LINES ? "" : ", header = false", text,
	    form == SELECTSQL_LINES ? lines : automl);
	sql->parameters = parameters(s, false);
	return 0;
}
