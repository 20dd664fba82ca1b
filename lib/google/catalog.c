#include <stdlib.h>
#include <string.h>

#include "google/automl.h"
#include "google/bucket.h"
#include "google/catalog.h"
#include "google/google.h"
#include "google/vertex.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/keep.h"

enum { MANIFESTS, MODELS, ADOPTED, LOOKS };

/* The generations that one folder of the store names. */
struct folder {
	struct manifest	**item;
	size_t		  n;
};

struct shelves {
	struct folder	 datasets, models, failed;
};

static void
put(struct folder *f, struct manifest *m, size_t most)
{
	if (f->item == NULL)
		f->item = keep(most * sizeof(*f->item));
	f->item[f->n++] = m;
}

static int
shelve(const struct config *c, json_t *objects, struct shelves *s,
    struct error *error)
{
	size_t		 i, most = json_array_size(objects);
	struct bucket	 b;
	struct manifest	*m;
	const char	*folder;
	json_t		*object;
	int		 rv;

	bucket_parse(c->store, &b);
	json_array_foreach(objects, i, object) {
		m = keep(sizeof(*m));
		rv = bucket_manifest(&b, object, &folder, m, error);
		if (rv == -1)
			return -1;
		if (rv == 1 || strcmp(m->owner, c->owner) != 0)
			continue;
		put(*folder == 'd' ? &s->datasets : *folder == 'm' ?
		    &s->models : &s->failed, m, most);
	}
	return 0;
}

static bool
holds(const struct folder *f, const char *generation)
{
	size_t	 i;

	for (i = 0; i < f->n; i++)
		if (strcmp(f->item[i]->generation, generation) == 0)
			return true;
	return false;
}

static json_t *
resource(json_t *list, const char *name)
{
	json_t		*item;
	const char	*text;
	size_t		 i;

	json_array_foreach(list, i, item) {
		text = google_text(item, "name");
		if (text != NULL && strcmp(text, name) == 0)
			return item;
	}
	return NULL;
}

/*
 * A model that was there before us.  Its spec counts as this document's, so
 * that its age alone makes it old, and all data as new to it.
 */
static int
adopt(const struct config *c, json_t *item, struct model *model,
    struct error *error)
{
	struct manifest	*m = keep(sizeof(*m));
	const char	*name = google_text(item, "name");

	if (name == NULL || google_time(item, "createTime") == 0)
		return error_set(error, RETRY, "model %s: without name or "
		    "createTime, expected both", name == NULL ? "" : name);
	*m = (struct manifest){ .model = name,
	    .generation = strrchr(name, '/') == NULL ? name :
	    strrchr(name, '/') + 1, .owner = c->owner, .name = c->name,
	    .created = google_time(item, "createTime"),
	    .spec_hash = c->spec_hash, .stem = manifest_stem(c, ""),
	    .input_hash = "", .predecessor = "",
	    .labels = keep_json(json_object()) };
	*model = (struct model){ .manifest = m, .resource = item,
	    .adopted = true };
	return 0;
}

static int
add_models(const struct config *c, const struct shelves *s, json_t *list,
    struct registry *r, struct error *error)
{
	json_t	*item;
	size_t	 i;

	json_array_foreach(list, i, item)
		if (google_label(item, GOOGLE_OWNER) == NULL &&
		    adopt(c, item, &r->model[r->nmodels++], error) == -1)
			return -1;
	for (i = 0; i < s->models.n; i++) {
		item = resource(list, s->models.item[i]->model);
		r->model[r->nmodels++] = (struct model){
		    .manifest = s->models.item[i], .resource = item,
		    .gone = item == NULL };
	}
	return 0;
}

static int
compare_models(const void *a, const void *b)
{
	const struct manifest	*x = ((const struct model *)a)->manifest;
	const struct manifest	*y = ((const struct model *)b)->manifest;

	return manifest_compare(x, y);
}

static int
compare_manifests(const void *a, const void *b)
{
	return manifest_compare(*(struct manifest *const *)a,
	    *(struct manifest *const *)b);
}

static int
assemble(const struct config *c, const struct shelves *s, json_t *list,
    struct registry *r, struct error *error)
{
	size_t	 i;

	r->listed = list;
	r->model = keep((json_array_size(list) + s->models.n + 1) *
	    sizeof(*r->model));
	if (add_models(c, s, list, r, error) == -1)
		return -1;
	r->failed = s->failed.item;
	r->nfailed = s->failed.n;
	r->open = keep((s->datasets.n + 1) * sizeof(*r->open));
	for (i = 0; i < s->datasets.n; i++)
		if (!holds(&s->models, s->datasets.item[i]->generation) &&
		    !holds(&s->failed, s->datasets.item[i]->generation))
			r->open[r->nopen++] = s->datasets.item[i];
	if (r->nmodels > 1)
		qsort(r->model, r->nmodels, sizeof(*r->model),
		    compare_models);
	if (r->nfailed > 1)
		qsort(r->failed, r->nfailed, sizeof(*r->failed),
		    compare_manifests);
	if (r->nopen > 1)
		qsort(r->open, r->nopen, sizeof(*r->open),
		    compare_manifests);
	return 0;
}

int
catalog_read(struct google *g, const struct config *c, struct registry *r,
    struct error *error)
{
	struct look	 look[LOOKS];
	struct shelves	 s = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	struct bucket	 b;
	size_t		 n = ADOPTED;

	*r = (struct registry){ .model = NULL };
	bucket_parse(c->store, &b);
	look[MANIFESTS] = bucket_look_manifests(&b);
	look[MODELS] = c->automl ? automl_look_models(c) :
	    vertex_look_models(c);
	if (c->vertex && c->cloud.display_name != NULL)
		look[n++] = vertex_look_adopted(c);
	if (google_look(g, look, n, error) == -1 ||
	    shelve(c, look[MANIFESTS].json, &s, error) == -1)
		return -1;
	if (n == LOOKS)
		json_array_extend(look[MODELS].json, look[ADOPTED].json);
	return assemble(c, &s, look[MODELS].json, r, error);
}
