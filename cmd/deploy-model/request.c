#include <stdlib.h>
#include <string.h>

#include "git/forge.h"
#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"
#include "run/when.h"

#include "branches.h"
#include "deploy-model.h"
#include "request.h"
#include "text.h"

#define APART	3600	/* s that the forge's clock may be from ours */

static const char *const	verbs[] = {
	"open-request", "neutralize-request", "edit-request",
	"close-request", "label-request", "review-request", "automerge-request"
};

/* "OWNER/NAME" of a repository's URL, as the forge writes it; NULL. */
static const char *
slug_of(const char *url)
{
	const char	*path = strstr(url, "://"), *slash;
	size_t		 n;

	path = path == NULL ? "" : path + 3;
	path += strcspn(path, "/");
	path += strspn(path, "/");
	for (n = strlen(path); n > 0 && path[n - 1] == '/'; n--)
		continue;
	if (n > 4 && memcmp(path + n - 4, ".git", 4) == 0)
		n -= 4;
	path = keep_copy(path, n);
	slash = strchr(path, '/');
	return slash == NULL || slash == path || slash[1] == '\0' ||
	    strchr(slash + 1, '/') != NULL ? NULL : path;
}

int
request_open(struct job *job, time_t now, struct error *error)
{
	const struct config		*c = job->config;
	const struct proposal_config	*p = &c->proposal;
	const char			*slug = p->repository;

	if (!p->github)
		return 0;
	if (c->push.url != NULL && (slug = slug_of(c->push.url)) == NULL)
		return error_set(error, BROKEN, "spec.config.git.push.url: "
		    "expected the fork as a URL that ends in OWNER/NAME, as "
		    "spec.proposal.github has it");
	job->forge = forge_open(&(struct forge_terms){
	    .repository = p->repository, .server = p->server, .ca = p->ca,
	    .app_id = p->app_id, .app_key = p->app_key,
	    .token_file = p->token_file, .base = c->base, .head = c->head,
	    .more = !c->force,
	    .head_repository = slug, .cache = c->git_cache, .now = now,
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
	struct candidate	*m;
	size_t			 i;

	for (i = 0; i < job->nmodels; i++) {
		m = &job->model[i];
		if (m->rejected != NULL || (!is_about(b, m->id) &&
		    (job->config->force || strcmp(r->head,
		    branches_name(job, m->generation)) != 0)))
			continue;
		m->rejected = keepf("request #%ld was closed unmerged at %s",
		    r->number, when_text(r->closed));
	}
}

void
request_merged(struct candidate *m, const struct forge_request *r)
{
	if (r->closed <= m->merged)
		return;
	m->merged = r->closed;
	m->merged_as = r->number;
}

/* Where each model has its own branch, that tells which one it was. */
static void
note_merge(struct job *job, const struct forge_request *r,
    const struct block *b)
{
	const struct config	*c = job->config;
	struct candidate	*m;
	size_t			 i;

	for (i = 0; i < job->nmodels; i++) {
		m = &job->model[i];
		if (!c->force && strcmp(r->head, c->head) != 0 ?
		    strcmp(r->head, branches_name(job, m->generation)) == 0 :
		    b->model != NULL && strcmp(b->model, m->id) == 0)
			request_merged(m, r);
	}
}

/* When the oldest model was made that might be proposed yet, or again. */
static time_t
oldest(const struct job *job)
{
	time_t	 live = job->live_empty ? 0 : job->live_time;
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

/* A branch whose closed requests are asked for, once. */
static void
ask_about(struct forge_query *q, const char **head, const char *name)
{
	size_t	 i;

	for (i = 0; i < q->n; i++)
		if (strcmp(head[i], name) == 0)
			return;
	head[q->n++] = name;
}

/*
 * The last one that we opened, while a newer model may take its place: a list
 * that is older than it would let two be open at once, which a forge prevents
 * for one branch alone.
 */
static long
last_opened(const struct job *job)
{
	const struct log	*log = job->log;
	const struct outcome	*o;
	size_t			 i;

	for (i = log->noutcomes; i-- > 0;) {
		o = &log->outcome[i];
		if (strcmp(o->verb, "open-request") == 0 && o->name != NULL &&
		    o->name[0] == '#' && strcmp(o->result, "done") == 0)
			return strtol(o->name + 1, NULL, 10);
	}
	return 0;
}

/*
 * Those of models that might be proposed, and of branches that might be
 * deleted.  Before the key was set, all were from one branch.
 */
static struct forge_query
query(const struct job *job)
{
	const struct config	*c = job->config;
	const char		**head = keep((job->nmodels + job->nown + 1) *
				    sizeof(*head));
	struct forge_query	 q = { .since = oldest(job), .head = head };
	const struct candidate	*m;
	time_t			 since = q.since;
	size_t			 i;

	q.since -= since > APART ? APART : since;
	ask_about(&q, head, c->head);
	for (i = 0; i < job->nmodels && !c->force; i++) {
		m = &job->model[i];
		if (m->created >= since && (job->ncopies > 0 ||
		    job->live == NULL || strcmp(m->id, job->live) != 0))
			ask_about(&q, head, branches_name(job,
			    m->generation));
	}
	if (q.n > 1)
		q.opened = last_opened(job);
	for (i = 0; i < job->nown && c->proposal.delete_branch; i++)
		ask_about(&q, head, job->own[i].name);
	return q;
}

int
request_read(struct job *job, struct error *error)
{
	struct forge_requests		*all = keep(sizeof(*all));
	struct forge_query		 q;
	const struct forge_request	*r;
	struct block			 b;
	size_t				 i;

	if (job->forge == NULL)
		return 0;
	q = query(job);
	if (forge_requests(job->forge, &q, all, error) == -1)
		return -1;
	job->requests = all;
	for (i = 0; i < all->n; i++) {
		r = &all->request[i];
		text_read(r->body, &b);
		if (r->open || !branches_is_own(job, r->head))
			continue;
		if (r->merged)
			note_merge(job, r, &b);
		else if (!b.withdrawn)
			reject(job, r, &b);
	}
	return 0;
}

static void
note_open(struct request *q, struct forge_request *r)
{
	struct block	 b;

	text_read(r->body, &b);
	q->state = REQUEST_OPEN;
	q->number = r->number;
	q->head = r->head;
	q->names = b.model;
	q->from = b.from;
	q->title = r->title;
	q->sha = r->sha;
	q->conflict = r->conflict;
	q->since = r->created;
	q->open = r;
}

/* From one branch the forge allows no two. */
static struct forge_request *
find_open(const struct job *job)
{
	struct forge_request	*r, *found = NULL;
	size_t			 i;

	for (i = 0; i < job->requests->n; i++) {
		r = &job->requests->request[i];
		if (!r->open || !branches_is_own(job, r->head))
			continue;
		if (found == NULL)
			found = r;
		if (job->head_name != NULL &&
		    strcmp(r->head, job->head_name) != 0)
			return r;
	}
	return found;
}

void
request_pick(struct job *job)
{
	const struct forge_other	*o;
	struct forge_request		*r;
	size_t				 i;

	if (job->requests == NULL)
		return;
	job->request = (struct request){ .forge = true };
	if ((r = find_open(job)) != NULL)
		note_open(&job->request, r);
	for (i = 0; i < job->requests->nothers; i++) {
		o = &job->requests->other[i];
		if (o->ours && branches_is_own(job, o->head))
			job->request.elsewhere = o->words;
		else if (!o->ours && job->head_name != NULL &&
		    strcmp(o->head, job->head_name) == 0)
			job->request.taken = o->words;
	}
}

/* Of a branch that had several, one that was merged is word enough. */
enum over
request_over(const struct job *job, const char *branch, const char *oid,
    const struct forge_request **which)
{
	const struct forge_request	*r, *over = NULL;
	struct block			 b;
	size_t				 i;

	for (i = 0; job->requests != NULL && i < job->requests->n; i++) {
		r = &job->requests->request[i];
		if (strcmp(r->head, branch) != 0)
			continue;
		if (r->open)
			return OVER_NOT;
		if (strcmp(r->sha, oid) == 0 && (over == NULL ||
		    (r->merged && !over->merged)))
			over = r;
	}
	if (which != NULL)
		*which = over;
	if (over == NULL)
		return OVER_NOT;
	text_read(over->body, &b);
	return over->merged ? OVER_MERGED :
	    b.withdrawn ? OVER_WITHDRAWN : OVER_REJECTED;
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

static const struct candidate *
candidate(const struct job *job, const char *generation)
{
	size_t	 i;

	for (i = 0; generation != NULL && i < job->nmodels; i++)
		if (strcmp(job->model[i].generation, generation) == 0)
			return &job->model[i];
	return NULL;
}

/* Whether the open request says what it was to be made to say. */
static bool
says(const struct job *job, const char *generation)
{
	const struct request	*q = &job->request;
	const struct candidate	*m = candidate(job, generation);
	struct text		 t;

	if (m == NULL || q->names == NULL || q->from == NULL)
		return false;
	text_propose(job, m, &t);
	return strcmp(q->names, m->id) == 0 &&
	    strcmp(q->from, job->live) == 0 && strcmp(q->title, t.title) == 0;
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
	bool			 open = q->state == REQUEST_OPEN;
	bool			 done = false;

	if (strcmp(i->verb, "open-request") == 0)
		done = open && strcmp(i->target, keepf("refs/heads/%s",
		    q->head)) == 0;
	else if (strcmp(i->verb, "close-request") == 0)
		done = !open || strcmp(i->target, keepf("#%ld",
		    q->number)) != 0;
	else if (strcmp(i->verb, "neutralize-request") == 0)
		done = open && q->names == NULL;
	else if (strcmp(i->verb, "edit-request") == 0)
		done = open && says(job, i->generation);
	if (done && open && strcmp(i->verb, "close-request") != 0)
		job->effect_name = keepf("#%ld", q->number);
	job->effect = done ? EFFECT_DONE :
	    job->log->orphaned ? EFFECT_LOST : EFFECT_UNKNOWN;
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
		return forge_propose(job->forge, guard,
		    &(struct forge_request){ .head = job->head_name,
		    .title = t.title, .body = t.body },
		    job->config->proposal.draft, name, error);
	return adorn(job, step, guard, error);
}
