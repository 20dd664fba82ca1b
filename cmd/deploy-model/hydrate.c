#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "edit/edit.h"
#include "git/repo.h"
#include "git/scratch.h"
#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/program.h"
#include "run/step.h"

#include "deploy-model.h"
#include "hydrate.h"
#include "survey.h"

/*
 * The program runs elsewhere: it needs a path that holds there.  What has a
 * slash is beside the document, or absolute.
 */
static const char *
find_program(const struct config *c, struct error *error)
{
	const char	*name = c->hydrate.command.item[0], *path;
	char		 here[PATH_MAX];

	if (strchr(name, '/') != NULL && name[0] != '/')
		name = keepf("%s/%s", dirname(keepf("%s", c->file)), name);
	if ((path = program_find(name, error)) == NULL) {
		error_in(error, "spec.config.hydrate");
		return NULL;
	}
	if (path[0] == '/')
		return path;
	if (getcwd(here, sizeof(here)) == NULL) {
		error_errno(error, RETRY, "the working directory");
		return NULL;
	}
	return keepf("%s/%s", here, path);
}

int
hydrate_draft(const struct job *job, struct step *step, struct error *error)
{
	const struct hydrate_config	*h = &job->config->hydrate;

	if (!h->given)
		return 0;
	if (find_program(job->config, error) == NULL)
		return -1;
	step->deadline = h->deadline;
	step->why = keepf("%s; %s hydrates, for at most %lds, %s",
	    step->why, h->command.item[0], h->deadline, program_offline() ?
	    "without a network" : "with this machine's network, because the "
	    "kernel allows it none of its own");
	return 0;
}

/* What may be read and changed by it; no paths are the whole tree. */
static const struct strings *
inputs(const struct config *c)
{
	struct strings	*all = keep(sizeof(*all));
	size_t		 i;

	if (c->paths.n == 0)
		return all;
	all->item = keep((c->paths.n + c->hydrate.paths.n) *
	    sizeof(*all->item));
	for (i = 0; i < c->paths.n; i++)
		all->item[all->n++] = c->paths.item[i];
	for (i = 0; i < c->hydrate.paths.n; i++)
		all->item[all->n++] = c->hydrate.paths.item[i];
	return all;
}

static int
run(const struct job *job, const struct step *step, struct guard *guard,
    const struct scratch_tree *t, struct ending *ending, struct error *error)
{
	const struct config	*c = job->config;
	const struct strings	*command = &c->hydrate.command;
	const char		*path, **argv;

	if ((path = find_program(c, error)) == NULL)
		return -1;
	argv = keep((command->n + 1) * sizeof(*argv));
	memcpy(argv, command->item, command->n * sizeof(*argv));
	if (strchr(argv[0], '/') != NULL)
		argv[0] = path;
	return program_run(guard, &(struct program){
	    .path = path, .argv = argv, .folder = t->files, .log = t->log,
	    .deadline = c->hydrate.deadline, .offline = program_offline(),
	    .env = (const char *const []){
		"PATH=" PROGRAM_PATH, "LANG=C.UTF-8",
		keepf("HOME=%s", t->home), keepf("TMPDIR=%s", t->home),
		keepf("MODELSYNC_NAME=%s", c->name),
		keepf("MODELSYNC_GENERATION=%s", step->generation),
		NULL } }, ending, error);
}

/* Whether it did what it was run for. */
static int
check_ending(const struct scratch_tree *t, const struct ending *ending,
    struct error *error)
{
	const char	*said;

	if (ending->good)
		return 0;
	said = scratch_said(t);
	return error_set(error, ending->overdue ? RETRY : BROKEN,
	    "hydration ended with %s%s%s", ending->words,
	    *said == '\0' ? ", without a word" : ": ", said);
}

/* The file of a survey at a path; NULL. */
static const struct edited *
file_at(const struct survey *s, const char *path)
{
	size_t	 i;

	for (i = 0; i < s->nfiles; i++)
		if (strcmp(s->file[i].path, path) == 0)
			return &s->file[i];
	return NULL;
}

static const char *
model_of(const struct job *job, const char *generation)
{
	size_t	 i;

	for (i = 0; i < job->nmodels; i++)
		if (strcmp(job->model[i].generation, generation) == 0)
			return job->model[i].id;
	return "";
}

/* The commit as the next run will see it: or it would be made for ever. */
static int
check_places(const struct job *job, const char *model, const char *oid,
    struct error *error)
{
	const struct edited	*f;
	const struct place	*p;
	struct survey		 s;
	size_t			 i, j;

	if (survey_make(job->repo, job->config, oid, &s, error) != 0)
		return error_in(error, "after hydration");
	for (i = 0; i < job->nfiles; i++) {
		f = file_at(&s, job->file[i].path);
		if (f == NULL || f->places->n < job->file[i].places->n)
			return error_set(error, BROKEN, "hydration left %zu "
			    "of %zu marked places in %s", f == NULL ? 0 :
			    f->places->n, job->file[i].places->n,
			    job->file[i].path);
	}
	for (i = 0; i < s.nfiles; i++)
		for (j = 0; j < s.file[i].places->n; j++) {
			p = &s.file[i].places->place[j];
			if (strcmp(p->value, model) != 0)
				return error_set(error, BROKEN, "hydration "
				    "made %s name \"%s\", expected \"%s\"",
				    survey_where(&s.file[i], p), p->value,
				    model);
		}
	return 0;
}

/* In the folder that was written out: the program, and what it changed. */
static int
write_hydrated(const struct job *job, const struct step *step,
    struct guard *guard, struct scratch_tree *t, struct proposal *p,
    struct error *error)
{
	const struct strings	*paths = &job->config->hydrate.paths;
	struct ending		 ending;

	if (run(job, step, guard, t, &ending, error) == -1 ||
	    check_ending(t, &ending, error) == -1)
		return -1;
	if (scratch_read(t, paths->item, paths->n, &p->change, &p->nchanges,
	    error) == -1)
		return error_in(error, "after hydration");
	return 0;
}

int
hydrate_write(const struct job *job, const struct step *step,
    struct guard *guard, const struct proposal *edits, char oid[],
    struct error *error)
{
	const struct strings	*all = inputs(job->config);
	struct proposal		 p = *edits;
	struct scratch_tree	 t;
	int			 rv;

	if (scratch_open(&t, job->repo, guard, &(struct scratch_terms){
	    .commit = edits->base, .paths = all->item, .npaths = all->n,
	    .change = edits->change, .nchanges = edits->nchanges },
	    error) == -1 ||
	    write_hydrated(job, step, guard, &t, &p, error) == -1 ||
	    repo_write(job->repo, guard, &p, oid, error) == -1)
		rv = -1;
	else
		rv = check_places(job, model_of(job, step->generation), oid,
		    error);
	scratch_close(&t);
	return rv;
}
