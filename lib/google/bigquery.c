#include <string.h>

#include "google/bigquery.h"
#include "google/google.h"
#include "google/status.h"
#include "model/config.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"

#define ROOT	"/bigquery/v2/projects/"
#define WAIT	"5000"		/* ms that the server may wait for a query */

static const char *
jobs_path(const struct bigquery_config *c)
{
	return keepf(ROOT "%s/jobs", c->project);
}

/* useLegacySql is true for whoever does not say otherwise. */
static json_t *
body_of(const struct query *q)
{
	const struct bigquery_config	*c = q->config;
	json_t				*reference, *configuration;

	configuration = json_pack("{ss sb ss sO ss}", "query", q->text,
	    "useLegacySql", 0, "parameterMode", "NAMED", "queryParameters",
	    q->parameters, "maximumBytesBilled",
	    keepf("%ld", c->bytes_billed));
	configuration = json_pack("{so sO*}", "query", configuration,
	    "labels", q->labels);
	if (q->id == NULL)
		json_object_set_new(configuration, "dryRun", json_true());
	reference = json_pack("{ss ss ss*}", "projectId", c->project,
	    "location", c->location, "jobId", q->id);
	return keep_json(json_pack("{so so}", "jobReference", reference,
	    "configuration", configuration));
}

int
bigquery_bytes(struct google *g, const struct query *q, long *bytes,
    struct error *error)
{
	static const char	 what[] = "the query to BigQuery";
	const char		*body = keep_dump(body_of(q));
	struct answer		 a;
	struct http		*h;
	json_t			*json;
	int			 rv = -1;

	if ((h = google_server(g, BIGQUERY, error)) == NULL)
		return -1;
	if (http_ask(h, ASK_DRY_RUN, &(struct request){ .method = "POST",
	    .path = jobs_path(q->config), .type = "application/json",
	    .body = body, .len = strlen(body) }, &a, error) == -1)
		error_in(error, "%s", what);
	else if (a.status != 200)
		status_error(&a, what, google_account(g), error);
	else if ((json = http_json(&a, error)) != NULL) {
		*bytes = google_count(json_object_get(json, "statistics"),
		    "totalBytesProcessed");
		rv = *bytes >= 0 ? 0 : error_set(error, RETRY, "%s: its dry "
		    "run does not say how many bytes it reads", what);
	}
	http_free(&a);
	return rv;
}

int
bigquery_begin(struct google *g, struct guard *guard, const struct query *q,
    struct error *error)
{
	const char	*body = keep_dump(body_of(q));
	json_t		*json;

	return google_write(g, guard, &(struct writing){ .service = BIGQUERY,
	    .what = keepf("BigQuery job %s", q->id),
	    .request = &(struct request){ .method = "POST",
	    .path = jobs_path(q->config), .type = "application/json",
	    .body = body, .len = strlen(body) } }, &json, error);
}

struct look
bigquery_look_table(const char *table)
{
	size_t		 project = strcspn(table, ".");
	const char	*dataset, *colon = strchr(table, ':');

	/* The project of a domain has dots of its own before its colon. */
	if (colon != NULL)
		project = (size_t)(colon - table) + strcspn(colon, ".");
	dataset = table + project + 1;
	return (struct look){ .service = BIGQUERY, .may_be_absent = true,
	    .what = keepf("table %s", table),
	    .path = keepf(ROOT "%.*s/datasets/%.*s/tables/%s",
	    (int)project, table, (int)strcspn(dataset, "."), dataset,
	    dataset + strcspn(dataset, ".") + 1) };
}

struct look
bigquery_look_job(const struct bigquery_config *c, const char *id)
{
	return (struct look){ .service = BIGQUERY, .may_be_absent = true,
	    .what = keepf("BigQuery job %s", id),
	    .path = keepf("%s/%s?location=%s", jobs_path(c), id,
	    google_quote(c->location)) };
}

/* Reasons of a failure that had nothing to do with the query itself. */
static bool
is_bad_luck(const char *reason)
{
	static const char	*const words[] = {
		"backendError", "internalError", "badGateway",
		"rateLimitExceeded", "jobRateLimitExceeded", "quotaExceeded",
		"stopped"
	};
	size_t			 i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcmp(reason, words[i]) == 0)
			return true;
	return false;
}

enum job_state
bigquery_state(json_t *job, const char **why)
{
	json_t		*status = json_object_get(job, "status"), *error;
	const char	*state = google_text(status, "state"), *reason;
	const char	*message;

	*why = "";
	if (job == NULL)
		return JOB_ABSENT;
	if (state == NULL) {
		*why = "the job does not say how it stands";
		return JOB_UNREADABLE;
	}
	if (strcmp(state, "PENDING") == 0 || strcmp(state, "RUNNING") == 0)
		return JOB_RUNNING;
	if (strcmp(state, "DONE") != 0) {
		*why = keepf("the job is %.40s, which is unknown", state);
		return JOB_UNREADABLE;
	}
	if ((error = json_object_get(status, "errorResult")) == NULL)
		return JOB_DONE;
	reason = google_text(error, "reason");
	message = google_text(error, "message");
	*why = keepf("%.300s (%.60s)", message == NULL ? "no message" :
	    message, reason == NULL ? "no reason" : reason);
	return reason != NULL && is_bad_luck(reason) ? JOB_UNLUCKY :
	    JOB_FAILED;
}

time_t
bigquery_ended(json_t *job)
{
	json_t	*statistics = json_object_get(job, "statistics");
	long	 ms = google_count(statistics, "endTime");

	if (ms < 0)
		ms = google_count(statistics, "creationTime");
	return ms < 0 ? 0 : (time_t)(ms / 1000);
}

/* {"f": [{"v": ..}]} and the schema to an object by column. */
static int
name_columns(json_t *answer, json_t **row, struct error *error)
{
	json_t		*fields, *cells, *value;
	const char	*name;
	size_t		 i;

	fields = json_object_get(json_object_get(answer, "schema"),
	    "fields");
	cells = json_object_get(json_array_get(json_object_get(answer,
	    "rows"), 0), "f");
	if (json_array_size(json_object_get(answer, "rows")) != 1 ||
	    json_array_size(cells) == 0 ||
	    json_array_size(cells) != json_array_size(fields))
		return error_set(error, RETRY, "expected one row with a "
		    "value for each column");
	*row = keep_json(json_object());
	for (i = 0; i < json_array_size(cells); i++) {
		name = google_text(json_array_get(fields, i), "name");
		value = json_object_get(json_array_get(cells, i), "v");
		if (name == NULL || value == NULL)
			return error_set(error, RETRY, "a column without "
			    "name or value");
		json_object_set(*row, name, value);
	}
	return 0;
}

int
bigquery_row(struct google *g, const struct bigquery_config *c,
    const char *id, json_t **row, struct error *error)
{
	struct look	 l = { .service = BIGQUERY, .may_be_absent = true,
			    .what = keepf("the answer of BigQuery job %s",
			    id) };

	l.path = keepf(ROOT "%s/queries/%s?location=%s&timeoutMs=" WAIT
	    "&maxResults=2", c->project, id, google_quote(c->location));
	if (google_look(g, &l, 1, error) == -1)
		return -1;
	if (l.json == NULL)
		return BIGQUERY_GONE;
	if (!json_is_true(json_object_get(l.json, "jobComplete")))
		return BIGQUERY_LATER;
	return name_columns(l.json, row, error) == 0 ? 0 :
	    error_in(error, "%s", l.what);
}
