#include <string.h>

#include "edit/edit.h"
#include "git/forge.h"
#include "git/history.h"
#include "git/repo.h"
#include "git/stranger.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/when.h"

#include "branches.h"
#include "choice.h"
#include "deploy-model.h"
#include "request.h"
#include "survey.h"

#define SHORT	7	/* digits of a commit id that people read */

const char *
branches_name(const struct job *job, const char *generation)
{
	return job->config->force ? job->config->head :
	    keepf("%s-%s", job->config->head, generation);
}

/* Of a model that is listed, or of the form of this document's. */
static bool
is_generation(const struct job *job, const char *text)
{
	const char	*name = job->config->name;
	const char	*like = manifest_generation(name, "", 0, 0);
	size_t		 i, slug = (size_t)(strrchr(like, '-') - like) + 1;

	for (i = 0; i < job->nmodels; i++)
		if (strcmp(job->model[i].generation, text) == 0)
			return true;
	return manifest_is_generation(text) &&
	    strlen(text) == strlen(like) && strncmp(text, like, slug) == 0;
}

bool
branches_is_own(const struct job *job, const char *name)
{
	const struct config	*c = job->config;
	size_t			 n = strlen(c->head);

	if (strcmp(name, c->base) == 0 || strncmp(name, c->head, n) != 0)
		return false;
	return name[n] == '\0' || (!c->force && name[n] == '-' &&
	    is_generation(job, name + n + 1));
}

const struct own *
branches_find(const struct job *job, const char *name)
{
	size_t	 i;

	for (i = 0; i < job->nown; i++)
		if (strcmp(job->own[i].name, name) == 0)
			return &job->own[i];
	return NULL;
}

int
branches_list(struct job *job, struct error *error)
{
	struct repo_head	*head;
	size_t			 i, n;

	if (repo_heads(job->repo, &head, &n, error) == -1)
		return -1;
	job->own = keep((n + 1) * sizeof(*job->own));
	for (i = 0; i < n; i++)
		if (branches_is_own(job, head[i].name))
			job->own[job->nown++] = (struct own){ head[i].name,
			    head[i].oid };
	return 0;
}

/* What the places of the branch name: one model, or which place differs. */
static void
compare_branch(struct job *job, const struct survey *s)
{
	const struct edited	*f;
	const struct place	*p;
	size_t			 i, j;

	job->branch.differs = keepf("no place on %s names a model",
	    job->branch.name);
	for (i = 0; i < s->nfiles; i++) {
		f = &s->file[i];
		for (j = 0; j < f->places->n; j++) {
			p = &f->places->place[j];
			job->branch.differs = keepf("%s on %s names \"%s\"",
			    survey_where(f, p), job->branch.name, p->value);
			if (strcmp(p->value, s->live->value) != 0)
				return;
		}
	}
	job->branch.values = s->live == NULL ? NULL : s->live->value;
}

/*
 * What base calls for and the branch has not differs: it left base before
 * that was there, and is to be made anew.
 */
static int
read_branch(struct job *job, struct survey *s, struct error *error)
{
	int	 rv;

	rv = survey_make(job->repo, job->config, job->branch.oid, s, error);
	if (rv == 0)
		compare_branch(job, s);
	else if (rv == 1)
		job->branch.differs = keepf("%s is not made as %s is: %s",
		    job->branch.name, job->config->base, error->text);
	return rv == -1 ? -1 : 0;
}

/* As stranger_find() has it. */
static int
find_commit(const struct job *job, const char *head, struct commit *c,
    struct error *error)
{
	struct marked	*file = keep((job->nfiles + 1) * sizeof(*file));
	size_t		 i;

	for (i = 0; i < job->nfiles; i++)
		file[i] = (struct marked){ job->file[i].path,
		    job->file[i].marks };
	return stranger_find(job->repo, &(struct ours){
	    .base = job->base, .head = head,
	    .author = job->config->author, .file = file,
	    .nfiles = job->nfiles,
	    .hydrated = job->config->hydrate.paths.item,
	    .nhydrated = job->config->hydrate.paths.n }, c, error);
}

/* Commits that a person made on our branch hold it. */
static int
find_stranger(struct job *job, struct error *error)
{
	struct commit	 c;
	int		 rv;

	rv = find_commit(job, job->branch.oid, &c, error);
	if (rv == 0)
		job->branch.held = keepf("commit %.*s of %s", SHORT, c.oid,
		    c.author);
	return rv == -1 ? -1 : 0;
}

/*
 * A marked file that changed on base since the branch left it: one of those
 * of today, or one that the branch has still.
 */
static int
find_stale(struct job *job, const char *merge_base, const struct survey *s,
    struct error *error)
{
	size_t		 i, n = job->nfiles + s->nfiles;
	const char	**path = keep((n + 1) * sizeof(*path));
	bool		*touched = keep(n + 1);

	for (i = 0; i < n; i++)
		path[i] = i < job->nfiles ? job->file[i].path :
		    s->file[i - job->nfiles].path;
	if (history_touched(job->repo, &(struct history_pair){ merge_base,
	    job->base, path, n }, touched, error) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (touched[i] && job->branch.stale == NULL)
			job->branch.stale = path[i];
	return 0;
}

/*
 * What people put on a branch holds it until it is merged, or, where it can
 * be forced out, until a person closes its request: they may have come before
 * a close of ours.  What they made of it may be anything, and is not ours to
 * read.
 */
static int
find_hold(struct job *job, struct error *error)
{
	struct branch	*b = &job->branch;
	enum over	 over = request_over(job, b->name, b->oid, NULL);

	if (find_stranger(job, error) == -1)
		return -1;
	if (b->held == NULL || (over != OVER_MERGED &&
	    (over != OVER_REJECTED || !job->config->force)))
		return 0;
	b->differs = keepf("%s has %s, and its request is over", b->name,
	    b->held);
	b->held = NULL;
	return 0;
}

/* The text of one that was merged between two steps may not name its model. */
static void
find_merge(struct job *job)
{
	const struct branch		*b = &job->branch;
	const struct forge_request	*r;
	size_t				 i;

	if (b->values == NULL ||
	    request_over(job, b->name, b->oid, &r) != OVER_MERGED)
		return;
	for (i = 0; i < job->nmodels; i++)
		if (strcmp(job->model[i].id, b->values) == 0)
			request_merged(&job->model[i], r);
}

/* The proposal on a branch that is there. */
static int
find_branch(struct job *job, struct error *error)
{
	struct branch	*b = &job->branch;
	struct commit	 c;
	struct survey	 s;
	char		 merge_base[REPO_OID];
	int		 rv;

	if (b->oid == NULL || job->nplaces == 0)
		return 0;
	rv = repo_merge_base(job->repo, job->base, b->oid, merge_base, error);
	if (rv == -1)
		return -1;
	if (rv == 0 && strcmp(merge_base, b->oid) == 0)
		return 0;	/* merged as it is: nothing of its own on it */
	b->exists = true;
	if (repo_commit(job->repo, b->oid, &c, error) == -1 ||
	    find_hold(job, error) == -1)
		return -1;
	b->since = c.time;
	if (b->held != NULL || b->differs != NULL)
		return 0;
	if (read_branch(job, &s, error) == -1)
		return -1;
	find_merge(job);
	return rv == 1 ? 0 : find_stale(job, merge_base, &s, error);
}

/* Of the newest model that has one; NULL: there is none. */
static const struct own *
newest(const struct job *job)
{
	const struct own	*own;
	size_t			 i;

	for (i = job->nmodels; i-- > 0;) {
		own = branches_find(job, branches_name(job,
		    job->model[i].generation));
		if (own != NULL)
			return own;
	}
	return job->nown > 0 ? &job->own[0] : NULL;
}

/* Where the candidate is to be proposed; NULL: there is none. */
static const char *
head_of(const struct job *job, time_t now)
{
	struct choice	 found = { .model = NULL };

	if (job->config->force)
		return job->config->head;
	if (job->nplaces > 0)
		choice_make(job, now, &found);
	return found.model == NULL ? NULL :
	    branches_name(job, found.model->generation);
}

/*
 * The branch that stands for the proposal today: that of the open request;
 * where there are no requests, and the candidate has none yet, the newest.
 */
static const struct own *
standing(const struct job *job)
{
	const char		*name = job->request.state == REQUEST_OPEN ?
				    job->request.head : job->head_name;
	const struct own	*own = name == NULL ? NULL :
				    branches_find(job, name);

	return own == NULL && job->forge == NULL ? newest(job) : own;
}

static void
pick(struct job *job, time_t now)
{
	struct branch		*b = &job->branch;
	const struct own	*own;

	job->head_name = head_of(job, now);
	request_pick(job);
	own = standing(job);
	if (own != NULL)
		*b = (struct branch){ .name = own->name, .oid = own->oid };
	else if (job->request.state == REQUEST_OPEN)
		b->name = job->request.head;
	else if (job->head_name != NULL)
		b->name = job->head_name;
	else
		b->name = job->config->head;
	if (job->head_name == NULL)
		job->head_name = b->name;
	own = branches_find(job, job->head_name);
	strlcpy(job->head, own == NULL ? "" : own->oid, sizeof(job->head));
}

/* Whether nothing is lost with it: 0, 1, or -1. */
static int
is_spent(const struct job *job, const struct own *own, struct error *error)
{
	enum over	 over = request_over(job, own->name, own->oid, NULL);
	struct commit	 c;

	if (over != OVER_WITHDRAWN || job->config->force)
		return over == OVER_MERGED;
	/* A person may have come before our close. */
	return find_commit(job, own->oid, &c, error);
}

static int
find_spent(struct job *job, struct error *error)
{
	struct own	*own;
	int		 rv = 0;

	for (own = job->own; own < job->own + job->nown && rv == 0; own++)
		if ((rv = is_spent(job, own, error)) == 1)
			job->spent = own;
	return rv == -1 ? -1 : 0;
}

int
branches_read(struct job *job, time_t now, struct error *error)
{
	pick(job, now);
	if (find_branch(job, error) == -1)
		return -1;
	return job->config->proposal.delete_branch && job->nplaces > 0 ?
	    find_spent(job, error) : 0;
}
