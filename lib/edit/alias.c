#include <string.h>

#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/stream.h"
#include "edit/target.h"
#include "run/error.h"
#include "run/keep.h"

static uint32_t
document(const struct outline *o, uint32_t i)
{
	while (o->node[i].up != NODE_NONE)
		i = o->node[i].up;
	return i;
}

/* The node an alias refers to: the last one before it with that anchor. */
static uint32_t
anchored(const struct outline *o, uint32_t alias)
{
	const char	*name = keep_copy(outline_value(o, alias),
			    o->node[alias].len);
	uint32_t	 first = document(o, alias), i;

	for (i = alias; i > first; i--)
		if (o->node[i - 1].names != 0 &&
		    strcmp(outline_anchor(o, i - 1), name) == 0)
			return i - 1;
	return NODE_NONE;
}

static int
resolve(struct targets *t, struct target *target, struct error *error)
{
	const struct outline	*o = target->layer->outline;
	uint32_t		 i;

	target->scalar = target->node;
	if (o->node[target->node].kind == NODE_SCALAR)
		return 0;
	i = anchored(o, target->node);
	if (i == NODE_NONE || o->node[i].kind != NODE_SCALAR ||
	    targets_at(t, target->layer, i) == NULL)
		return layer_error(target->layer, o->node[target->node].start,
		    error, "the mark stands at an alias; mark the scalar with "
		    "its anchor as well, or write the value out");
	target->scalar = i;
	return 0;
}

/*
 * An alias that reads what changes in the node, without being marked;
 * NODE_NONE.  Below an anchor no alias can be marked for a part.
 */
static uint32_t
reader_of(const struct targets *t, const struct layer *l, uint32_t i,
    bool whole)
{
	const struct outline	*o = l->outline;
	const char		*name = outline_anchor(o, i);
	uint32_t		 k, past = o->node[document(o, i)].past;
	size_t			 len = strlen(name);

	/* An anchor holds until the document ends or it is set again. */
	for (k = i + 1; k < past; k++) {
		if (o->node[k].names != 0 &&
		    strcmp(outline_anchor(o, k), name) == 0)
			break;
		if (o->node[k].kind == NODE_ALIAS && o->node[k].len == len &&
		    memcmp(outline_value(o, k), name, len) == 0 &&
		    (!whole || targets_at(t, l, k) == NULL))
			return k;
	}
	return NODE_NONE;
}

/* Whether a node, or one it is in, is read elsewhere. */
static int
check(const struct targets *t, const struct layer *l, uint32_t node,
    bool whole, struct error *error)
{
	const struct outline	*o = l->outline;
	uint32_t		 i;

	for (i = node; i != NODE_NONE; i = o->node[i].up) {
		if (outline_anchor(o, i)[0] == '\0')
			continue;
		if (reader_of(t, l, i, whole && i == node) == NODE_NONE)
			continue;
		return layer_error(l, o->node[node].start, error, "the value "
		    "is read elsewhere through the alias *%s; write it out "
		    "there%s", outline_anchor(o, i), i == node ?
		    ", or mark the alias as well" : "");
	}
	return 0;
}

int
alias_check(struct targets *t, struct error *error)
{
	const struct layer	*l;
	struct target		*target;
	size_t			 i;

	for (i = 0; i < t->n; i++) {
		target = &t->target[i];
		if (resolve(t, target, error) == -1)
			return -1;
		if (target->scalar != target->node)
			continue;
		if (check(t, target->layer, target->node, true, error) == -1)
			return -1;
		for (l = target->layer; l->up != NULL; l = l->up)
			if (check(t, l->up, l->node, false, error) == -1)
				return -1;
	}
	return 0;
}
