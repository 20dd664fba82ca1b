#include <string.h>

#include "google/automl.h"
#include "google/google.h"
#include "google/operation.h"
#include "google/vertex.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"

#include "deploy-model.h"
#include "serving.h"

/* The same model, whichever version of it and however its project is told. */
static bool
same_model(const char *a, const char *b)
{
	size_t		 n;

	a = strrchr(a, '/') == NULL ? a : strrchr(a, '/');
	b = strrchr(b, '/') == NULL ? b : strrchr(b, '/');
	n = strcspn(a, "@");
	return strcspn(b, "@") == n && strncmp(a, b, n) == 0;
}

static void
by_automl(struct candidate *m, json_t *resource)
{
	const char	*state = google_text(resource, "deploymentState");

	if (state != NULL && strcmp(state, "DEPLOYED") == 0) {
		m->serving = DONE;
		m->served_since = google_time(resource, "updateTime");
	} else if (state != NULL && strcmp(state, "UNDEPLOYED") == 0)
		m->serving = ABSENT;
	else {
		m->serving = UNREADABLE;
		m->serving_why = "AutoML does not say whether it is "
		    "deployed";
	}
	m->routed = m->serving == DONE;
}

static void
by_endpoint(struct candidate *m, json_t *endpoint)
{
	json_t		*deployed = json_object_get(endpoint,
			    "deployedModels"), *item;
	json_t		*split = json_object_get(endpoint, "trafficSplit");
	const char	*model, *id;
	size_t		 i;

	m->serving = ABSENT;
	json_array_foreach(deployed, i, item) {
		model = google_text(item, "model");
		id = google_text(item, "id");
		if (model == NULL || id == NULL) {
			m->serving = UNREADABLE;
			m->serving_why = "its endpoint has a model without "
			    "name or id";
			return;
		}
		if (!same_model(model, m->id))
			continue;
		m->serving = DONE;
		m->deployment = id;
		m->served_since = google_time(item, "createTime");
		m->routed = google_count(split, id) > 0;
	}
}

/* The last outcome of serving a model; NULL: none that began. */
static const struct outcome *
begun(const struct job *job, const struct candidate *m)
{
	const struct outcome	*o;
	size_t			 i;

	for (i = job->log->noutcomes; i > 0; i--) {
		o = &job->log->outcome[i - 1];
		if (strcmp(o->target, m->id) == 0)
			return strcmp(o->verb, "serve") == 0 &&
			    strcmp(o->result, "done") == 0 &&
			    o->name != NULL ? o : NULL;
	}
	return NULL;
}

static void
by_operation(struct candidate *m, json_t *json)
{
	struct operation	 op;

	if (json == NULL)
		return;		/* forgotten: it is not serving */
	operation_read(json, &op);
	switch (op.progress) {
	case GOING_ON:
		m->serving = RUNNING;
		m->serving_why = keepf("%s goes on", op.name);
		break;
	case FAILED_FOR_GOOD:
		m->serving = FAILED;
		m->serving_why = op.why;
		break;
	case UNREADABLE_YET:
		m->serving = UNREADABLE;
		m->serving_why = op.why;
		break;
	case SUCCEEDED:
		break;		/* and it stopped serving since */
	}
}

/* What was begun for models that do not serve (yet). */
static int
read_operations(struct job *job, struct error *error)
{
	struct look		*look = keep((job->nmodels + 1) *
				    sizeof(*look));
	struct candidate	**of = keep((job->nmodels + 1) *
				    sizeof(struct candidate *));
	const struct outcome	*o;
	size_t			 i, n = 0;

	for (i = 0; i < job->nmodels; i++)
		if (job->model[i].serving == ABSENT &&
		    (o = begun(job, &job->model[i])) != NULL) {
			of[n] = &job->model[i];
			look[n++] = job->config->automl ?
			    automl_look_operation(o->name) :
			    vertex_look_operation(o->name);
		}
	if (google_look(job->google, look, n, error) == -1)
		return -1;
	for (i = 0; i < n; i++)
		by_operation(of[i], look[i].json);
	return 0;
}

int
serving_read(struct job *job, struct error *error)
{
	const struct config	*c = job->config;
	const struct registry	*r = job->registry;
	struct candidate	*m;
	struct look		 look = { .json = NULL };
	size_t			 i;

	if (!c->serving.given)
		return 0;
	if (c->vertex) {
		look = vertex_look_endpoint(c);
		if (google_look(job->google, &look, 1, error) == -1)
			return error_in(error, "spec.serving.endpoint");
	}
	for (i = 0; i < job->nmodels; i++) {
		m = &job->model[i];
		m->ours = !r->model[i].adopted;
		if (c->automl)
			by_automl(m, r->model[i].resource);
		else
			by_endpoint(m, look.json);
		job->answering = job->answering || m->routed;
	}
	if (c->vertex && json_object_size(json_object_get(look.json,
	    "trafficSplit")) > 0)
		job->answering = true;
	if (read_operations(job, error) == -1)
		return -1;
	for (i = 0; i < job->nmodels; i++)
		if (job->live != NULL &&
		    strcmp(job->model[i].id, job->live) == 0)
			job->live_serving = job->model[i].serving;
	return 0;
}

static const struct candidate *
model_of(const struct job *job, const char *id)
{
	size_t	 i;

	for (i = 0; i < job->nmodels; i++)
		if (strcmp(job->model[i].id, id) == 0)
			return &job->model[i];
	return NULL;
}

/* Doing it again changes nothing, so that nothing needs to settle. */
void
serving_effect(struct job *job)
{
	const struct intent	*i = job->log->intent;
	const struct candidate	*m = model_of(job, i->target);
	bool			 done = false;

	if (m != NULL)
		done = strcmp(i->verb, "undeploy") == 0 ?
		    m->serving == ABSENT : strcmp(i->verb, "shift") == 0 ?
		    m->routed : m->serving == DONE;
	job->effect = done ? EFFECT_DONE : job->log->orphaned ?
	    EFFECT_LOST : EFFECT_UNKNOWN;
}

static int
begin(const struct job *job, const struct step *step,
    struct guard *guard, const char **name, struct error *error)
{
	const struct config	*c = job->config;
	const struct candidate	*m = model_of(job, step->target);
	bool			 serve = strcmp(step->verb, "serve") == 0;

	if (m == NULL)
		return error_set(error, BROKEN, "%s is not listed",
		    step->target);
	if (c->automl)
		return automl_deploy(job->google, guard, m->id,
		    serve ? "deploy" : "undeploy", name, error);
	if (serve)
		return vertex_deploy(job->google, guard, c, m->id,
		    !job->answering, name, error);
	return strcmp(step->verb, "shift") == 0 ?
	    vertex_shift(job->google, guard, c, m->deployment, name, error) :
	    vertex_undeploy(job->google, guard, c, m->deployment, name,
	    error);
}

/* What serves already is fine; the next run sees it. */
int
serving_act(const struct job *job, const struct step *step,
    struct guard *guard, const char **name, struct error *error)
{
	int	 rv = begin(job, step, guard, name, error);

	return rv == 1 ? 0 : rv;
}
