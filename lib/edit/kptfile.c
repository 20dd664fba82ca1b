#include <string.h>

#include "edit/definitions.h"
#include "edit/edit.h"
#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/stream.h"
#include "edit/target.h"
#include "run/error.h"
#include "run/keep.h"

#define FUNCTION	"apply-setters"

bool
targets_kptfile(const char *name)
{
	const char	*slash = strrchr(name, '/');

	return strcmp(slash == NULL ? name : slash + 1, "Kptfile") == 0;
}

/* Goes to the value of a key.  Returns 0; 1 without one; -1: it is twice. */
static int
down(const struct layer *l, uint32_t *i, const char *key,
    struct error *error)
{
	uint32_t	 child;
	bool		 more;

	child = outline_child(l->outline, *i, key, &more);
	if (more)
		return layer_error(l, l->outline->node[child].start, error,
		    "the key %s stands twice; take one away", key);
	if (child == NODE_NONE)
		return 1;
	*i = child;
	return 0;
}

/* Before kpt 1.0: openAPI.definitions. */
static int
definition(struct targets *t, uint32_t i, const char *setter,
    struct error *error)
{
	const struct layer	*l = t->root;
	const char *const	 keys[] = { "openAPI", "definitions",
				    keepf(DEFINED_SETTER "%s", setter) };
	bool			 more;
	size_t			 k;
	int			 rv;

	for (k = 0; k < sizeof(keys) / sizeof(keys[0]); k++)
		if ((rv = down(l, &i, keys[k], error)) != 0)
			return rv == 1 ? 0 : -1;
	if ((rv = down(l, &i, "x-k8s-cli", error)) == 0)
		rv = down(l, &i, "setter", error);
	/* With enumValues kpt writes another text than the setter's value. */
	if (rv == 0 && outline_child(l->outline, i, "enumValues", &more) !=
	    NODE_NONE)
		return layer_error(l, l->outline->node[i].start, error,
		    "setter %s has enumValues, which are not known here",
		    setter);
	if (rv == 0)
		rv = down(l, &i, "value", error);
	if (rv == 1)
		return layer_error(l, l->outline->node[i].start, error,
		    "setter %s has no value; write value: \"\" there",
		    setter);
	if (rv == -1)
		return -1;
	return targets_add(t, (struct target){ .layer = t->root, .node = i,
	    .kind = PLACE_SETTER }, error);
}

/* Whether a container image is that of the function, whatever its version. */
static bool
applies_setters(const struct outline *o, uint32_t entry)
{
	const char	*image, *name;
	uint32_t	 i;
	bool		 more;

	i = outline_child(o, entry, "image", &more);
	if (i == NODE_NONE || o->node[i].kind != NODE_SCALAR)
		return false;
	image = keep_copy(outline_value(o, i), o->node[i].len);
	name = strrchr(image, '/');
	name = name == NULL ? image : name + 1;
	return strncmp(name, FUNCTION, strlen(FUNCTION)) == 0 &&
	    strchr(":@", name[strlen(FUNCTION)]) != NULL;
}

/* Since kpt 1.0: pipeline.mutators. */
static int
pipeline(struct targets *t, uint32_t i, const char *setter,
    struct error *error)
{
	const struct layer	*l = t->root;
	const struct outline	*o = l->outline;
	uint32_t		 entry, at;
	int			 rv;

	if ((rv = down(l, &i, "pipeline", error)) != 0 ||
	    (rv = down(l, &i, "mutators", error)) != 0)
		return rv == 1 ? 0 : -1;
	if (o->node[i].kind != NODE_SEQUENCE)
		return 0;
	for (entry = i + 1; entry < o->node[i].past;
	    entry = o->node[entry].past) {
		at = entry;
		if (!applies_setters(o, entry))
			continue;
		if ((rv = down(l, &at, "configMap", error)) == 0)
			rv = down(l, &at, setter, error);
		if (rv == 0)
			rv = targets_add(t, (struct target){
			    .layer = t->root, .node = at,
			    .kind = PLACE_SETTER }, error);
		if (rv == -1)
			return -1;
	}
	return 0;
}

int
kptfile_targets(struct targets *t, const char *setter, struct error *error)
{
	const struct outline	*o = t->root->outline;
	uint32_t		 i;

	for (i = 0; i < o->n; i = o->node[i].past)
		if (definition(t, i + 1, setter, error) == -1 ||
		    pipeline(t, i + 1, setter, error) == -1)
			return -1;
	return 0;
}
