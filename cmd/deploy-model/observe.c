#include <limits.h>
#include <string.h>

#include "edit/edit.h"
#include "git/history.h"
#include "git/lock.h"
#include "git/repo.h"
#include "git/stranger.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/plan.h"
#include "run/run.h"
#include "run/when.h"

#include "deploy-model.h"
#include "survey.h"

#define SHORT	7	/* digits of a commit id that people read */
#define NEWEST	LONG_MAX	/* walk only to who set the value of today */

static void
list_models(struct job *job)
{
	const struct registry	*r = job->registry;
	const struct manifest	*m;
	size_t			 i;

	job->model = keep((r->nmodels + 1) * sizeof(*job->model));
	job->nmodels = r->nmodels;
	for (i = 0; i < r->nmodels; i++) {
		m = r->model[i].manifest;
		job->model[i] = (struct candidate){ .id = m->model,
		    .generation = m->generation, .created = m->created,
		    .evaluation = r->model[i].evaluation, .serving = DONE };
	}
}

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
    time_t since, struct history *h, struct error *error)
{
	struct history_query	 q = { .commit = job->base,
				    .file = { f->path, f->marks },
				    .place = place,
				    .nth = history_nth(f->places, place),
				    .since = since };

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

static int
find_live(struct job *job, const struct survey *s, struct history *h,
    struct error *error)
{
	job->live = s->live->value;
	job->live_where = survey_where(s->live_file, s->live);
	job->live_empty = is_empty(job->config, job->live);
	job->live_ours = listed(job, job->live) != NULL ||
	    manifest_is_generation(job->live);
	job->live_serving = DONE;
	if (walk(job, s->live_file, s->live, walk_until(job), h, error) == -1)
		return -1;
	job->live_commit = commit_words(&h->standing[0]);
	job->live_time = h->standing[0].time;
	find_rollbacks(job, h);
	return 0;
}

/* A place of base that differs from live: whose doing is it? */
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
	if (walk(job, f, p, NEWEST, &h, error) == -1)
		return -1;
	c->commit = commit_words(&h.standing[0]);
	c->left_behind = h.standing[0].time < live->time;
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
			if (strcmp(f->places->place[j].value,
			    job->live) != 0 &&
			    add_copy(job, f, &f->places->place[j], live,
			    error) == -1)
				return -1;
	}
	return 0;
}

/* What the places of the branch name: one model, or which place differs. */
static int
read_branch(struct job *job, struct error *error)
{
	const struct edited	*f;
	const struct place	*p;
	struct survey		 s;
	size_t			 i, j;

	if (survey_make(job->repo, job->config, job->head, &s, error) == -1)
		return -1;
	for (i = 0; i < s.nfiles; i++) {
		f = &s.file[i];
		for (j = 0; j < f->places->n; j++) {
			p = &f->places->place[j];
			if (job->branch.differs == NULL ||
			    strcmp(p->value, s.live->value) != 0)
				job->branch.differs = keepf("%s on %s names "
				    "\"%s\"", survey_where(f, p),
				    job->config->head, p->value);
			if (strcmp(p->value, s.live->value) != 0)
				return 0;
		}
	}
	job->branch.values = s.live == NULL ? NULL : s.live->value;
	return 0;
}

/* Commits that a person made on our branch hold it. */
static int
find_stranger(struct job *job, struct error *error)
{
	struct marked	*file = keep((job->nfiles + 1) * sizeof(*file));
	struct commit	 c;
	size_t		 i;
	int		 rv;

	for (i = 0; i < job->nfiles; i++)
		file[i] = (struct marked){ job->file[i].path,
		    job->file[i].marks };
	rv = stranger_find(job->repo, &(struct ours){
	    .base = job->base, .head = job->head,
	    .author = job->config->author, .file = file,
	    .nfiles = job->nfiles }, &c, error);
	if (rv == 0)
		job->branch.held = keepf("commit %.*s of %s", SHORT, c.oid,
		    c.author);
	return rv == -1 ? -1 : 0;
}

/* A marked file that changed on base since the branch left it. */
static int
find_stale(struct job *job, const char *merge_base, struct error *error)
{
	const char	**path = keep((job->nfiles + 1) * sizeof(*path));
	bool		*touched = keep(job->nfiles + 1);
	size_t		 i;

	for (i = 0; i < job->nfiles; i++)
		path[i] = job->file[i].path;
	if (history_touched(job->repo, &(struct history_pair){ merge_base,
	    job->base, path, job->nfiles }, touched, error) == -1)
		return -1;
	for (i = 0; i < job->nfiles; i++)
		if (touched[i] && job->branch.stale == NULL)
			job->branch.stale = path[i];
	return 0;
}

static int
find_branch(struct job *job, struct error *error)
{
	struct commit	 c;
	char		 merge_base[REPO_OID];
	int		 rv;

	rv = repo_branch(job->repo, job->config->head, job->head, error);
	if (rv == 1)
		job->head[0] = '\0';
	if (rv != 0)
		return rv == 1 ? 0 : -1;
	rv = repo_merge_base(job->repo, job->base, job->head, merge_base,
	    error);
	if (rv == -1)
		return -1;
	if (rv == 0 && strcmp(merge_base, job->head) == 0)
		return 0;	/* merged as it is: nothing of its own on it */
	job->branch.exists = true;
	if (repo_commit(job->repo, job->head, &c, error) == -1 ||
	    find_stranger(job, error) == -1)
		return -1;
	job->branch.since = c.time;
	/* What a person made of it may be anything; it is not ours to read. */
	if (job->branch.held != NULL)
		return 0;
	return read_branch(job, error) == -1 ? -1 :
	    rv == 1 ? 0 : find_stale(job, merge_base, error);
}

/*
 * A lock on our branch that is younger than the intent was made by the run
 * that announced it, and that run is dead.  An older one is somebody's: the
 * push will fail and name it.
 */
static int
find_lock(struct job *job, struct error *error)
{
	const char	*path;
	time_t		 made;
	int		 rv;

	rv = lock_find(job->repo, job->config->head, &path, &made, error);
	if (rv == 0 && made >= job->log->intent->at)
		job->left_lock = path;
	return rv == -1 ? -1 : 0;
}

/*
 * Whether the commit that an intent announced became the branch: its trailer
 * names the generation and its parent is the base it was decided on.
 */
static int
find_effect(struct job *job, struct error *error)
{
	const struct intent	*i = job->log->intent;
	struct commit		 c;

	job->effect = job->log->orphaned ? EFFECT_LOST : EFFECT_UNKNOWN;
	if (job->head[0] == '\0' || i->generation == NULL || i->base == NULL)
		return 0;
	if (repo_commit(job->repo, job->head, &c, error) == -1)
		return -1;
	if (strcmp(c.parent, i->base) == 0 && strstr(c.message,
	    keepf("\nGeneration: %s\n", i->generation)) != NULL)
		job->effect = EFFECT_DONE;
	return 0;
}

static const char *
figures(const struct evaluation *e)
{
	if (e == NULL)
		return "not evaluated";
	return keepf("precision %.3f, recall %.3f on %zu examples",
	    e->micro.precision, e->micro.recall, e->holdout);
}

static void
tell(const struct job *job, struct plan *plan)
{
	const struct candidate	*m;
	size_t			 i;

	if (job->log->intent != NULL)
		plan_fact(plan, "open intent", "%s %s since %s",
		    job->log->intent->verb, job->log->intent->target,
		    when_text(job->log->intent->at));
	plan_fact(plan, "base", "%s at %.*s", job->config->base, SHORT,
	    job->base);
	if (job->nplaces > 0)
		plan_fact(plan, "live", "%s at %s, %zu places in %zu files",
		    job->live_empty ? keepf("none (\"%s\")", job->live) :
		    job->live, job->live_where, job->nplaces, job->nfiles);
	for (i = 0; i < job->ncopies; i++)
		plan_fact(plan, "copy", "%s says \"%s\"%s",
		    job->copy[i].where, job->copy[i].value,
		    job->copy[i].commit);
	if (!job->branch.exists)
		plan_fact(plan, "proposal", "none on %s", job->config->head);
	else
		plan_fact(plan, "proposal", "%s at %.*s%s%s",
		    job->config->head, SHORT, job->head,
		    job->branch.values == NULL ? "" : " names ",
		    job->branch.values == NULL ? "" : job->branch.values);
	plan_fact(plan, "models", "%zu", job->nmodels);
	for (i = job->nmodels; i-- > 0;) {
		m = &job->model[i];
		if (strcmp(m->id, job->live == NULL ? "" : job->live) == 0)
			break;
		plan_fact(plan, "model", "%s of %s: %s", m->id,
		    when_text(m->created), figures(m->evaluation));
	}
}

static int
look(struct job *job, struct error *error)
{
	const struct config	*c = job->config;
	struct survey		 s;
	struct history		 h;
	int			 rv;

	if ((job->repo = repo_open(c->git_url, error)) == NULL)
		return error_in(error, "spec.config.git.url");
	if ((rv = repo_branch(job->repo, c->base, job->base, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "spec.config.git.base: no "
		    "branch %s in %s", c->base, c->git_url);
	if (survey_make(job->repo, c, job->base, &s, error) == -1)
		return -1;
	job->file = s.file;
	job->nfiles = s.nfiles;
	job->nplaces = s.nplaces;
	if (s.nplaces == 0)
		return 0;
	if (find_live(job, &s, &h, error) == -1 ||
	    compare_copies(job, &s, &h.standing[0], error) == -1)
		return -1;
	return find_branch(job, error);
}

int
observe(struct job *job, struct world *w, struct error *error)
{
	struct registry	*r = keep(sizeof(*r));

	job->config = w->config;
	job->log = w->log;
	job->registry = r;
	if (registry_read(w->config->store, w->config->owner, r, error) == -1)
		return -1;
	list_models(job);
	if (look(job, error) == -1)
		return -1;
	if (w->log->intent != NULL && (find_effect(job, error) == -1 ||
	    find_lock(job, error) == -1))
		return -1;
	tell(job, w->plan);
	return 0;
}
