#include <limits.h>
#include <string.h>

#include "edit/edit.h"
#include "git/history.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/error.h"
#include "run/keep.h"

#include "deploy-model.h"
#include "past.h"
#include "record.h"
#include "survey.h"

#define SHORT	7	/* digits of a commit id that people read */
#define NEWEST	LONG_MAX	/* walk only to who set the value of today */

static const struct candidate *
listed(const struct job *job, const char *id)
{
	size_t	 i;

	for (i = 0; i < job->nmodels; i++)
		if (strcmp(job->model[i].id, id) == 0)
			return &job->model[i];
	return NULL;
}

static bool
is_empty(const struct config *c, const char *value)
{
	size_t	 i;

	for (i = 0; i < c->placeholder.n; i++)
		if (strcmp(c->placeholder.item[i], value) == 0)
			return true;
	return *value == '\0';
}

static int
walk(struct job *job, const struct edited *f, const struct place *place,
    struct history *h, struct error *error)
{
	struct history_query	 q = { .commit = job->base,
				    .file = { f->path, f->marks },
				    .place = place,
				    .nth = history_nth(f->places, place),
				    .since = NEWEST, .who = true };

	return history_values(job->repo, &q, h, error);
}

static const char *
commit_words(const struct standing *s)
{
	return keepf(" since %.*s of %s", SHORT, s->oid, s->author);
}

/* A model that stood at the live place once, and does not any more. */
static void
find_rollbacks(struct job *job, const struct history *h)
{
	struct candidate	*m;
	size_t			 i, j;

	for (i = 0; i < job->nmodels; i++) {
		m = &job->model[i];
		for (j = 1; j < h->n && strcmp(m->id, job->live) != 0; j++)
			if (h->standing[j].value != NULL &&
			    strcmp(h->standing[j].value, m->id) == 0) {
				m->rolled_back = keepf("%s named it until "
				    "%.*s of %s", job->config->base, SHORT,
				    h->standing[j - 1].oid,
				    h->standing[j - 1].author);
				break;
			}
	}
}

/* The walk need not go behind the oldest model that may be proposed. */
static time_t
walk_until(const struct job *job)
{
	const struct candidate	*live = listed(job, job->live);
	size_t			 i;

	for (i = 0; i < job->nmodels; i++)
		if (live == NULL || job->model[i].created > live->created)
			return job->model[i].created;
	return job->nmodels == 0 ? NEWEST :
	    job->model[job->nmodels - 1].created;
}

/* Whether it matters who set the live value, and when. */
static bool
asks_who(const struct job *job, bool copies)
{
	return copies || job->config->serving.given ||
	    (!job->live_empty && listed(job, job->live) == NULL);
}

/* Whether a model is there that may have been rolled back. */
static bool
asks_past(const struct job *job)
{
	const struct candidate	*live = listed(job, job->live);
	const struct candidate	*newest;

	if (job->nmodels == 0)
		return false;
	newest = &job->model[job->nmodels - 1];
	return live == NULL || newest->created > live->created ||
	    (newest->created == live->created && newest != live);
}

/*
 * The values of live, wherever it stood: another file, another place.  What
 * was moved or made anew is not another thing because of that.
 */
static int
walk_live(struct job *job, const struct survey *s, bool who,
    struct history *h, struct error *error)
{
	const struct edited	*f = s->live_file;
	struct history_query	 q = { .commit = job->base,
				    .file = { f->path, f->marks },
				    .place = s->live,
				    .nth = history_nth(f->places, s->live),
				    .since = walk_until(job), .who = who,
				    .sign = job->config->setter };
	struct past		 past;
	int			 rv;

	rv = history_values(job->repo, &q, h, error);
	while (rv == 0 && h->lost[0] != '\0') {
		rv = past_find(job->repo, job->config, h->lost, &past, error);
		if (rv == 0) {
			q.file = (struct marked){ past.path, past.marks };
			q.place = past.live;
			q.nth = history_nth(past.places, past.live);
		}
		if (rv != -1)
			rv = history_go_on(job->repo, &q, h, error);
	}
	return rv;
}

/* A model of the project, which may have been deleted since. */
static bool
is_resource(const struct job *job)
{
	const struct config	*c = job->config;
	const char		*id = job->live, *first;
	const char		*prefix = keepf("projects/%s/locations/%s/"
				    "models/", c->cloud.project == NULL ?
				    "" : c->cloud.project,
				    c->cloud.location);
	size_t			 n;

	if (job->google == NULL)
		return false;
	if (strncmp(id, prefix, strlen(prefix)) == 0)
		return true;
	/* Google tells projects by number. */
	if (job->nmodels == 0)
		return false;
	first = job->model[0].id;
	n = strrchr(first, '/') == NULL ? 0 :
	    (size_t)(strrchr(first, '/') - first) + 1;
	return n > 0 && strncmp(id, first, n) == 0;
}

/* A place that does not say what the live one says. */
static bool
is_copy(const struct job *job, const struct place *p)
{
	return strcmp(p->value, job->live) != 0;
}

static bool
has_copies(const struct job *job, const struct survey *s)
{
	size_t	 i, j;

	for (i = 0; i < s->nfiles; i++)
		for (j = 0; j < s->file[i].places->n; j++)
			if (is_copy(job, &s->file[i].places->place[j]))
				return true;
	return false;
}

static int
find_live(struct job *job, const struct survey *s, struct history *h,
    struct error *error)
{
	bool	 who;

	*h = (struct history){ .n = 0 };
	job->live = s->live->value;
	job->live_where = survey_where(s->live_file, s->live);
	job->live_empty = is_empty(job->config, job->live);
	job->live_ours = listed(job, job->live) != NULL ||
	    manifest_is_generation(job->live) || is_resource(job);
	job->live_serving = DONE;
	job->live_commit = "";
	who = asks_who(job, has_copies(job, s));
	/* History is far away where the repository is. */
	if (!who && !asks_past(job))
		return 0;
	if (walk_live(job, s, who, h, error) == -1)
		return -1;
	job->live_commit = commit_words(&h->standing[0]);
	job->live_time = h->standing[0].time;
	find_rollbacks(job, h);
	return 0;
}

/*
 * A place of base that differs from live: whose doing is it?  Ours to make
 * equal when it was set before live took its value.  "Before" is told by
 * where the commits stand on base: their dates are anybody's.
 */
static int
add_copy(struct job *job, const struct edited *f, const struct place *p,
    const struct standing *live, struct error *error)
{
	struct copy	*c = &job->copy[job->ncopies++];
	struct history	 h;

	*c = (struct copy){ .where = survey_where(f, p), .value = p->value,
	    .commit = "" };
	if (is_empty(job->config, p->value)) {
		c->left_behind = true;
		return 0;
	}
	if (walk(job, f, p, &h, error) == -1)
		return -1;
	c->commit = commit_words(&h.standing[0]);
	c->left_behind = h.standing[0].position > live->position;
	return 0;
}

static int
compare_copies(struct job *job, const struct survey *s,
    const struct standing *live, struct error *error)
{
	const struct edited	*f;
	size_t			 i, j;

	job->copy = keep((s->nplaces + 1) * sizeof(*job->copy));
	for (i = 0; i < s->nfiles; i++) {
		f = &s->file[i];
		for (j = 0; j < f->places->n; j++)
			if (is_copy(job, &f->places->place[j]) &&
			    add_copy(job, f, &f->places->place[j], live,
			    error) == -1)
				return -1;
	}
	return 0;
}

int
record_read(struct job *job, const struct survey *s, struct error *error)
{
	struct history	 h;

	if (find_live(job, s, &h, error) == -1)
		return -1;
	/* No history was asked for: there are none. */
	return h.n == 0 ? 0 : compare_copies(job, s, &h.standing[0], error);
}
