#include "run/keep.h"
#include "run/run.h"

#include "cloud.h"
#include "train-model.h"

const struct tool	tool = { .name = "train-model" };

struct job *
job_new(void)
{
	return keep(sizeof(struct job));
}

/* Nothing is open. */
void
job_end(struct job *job)
{
	(void)job;
}

/*
 * A dataset or a model is no edit: there is nothing to show beforehand but
 * what it costs.
 */
int
draft(struct job *job, struct step *step, struct error *error)
{
	return job->google == NULL ? 0 : cloud_price(job, step, error);
}
