#include <string.h>

#include "edit/edit.h"
#include "git/forge.h"
#include "git/lock.h"
#include "git/repo.h"
#include "google/catalog.h"
#include "google/evaluations.h"
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

#include "branches.h"
#include "deploy-model.h"
#include "record.h"
#include "request.h"
#include "serving.h"
#include "survey.h"

#define EVALUATED	10	/* models, at most: older ones wait */
#define SHORT	7	/* digits of a commit id that people read */

/* What is gone can be neither live nor proposed. */
static void
forget_gone(struct registry *r)
{
	size_t	 i, n = 0;

	for (i = 0; i < r->nmodels; i++)
		if (!r->model[i].gone)
			r->model[n++] = r->model[i];
	r->nmodels = n;
}

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

/* The branch that an intent is about; NULL: it is about none. */
static const char *
branch_of(const struct intent *i)
{
	static const char	heads[] = "refs/heads/";

	return strncmp(i->target, heads, strlen(heads)) == 0 ?
	    i->target + strlen(heads) : NULL;
}

/*
 * A lock on our branch from the time in which the dead run could move it is
 * that run's, when the branch was not moved or the lock is what is left of
 * moving it.  Any other is somebody's: the next push will fail and name it.
 */
static int
find_lock(struct job *job, struct error *error)
{
	const struct intent	*i = job->log->intent;
	const char		*branch = branch_of(i);
	struct lock		 lock;
	int			 rv;

	rv = lock_find(job->repo, branch == NULL ? job->config->head :
	    branch, &lock, error);
	if (rv == 0 && (job->effect == EFFECT_LOST || lock.over) &&
	    lock.made >= i->at && lock.made <= i->at + i->duration)
		job->left_lock = lock.path;
	return rv == -1 ? -1 : 0;
}

/*
 * Whether the commit that an intent announced became the branch: its trailer
 * names the generation, and it follows or merges the base it was decided on.
 * Or the branch went, if that was meant.
 */
static int
find_effect(struct job *job, struct error *error)
{
	const struct intent	*i = job->log->intent;
	const char		*branch = branch_of(i);
	const struct own	*own = branch == NULL ? NULL :
				    branches_find(job, branch);
	struct commit		 c;

	job->effect = job->log->orphaned ? EFFECT_LOST : EFFECT_UNKNOWN;
	if (own == NULL && strcmp(i->verb, "delete-branch") == 0)
		job->effect = EFFECT_DONE;
	if (own == NULL || i->generation == NULL || i->base == NULL)
		return 0;
	if (repo_commit(job->repo, own->oid, &c, error) == -1)
		return -1;
	if ((strcmp(c.parent, i->base) == 0 ||
	    strcmp(c.second, i->base) == 0) && strstr(c.message,
	    keepf("\nGeneration: %s\n", i->generation)) != NULL)
		job->effect = EFFECT_DONE;
	return 0;
}

static const char *
figures(const struct candidate *m)
{
	const struct evaluation	*e = m->evaluation;

	if (e == NULL)
		return m->unread == NULL ? "not evaluated" :
		    keepf("no evaluation: %s", m->unread);
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
		plan_fact(plan, "proposal", "none on %s", job->head_name);
	else
		plan_fact(plan, "proposal", "%s at %.*s%s%s",
		    job->branch.name, SHORT, job->branch.oid,
		    job->branch.values == NULL ? "" : " names ",
		    job->branch.values == NULL ? "" : job->branch.values);
	if (job->request.state == REQUEST_OPEN)
		plan_fact(plan, "request", "#%ld of %s %s",
		    job->request.number, when_text(job->request.since),
		    job->request.names == NULL ? "names no model" :
		    keepf("names %s", job->request.names));
	else if (job->request.forge)
		plan_fact(plan, "request", "none is open");
	if (repo_notice(job->repo) != NULL)
		plan_fact(plan, "cache", "%s", repo_notice(job->repo));
	plan_fact(plan, "models", "%zu", job->nmodels);
	for (i = job->nmodels; i-- > 0;) {
		m = &job->model[i];
		if (strcmp(m->id, job->live == NULL ? "" : job->live) == 0)
			break;
		plan_fact(plan, "model", "%s of %s: %s", m->id,
		    when_text(m->created), figures(m));
	}
}

/* The forge's own token is good for git of the same server. */
static struct repo_server
server_of(const struct job *job, const struct git_config *g)
{
	struct repo_server	 s = { .url = g->url, .user = g->user,
				    .password_file = g->password,
				    .ca = g->ca, .key = g->key,
				    .host_key = g->host_key };

	if (g->url == NULL || g->password != NULL || job->forge == NULL)
		return s;
	s.token = forge_token(job->forge, g->url);
	s.password_file = forge_token_file(job->forge, g->url);
	if (s.ca == NULL && (s.token != NULL || s.password_file != NULL))
		s.ca = job->config->proposal.ca;
	return s;
}

static struct repo *
open_repository(const struct job *job, struct error *error)
{
	const struct config	*c = job->config;

	return repo_open(&(struct repo_terms){ .base = c->base,
	    .head = c->head, .more = !c->force, .cache = c->git_cache,
	    .dry = job->dry,
	    .from = server_of(job, &c->git), .to = server_of(job, &c->push)
	    }, error);
}

static int
look(struct job *job, struct error *error)
{
	const struct config	*c = job->config;
	struct survey		 s;
	int			 rv;

	if ((job->repo = open_repository(job, error)) == NULL)
		return error_in(error, "spec.config.git");
	if ((rv = repo_branch(job->repo, c->base, job->base, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "spec.config.git.base: no "
		    "branch %s in %s", c->base, c->git.url);
	if (branches_list(job, error) == -1 ||
	    survey_make(job->repo, c, job->base, &s, error) != 0)
		return -1;
	job->file = s.file;
	job->nfiles = s.nfiles;
	job->nplaces = s.nplaces;
	return s.nplaces == 0 ? 0 : record_read(job, &s, error);
}

/* When the live model was made; of one that is gone, when it went live. */
static time_t
live_since(const struct job *job)
{
	size_t	 i;

	if (job->live == NULL || job->live_empty)
		return 0;
	for (i = 0; i < job->nmodels; i++)
		if (strcmp(job->model[i].id, job->live) == 0)
			return job->model[i].created;
	return job->live_time;
}

/*
 * How good the models are that may be proposed: the newest ones that are
 * newer than live.  Each is a request or two, so that the older ones of many
 * stay as if they had no figures.
 */
static int
evaluate(struct job *job, struct error *error)
{
	struct model	*m;
	time_t		 live = live_since(job);
	size_t		 i, n = 0;

	for (i = job->nmodels; i > 0 && n < EVALUATED; i--, n++) {
		m = &job->registry->model[i - 1];
		if (m->manifest->created < live)
			break;
		if (evaluations_read(job->google, job->config, job->registry,
		    m, error) == -1)
			return -1;
		job->model[i - 1].evaluation = m->evaluation;
		job->model[i - 1].unread = m->unread;
	}
	return 0;
}

static int
look_at_cloud(struct job *job, struct error *error)
{
	if (job->google == NULL)
		return 0;
	return evaluate(job, error) == -1 ? -1 : serving_read(job, error);
}

static bool
is_about_serving(const struct intent *i)
{
	return strcmp(i->verb, "serve") == 0 ||
	    strcmp(i->verb, "shift") == 0 || strcmp(i->verb, "undeploy") == 0;
}

int
observe(struct job *job, struct world *w, struct error *error)
{
	const struct config	*c = w->config;
	struct registry		*r = keep(sizeof(*r));

	job->config = c;
	job->log = w->log;
	job->registry = r;
	job->google = w->google;
	job->dry = w->dry;
	job->now = w->now;
	if ((w->google != NULL ? catalog_read(w->google, c, r, error) :
	    registry_read(c->store, c->owner, r, error)) == -1)
		return -1;
	forget_gone(r);
	list_models(job);
	if (request_open(job, w->now, error) == -1 ||
	    look(job, error) == -1 || request_read(job, error) == -1 ||
	    look_at_cloud(job, error) == -1 ||
	    branches_read(job, w->now, error) == -1)
		return -1;
	w->model_time = live_since(job);
	if (w->log->intent != NULL && is_about_serving(w->log->intent))
		serving_effect(job);
	else if (w->log->intent != NULL &&
	    request_is_meant(w->log->intent->verb))
		request_effect(job);
	else if (w->log->intent != NULL && (find_effect(job, error) == -1 ||
	    find_lock(job, error) == -1))
		return -1;
	tell(job, w->plan);
	return 0;
}
