#include <stdlib.h>
#include <string.h>

#include "model/config.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "model/store.h"
#include "run/error.h"
#include "run/keep.h"

/* Manifests of one folder of the store, of one owner. */
struct shelf {
	const char	 *store, *folder, *owner;
	struct manifest	**item;
	size_t		  n, room;
};

static int
shelve(struct shelf *s, const char *name, struct error *error)
{
	struct manifest	*m = keep(sizeof(*m));
	const char	*folder = keepf("%s/%s/%s", s->store, s->folder, name);
	int		 rv;

	if ((rv = manifest_read(folder, m, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "%s: no manifest.json in it; "
		    "move it out of the store", folder);
	if (strcmp(m->owner, s->owner) != 0)
		return 0;
	if (strcmp(m->generation, name) != 0)
		return error_set(error, BROKEN, "%s/manifest.json: names "
		    "generation %s; move it out of the store", folder,
		    m->generation);
	s->item = keep_more(s->item, s->n, &s->room, sizeof(*s->item));
	s->item[s->n++] = m;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return manifest_compare(*(struct manifest *const *)a,
	    *(struct manifest *const *)b);
}

static int
fill(struct shelf *s, struct error *error)
{
	struct strings	 names;
	size_t		 i;

	if (store_list(s->store, s->folder, &names, error) == -1)
		return -1;
	for (i = 0; i < names.n; i++)
		if (shelve(s, names.item[i], error) == -1)
			return -1;
	if (s->n > 1)
		qsort(s->item, s->n, sizeof(*s->item), compare);
	return 0;
}

static int
evaluate(const struct shelf *done, struct registry *r, struct error *error)
{
	struct evaluation	*e;
	size_t			 i;
	int			 rv;

	r->model = keep(done->n * sizeof(*r->model));
	r->nmodels = done->n;
	for (i = 0; i < done->n; i++) {
		r->model[i].manifest = done->item[i];
		e = keep(sizeof(*e));
		rv = evaluation_read(keepf("%s/models/%s/evaluation.json",
		    done->store, done->item[i]->generation), e, error);
		if (rv == -1)
			return -1;
		if (rv == 0)
			r->model[i].evaluation = e;
	}
	return 0;
}

static bool
holds(const struct shelf *s, const struct manifest *m)
{
	size_t	 i;

	for (i = 0; i < s->n; i++)
		if (strcmp(s->item[i]->generation, m->generation) == 0)
			return true;
	return false;
}

int
registry_read(const char *store, const char *owner, struct registry *r,
    struct error *error)
{
	struct shelf	 data = { store, "datasets", owner, NULL, 0, 0 };
	struct shelf	 done = { store, "models", owner, NULL, 0, 0 };
	struct shelf	 failed = { store, "failed", owner, NULL, 0, 0 };
	size_t		 i;

	*r = (struct registry){ .model = NULL };
	/* Datasets first: what ends meanwhile is then seen as ended. */
	if (fill(&data, error) == -1 || fill(&done, error) == -1 ||
	    fill(&failed, error) == -1 || evaluate(&done, r, error) == -1)
		return -1;
	r->failed = failed.item;
	r->nfailed = failed.n;
	r->open = keep(data.n * sizeof(*r->open));
	for (i = 0; i < data.n; i++)
		if (!holds(&done, data.item[i]) &&
		    !holds(&failed, data.item[i]))
			r->open[r->nopen++] = data.item[i];
	return 0;
}
