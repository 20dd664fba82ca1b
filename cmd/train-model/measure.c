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
#include "run/when.h"

#include "cloud.h"
#include "train-model.h"

#define SLUG		16	/* characters of the name */
#define DIGITS		12	/* of the hash */
#define TRIES		10	/* names of a question: more than a day */
#define BACKOFF		(10 * 60)	/* s after the first bad luck */
#define BACKOFF_MOST	(6 * 3600)
#define ENOUGH		3600	/* s that an answer does, whatever changed */
#define ABOUT		4	/* parts of a question beside the tables */

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
measure_question(const struct job *job, struct sqltext *sql,
    struct error *error)
{
	struct selectsql	 s = selection_of(job->config);

	s.now = job->now;
	s.newest = job->newest == NULL ? 0 : job->newest->watermark;
	return selectsql_measure(&s, sql, error);
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
 * What is asked of which state of the tables: the same is asked once.  Where
 * rows come all the time, an answer does for a while; else there would never
 * be one to act on.
 */
static int
pose(struct job *job, const char **hash, struct error *error)
{
	const struct config	*c = job->config;
	const char		*part[ABOUT + 1];

	if (tables_look(job, error) == -1)
		return -1;
	part[0] = c->owner;
	part[1] = c->spec_hash;
	part[2] = c->retry;
	part[3] = job->newest == NULL ? "" : job->newest->model;
	part[ABOUT] = keep_dump(job->tables);
	*hash = hash_parts(ABOUT + 1, part);
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

/* The answer to the question, as bigquery_row() says. */
static int
answer(struct job *job, struct error *error)
{
	json_t	*row;
	int	 rv;

	rv = bigquery_row(job->google, &job->config->bigquery, job->question,
	    &row, error);
	return rv == 0 ? take_row(job, row, error) : rv;
}

/* What a question is called that is asked for so often anew. */
static const char *
name_of(const struct job *job, const char *hash, size_t try)
{
	size_t	 n = strnlen(job->config->name, SLUG);

	while (n > 0 && job->config->name[n - 1] == '-')
		n--;
	return keepf("%.*s-measure-%.*s%s", (int)n, job->config->name,
	    DIGITS, hash, try == 0 ? "" : keepf("-%zu", try));
}

/* Seconds until a question that had bad luck is asked anew. */
static long
backoff(size_t try)
{
	long	 wait = BACKOFF;

	while (try-- > 0 && wait < BACKOFF_MOST)
		wait *= 2;
	return wait < BACKOFF_MOST ? wait : BACKOFF_MOST;
}

/* How it stands under one of its names; 1: see the next one. */
static int
look_at(struct job *job, size_t try, struct error *error)
{
	struct look	 look = bigquery_look_job(&job->config->bigquery,
			    job->question);
	int		 rv;

	if (google_look(job->google, &look, 1, error) == -1)
		return -1;
	job->measuring = ASKED;
	switch (bigquery_state(look.json, &job->refusal)) {
	case JOB_ABSENT:
		job->measuring = UNASKED;
		return 0;
	case JOB_FAILED:
		job->measuring = REFUSED;
		return 0;
	case JOB_UNLUCKY:
		job->ask_at = bigquery_ended(look.json) + backoff(try);
		job->measuring = DELAYED;
		return job->now >= job->ask_at;
	case JOB_DONE:
		rv = answer(job, error);
		job->refusal = "its answer is gone";
		return rv == BIGQUERY_GONE ? 1 : rv == -1 ? -1 : 0;
	default:
		return 0;
	}
}

static int
look_up(struct job *job, const char *hash, struct error *error)
{
	size_t	 try;
	int	 rv;

	for (try = 0; try < TRIES; try++) {
		job->question = name_of(job, hash, try);
		if ((rv = look_at(job, try, error)) != 1)
			return rv;
	}
	job->measuring = REFUSED;
	return 0;
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
	if ((rv = answer(job, error)) == 0)
		measure_remember(job);
	/* An answer that is gone was one; it is asked for under a new name. */
	if (rv == 0 || rv == BIGQUERY_GONE)
		job->effect = EFFECT_DONE;
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
	if (rv == BIGQUERY_GONE)
		return error_set(error, RETRY, "the answer of BigQuery job %s "
		    "is gone", job->question);
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
