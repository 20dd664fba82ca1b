#include <string.h>

#include "data/selectsql.h"
#include "google/bigquery.h"
#include "google/google.h"
#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"
#include "run/when.h"

#include "cloud.h"
#include "train-model.h"

#define DAY		86400L
#define TEBIBYTE	1099511627776.0

static bool
is_of(json_t *item, const char *id)
{
	const char	*job = google_text(item, "job");

	return job != NULL && strcmp(job, id) == 0;
}

/* What other queries read in the day before now, by what dry runs said. */
static long
read_today(const struct job *job, const char *id)
{
	json_t	*list = json_object_get(job->log->memo, MEMO_READ), *item;
	time_t	 at;
	long	 sum = 0, bytes;
	size_t	 i;

	json_array_foreach(list, i, item) {
		at = google_time(item, "at");
		bytes = google_count(item, "bytes");
		if (at > job->now - DAY && bytes > 0 && !is_of(item, id))
			sum += bytes;
	}
	return sum;
}

/* The memo's list without what is over, and without one query. */
static json_t *
others(const struct job *job, const char *id)
{
	json_t	*old = json_object_get(job->log->memo, MEMO_READ), *item;
	json_t	*list = json_array();
	size_t	 i;

	json_array_foreach(old, i, item)
		if (google_time(item, "at") > job->now - DAY &&
		    !is_of(item, id))
			json_array_append(list, item);
	return list;
}

/*
 * Into the memo that is written with the intent, before the query is begun:
 * it counts, whatever becomes of the answer.  Only the newest can be in doubt
 * and needs its name.
 */
static void
count(const struct job *job, const char *id)
{
	json_t	*list = others(job, id), *item;
	size_t	 i;

	json_array_foreach(list, i, item)
		json_object_del(item, "job");
	json_array_append_new(list, json_pack("{ss sI ss}", "at",
	    when_text(job->now), "bytes", (json_int_t)job->bytes, "job", id));
	json_object_set_new(job->log->memo, MEMO_READ, list);
}

void
budget_refund(const struct job *job, const char *id)
{
	json_object_set_new(job->log->memo, MEMO_READ, others(job, id));
}

static const char *
gigabytes(long bytes)
{
	return keepf("%.3f GB", (double)bytes / 1e9);
}

/* What the query reads, into the step's words; too much is a hold. */
static void
weigh(const struct job *job, struct step *step, const char *id)
{
	const struct bigquery_config	*q = &job->config->bigquery;
	long				 today = read_today(job, id);

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
	else
		count(job, id);
}

int
cloud_price(struct job *job, struct step *step, struct error *error)
{
	const struct config	*c = job->config;
	struct sqltext		*sql;
	bool			 asks = strcmp(step->verb, "measure") == 0;

	if (strcmp(step->verb, "train") == 0 && c->cloud.price > 0)
		step->why = keepf("%s; at %.2f an hour, at most %.2f",
		    step->why, c->cloud.price,
		    c->cloud.price * (double)c->cloud.deadline / 3600);
	if (!asks && strcmp(step->verb, "export") != 0)
		return 0;
	job->sql = sql = keep(sizeof(*sql));
	if ((asks ? measure_question(job, sql, error) :
	    measure_export(job, sql, error)) == -1)
		return -1;
	if (asks) {
		step->base = job->question_hash;
		tables_remember(job);
	}
	if (bigquery_bytes(job->google, &(struct query){
	    .config = &c->bigquery, .text = sql->query,
	    .parameters = sql->parameters }, &job->bytes, error) == -1)
		return -1;
	weigh(job, step, asks ? step->target : cloud_export_id(step));
	return 0;
}

const char *
cloud_export_id(const struct step *step)
{
	return keepf("%s-export", step->generation);
}
