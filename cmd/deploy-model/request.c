#include <string.h>

#include "git/forge.h"
#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"
#include "run/when.h"

#include "deploy-model.h"
#include "request.h"
#include "text.h"

static const char *const	verbs[] = {
	"open-request", "neutralize-request", "edit-request",
	"close-request", "label-request", "review-request", "automerge-request"
};

/* "OWNER/NAME" of a repository's URL on the same server. */
static const char *
slug_of(const char *url)
{
	const char	*path = strstr(url, "://");
	size_t		 n;

	path = path == NULL ? "" : path + 3;
	path += strcspn(path, "/");
	path += *path == '/';
	n = strlen(path);
	if (n > 4 && strcmp(path + n - 4, ".git") == 0)
		n -= 4;
	return keep_copy(path, n);
}

int
request_open(struct job *job, time_t now, struct error *error)
{
	const struct config		*c = job->config;
	const struct proposal_config	*p = &c->proposal;

	if (!p->github)
		return 0;
	job->forge = forge_open(&(struct forge_terms){
	    .repository = p->repository, .server = p->server, .ca = p->ca,
	    .app_id = p->app_id, .app_key = p->app_key,
	    .token_file = p->token_file, .base = c->base, .head = c->head,
	    .head_repository = c->push.url == NULL ? p->repository :
	    slug_of(c->push.url), .cache = c->git_cache, .now = now,
	    .dry = job->dry }, error);
	return job->forge != NULL ? 0 :
	    error_in(error, "spec.proposal.github");
}

/* Which model a request that a person closed was about: each of them. */
static bool
is_about(const struct block *b, const char *id)
{
	return (b->model != NULL && strcmp(b->model, id) == 0) ||
	    (b->was != NULL && strcmp(b->was, id) == 0) ||
	    (b->next != NULL && strcmp(b->next, id) == 0);
}

static void
reject(struct job *job, const struct forge_request *r, const struct block *b)
{
	size_t	 i;

	for (i = 0; i < job->nmodels; i++)
		if (job->model[i].rejected == NULL &&
		    is_about(b, job->model[i].id))
			job->model[i].rejected = keepf("request #%ld was "
			    "closed unmerged at %s", r->number,
			    when_text(r->closed));
}

static void
note_open(struct job *job, struct forge_request *r, const struct block *b)
{
	struct request	*q = &job->request;

	if (q->state == REQUEST_OPEN)
		return;		/* the forge allows no two; the newest counts */
	q->state = REQUEST_OPEN;
	q->number = r->number;
	q->names = b->model;
	q->from = b->from;
	q->title = r->title;
	q->sha = r->sha;
	q->conflict = r->conflict;
	q->since = r->created;
	q->open = r;
}

/* When the oldest model was made that might be proposed yet, or again. */
static time_t
oldest(const struct job *job)
{
	time_t	 live = 0;
	size_t	 i;

	for (i = 0; i < job->nmodels; i++)
		if (job->live != NULL &&
		    strcmp(job->model[i].id, job->live) == 0)
			live = job->model[i].created;
	for (i = 0; i < job->nmodels; i++)
		if (job->model[i].created >= live)
			return job->model[i].created;
	return 0;
}

int
request_read(struct job *job, struct error *error)
{
	struct forge_requests	 all;
	struct forge_request	*r;
	struct block		 b;
	size_t			 i;

	if (job->forge == NULL)
		return 0;
	job->request = (struct request){ .forge = true };
	if (forge_requests(job->forge, oldest(job), &all, error) == -1)
		return -1;
	job->request.elsewhere = all.elsewhere;
	job->request.taken = all.taken;
	for (i = 0; i < all.n; i++) {
		r = &all.request[i];
		text_read(r->body, &b);
		if (r->open)
			note_open(job, r, &b);
		else if (!r->merged && !b.withdrawn)
			reject(job, r, &b);
		if (!r->open && strcmp(r->sha, job->head) == 0) {
			job->branch.over = true;
			job->branch.merged |= r->merged;
		}
	}
	/* A branch whose request is over holds nobody's work any more. */
	if (job->branch.over && job->request.state == REQUEST_NONE)
		job->branch.held = NULL;
	else
		job->branch.merged = false;
	return 0;
}

int
request_is_meant(const char *verb)
{
	size_t	 i;

	for (i = 0; i < sizeof(verbs) / sizeof(verbs[0]); i++)
		if (strcmp(verbs[i], verb) == 0)
			return 1;
	return 0;
}

/*
 * Each of these is safe to do again: an open request keeps a second one from
 * being opened, and texts and labels are the same the second time.
 */
void
request_effect(struct job *job)
{
	const struct intent	*i = job->log->intent;
	const struct request	*q = &job->request;
	bool			 done = false;

	if (strcmp(i->verb, "open-request") == 0)
		done = q->state == REQUEST_OPEN;
	else if (strcmp(i->verb, "close-request") == 0)
		done = q->state == REQUEST_NONE;
	else if (strcmp(i->verb, "neutralize-request") == 0)
		done = q->state == REQUEST_OPEN && q->names == NULL;
	else if (strcmp(i->verb, "edit-request") == 0)
		done = q->names != NULL;
	job->effect = done ? EFFECT_DONE :
	    job->log->orphaned ? EFFECT_LOST : EFFECT_UNKNOWN;
}

static const struct candidate *
candidate(const struct job *job, const char *generation)
{
	size_t	 i;

	for (i = 0; generation != NULL && i < job->nmodels; i++)
		if (strcmp(job->model[i].generation, generation) == 0)
			return &job->model[i];
	return NULL;
}

/* A request with another text, and open or closed. */
static int
edit(const struct job *job, struct guard *guard, const struct text *t,
    bool open, struct error *error)
{
	struct forge_request	 r = *job->request.open;

	r.title = t->title;
	r.body = t->body;
	r.open = open;
	return forge_edit(job->forge, guard, &r, error);
}

static int
withdraw(const struct job *job, const struct step *step, struct guard *guard,
    struct error *error)
{
	const struct forge_request	*r = job->request.open;

	return edit(job, guard, &(struct text){ r->title,
	    text_withdraw(r->body, step->why) }, false, error);
}

static int
adorn(const struct job *job, const struct step *step, struct guard *guard,
    struct error *error)
{
	const struct proposal_config	*p = &job->config->proposal;
	long				 number = job->request.number;

	if (strcmp(step->verb, "label-request") == 0)
		return forge_label(job->forge, guard, number, p->labels.item,
		    p->labels.n, error);
	if (strcmp(step->verb, "review-request") == 0)
		return forge_ask(job->forge, guard, number,
		    p->reviewers.item, p->reviewers.n, error);
	return forge_automerge(job->forge, guard, job->request.open->id,
	    p->auto_merge, error);
}

int
request_act(const struct job *job, const struct step *step,
    struct guard *guard, const char **name, struct error *error)
{
	const struct candidate	*m = candidate(job, step->generation);
	struct text		 t;

	*name = keepf("#%ld", job->request.number);
	if (strcmp(step->verb, "close-request") == 0)
		return withdraw(job, step, guard, error);
	if (m == NULL)
		return error_set(error, BROKEN, "no model %s in the registry",
		    step->generation == NULL ? "" : step->generation);
	if (strcmp(step->verb, "neutralize-request") == 0) {
		text_neutral(job, job->request.names, m->id, &t);
		return edit(job, guard, &t, true, error);
	}
	text_propose(job, m, &t);
	if (strcmp(step->verb, "edit-request") == 0)
		return edit(job, guard, &t, true, error);
	if (strcmp(step->verb, "open-request") == 0)
		return forge_propose(job->forge, guard, t.title, t.body,
		    job->config->proposal.draft, name, error);
	return adorn(job, step, guard, error);
}
