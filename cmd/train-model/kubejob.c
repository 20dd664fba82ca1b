#include <string.h>

#include "kube/batch.h"
#include "kube/kube.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/store.h"
#include "model/template.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"
#include "run/when.h"

#include "cloud.h"
#include "kubejob.h"
#include "train-model.h"

#define LABEL_OWNER	"modelsync.dev/owner"
#define LABEL_GENERATION "modelsync.dev/generation"
#define NOTE_OUTPUT	"modelsync.dev/output"	/* folder in tmp/ */
#define OWNER_DIGITS	12
#define VARIABLES	5

static const char *
text(const json_t *object, const char *key)
{
	const char	*value = json_string_value(json_object_get(object,
			    key));

	return value == NULL ? "" : value;
}

/* An owner has a slash, and a label's value has none. */
static const char *
owner(const struct job *job)
{
	const char	*whole = job->config->owner;

	return keep_copy(hash_parts(1, &whole), OWNER_DIGITS);
}

static json_t *
pod_of(const json_t *template)
{
	return json_object_get(json_object_get(json_object_get(template,
	    "spec"), "template"), "spec");
}

static int
read_template(struct job *job, struct error *error)
{
	const char	*file = job->config->job.template, *namespace;
	json_t		*t;

	if (template_read(file, &t, error) == -1)
		return error_in(error, "spec.training.job.template");
	if (json_object_get(t, "spec") == NULL)
		t = keep_json(json_pack("{sO}", "spec", t));
	else if (strcmp(text(t, "apiVersion"), KUBE_BATCH) != 0 ||
	    strcmp(text(t, "kind"), "Job") != 0)
		return error_set(error, BROKEN, "%s is of %s %s, expected "
		    KUBE_BATCH " Job", file, text(t, "apiVersion"),
		    text(t, "kind"));
	if (!json_is_object(json_array_get(json_object_get(pod_of(t),
	    "containers"), 0)))
		return error_set(error, BROKEN, "%s: no container in "
		    "spec.template.spec.containers, expected a Job or its "
		    "spec", file);
	namespace = text(json_object_get(t, "metadata"), "namespace");
	if (*namespace != '\0' &&
	    strcmp(namespace, kube_namespace(job->kube)) != 0)
		return error_set(error, BROKEN, "%s names the namespace %s, "
		    "but its Jobs are made in that of the Lease, %s", file,
		    namespace, kube_namespace(job->kube));
	job->template = t;
	return 0;
}

static void
set(struct stage *s, enum phase phase, const char *why)
{
	s->phase = phase;
	s->why = why;
}

/* The condition of a type, when it holds; reasons are for people. */
static const json_t *
condition(const json_t *object, const char *type)
{
	const json_t	*c;
	size_t		 i;

	json_array_foreach(json_object_get(json_object_get(object, "status"),
	    "conditions"), i, c)
		if (strcmp(text(c, "type"), type) == 0 &&
		    strcmp(text(c, "status"), "True") == 0)
			return c;
	return NULL;
}

static int
check_ours(const struct job *job, const json_t *object, struct error *error)
{
	const char	*name = job->open->generation;
	const json_t	*labels = json_object_get(json_object_get(object,
			    "metadata"), "labels");

	if (strcmp(text(labels, LABEL_OWNER), owner(job)) == 0 &&
	    strcmp(text(labels, LABEL_GENERATION), name) == 0)
		return 0;
	return error_set(error, BROKEN, "Job %s/%s is there already and is "
	    "not of %s: delete it", kube_namespace(job->kube), name,
	    job->config->owner);
}

/* -1 when its evaluation could not be read, which is no verdict. */
static int
judge_output(const struct job *job, struct stage *s, struct error *error)
{
	struct error	 why;
	int		 good;

	if (job->output == NULL) {
		set(s, FAILED, keepf("Job %s is complete and its output is "
		    "not in the store", job->open->generation));
		return 0;
	}
	if ((good = trained_well(job, job->output, &why)) == -1) {
		*error = why;
		return -1;
	}
	if (good)
		set(s, DONE, keepf("Job %s is complete",
		    job->open->generation));
	else
		set(s, FAILED, keepf("%s", why.text));
	return 0;
}

static int
judge_job(struct job *job, struct stage *s, const json_t *object,
    struct error *error)
{
	const char	*name = job->open->generation;
	const json_t	*meta = json_object_get(object, "metadata"), *failed;
	time_t		 since;

	s->name = name;
	job->output = store_found(&(struct scratch){ job->config->store,
	    job->config->owner, name }, text(json_object_get(meta,
	    "annotations"), NOTE_OUTPUT));
	if (condition(object, "Complete") != NULL)
		return judge_output(job, s, error);
	if ((failed = condition(object, "Failed")) != NULL) {
		set(s, FAILED, keepf("Job %s failed: %.200s", name,
		    text(failed, "message")));
		return 0;
	}
	if (when_parse(text(meta, "creationTimestamp"), &since) == -1)
		since = 0;
	stage_goes_on(job, s, since, keepf("Job %s is active", name));
	return 0;
}

/*
 * A Job that was begun for certain and is gone left no outcome: the attempt
 * failed, and the next has another name, so that what may still be ending is
 * not in its way.
 */
static int
find_job(struct job *job, struct stage *s, struct error *error)
{
	const char	*name = job->open->generation;
	json_t		*object;
	int		 rv;

	if ((rv = batch_get(job->kube, name, &object, error)) == -1)
		return -1;
	if (rv == 1) {
		if (was_begun(outcome_of(job, s->verb)))
			set(s, FAILED, keepf("Job %s is gone and left no "
			    "outcome", name));
		return 0;
	}
	if (check_ours(job, object, error) == -1)
		return -1;
	return judge_job(job, s, object, error);
}

int
kubejob_stages(struct job *job, struct error *error)
{
	const char	*name;

	job->records = true;
	if (read_template(job, error) == -1)
		return -1;
	if (job->open == NULL)
		return 0;
	name = job->open->generation;
	job->stage = keep(2 * sizeof(*job->stage));
	job->nstages = 2;
	job->stage[0] = (struct stage){ .verb = "train", .phase = ABSENT,
	    .target = keepf("Job %s", name), .spends = true,
	    .why = keepf("its dataset of %zu examples is there and its "
	    "model is not", job->open->examples) };
	job->stage[1] = (struct stage){ .verb = "register", .phase = ABSENT,
	    .target = keepf("models/%s", name), .counts = true,
	    .why = "it was trained and is not registered" };
	return find_job(job, &job->stage[0], error);
}

/* Ours first: $(NAME) in what stands behind them is what it says. */
static void
set_environment(const struct job *job, json_t *container,
    const char *folder, const char *store)
{
	const char	*name = job->open->generation;
	const char	*ours[VARIABLES][2] = {
		{ "MODELSYNC_DATASET", keepf("%s/datasets/%s", store, name) },
		{ "MODELSYNC_OUTPUT", folder },
		{ "MODELSYNC_GENERATION", name },
		{ "MODELSYNC_NAME", job->config->name },
		{ "MODELSYNC_PREVIOUS", previous_models(job, store) }
	};
	json_t		*env = keep_json(json_array()), *item;
	size_t		 i, j;

	for (i = 0; i < VARIABLES; i++)
		json_array_append(env, keep_json(json_pack("{ss ss}", "name",
		    ours[i][0], "value", ours[i][1])));
	json_array_foreach(json_object_get(container, "env"), i, item) {
		for (j = 0; j < VARIABLES &&
		    strcmp(text(item, "name"), ours[j][0]) != 0; j++)
			continue;
		if (j == VARIABLES)
			json_array_append(env, item);
	}
	json_object_set(container, "env", env);
}

/* The texts of the template's labels or annotations. */
static json_t *
copied(const struct job *job, const char *which)
{
	json_t	*from = json_object_get(json_object_get(job->template,
		    "metadata"), which);

	return keep_json(json_is_object(from) ? json_deep_copy(from) :
	    json_object());
}

static json_t *
body(const struct job *job, const char *folder, const char *store)
{
	const char	*name = job->open->generation;
	json_t		*labels = copied(job, "labels");
	json_t		*notes = copied(job, "annotations");
	json_t		*spec = keep_json(json_deep_copy(
			    json_object_get(job->template, "spec")));
	json_t		*whole;

	json_object_set_new(labels, LABEL_OWNER, json_string(owner(job)));
	json_object_set_new(labels, LABEL_GENERATION, json_string(name));
	json_object_set_new(notes, NOTE_OUTPUT,
	    json_string(strrchr(folder, '/') + 1));
	whole = keep_json(json_pack("{ss ss s{ss ss sO sO} sO}",
	    "apiVersion", KUBE_BATCH, "kind", "Job", "metadata", "name",
	    name, "namespace", kube_namespace(job->kube), "labels", labels,
	    "annotations", notes, "spec", spec));
	set_environment(job, json_array_get(json_object_get(pod_of(whole),
	    "containers"), 0), folder, store);
	return whole;
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
	const char	*name = job->open->generation, *folder, *store;
	json_t		*object;
	int		 rv;

	if (scratch(job, guard, &folder, error) == -1 ||
	    (folder = absolute_path(folder, error)) == NULL ||
	    (store = absolute_path(job->config->store, error)) == NULL)
		return -1;
	rv = batch_create(job->kube, guard, name, body(job, folder, store),
	    error);
	if (rv != 1)
		return rv;
	if ((rv = batch_get(job->kube, name, &object, error)) == 1)
		return error_set(error, RETRY, "Job %s was there and is "
		    "gone", name);
	return rv == -1 ? -1 : check_ours(job, object, error);
}

static int
publish(const struct job *job, struct guard *guard, const char *from,
    const char *folder, struct error *error)
{
	if (write_manifest(guard, from, job->open, error) == -1)
		return -1;
	return store_publish(&(struct publication){ job->config->store, from,
	    folder, job->open->generation }, guard, error);
}

/* With what the Job left, where it left something. */
static int
fail(const struct job *job, struct guard *guard, struct error *error)
{
	const char	*from = job->output;

	if (from == NULL && scratch(job, guard, &from, error) == -1)
		return -1;
	return publish(job, guard, from, "failed", error);
}

int
kubejob_act(const struct job *job, const struct step *step,
    struct guard *guard, const char **name, struct error *error)
{
	*name = step->generation;
	if (strcmp(step->verb, "train") == 0)
		return train(job, guard, error);
	if (strcmp(step->verb, "fail") == 0)
		return fail(job, guard, error);
	return publish(job, guard, job->output, "models", error);
}
