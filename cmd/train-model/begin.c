#include <string.h>

#include "data/selectsql.h"
#include "google/automl.h"
#include "google/bigquery.h"
#include "google/bucket.h"
#include "google/google.h"
#include "google/vertex.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/run.h"
#include "run/step.h"

#include "cloud.h"
#include "train-model.h"

#define PREVIOUS	3	/* models a trainer is shown, at most */

/* What begins something: the one write, and what it is called then. */
struct act {
	const struct job	*job;
	const struct step	*step;
	struct guard		*guard;
	const char		*name;
};

/*
 * What is there already under our name is an earlier run's.  It is not taken
 * for granted: the next run looks.
 */
static int
first(int rv, struct error *error)
{
	if (rv != 1)
		return rv;
	error->verdict = RETRY;
	return error_in(error, "it is there already, and the next run looks");
}

/* Begins a query; one that was refused for certain read nothing. */
static int
query(struct act *a, const struct query *q, struct error *error)
{
	int	 rv;

	rv = bigquery_begin(a->job->google, a->guard, q, error);
	if (rv == -1 && !guard_is_in_doubt(a->guard))
		budget_refund(a->job, q->id);
	return first(rv, error);
}

/*
 * The answer is waited for in this run as far as its time goes; what is not
 * there then, the next run finds.
 */
static int
measure(struct act *a, struct error *error)
{
	struct job	*job = keep(sizeof(*job));
	struct query	 q = { .config = &a->job->config->bigquery,
			    .id = a->step->target,
			    .text = a->job->sql->query,
			    .parameters = a->job->sql->parameters };

	q.labels = keep_json(json_pack("{ss}", GOOGLE_OWNER,
	    google_owner(a->job->config)));
	*job = *a->job;
	if (query(a, &q, error) == -1)
		return -1;
	a->name = q.id;
	return measure_answer(job, error);
}

/* The hash of what is asked for: the data's, before there is any. */
static const char *
input_hash(const struct sqltext *sql)
{
	const char	*part[] = { sql->query, keep_dump(sql->parameters) };

	return hash_parts(2, part);
}

static int
choose(struct act *a, struct error *error)
{
	const struct job	*job = a->job;
	const struct config	*c = job->config;
	struct manifest		 m = { .model = a->step->generation,
				    .generation = a->step->generation,
				    .owner = c->owner, .name = c->name,
				    .created = job->now,
				    .watermark = job->watermark,
				    .spec_hash = c->spec_hash,
				    .stem = job->stem, .predecessor =
				    job->newest == NULL ? "" :
				    job->newest->model,
				    .attempt = job->attempt,
				    .examples = job->examples };
	struct job		 chosen = *job;
	struct sqltext		 sql;
	struct bucket		 b;
	int			 rv;

	chosen.open = &m;
	m.labels = keep_json(json_object());
	if (measure_export(&chosen, &sql, error) == -1)
		return -1;
	m.input_hash = input_hash(&sql);
	bucket_parse(c->store, &b);
	rv = first(bucket_write_manifest(job->google, a->guard, &b,
	    "datasets", &m, error), error);
	if (rv == 0) {
		remember_made(job, a->step);
		if (job->row != NULL)
			measure_remember(job);
	}
	return rv;
}

static int
export(struct act *a, struct error *error)
{
	const struct job	*job = a->job;

	a->name = cloud_export_id(a->step);
	return query(a, &(struct query){
	    .config = &job->config->bigquery, .id = a->name,
	    .text = job->sql->query, .parameters = job->sql->parameters,
	    .labels = google_labels(job->config, a->step->generation) },
	    error);
}

/* All parts that the export wrote. */
static int
import(struct act *a, struct error *error)
{
	const struct job	*job = a->job;
	struct bucket		 b;
	struct look		 look;
	json_t			*uris = keep_json(json_array()), *object;
	const char		*name;
	size_t			 i;

	bucket_parse(job->config->store, &b);
	look = bucket_look_objects(&b, keepf("datasets/%s/data-",
	    a->step->generation));
	if (google_look(job->google, &look, 1, error) == -1)
		return -1;
	json_array_foreach(look.json, i, object)
		if ((name = google_text(object, "name")) != NULL)
			json_array_append_new(uris, json_string(
			    keepf("gs://%s/%s", b.name, name)));
	if (json_array_size(uris) == 0)
		return error_set(error, RETRY, "%s: there are none, expected "
		    "the export of %s", look.what, a->step->generation);
	return automl_import(job->google, a->guard, job->dataset, uris,
	    &a->name, error);
}

static const char *
previous(const struct job *job, const struct bucket *b)
{
	const struct registry	*r = job->registry;
	const char		*list = "";
	size_t			 i, n = 0;

	for (i = r->nmodels; i > 0 && n < PREVIOUS; i--)
		if (!r->model[i - 1].adopted)
			list = keepf("%s%s%s", list, n++ == 0 ? "" : ":",
			    bucket_mount(b, keepf("models/%s",
			    r->model[i - 1].manifest->generation)));
	return list;
}

static int
run_job(struct act *a, struct error *error)
{
	const struct config	*c = a->job->config;
	const char		*g = a->step->generation;
	struct bucket		 b;

	bucket_parse(c->store, &b);
	return vertex_run(a->job->google, a->guard, &(struct custom_job){
	    .config = c, .generation = g, .nvariables = 5,
	    .variable = (const struct variable []){
		{ "MODELSYNC_DATASET", bucket_mount(&b,
		    keepf("datasets/%s", g)) },
		{ "MODELSYNC_OUTPUT", bucket_mount(&b,
		    keepf("models/%s", g)) },
		{ "MODELSYNC_GENERATION", g },
		{ "MODELSYNC_NAME", c->name },
		{ "MODELSYNC_PREVIOUS", previous(a->job, &b) }
	    } }, &a->name, error);
}

static int
train(struct act *a, struct error *error)
{
	const struct job	*job = a->job;

	return job->config->vertex ? run_job(a, error) :
	    automl_train(job->google, a->guard, &(struct training){
	    .config = job->config, .dataset = job->dataset,
	    .generation = a->step->generation }, &a->name, error);
}

static int
upload(struct act *a, struct error *error)
{
	const struct config	*c = a->job->config;
	struct bucket		 b;

	bucket_parse(c->store, &b);
	return first(vertex_upload(a->job->google, a->guard, c,
	    a->step->generation, bucket_url(&b, keepf("models/%s",
	    a->step->generation)), &a->name, error), error);
}

/* The generation's manifest, in the folder that says how it ended. */
static int
record(struct act *a, const char *folder, const char *model,
    struct error *error)
{
	struct manifest	 m = *a->job->open;
	struct bucket	 b;

	m.model = model;
	a->name = model;
	bucket_parse(a->job->config->store, &b);
	return first(bucket_write_manifest(a->job->google, a->guard, &b,
	    folder, &m, error), error);
}

static int
create_dataset(struct act *a, struct error *error)
{
	return automl_create_dataset(a->job->google, a->guard,
	    a->job->config, a->step->generation, &a->name, error);
}

static int
register_model(struct act *a, struct error *error)
{
	return record(a, "models", a->job->model, error);
}

static int
fail(struct act *a, struct error *error)
{
	return record(a, "failed", a->step->generation, error);
}

/* That it is written in the Lease is all there is to it. */
static int
recall(struct act *a, struct error *error)
{
	(void)a;
	(void)error;
	return 0;
}

int
cloud_act(const struct job *job, const struct step *step,
    struct guard *guard, const char **name, struct error *error)
{
	static const struct {
		const char	 *verb;
		int		(*begin)(struct act *, struct error *);
	}		 table[] = {
		{ "measure", measure }, { "choose", choose },
		{ "export", export }, { "dataset", create_dataset },
		{ "import", import }, { "train", train },
		{ "upload", upload }, { "register", register_model },
		{ "fail", fail }, { "recall", recall }
	};
	struct act	 a = { .job = job, .step = step, .guard = guard };
	size_t		 i;
	int		 rv;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (strcmp(table[i].verb, step->verb) == 0) {
			rv = table[i].begin(&a, error);
			*name = a.name;
			return rv;
		}
	return error_set(error, BROKEN, "%s is no step of this program",
	    step->verb);
}
