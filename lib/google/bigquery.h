/*
 * BigQuery v2: a query is a job under a name that we choose, so that asking
 * twice is asking once.  It costs by the bytes it reads; what a dry run and
 * a table's description tell is free.
 */

#ifndef GOOGLE_BIGQUERY_H
#define GOOGLE_BIGQUERY_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>

struct bigquery_config;
struct error;
struct google;
struct guard;
struct look;

struct query {
	const struct bigquery_config	*config;
	const char			*id;	/* of the job; NULL: dry run */
	const char			*text;
	json_t				*parameters;	/* named; an array */
	json_t				*labels;	/* NULL: none */
};

/* A job as jobs.get tells it. */
enum job_state {
	JOB_ABSENT, JOB_UNREADABLE, JOB_RUNNING, JOB_DONE,
	JOB_FAILED,	/* the same query would fail again */
	JOB_UNLUCKY	/* it would not; under another name */
};

/* How many bytes it would read; costs nothing. */
int		 bigquery_bytes(struct google *, const struct query *,
		    long *bytes, struct error *) __attribute__((nonnull));

/* Begins the job.  Returns as google_write() does; 1: it is there. */
int		 bigquery_begin(struct google *, struct guard *,
		    const struct query *, struct error *)
		    __attribute__((nonnull));

/* A table's description, which may be absent; and a job, likewise. */
struct look	 bigquery_look_table(const char *table)
		    __attribute__((nonnull));
struct look	 bigquery_look_job(const struct bigquery_config *,
		    const char *id) __attribute__((nonnull));

/*
 * What jobs.get said, NULL: nothing there.  *why is told of failures and of
 * what cannot be read.
 */
enum job_state	 bigquery_state(json_t *job, const char **why)
		    __attribute__((nonnull(2)));

/* When a job ended, or was made where that is not told; 0: neither is. */
time_t		 bigquery_ended(json_t *job);

/*
 * The one row of a query's answer as an object of strings (or null) by the
 * names of its columns, read inside the deadline of the run.  Returns 0;
 * BIGQUERY_LATER when the job is not over yet; BIGQUERY_GONE when it is over
 * and its answer is not kept any more (Google keeps one for about a day); -1.
 */
#define BIGQUERY_LATER	1
#define BIGQUERY_GONE	2

int		 bigquery_row(struct google *, const struct bigquery_config *,
		    const char *id, json_t **row, struct error *)
		    __attribute__((nonnull));

#endif
