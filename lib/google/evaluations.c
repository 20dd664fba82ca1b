#include <string.h>

#include "google/automl.h"
#include "google/bucket.h"
#include "google/evaluations.h"
#include "google/google.h"
#include "google/metrics.h"
#include "google/vertex.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/* The trainer knows generations; git and the gate know models. */
static void
name_models(const struct registry *r, const struct manifest *m,
    struct evaluation *e)
{
	size_t	 i, j;

	e->model = m->model;
	for (i = 0; i < e->nagainst; i++)
		for (j = 0; j < r->nmodels; j++)
			if (strcmp(e->against[i].model,
			    r->model[j].manifest->generation) == 0)
				e->against[i].model =
				    r->model[j].manifest->model;
}

static int
from_trainer(struct google *g, const struct config *c,
    const struct registry *r, struct model *m, struct error *error)
{
	struct evaluation	*e = keep(sizeof(*e));
	struct bytes		 bytes;
	struct bucket		 b;
	const char		*path;
	int			 rv;

	path = keepf("models/%s/evaluation.json", m->manifest->generation);
	bucket_parse(c->store, &b);
	if ((rv = bucket_read(g, &b, path, &bytes, error)) == 0)
		rv = evaluation_parse(&bytes, bucket_url(&b, path), e,
		    error);
	bytes_free(&bytes);
	if (rv != 0)
		return rv;
	name_models(r, m->manifest, e);
	m->evaluation = e;
	return 0;
}

static json_t **
items(json_t *list, size_t *n)
{
	json_t	**item;
	size_t	  i;

	*n = json_array_size(list);
	item = keep((*n + 1) * sizeof(json_t *));
	for (i = 0; i < *n; i++)
		item[i] = json_array_get(list, i);
	return item;
}

/* What the service said is the model's; or nothing is, and why. */
static int
note(struct model *m, struct evaluation *e, const char *why)
{
	if (why != NULL) {
		m->unread = why;
		return 0;
	}
	e->model = m->manifest->model;
	e->generation = m->manifest->generation;
	m->evaluation = e;
	return 0;
}

/* What others trained has their names of labels. */
static int
from_automl(struct google *g, const struct config *c, struct model *m,
    struct error *error)
{
	struct metrics_terms	  terms = { .threshold = c->cloud.threshold,
				      .encoded = !m->adopted };
	struct look		  look = automl_look_evaluations(
				      m->manifest->model);
	struct evaluation	 *e = keep(sizeof(*e));
	struct error		  why;
	json_t			**item;
	size_t			  n;

	if (google_look(g, &look, 1, error) == -1)
		return -1;
	item = items(look.json, &n);
	if (n == 0)
		return note(m, e, "AutoML lists none");
	if (metrics_automl(item, n, &terms, e, &why) == -1)
		return note(m, e, keepf("%s", why.text));
	return note(m, e, NULL);
}

/*
 * The newest of a list of evaluations; equal times by name.  NULL, with the
 * reason, where that cannot be told.
 */
static json_t *
newest(json_t *list, const char **why)
{
	json_t		*item, *best = NULL;
	const char	*name;
	time_t		 t, latest = 0;
	size_t		 i, n = json_array_size(list);

	*why = "Vertex AI lists none";
	json_array_foreach(list, i, item) {
		name = google_text(item, "name");
		t = google_time(item, "createTime");
		if (name == NULL || (t == 0 && n > 1)) {
			*why = keepf("evaluation %s: without name or "
			    "createTime, expected both", name == NULL ? "" :
			    name);
			return NULL;
		}
		if (best == NULL || t > latest || (t == latest &&
		    strcmp(name, google_text(best, "name")) > 0)) {
			best = item;
			latest = t;
		}
	}
	return best;
}

static int
from_vertex(struct google *g, const struct config *c, struct model *m,
    struct error *error)
{
	struct look		  look = vertex_look_evaluations(
				      m->manifest->model);
	struct look		  slices;
	struct evaluation	 *e = keep(sizeof(*e));
	struct error		  why;
	const char		 *reason;
	json_t			**item, *best;
	size_t			  n;

	if (google_look(g, &look, 1, error) == -1)
		return -1;
	if ((best = newest(look.json, &reason)) == NULL)
		return note(m, e, reason);
	slices = vertex_look_slices(google_text(best, "name"));
	if (google_look(g, &slices, 1, error) == -1)
		return -1;
	item = items(slices.json, &n);
	if (metrics_vertex(best, item, n, c->cloud.threshold, e, &why) == -1)
		return note(m, e, keepf("%s", why.text));
	return note(m, e, NULL);
}

int
evaluations_read(struct google *g, const struct config *c,
    const struct registry *r, struct model *m, struct error *error)
{
	int	 rv = 1;

	if (c->vertex && !m->adopted)
		rv = from_trainer(g, c, r, m, error);
	if (rv != 1)
		return rv;
	return c->automl ? from_automl(g, c, m, error) :
	    from_vertex(g, c, m, error);
}
