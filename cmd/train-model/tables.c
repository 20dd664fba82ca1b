#include <string.h>

#include "google/bigquery.h"
#include "google/google.h"
#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/when.h"

#include "cloud.h"
#include "train-model.h"

#define DAY	86400L
#define NEWEST	2	/* tables that rows still come into, at most */
#define REACH	31	/* days that are looked back at, at most */
#define UNSEEN	"unseen"	/* instead of an etag */

static const char *
name_of(const struct job *job, time_t at)
{
	const char	*tables = job->config->bigquery.tables;
	const char	*day = when_text(at);

	return keepf("%.*s%.4s%.2s%.2s", (int)strlen(tables) - 1, tables, day,
	    day + 5, day + 8);
}

/*
 * How many days to look at, today's the first.  Of the days before the last
 * question only the last can have changed since; each later one may have come
 * while nobody looked.
 */
static size_t
days_to_look_at(const struct job *job, time_t asked)
{
	long	 days = asked == 0 ? 0 : job->now / DAY - asked / DAY + 2;

	return days < NEWEST ? NEWEST : days > REACH ? 0 : (size_t)days;
}

/* A table among the newest, unless there are enough newer ones. */
static void
add(json_t *state, const char *name, const char *etag)
{
	if (json_object_size(state) < NEWEST)
		json_object_set_new(state, name, json_string(etag));
}

static int
add_looked_at(json_t *state, const struct look *look, const char *name,
    struct error *error)
{
	const char	*etag = google_text(look->json, "etag");

	if (look->json == NULL)
		return 0;
	if (etag == NULL)
		return error_set(error, RETRY, "%s: without an etag, expected "
		    "one", look->what);
	add(state, name, etag);
	return 0;
}

/* Remembered ones that are older than what was looked at, newest first. */
static void
add_remembered(const struct job *job, json_t *state, json_t *memo,
    const char *before)
{
	json_t		*old = json_object_get(memo, "state");
	size_t		 prefix = strlen(job->config->bigquery.tables) - 1;
	const char	*name, *next;
	void		*at;

	do {
		next = NULL;
		for (at = json_object_iter(old); at != NULL;
		    at = json_object_iter_next(old, at)) {
			name = json_object_iter_key(at);
			if (strncmp(name, before, prefix) == 0 &&
			    strcmp(name, before) < 0 &&
			    (next == NULL || strcmp(name, next) > 0))
				next = name;
		}
		if (next != NULL && google_text(old, next) != NULL)
			add(state, next, google_text(old, next));
		before = next;
	} while (next != NULL);
}

/* Daily tables, which are appended to in their day and just after it. */
static int
look_at_days(struct job *job, struct error *error)
{
	json_t		*memo = json_object_get(job->log->memo, MEMO_TABLES);
	time_t		 asked = google_time(memo, "at");
	size_t		 days = days_to_look_at(job, asked);
	size_t		 n = days == 0 ? NEWEST : days, i;
	struct look	 look[REACH];
	const char	*name[REACH];

	for (i = 0; i < n; i++) {
		name[i] = name_of(job, job->now - (time_t)i * DAY);
		look[i] = bigquery_look_table(name[i]);
	}
	if (google_look(job->google, look, n, error) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (add_looked_at(job->tables, &look[i], name[i], error) == -1)
			return -1;
	if (days != 0)
		add_remembered(job, job->tables, memo, name[n - 1]);
	else	/* Whatever came since then is unknown: a state of its own. */
		add(job->tables, name_of(job, asked), UNSEEN);
	return 0;
}

int
tables_look(struct job *job, struct error *error)
{
	const struct bigquery_config	*q = &job->config->bigquery;
	const char			*name;
	struct look			 look;

	job->tables = keep_json(json_object());
	if (q->tables != NULL)
		return look_at_days(job, error);
	name = q->table != NULL ? q->table : q->watch;
	look = bigquery_look_table(name);
	look.may_be_absent = false;
	if (google_look(job->google, &look, 1, error) == -1)
		return -1;
	return add_looked_at(job->tables, &look, name, error);
}

void
tables_remember(const struct job *job)
{
	json_object_set_new(job->log->memo, MEMO_TABLES, json_pack(
	    "{ss sO}", "at", when_text(job->now), "state", job->tables));
}
