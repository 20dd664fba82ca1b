#include "git/forge.h"
#include "git/repo.h"
#include "run/keep.h"
#include "run/run.h"

#include "deploy-model.h"

const struct tool	tool = { .name = "deploy-model", .usage = "" };

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

void
job_end(struct job *job)
{
	repo_close(job->repo);
	if (job->forge != NULL)
		forge_close(job->forge);
	job->repo = NULL;
	job->forge = NULL;
}
