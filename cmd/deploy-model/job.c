#include "git/forge.h"
#include "git/repo.h"
#include "run/keep.h"
#include "run/run.h"

#include "deploy-model.h"

const struct tool	tool = { .name = "deploy-model" };

struct job *
job_new(void)
{
	return keep(sizeof(struct job));
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
