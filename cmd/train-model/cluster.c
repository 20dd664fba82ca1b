#include <stdbool.h>
#include <string.h>

#include "kube/content.h"
#include "kube/kube.h"
#include "kube/object.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/store.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"

#include "cluster.h"
#include "train-model.h"
#include "workload.h"

#define LABEL_OWNER	"modelsync.dev/owner"
#define LABEL_GENERATION "modelsync.dev/generation"
#define NOTE_OUTPUT	"modelsync.dev/output"	/* folder in tmp/ */
#define OWNER_DIGITS	12

/* The memo in the Lease of the last generation whose training was begun. */
#define MEMO_BEGUN	"begun"

/* An owner has a slash, and a label's value has none. */
static const char *
owner(const struct job *job)
{
	const char	*whole = job->config->owner;

	return keep_copy(hash_parts(1, &whole), OWNER_DIGITS);
}

static int
check_ours(const struct job *job, const json_t *object, struct error *error)
{
	const json_t	*labels = json_object_get(json_object_get(object,
			    "metadata"), "labels");

	if (strcmp(content_text(labels, LABEL_OWNER), owner(job)) == 0 &&
	    strcmp(content_text(labels, LABEL_GENERATION),
	    job->workload->name) == 0)
		return 0;
	return error_set(error, BROKEN, "%s is there already and is not of "
	    "%s: delete it", object_words(job->kube, job->workload),
	    job->config->owner);
}

static const char *
words(const struct job *job)
{
	return keepf("%s %s", job->workload->kind, job->workload->name);
}

/* -1 when its evaluation could not be read, which is no verdict. */
static int
judge_output(struct job *job, struct stage *s, const json_t *object,
    struct error *error)
{
	const char	*problem;
	struct error	 why;
	int		 good;

	job->model = job->open->generation;
	if (job->config->cluster.result != NULL &&
	    (job->model = kuberun_model(job, object, &problem)) == NULL) {
		stage_set(s, FAILED, keepf("%s is complete, but %s", words(job),
		    problem));
		return 0;
	}
	if (job->output == NULL) {
		stage_set(s, FAILED, keepf("%s is complete and its output is "
		    "not in the store", words(job)));
		return 0;
	}
	if ((good = trained_well(job, job->output, &why)) == -1) {
		*error = why;
		return -1;
	}
	if (good)
		stage_set(s, DONE, keepf("%s is complete", words(job)));
	else
		stage_set(s, FAILED, keepf("%s", why.text));
	return 0;
}

static int
judge(struct job *job, struct stage *s, const json_t *object,
    struct error *error)
{
	const json_t	*meta = json_object_get(object, "metadata");
	const char	*message = "";
	int		 rv;

	s->name = job->workload->name;
	job->output = store_found(&(struct scratch){ job->config->store,
	    job->config->owner, s->name }, content_text(json_object_get(meta,
	    "annotations"), NOTE_OUTPUT));
	rv = job->config->job ? kubejob_ended(object, &message) :
	    kuberun_ended(object, &message);
	if (rv == 1)
		return judge_output(job, s, object, error);
	if (rv == 0)
		stage_set(s, FAILED, keepf("%s failed: %.200s", words(job),
		    message));
	else
		stage_goes_on(job, s, content_time(meta, "creationTimestamp"),
		    keepf("%s is active", words(job)));
	return 0;
}

/* Ten outcomes are remembered, and a register may fail more often. */
static void
remember_begun(const struct job *job)
{
	json_object_set_new(job->log->memo, MEMO_BEGUN,
	    json_string(job->open->generation));
}

static bool
is_remembered(const struct job *job, const struct stage *s)
{
	return stage_was_begun(stage_outcome(job, s->verb)) ||
	    strcmp(content_text(job->log->memo, MEMO_BEGUN),
	    job->open->generation) == 0;
}

/*
 * One that was begun for certain and is gone left no outcome: the attempt
 * failed, and the next has another name, so that what may still be ending is
 * not in its way.
 */
static int
find(struct job *job, struct stage *s, struct error *error)
{
	json_t	*object;
	int	 rv;

	if ((rv = object_get(job->kube, job->workload, &object, error)) == -1)
		return -1;
	if (rv == 1) {
		if (is_remembered(job, s))
			stage_set(s, FAILED, keepf("%s is gone and left no "
			    "outcome", words(job)));
		return 0;
	}
	if (check_ours(job, object, error) == -1)
		return -1;
	return judge(job, s, object, error);
}

int
cluster_stages(struct job *job, struct error *error)
{
	const char	*name;

	job->records = true;
	if (workload_template(job, error) == -1)
		return -1;
	if (job->open == NULL)
		return 0;
	job->workload = workload_object(job);
	name = job->open->generation;
	job->stage = keep(2 * sizeof(*job->stage));
	job->nstages = 2;
	job->stage[0] = (struct stage){ .verb = "train", .phase = ABSENT,
	    .target = words(job), .spends = true,
	    .why = keepf("its dataset of %zu examples is there and its "
	    "model is not", job->open->examples) };
	job->stage[1] = (struct stage){ .verb = "register", .phase = ABSENT,
	    .target = keepf("models/%s", name), .counts = true,
	    .why = "it was trained and is not registered" };
	return find(job, &job->stage[0], error);
}

static json_t *
body(const struct job *job, const char *output, const char *store)
{
	const struct object	*o = job->workload;
	const struct places	 p = { .store = store, .output = output };
	json_t			*labels, *notes, *spec;

	labels = content_copied(job->template, "labels");
	notes = content_copied(job->template, "annotations");
	spec = job->config->job ? kubejob_spec(job, &p) :
	    kuberun_spec(job, &p);
	json_object_set_new(labels, LABEL_OWNER, json_string(owner(job)));
	json_object_set_new(labels, LABEL_GENERATION, json_string(o->name));
	json_object_set_new(notes, NOTE_OUTPUT, json_string(output));
	return keep_json(json_pack("{ss ss s{ss ss so so} sO}", "apiVersion",
	    o->group, "kind", o->kind, "metadata", "name", o->name,
	    "namespace", kube_namespace(job->kube), "labels", labels,
	    "annotations", notes, "spec", spec));
}

static int
scratch(const struct job *job, const struct guard *guard,
    const char **path, struct error *error)
{
	return store_scratch(&(struct scratch){ job->config->store,
	    job->config->owner, job->open->generation }, guard, path, error);
}

static int
train(const struct job *job, struct guard *guard, struct error *error)
{
	const char	*folder, *store;
	json_t		*object;
	int		 rv;

	if (scratch(job, guard, &folder, error) == -1 ||
	    (store = absolute_path(job->config->store, error)) == NULL)
		return -1;
	rv = object_create(job->kube, guard, job->workload, body(job,
	    strrchr(folder, '/') + 1, store), error);
	if (rv != 1)
		return rv;
	if ((rv = object_get(job->kube, job->workload, &object, error)) == 1)
		return error_set(error, RETRY, "%s was there and is gone",
		    words(job));
	return rv == -1 ? -1 : check_ours(job, object, error);
}

static int
publish(const struct job *job, struct guard *guard, const char *from,
    const char *folder, struct error *error)
{
	struct manifest	 m = *job->open;

	if (strcmp(folder, "models") == 0)
		m.model = job->model;
	if (write_manifest(guard, from, &m, error) == -1)
		return -1;
	return store_publish(&(struct publication){ job->config->store, from,
	    folder, m.generation }, guard, error);
}

/* With what it left, where it left something. */
static int
fail(const struct job *job, struct guard *guard, struct error *error)
{
	const char	*from = job->output;

	if (from == NULL && scratch(job, guard, &from, error) == -1)
		return -1;
	return publish(job, guard, from, "failed", error);
}

int
cluster_act(const struct job *job, const struct step *step,
    struct guard *guard, const char **name, struct error *error)
{
	int	 rv;

	*name = step->generation;
	if (strcmp(step->verb, "train") == 0) {
		if ((rv = train(job, guard, error)) == 0)
			remember_begun(job);
		return rv;
	}
	remember_begun(job);
	if (strcmp(step->verb, "fail") == 0)
		return fail(job, guard, error);
	*name = job->model;
	return publish(job, guard, job->output, "models", error);
}
