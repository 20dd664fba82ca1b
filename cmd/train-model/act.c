#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "data/dataset.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "model/store.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/program.h"
#include "run/run.h"
#include "run/step.h"
#include "run/when.h"

#include "cloud.h"
#include "cluster.h"
#include "train-model.h"

#define PREVIOUS	3	/* models a trainer is shown, at most */

static json_t *
label_counts(const struct dataset *d)
{
	json_t	*labels = keep_json(json_object());
	size_t	 i;

	for (i = 0; i < d->nlabels; i++)
		json_object_set_new(labels, d->labels[i],
		    json_integer((json_int_t)d->support[i]));
	return labels;
}

int
write_manifest(const struct guard *guard, const char *folder,
    const struct manifest *m, struct error *error)
{
	struct bytes	 b;
	int		 rv;

	if (manifest_text(m, &b, error) == -1)
		return -1;
	rv = store_write(guard, keepf("%s/manifest.json", folder), &b, error);
	bytes_free(&b);
	return rv;
}

static int
write_dataset(const struct job *job, const struct step *step,
    const struct guard *guard, const char *folder, struct error *error)
{
	const struct config	*c = job->config;
	struct bytes		 b;
	struct manifest		 m;
	int			 rv;

	if (dataset_text(job->selected, &b, error) == -1)
		return -1;
	m = (struct manifest){ .model = step->generation,
	    .generation = step->generation, .owner = c->owner,
	    .name = c->name, .created = job->now,
	    .watermark = job->watermark, .spec_hash = c->spec_hash,
	    .stem = job->stem, .input_hash = hash_bytes(b.data, b.len),
	    .predecessor = job->newest == NULL ? "" : job->newest->model,
	    .attempt = job->attempt, .examples = job->examples,
	    .labels = label_counts(job->selected) };
	rv = store_write(guard, keepf("%s/data.jsonl", folder), &b, error);
	bytes_free(&b);
	return rv == -1 ? -1 : write_manifest(guard, folder, &m, error);
}

static int
build(const struct job *job, const struct step *step, struct guard *guard,
    struct error *error)
{
	const char	*store = job->config->store, *scratch;

	if (store_scratch(&(struct scratch){ store, job->config->owner,
	    step->generation }, guard, &scratch, error) == -1 ||
	    write_dataset(job, step, guard, scratch, error) == -1)
		return -1;
	return store_publish(&(struct publication){ store, scratch,
	    "datasets", step->generation }, guard, error);
}

/*
 * A trainer runs in a folder of its own: it needs paths that hold there.  No
 * link is resolved: a python in a virtual environment is a link, and knows
 * where it lives by the name it was called.
 */
const char *
absolute_path(const char *path, struct error *error)
{
	char	 here[PATH_MAX];

	if (path[0] == '/')
		return path;
	if (getcwd(here, sizeof(here)) == NULL) {
		error_errno(error, RETRY, "the working directory");
		return NULL;
	}
	return keepf("%s/%s", here, path);
}

const char *
previous_models(const struct job *job, const char *folder)
{
	const struct registry	*r = job->registry;
	const char		*list = "";
	size_t			 i;

	for (i = 0; i < r->nmodels && i < PREVIOUS; i++)
		list = keepf("%s%s%s/%s", list, i == 0 ? "" : ":", folder,
		    r->model[r->nmodels - 1 - i].manifest->generation);
	return list;
}

static int
run_trainer(const struct job *job, struct guard *guard,
    const char *scratch, struct ending *ending, struct error *error)
{
	const struct config	*c = job->config;
	const char		*folder, *store, *path;
	const char		**argv;

	if ((folder = absolute_path(scratch, error)) == NULL ||
	    (store = absolute_path(c->store, error)) == NULL ||
	    (path = absolute_path(job->program, error)) == NULL)
		return -1;
	argv = keep((c->command.n + 1) * sizeof(*argv));
	memcpy(argv, c->command.item, c->command.n * sizeof(*argv));
	if (strchr(argv[0], '/') != NULL)
		argv[0] = path;	/* what is relative holds only here */
	return program_run(guard, &(struct program){
	    .path = path, .argv = argv,
	    .folder = folder, .log = keepf("%s/trainer.log", folder),
	    .deadline = c->training_deadline,
	    .env = (const char *const []){
		"PATH=" PROGRAM_PATH, "LANG=C.UTF-8",
		keepf("HOME=%s", folder), keepf("TMPDIR=%s", folder),
		keepf("MODELSYNC_DATASET=%s/datasets/%s", store,
		    job->open->generation),
		keepf("MODELSYNC_OUTPUT=%s", folder),
		keepf("MODELSYNC_GENERATION=%s", job->open->generation),
		keepf("MODELSYNC_NAME=%s", c->name),
		keepf("MODELSYNC_PREVIOUS=%s", previous_models(job,
		    keepf("%s/models", store))),
		NULL } }, ending, error);
}

int
trained_well(const struct job *job, const char *folder, struct error *error)
{
	const char		*name = job->open->generation;
	struct evaluation	 e;
	int			 rv;

	rv = evaluation_read(keepf("%s/evaluation.json", folder), &e, error);
	if (rv == -1 && error->verdict == RETRY)
		return -1;
	if (rv == 1)
		error_set(error, RETRY, "the trainer wrote no "
		    "evaluation.json");
	else if (rv == 0 && (strcmp(e.generation, name) != 0 ||
	    strcmp(e.model, name) != 0))
		rv = error_set(error, RETRY, "the trainer's evaluation.json "
		    "is of %s, not of %s", e.model, name);
	error->verdict = RETRY;	/* the next attempt may fare better */
	return rv == 0 ? 1 : 0;
}

/* Exit 0 and a valid evaluation of this generation: that is success. */
static int
succeeded(const struct job *job, const char *scratch,
    const struct ending *ending, struct error *error)
{
	if (ending->good)
		return trained_well(job, scratch, error);
	error_set(error, RETRY, "the trainer ended with %s", ending->words);
	return 0;
}

static int
train(const struct job *job, const struct step *step, struct guard *guard,
    struct error *error)
{
	const char	*store = job->config->store, *scratch, *folder;
	struct error	 why;
	struct ending	 ending;
	int		 good;

	if (store_scratch(&(struct scratch){ store, job->config->owner,
	    step->generation }, guard, &scratch, error) == -1 ||
	    run_trainer(job, guard, scratch, &ending, error) == -1)
		return -1;
	/* A training was paid for: whatever fails from here on counts. */
	if ((good = succeeded(job, scratch, &ending, &why)) == -1) {
		*error = why;
		return 1;
	}
	folder = good ? "models" : "failed";
	if (write_manifest(guard, scratch, job->open, error) == -1 ||
	    store_publish(&(struct publication){ store, scratch, folder,
	    step->generation }, guard, error) == -1)
		return 1;
	if (good)
		return 0;
	*error = why;
	error_in(error, "failed/%s/trainer.log", step->generation);
	return 1;
}

/*
 * What must not look like a fresh start when the store is not there: kept in
 * the Lease, written with the outcome.
 */
void
remember_made(const struct job *job, const struct step *step)
{
	json_object_set_new(job->log->memo, MEMO_MADE,
	    json_pack("{ss ss ss}", "generation", step->generation, "at",
	    when_text(job->now), "retry", retry_hash(job->config)));
}

int
act(const struct job *job, const struct step *step, struct guard *guard,
    const char **name, struct error *error)
{
	int	 rv;

	if (job->google != NULL)
		return cloud_act(job, step, guard, name, error);
	*name = step->generation;
	if (strcmp(step->verb, "build") == 0)
		rv = build(job, step, guard, error);
	else
		rv = job->kube != NULL ?
		    cluster_act(job, step, guard, name, error) :
		    train(job, step, guard, error);
	if (rv == 0)
		remember_made(job, step);
	return rv;
}
