#include <string.h>

#include "google/automl.h"
#include "google/bigquery.h"
#include "google/google.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

#include "begun.h"
#include "cloud.h"
#include "suspect.h"
#include "train-model.h"

/*
 * How long after an intent's end a create of AutoML's may still have begun:
 * the server's clock may be off, and a request may have waited on its way.
 */
#define LATE	300

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

/* When what nobody remembers may have been begun. */
static void
suspect(const struct job *job, size_t k, struct suspicion *why)
{
	const struct intent	*i = begun_intent(job, begun[k]);

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

	if (begun_intent(job, begun[k]) == NULL && stage_was_begun(o)) {
		if (o->name == NULL)
			return 0;
		*look = automl_look_operation(o->name);
		*into = &a->operation[k];
		return 1;
	}
	if (begun_intent(job, begun[k]) == NULL &&
	    begun_is_remembered(job, begun[k]))
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
	begun_by_operation(job, s, a->operation[k], o);
	return a->operation[k] == NULL;
}

/* What is made is listed in the end. */
static void
judge_create(const struct job *job, struct stage *s, const struct automl *a,
    size_t k)
{
	by_record(job, s, a, k);
	begun_await(job, s);
	begun_recall(job, s);
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

int
automl_stages(struct job *job, struct error *error)
{
	const char	*g = job->open->generation;
	struct automl	 a;
	struct stage	*s;

	if (read_automl(job, &a, error) == -1)
		return -1;
	s = begun_add(job, "export", keepf("datasets/%s/data-*.csv", g),
	    "its data is to be written to the bucket");
	if (a.dataset != NULL || a.model != NULL)
		stage_set(s, DONE, "the dataset was made of it");
	else
		begun_by_job(job, s, a.job);
	s->spends = true;
	s = begun_add(job, "dataset", keepf("AutoML dataset of %s", g),
	    "AutoML has no dataset of it");
	if (a.dataset != NULL || a.model != NULL)
		stage_set(s, DONE, "AutoML has its dataset");
	else
		judge_create(job, s, &a, 0);
	job->dataset = google_text(a.dataset, "name");
	s = begun_add(job, "import", keepf("examples of %s", g),
	    "AutoML's dataset has no examples");
	if (a.model != NULL || stage_outcome(job, "train") != NULL)
		stage_set(s, DONE, "the training began");
	else
		judge_import(job, s, &a);
	begun_recall(job, s);
	s = begun_add(job, "train", keepf("AutoML model of %s", g),
	    "its dataset is complete and its model is not there");
	s->spends = true;
	if (a.model != NULL)
		stage_set(s, DONE, "AutoML has its model");
	else
		judge_create(job, s, &a, 2);
	job->model = google_text(a.model, "name");
	return 0;
}
