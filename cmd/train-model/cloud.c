#include <stdlib.h>
#include <string.h>

#include "google/automl.h"
#include "google/bigquery.h"
#include "google/bucket.h"
#include "google/google.h"
#include "google/operation.h"
#include "google/status.h"
#include "google/vertex.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/when.h"

#include "cloud.h"
#include "suspect.h"
#include "train-model.h"

/*
 * How long after an intent's end a create of AutoML's may still have begun:
 * the server's clock may be off, and a request may have waited on its way.
 */
#define LATE	300

/* The open intent, if it is to begin a stage of the open generation. */
static const struct intent *
intent_of(const struct job *job, const char *verb)
{
	const struct intent	*i = job->log->intent;

	return i != NULL && i->generation != NULL &&
	    strcmp(i->verb, verb) == 0 &&
	    strcmp(i->generation, job->open->generation) == 0 ? i : NULL;
}

/*
 * What cannot be read keeps everything else from beginning, for as long as a
 * training may take, and then a person must look.
 */
static void
unreadable(const struct job *job, struct stage *s, time_t since,
    const char *why)
{
	stage_set(s, since != 0 && job->now - since >
	    job->config->cloud.deadline ? OVERDUE : UNREADABLE, why);
}

/* What was begun, in words: the answer need not have had a name. */
static const char *
begun_name(const struct outcome *o)
{
	return o->name != NULL ? o->name : keepf("%s %s, begun at %s without "
	    "a name,", o->verb, o->target, when_text(o->at));
}

/* A stage by the operation that was recorded when it was begun. */
static void
by_operation(const struct job *job, struct stage *s, json_t *json,
    const struct outcome *o)
{
	struct operation	 op;

	s->name = o->name;
	if (json == NULL) {
		/* It was begun for certain: it is not begun again. */
		unreadable(job, s, o->at, keepf("%s is gone, and its result "
		    "is not listed", begun_name(o)));
		return;
	}
	operation_read(json, &op);
	switch (op.progress) {
	case UNREADABLE_YET:
		unreadable(job, s, o->at, keepf("%s: %s", o->name, op.why));
		break;
	case GOING_ON:
		stage_goes_on(job, s, o->at, keepf("%s goes on", o->name));
		break;
	case FAILED_FOR_GOOD:
		stage_set(s, FAILED, op.why);
		break;
	case SUCCEEDED:
		stage_set(s, DONE, keepf("%s is done", o->name));
		break;
	}
}

/* What BigQuery made of the export. */
static void
by_job(const struct job *job, struct stage *s, json_t *json)
{
	const char	*why;
	time_t		 since = job->open->created;

	switch (bigquery_state(json, &why)) {
	case JOB_ABSENT:
		break;
	case JOB_UNREADABLE:
		unreadable(job, s, since, why);
		break;
	case JOB_RUNNING:
		stage_goes_on(job, s, since, keepf("BigQuery job %s-export "
		    "goes on", job->open->generation));
		break;
	case JOB_DONE:
		stage_set(s, DONE, "the data is in the bucket");
		break;
	case JOB_FAILED:
	case JOB_UNLUCKY:
		stage_set(s, FAILED, why);
		break;
	}
}

static struct stage *
add(struct job *job, const char *verb, const char *target, const char *why)
{
	struct stage	*s = &job->stage[job->nstages++];

	*s = (struct stage){ .verb = verb, .phase = ABSENT, .why = why,
	    .target = target };
	return s;
}

/* The item of a list that carries the open generation's label. */
static json_t *
labelled(const struct job *job, json_t *list)
{
	const char	*generation;
	json_t		*item;
	size_t		 i;

	json_array_foreach(list, i, item) {
		generation = google_label(item, GOOGLE_GENERATION);
		if (generation != NULL && strcmp(generation,
		    job->open->generation) == 0)
			return item;
	}
	return NULL;
}

/* What is read of AutoML for a generation that is open. */
struct automl {
	json_t	*job;		/* of BigQuery */
	json_t	*datasets, *dataset, *model;
	json_t	*operation[3];	/* recorded: dataset, import, train */
	json_t	*suspects[3];	/* where it cannot be told; NULL */
};

static const char	*const begun[] = { "dataset", "import", "train" };
static const char	*const detail[] = {
	"createDatasetDetails", "importDataDetails", "createModelDetails"
};

#define BEGUN	(sizeof(begun) / sizeof(begun[0]))

/*
 * Whether the log reaches back to before a stage can have been begun.  Not
 * that of a Lease that was lost; nor when ten outcomes came after it.
 */
static bool
is_remembered(const struct job *job, const char *verb)
{
	static const char	*const order[] = {
		"choose", "export", "dataset", "import", "train"
	};
	size_t			 i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (stage_outcome(job, order[i]) != NULL)
			return true;
		if (strcmp(order[i], verb) == 0)
			return false;
	}
	return true;
}

/* When what nobody remembers may have been begun. */
static void
suspect(const struct job *job, size_t k, struct suspicion *why)
{
	const struct intent	*i = intent_of(job, begun[k]);

	*why = (struct suspicion){ .from = job->open->created - LATE,
	    .to = job->now + LATE,
	    .unlabelled = strcmp(begun[k], "import") == 0 };
	if (i != NULL) {
		why->from = i->at - LATE;
		why->to = i->at + i->duration + LATE;
		why->known = i->at + i->duration +
		    job->config->cloud.settle;
	}
}

/* What is to be read of the k-th create.  Returns how many looks. */
static size_t
look_at_begun(const struct job *job, struct automl *a, size_t k,
    struct look *look, json_t ***into)
{
	const struct outcome	*o = stage_outcome(job, begun[k]);
	struct suspicion	 why;

	if (intent_of(job, begun[k]) == NULL && stage_was_begun(o)) {
		if (o->name == NULL)
			return 0;
		*look = automl_look_operation(o->name);
		*into = &a->operation[k];
		return 1;
	}
	if (intent_of(job, begun[k]) == NULL && is_remembered(job, begun[k]))
		return 0;
	suspect(job, k, &why);
	*look = automl_look_operations(job->config, detail[k], why.from);
	*into = &a->suspects[k];
	return 1;
}

static int
read_automl(struct job *job, struct automl *a, struct error *error)
{
	const struct config	*c = job->config;
	struct look		 look[2 + BEGUN];
	json_t			**into[2 + BEGUN];
	size_t			 n = 0, k;

	*a = (struct automl){ .job = NULL };
	look[n] = bigquery_look_job(&c->bigquery, keepf("%s-export",
	    job->open->generation));
	into[n++] = &a->job;
	look[n] = automl_look_datasets(c);
	look[n].display_name = NULL;
	into[n++] = &a->datasets;
	for (k = 0; k < BEGUN; k++)
		n += look_at_begun(job, a, k, &look[n], &into[n]);
	if (google_look(job->google, look, n, error) == -1)
		return -1;
	for (k = 0; k < n; k++)
		*into[k] = look[k].json;
	a->dataset = labelled(job, a->datasets);
	a->model = labelled(job, job->registry->listed);
	for (k = 0; k < BEGUN; k++)
		if (suspect_results(job, a->suspects[k], error) == -1)
			return -1;
	return 0;
}

/*
 * By what was recorded, or by suspicion.  Returns whether all that may be
 * ours is over.
 */
static bool
by_record(const struct job *job, struct stage *s, const struct automl *a,
    size_t k)
{
	const struct outcome	*o = stage_outcome(job, begun[k]);
	struct suspicion	 why;

	if (a->suspects[k] != NULL) {
		suspect(job, k, &why);
		return suspect_judge(job, s, a->suspects[k], &why);
	}
	if (!stage_was_begun(o))
		return true;
	by_operation(job, s, a->operation[k], o);
	return a->operation[k] == NULL;
}

/*
 * With a log that does not reach back, what was begun and is not listed yet
 * is waited for before anything is begun.  Since when is written down first.
 */
static void
recall(const struct job *job, struct stage *s)
{
	const struct outcome	*o = stage_outcome(job, "recall");
	time_t			 known;

	if (s->phase != ABSENT || job->log->intent != NULL ||
	    is_remembered(job, s->verb))
		return;
	if (o == NULL || strcmp(o->result, "done") != 0) {
		s->verb = "recall";
		s->target = keepf("steps of %s", job->open->generation);
		s->spends = false;
		s->why = "the Lease knows no step of it, and one may have "
		    "been begun";
		return;
	}
	known = o->at + job->config->cloud.settle;
	if (job->now <= known)
		stage_set(s, RUNNING, keepf("the Lease knows no step of it; "
		    "what was begun is listed by %s", when_text(known)));
}

/* What is done, but not listed: it will be, or something is wrong. */
static void
await_listing(const struct job *job, struct stage *s)
{
	const struct outcome	*o = stage_outcome(job, s->verb);

	if (s->phase != DONE)
		return;
	if (o != NULL && job->now - o->at > job->config->cloud.deadline)
		stage_set(s, OVERDUE, keepf("%s, and its result is not listed",
		    s->why));
	else
		stage_set(s, RUNNING, keepf("%s, and its result is not listed "
		    "yet", s->why));
}

/*
 * The examples decide, unless an import goes on that may be ours, or ours
 * is known to have failed.
 */
static void
judge_import(const struct job *job, struct stage *s, const struct automl *a)
{
	long	 examples = google_count(a->dataset, "exampleCount");
	bool	 over = by_record(job, s, a, 1);

	if (over && examples > 0) {
		s->name = NULL;	/* perhaps somebody else's, that failed */
		stage_set(s, DONE, "the dataset has its examples");
	} else if (s->phase == DONE && examples <= 0)
		stage_set(s, FAILED, "the import brought no example into the "
		    "dataset");
}

static int
automl_stages(struct job *job, struct error *error)
{
	const char	*g = job->open->generation;
	struct automl	 a;
	struct stage	*s;

	if (read_automl(job, &a, error) == -1)
		return -1;
	s = add(job, "export", keepf("datasets/%s/data-*.csv", g),
	    "its data is to be written to the bucket");
	if (a.dataset != NULL || a.model != NULL)
		stage_set(s, DONE, "the dataset was made of it");
	else
		by_job(job, s, a.job);
	s->spends = true;
	s = add(job, "dataset", keepf("AutoML dataset of %s", g),
	    "AutoML has no dataset of it");
	if (a.dataset != NULL || a.model != NULL)
		stage_set(s, DONE, "AutoML has its dataset");
	else {
		by_record(job, s, &a, 0);
		await_listing(job, s);
		recall(job, s);
	}
	job->dataset = google_text(a.dataset, "name");
	s = add(job, "import", keepf("examples of %s", g),
	    "AutoML's dataset has no examples");
	if (a.model != NULL || stage_outcome(job, "train") != NULL)
		stage_set(s, DONE, "the training began");
	else
		judge_import(job, s, &a);
	recall(job, s);
	s = add(job, "train", keepf("AutoML model of %s", g),
	    "its dataset is complete and its model is not there");
	s->spends = true;
	if (a.model != NULL)
		stage_set(s, DONE, "AutoML has its model");
	else {
		by_record(job, s, &a, 2);
		await_listing(job, s);
		recall(job, s);
	}
	job->model = google_text(a.model, "name");
	return 0;
}

static const char *
error_of(json_t *custom)
{
	json_t	*error = json_object_get(custom, "error");

	return error == NULL ? "no error is told" : status_rpc(error);
}

static void
by_state(const struct job *job, struct stage *s, json_t *custom)
{
	static const char	*const failed[] = {
		"FAILED", "CANCELLED", "EXPIRED", "PARTIALLY_SUCCEEDED"
	};
	static const char	*const going[] = {
		"QUEUED", "PENDING", "RUNNING", "CANCELLING", "PAUSED",
		"UPDATING"
	};
	static const char	 prefix[] = "JOB_STATE_";
	const char		*state = google_text(custom, "state");
	const char		*name = google_text(custom, "name");
	const struct outcome	*o = stage_outcome(job, s->verb);
	time_t			 since = google_time(custom, "createTime");
	size_t			 i;

	if (since == 0)
		since = stage_was_begun(o) ? o->at : job->open->created;
	s->name = name;
	if (state == NULL || name == NULL ||
	    strncmp(state, prefix, sizeof(prefix) - 1) != 0) {
		unreadable(job, s, since, "a custom job without name or "
		    "state");
		return;
	}
	state += sizeof(prefix) - 1;
	if (strcmp(state, "SUCCEEDED") == 0) {
		stage_set(s, DONE, keepf("%s succeeded", name));
		return;
	}
	for (i = 0; i < sizeof(failed) / sizeof(failed[0]); i++)
		if (strcmp(state, failed[i]) == 0) {
			stage_set(s, FAILED, keepf("%s is %s: %.200s", name,
			    state, error_of(custom)));
			return;
		}
	for (i = 0; i < sizeof(going) / sizeof(going[0]); i++)
		if (strcmp(state, going[i]) == 0) {
			stage_goes_on(job, s, since, keepf("%s is %s", name,
			    state));
			return;
		}
	unreadable(job, s, since, keepf("%s is %.60s, which is unknown",
	    name, state));
}

/*
 * The one that says most: of several, which there should not be.  One that
 * was recorded was begun, whether the list has it or not.
 */
static void
by_custom_jobs(const struct job *job, struct stage *s, json_t *jobs,
    json_t *recorded)
{
	const struct outcome	*o = stage_outcome(job, s->verb);
	struct stage		 one;
	json_t			*custom;
	size_t			 i;

	if (json_array_size(jobs) == 0 && recorded != NULL)
		by_state(job, s, recorded);
	else if (json_array_size(jobs) == 0 && stage_was_begun(o))
		unreadable(job, s, o->at, keepf("%s is gone",
		    begun_name(o)));
	json_array_foreach(jobs, i, custom) {
		one = *s;
		by_state(job, &one, custom);
		if (i == 0 || one.phase == DONE ||
		    (one.phase == RUNNING && s->phase != DONE))
			*s = one;
	}
}

/*
 * A training that succeeded left its evaluation beside the model.  -1 when
 * it could not be read, which is no verdict.
 */
static int
judge_evaluation(struct job *job, struct stage *s, struct error *error)
{
	const char		*g = job->open->generation, *path;
	struct bucket		 b;
	struct bytes		 bytes;
	struct evaluation	 e;
	struct error		 why;
	int			 rv;

	bucket_parse(job->config->store, &b);
	path = keepf("models/%s/evaluation.json", g);
	if ((rv = bucket_read(job->google, &b, path, &bytes, error)) == -1)
		return -1;
	if (rv == 1)
		stage_set(s, FAILED, keepf("the trainer wrote no %s",
		    bucket_url(&b, path)));
	else if (evaluation_parse(&bytes, bucket_url(&b, path), &e,
	    &why) == -1)
		stage_set(s, FAILED, keepf("%s", why.text));
	else if (strcmp(e.generation, g) != 0)
		stage_set(s, FAILED, keepf("%s is of %s", bucket_url(&b, path),
		    e.generation));
	bytes_free(&bytes);
	return 0;
}

/* What is read of Vertex AI for a generation that is open. */
enum { EXPORT, JOBS, MODEL, RECORDED, UPLOAD, VERTEX_LOOKS };

static struct look
look_at_recorded(const struct outcome *o)
{
	return stage_was_begun(o) && o->name != NULL ?
	    vertex_look_operation(o->name) : (struct look){ .path = NULL };
}

static int
read_vertex(const struct job *job, struct look *look, struct error *error)
{
	const char		*g = job->open->generation;
	struct look		 all[VERTEX_LOOKS];
	size_t			 at[VERTEX_LOOKS], n = 0, i;

	look[EXPORT] = bigquery_look_job(&job->config->bigquery,
	    keepf("%s-export", g));
	look[JOBS] = vertex_look_jobs(job->config, g);
	look[MODEL] = vertex_look_model(job->config, g);
	look[RECORDED] = look_at_recorded(stage_outcome(job, "train"));
	look[UPLOAD] = look_at_recorded(stage_outcome(job, "upload"));
	for (i = 0; i < VERTEX_LOOKS; i++)
		if (look[i].path != NULL) {
			all[n] = look[i];
			at[n++] = i;
		}
	if (google_look(job->google, all, n, error) == -1)
		return -1;
	for (i = 0; i < n; i++)
		look[at[i]] = all[i];
	return 0;
}

static int
vertex_stages(struct job *job, struct error *error)
{
	const char	*g = job->open->generation;
	struct look	 look[VERTEX_LOOKS];
	struct stage	*s;

	if (read_vertex(job, look, error) == -1)
		return -1;
	s = add(job, "export", keepf("datasets/%s/data-*.jsonl", g),
	    "its data is to be written to the bucket");
	s->spends = true;
	if (json_array_size(look[JOBS].json) > 0 ||
	    stage_was_begun(stage_outcome(job, "train")))
		stage_set(s, DONE, "a training was begun on it");
	else
		by_job(job, s, look[EXPORT].json);
	s = add(job, "train", keepf("custom job of %s", g),
	    "its data is in the bucket and its model is not");
	s->spends = true;
	by_custom_jobs(job, s, look[JOBS].json, look[RECORDED].json);
	if (s->phase == DONE && look[MODEL].json == NULL &&
	    judge_evaluation(job, s, error) == -1)
		return -1;
	recall(job, s);
	s = add(job, "upload", keepf("model %s of Vertex AI", g),
	    "it was trained, and Vertex AI does not list it");
	job->model = google_text(look[MODEL].json, "name");
	if (job->model != NULL)
		stage_set(s, DONE, "Vertex AI lists its model");
	else if (look[UPLOAD].path != NULL) {
		by_operation(job, s, look[UPLOAD].json,
		    stage_outcome(job, "upload"));
		await_listing(job, s);
	}
	return 0;
}

/* The stage an intent is about; NULL: of none that is open. */
static const struct stage *
stage_of_intent(const struct job *job)
{
	size_t	 i;

	for (i = 0; job->open != NULL && i < job->nstages; i++)
		if (intent_of(job, job->stage[i].verb) != NULL)
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
		s = add(job, "register", keepf("models/%s",
		    job->open->generation), "its model is made and not "
		    "registered");
		s->counts = true;
	}
	return judge_intent(job, error);
}
