#include "run/keep.h"
#include "run/run.h"

#include "train-model.h"

const struct tool	tool = { .name = "train-model", .usage = "" };

struct job *
job_new(void)
{
	return keep(sizeof(struct job));
}

/* No options of its own. */
int
job_option(struct job *job, int c, const char *value, struct error *error)
{
	(void)job;
	(void)c;
	(void)value;
	(void)error;
	return 0;
}

/* A dataset or a model is no edit: there is nothing to show beforehand. */
int
draft(struct job *job, struct step *step, struct error *error)
{
	(void)job;
	(void)step;
	(void)error;
	return 0;
}
