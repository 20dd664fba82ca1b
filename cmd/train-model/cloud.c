#include <string.h>

#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

#include "begun.h"
#include "cloud.h"
#include "train-model.h"

/* The stage an intent is about; NULL: of none that is open. */
static const struct stage *
stage_of_intent(const struct job *job)
{
	size_t	 i;

	for (i = 0; job->open != NULL && i < job->nstages; i++)
		if (begun_intent(job, job->stage[i].verb) != NULL)
			return &job->stage[i];
	return NULL;
}

static bool
is_listed(struct manifest *const *list, size_t n, const char *generation)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i]->generation, generation) == 0)
			return true;
	return false;
}

/* What shows in the manifests alone: choose, fail, register. */
static bool
shows_in_store(const struct registry *r, const struct intent *i)
{
	size_t	 n;

	for (n = 0; n < r->nmodels; n++)
		if (strcmp(r->model[n].manifest->generation,
		    i->generation) == 0)
			return true;
	return is_listed(r->failed, r->nfailed, i->generation) ||
	    (strcmp(i->verb, "choose") == 0 &&
	    is_listed(r->open, r->nopen, i->generation));
}

/*
 * Whether what is not to be seen is ruled out: at once where the target has
 * a name of ours, else when it would be listed by now (rule 8).
 */
static bool
is_ruled_out(const struct job *job, const struct intent *i)
{
	bool	 named = strcmp(i->verb, "dataset") != 0 &&
		    strcmp(i->verb, "import") != 0 &&
		    strcmp(i->verb, "train") != 0;

	return job->log->orphaned && (named || job->now > i->at +
	    i->duration + job->config->cloud.settle);
}

static int
judge_intent(struct job *job, struct error *error)
{
	const struct intent	*i = job->log->intent;
	const struct stage	*s;

	if (i == NULL)
		return 0;
	if (i->generation == NULL)
		return measure_effect(job, error);
	if (shows_in_store(job->registry, i)) {
		job->effect = EFFECT_DONE;
		return 0;
	}
	job->effect = is_ruled_out(job, i) ? EFFECT_LOST : EFFECT_UNKNOWN;
	if ((s = stage_of_intent(job)) == NULL)
		return 0;
	job->begun = s;
	job->effect_name = s->name;
	if (s->phase == DONE || s->phase == RUNNING || s->phase == FAILED)
		job->effect = EFFECT_DONE;	/* it was begun */
	else if (s->phase != ABSENT)
		job->effect = EFFECT_UNKNOWN;
	return 0;
}

int
cloud_stages(struct job *job, struct error *error)
{
	struct stage	*s;

	job->records = true;
	if (job->open != NULL) {
		job->stage = keep(6 * sizeof(*job->stage));
		if ((job->config->automl ? automl_stages(job, error) :
		    vertex_stages(job, error)) == -1)
			return -1;
		s = begun_add(job, "register", keepf("models/%s",
		    job->open->generation), "its model is made and not "
		    "registered");
		s->counts = true;
	}
	return judge_intent(job, error);
}
