#include <stdlib.h>
#include <string.h>

#include "data/selectsql.h"
#include "google/bigquery.h"
#include "google/bucket.h"
#include "google/google.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/plan.h"
#include "run/step.h"
#include "run/when.h"

#include "cloud.h"
#include "train-model.h"

#define DAY		86400L
#define TEBIBYTE	1099511627776.0
#define SLUG		16	/* characters of the name */
#define DIGITS		12	/* of the hash */
#define UNLUCKY		3	/* times a question is asked anew */
#define SIGNALS		2
#define ENOUGH		3600	/* s that an answer does, whatever changed */
#define ABOUT		4	/* parts of a question beside the signals */

static struct selectsql
selection_of(const struct config *c)
{
	const struct bigquery_config	*q = &c->bigquery;

	return (struct selectsql){ .tables = q->tables, .since = q->since,
	    .table = q->table, .query = q->query,
	    .organisation = q->organisation, .allow = c->labels_allow.item,
	    .nallow = c->labels_allow.n, .minimum = c->labels_minimum,
	    .negatives = c->negatives, .maximum_age = c->data_maximum_age };
}

int
measure_export(const struct job *job, struct sqltext *sql,
    struct error *error)
{
	const struct config	*c = job->config;
	struct selectsql	 s = selection_of(c);
	struct bucket		 b;
	const char		*uri;

	bucket_parse(c->store, &b);
	s.watermark = job->open->watermark;
	s.now = job->open->created;
	uri = bucket_url(&b, keepf("datasets/%s/data-*.%s",
	    job->open->generation, c->automl ? "csv" : "jsonl"));
	return selectsql_export(&s, uri, c->automl ? SELECTSQL_AUTOML :
	    SELECTSQL_LINES, sql, error);
}

/*
 * Daily tables are appended to today, and just after midnight yesterday's
 * still is.  A table that is not there is a signal as well.
 */
static size_t
lay_signals(const struct job *job, struct look *look)
{
	const struct bigquery_config	*q = &job->config->bigquery;
	const char			*day;
	size_t				 i;

	if (q->tables == NULL) {
		look[0] = bigquery_look_table(q->table != NULL ? q->table :
		    q->watch);
		look[0].may_be_absent = false;
		return 1;
	}
	for (i = 0; i < SIGNALS; i++) {
		day = when_text(job->now - (time_t)i * DAY);
		look[i] = bigquery_look_table(keepf("%.*s%.4s%.2s%.2s",
		    (int)strlen(q->tables) - 1, q->tables, day, day + 5,
		    day + 8));
	}
	return SIGNALS;
}

/*
 * What is asked of which state of the tables: the same is asked once.  Where
 * rows come all the time, an answer does for a while; else there would never
 * be one to act on.
 */
static int
pose(struct job *job, const char **hash, struct error *error)
{
	const struct config	*c = job->config;
	const char		*part[ABOUT + SIGNALS];
	struct look		 look[SIGNALS];
	size_t			 i, n;

	n = lay_signals(job, look);
	if (google_look(job->google, look, n, error) == -1)
		return -1;
	part[0] = c->owner;
	part[1] = c->spec_hash;
	part[2] = c->retry;
	part[3] = job->newest == NULL ? "" : job->newest->model;
	for (i = 0; i < n; i++)
		part[ABOUT + i] = look[i].json == NULL ? "" :
		    google_text(look[i].json, "etag");
	for (i = ABOUT; i < ABOUT + n; i++)
		if (part[i] == NULL)
			return error_set(error, RETRY, "%s: without an etag, "
			    "expected one", look[i - ABOUT].what);
	*hash = hash_parts(ABOUT + n, part);
	job->question_about = hash_parts(ABOUT, part);
	return 0;
}

static long
number(json_t *row, const char *key)
{
	return google_count(row, key);
}

/* The row of an answer; the same as it is remembered. */
static int
take_row(struct job *job, json_t *row, struct error *error)
{
	json_t		*watermark = json_object_get(row, "watermark");
	const char	*text = json_string_value(watermark);
	const char	*counts = google_text(row, "counts");
	long		 examples = number(row, "examples");
	long		 labels = number(row, "labels");
	long		 fresh = number(row, "fresh");

	if (examples < 0 || labels < 0 || fresh < 0 || (text != NULL ?
	    when_parse(text, &job->watermark) == -1 :
	    !json_is_null(watermark)))
		return error_set(error, RETRY, "the figures of BigQuery job "
		    "%s make no sense", job->question);
	job->examples = (size_t)examples;
	job->nlabels = (size_t)labels;
	job->fresh = (size_t)fresh;
	job->counts = text == NULL ? "there is no issue in the data" :
	    counts == NULL || *counts == '\0' ?
	    "no issue carries an allowed label" : counts;
	job->measuring = MEASURED;
	job->row = row;
	return 0;
}

/* The answer to the question; 1: it is not there yet. */
static int
answer(struct job *job, struct error *error)
{
	json_t	*row;
	int	 rv;

	rv = bigquery_row(job->google, &job->config->bigquery, job->question,
	    &row, error);
	return rv == 0 ? take_row(job, row, error) : rv;
}

/* How a question stands that was asked under one of its names. */
static int
look_up(struct job *job, const char *hash, struct error *error)
{
	struct look		 look;
	enum job_state		 state;
	size_t			 n = strnlen(job->config->name, SLUG);
	int			 try;

	while (n > 0 && job->config->name[n - 1] == '-')
		n--;
	for (try = 0; try <= UNLUCKY; try++) {
		job->question = keepf("%.*s-measure-%.*s%s", (int)n,
		    job->config->name, DIGITS, hash, try == 0 ? "" :
		    keepf("-%d", try));
		look = bigquery_look_job(&job->config->bigquery,
		    job->question);
		if (google_look(job->google, &look, 1, error) == -1)
			return -1;
		state = bigquery_state(look.json, &job->refusal);
		if (state != JOB_UNLUCKY)
			break;
	}
	job->measuring = state == JOB_ABSENT ? UNASKED :
	    state == JOB_FAILED || state == JOB_UNLUCKY ? REFUSED : ASKED;
	if (state != JOB_DONE)
		return 0;
	return answer(job, error) == -1 ? -1 : 0;
}

static void
tell(const struct job *job, struct plan *plan)
{
	if (job->measuring != MEASURED)
		plan_fact(plan, "data", "not measured since it changed");
	else if (job->watermark == 0)
		plan_fact(plan, "data", "no issue in it");
	else
		plan_fact(plan, "data", "%zu examples, %zu labels, up to %s, "
		    "%zu newer than the newest model's", job->examples,
		    job->nlabels, when_text(job->watermark), job->fresh);
}

static bool
is_text(json_t *json, const char *key, const char *wanted)
{
	const char	*text = google_text(json, key);

	return text != NULL && strcmp(text, wanted) == 0;
}

int
cloud_measure(struct job *job, struct plan *plan, struct error *error)
{
	json_t		*memo = json_object_get(job->log->memo,
			    MEMO_MEASURED);
	const char	*hash = "";
	json_t		*row = json_object_get(memo, "row");
	int		 rv;

	job->counts = "";
	if (pose(job, &hash, error) == -1)
		return -1;
	job->question_hash = hash;
	if (json_is_object(row) && (is_text(memo, "question", hash) ||
	    (is_text(memo, "about", job->question_about) &&
	    job->now - google_time(memo, "at") < ENOUGH))) {
		job->question = hash;
		rv = take_row(job, row, error);
	} else
		rv = look_up(job, hash, error);
	if (rv == 0)
		tell(job, plan);
	return rv;
}

/* The intent was a question: asked, answered, or never put. */
int
measure_effect(struct job *job, struct error *error)
{
	const struct intent	*i = job->log->intent;
	struct look		 look;
	int			 rv;

	job->question = i->target;
	job->question_hash = i->base == NULL ? "" : i->base;
	job->question_about = "";	/* the whole question is known */
	look = bigquery_look_job(&job->config->bigquery, i->target);
	if (google_look(job->google, &look, 1, error) == -1)
		return -1;
	switch (bigquery_state(look.json, &job->refusal)) {
	case JOB_ABSENT:
		job->effect = job->log->orphaned ? EFFECT_LOST :
		    EFFECT_UNKNOWN;
		return 0;
	case JOB_FAILED:
	case JOB_UNLUCKY:
		job->effect = EFFECT_FAILED;
		return 0;
	case JOB_DONE:
		break;
	default:
		return 0;
	}
	if ((rv = answer(job, error)) == 0) {
		measure_remember(job);
		job->effect = EFFECT_DONE;
	}
	return rv == -1 ? -1 : 0;
}

/* Why there is no answer: an error of the job itself says it best. */
static int
blame(struct job *job, struct error *error)
{
	struct look	 look = bigquery_look_job(&job->config->bigquery,
			    job->question);
	struct error	 ignored;
	enum job_state	 state;

	if (google_look(job->google, &look, 1, &ignored) == -1)
		return -1;
	state = bigquery_state(look.json, &job->refusal);
	return state != JOB_FAILED && state != JOB_UNLUCKY ? -1 :
	    error_set(error, state == JOB_FAILED ? BROKEN : RETRY,
	    "BigQuery job %s failed: %s", job->question, job->refusal);
}

int
measure_answer(struct job *job, struct error *error)
{
	int	 rv;

	if ((rv = answer(job, error)) == 0)
		measure_remember(job);
	return rv == -1 ? blame(job, error) : 0;
}

/* Into the Lease, with what the run writes there anyway. */
void
measure_remember(const struct job *job)
{
	/* What answered for a while is not younger for that. */
	if (job->row != json_object_get(json_object_get(job->log->memo,
	    MEMO_MEASURED), "row"))
		json_object_set_new(job->log->memo, MEMO_MEASURED,
		    json_pack("{ss ss ss sO}", "question",
		    job->question_hash, "about", job->question_about, "at",
		    when_text(job->now), "row", job->row));
}

/* What was read in the day before now, by what dry runs said. */
static long
read_today(const struct job *job)
{
	json_t		*list = json_object_get(job->log->memo, MEMO_READ);
	json_t		*item;
	time_t		 at;
	long		 sum = 0, bytes;
	size_t		 i;

	json_array_foreach(list, i, item) {
		at = google_time(item, "at");
		bytes = google_count(item, "bytes");
		if (at > job->now - DAY && bytes > 0)
			sum += bytes;
	}
	return sum;
}

void
measure_count(const struct job *job)
{
	json_t	*old = json_object_get(job->log->memo, MEMO_READ);
	json_t	*list = json_array(), *item;
	size_t	 i;

	json_array_foreach(old, i, item)
		if (google_time(item, "at") > job->now - DAY)
			json_array_append(list, item);
	json_array_append_new(list, json_pack("{ss sI}", "at",
	    when_text(job->now), "bytes", (json_int_t)job->bytes));
	json_object_set_new(job->log->memo, MEMO_READ, list);
}

static const char *
gigabytes(long bytes)
{
	return keepf("%.3f GB", (double)bytes / 1e9);
}

int
cloud_price(struct job *job, struct step *step, struct error *error)
{
	const struct bigquery_config	*q = &job->config->bigquery;
	struct sqltext			*sql;
	struct selectsql		 s = selection_of(job->config);
	bool				 asks;
	long				 today;

	asks = strcmp(step->verb, "measure") == 0;
	if (strcmp(step->verb, "train") == 0 && job->config->cloud.price > 0)
		step->why = keepf("%s; at %.2f an hour, at most %.2f",
		    step->why, job->config->cloud.price,
		    job->config->cloud.price *
		    (double)job->config->cloud.deadline / 3600);
	if (!asks && strcmp(step->verb, "export") != 0)
		return 0;
	job->sql = sql = keep(sizeof(*sql));
	s.now = job->now;
	s.newest = job->newest == NULL ? 0 : job->newest->watermark;
	if ((asks ? selectsql_measure(&s, sql, error) :
	    measure_export(job, sql, error)) == -1)
		return -1;
	if (asks)
		step->base = job->question_hash;
	if (bigquery_bytes(job->google, &(struct query){ .config = q,
	    .text = sql->query, .parameters = sql->parameters }, &job->bytes,
	    error) == -1)
		return -1;
	today = read_today(job);
	step->why = keepf("%s; the query reads %s (%.4f)", step->why,
	    gigabytes(job->bytes), (double)job->bytes / TEBIBYTE * q->price);
	if (job->bytes > q->bytes_billed)
		step->hold = keepf("%s, more than maximumBytesBilled: %s",
		    step->why, gigabytes(q->bytes_billed));
	else if (job->bytes > q->bytes_per_day - today)
		step->hold = keepf("%s after %s in the last day, more than "
		    "maximumBytesPerDay: %s", step->why, gigabytes(today),
		    gigabytes(q->bytes_per_day));
	if (step->hold != NULL)
		step->verb = NULL;
	return 0;
}
