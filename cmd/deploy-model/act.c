#include <string.h>

#include "edit/edit.h"
#include "git/lock.h"
#include "git/repo.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/run.h"
#include "run/step.h"
#include "run/when.h"

#include "deploy-model.h"
#include "hydrate.h"
#include "request.h"
#include "serving.h"

static const struct model *
find(const struct job *job, const char *generation)
{
	const struct registry	*r = job->registry;
	size_t			 i;

	for (i = 0; i < r->nmodels; i++)
		if (strcmp(r->model[i].manifest->generation, generation) == 0)
			return &r->model[i];
	return NULL;
}

static const char *
evaluation_trailer(const struct evaluation *e)
{
	if (e == NULL)
		return "";
	return keepf("Evaluation: precision=%.3f recall=%.3f examples=%zu\n",
	    e->micro.precision, e->micro.recall, e->holdout);
}

/*
 * Made of the model and the base, so that the same proposal on the same base
 * is the same commit.
 */
static const char *
message(const struct config *c, const struct model *m,
    const struct proposal *p)
{
	const struct manifest	*f = m->manifest;
	const char		*again = p->after == NULL ? "" :
				    keepf("The same change on %s as of "
				    "%.7s.\n\n", c->base, p->base);

	return keepf("%s: update the model to %s\n\n"
	    "Trained on %zu examples up to %s.\n\n%s"
	    "Model: %s\nGeneration: %s\nData-Watermark: %s\n%s",
	    c->name, f->model, f->examples, when_text(f->watermark), again,
	    f->model, f->generation, when_text(f->watermark),
	    evaluation_trailer(m->evaluation));
}

static int
push(const struct job *job, const struct step *step, struct guard *guard,
    const char **name, struct error *error)
{
	const struct config	*c = job->config;
	const struct model	*m = find(job, step->generation);
	struct change		*change = keep(job->nfiles * sizeof(*change));
	struct proposal		 p = { .base = job->base, .change = change,
				    .author = c->author };
	char			*oid = keep(REPO_OID);
	size_t			 i;

	for (i = 0; i < job->nfiles; i++)
		if (job->file[i].is->data != NULL)
			change[p.nchanges++] = (struct change){
			    .path = job->file[i].path,
			    .content = job->file[i].is };
	/* What is there stays below: nothing is forced. */
	if (!c->force && job->branch.exists &&
	    strcmp(job->branch.name, job->head_name) == 0)
		p.after = job->head;
	p.message = message(c, m, &p);
	p.time = m->manifest->created;
	*name = oid;
	if ((c->hydrate.given ?
	    hydrate_write(job, step, guard, &p, oid, error) :
	    repo_write(job->repo, guard, &p, oid, error)) == -1)
		return -1;
	return repo_push(job->repo, guard, &(struct push){
	    .branch = job->head_name, .to = oid,
	    .was = job->head[0] == '\0' ? NULL : job->head }, error);
}

/* The files as the candidate's name leaves them; nothing is written yet. */
static int
edit(struct edited *f, const char *value, struct step *step,
    struct error *error)
{
	const char	*diff;

	if (edit_set(f->path, f->was, f->marks, value, f->is, error) == -1)
		return -1;
	if (f->is->len == f->was->len &&
	    memcmp(f->is->data, f->was->data, f->is->len) == 0) {
		bytes_free(f->is);
		return 0;
	}
	if (repo_diff(f->path, f->was, f->is, &diff, error) == -1)
		return -1;
	step->diff = keepf("%s%s", step->diff == NULL ? "" : step->diff,
	    diff);
	step->blobs = step->blobs == NULL ? f->oid :
	    keepf("%s %s", step->blobs, f->oid);
	return 0;
}

int
draft(struct job *job, struct step *step, struct error *error)
{
	const struct model	*m;
	size_t			 i;

	if (strcmp(step->verb, "push") != 0)
		return 0;
	if ((m = find(job, step->generation)) == NULL)
		return error_set(error, BROKEN, "no model %s in the registry",
		    step->generation);
	for (i = 0; i < job->nfiles; i++)
		if (edit(&job->file[i], m->manifest->model, step,
		    error) == -1)
			return -1;
	if (step->diff == NULL)
		return error_set(error, BROKEN, "%s already names %s "
		    "everywhere: nothing to propose", job->config->base,
		    m->manifest->model);
	return hydrate_draft(job, step, error);
}

int
act(const struct job *job, const struct step *step, struct guard *guard,
    const char **name, struct error *error)
{
	if (strcmp(step->verb, "push") == 0)
		return push(job, step, guard, name, error);
	if (strcmp(step->verb, STEP_CLOSE) == 0)
		return lock_remove(guard, step->sweep, error);
	if (strcmp(step->verb, "serve") == 0 ||
	    strcmp(step->verb, "shift") == 0 ||
	    strcmp(step->verb, "undeploy") == 0)
		return serving_act(job, step, guard, name, error);
	if (strcmp(step->verb, "delete-branch") == 0)
		return repo_push(job->repo, guard, &(struct push){
		    .branch = job->spent->name, .was = job->spent->oid },
		    error);
	return request_act(job, step, guard, name, error);
}
