#include <string.h>

#include "edit/edit.h"
#include "edit/fieldpath.h"
#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/stream.h"
#include "edit/target.h"
#include "run/error.h"

/* The way of a path through the documents of a file and its strings. */
struct search {
	struct fieldpath	 path;
	struct layer		*layer;		/* of what was found */
	uint32_t		 node;
	size_t			 found;
	struct layer		*near;		/* where it ended otherwise */
	size_t			 at, step;
};

/* Remembers how far the path was followed, for the message. */
static void
dead_end(struct search *s, struct layer *l, uint32_t node, size_t step)
{
	if (s->near == NULL || step >= s->step) {
		s->near = l;
		s->at = l->outline->node[node].start;
		s->step = step;
	}
}

static int
astray(const struct search *s, const struct layer *l, uint32_t node,
    size_t step, enum follow why, struct error *error)
{
	/* At the end of a path the step is the last one. */
	step -= step == s->path.n;
	return layer_error(l, l->outline->node[node].start, error,
	    "field path %s: %.*s %s", s->path.text,
	    (int)s->path.step[step].end, s->path.text, why == FOLLOW_ALIAS ?
	    "is an alias; name the field that has the anchor" :
	    "is more than one thing");
}

static int search(struct search *, struct layer *, size_t, struct error *);

static int
search_document(struct search *s, struct layer *l, uint32_t node,
    size_t step, struct error *error)
{
	struct layer	*inner;
	enum follow	 f;

	/* That the path does not lead on in this document is no error yet. */
	f = fieldpath_follow(&s->path, l->outline, &node, &step);
	if (f == FOLLOW_MANY || f == FOLLOW_ALIAS)
		return astray(s, l, node, step, f, error);
	if (f == FOLLOW_NONE) {
		dead_end(s, l, node, step);
		return 0;
	}
	if (step == s->path.n) {
		s->found++;
		s->layer = l;
		s->node = node;
		return 0;
	}
	dead_end(s, l, node, ++step);
	if (l->outline->node[node].kind != NODE_SCALAR)
		return 0;
	if ((inner = layer_enter(l, node, error)) == NULL)
		return -1;
	return search(s, inner, step, error);
}

static int
search(struct search *s, struct layer *l, size_t step, struct error *error)
{
	const struct outline	*o = l->outline;
	uint32_t		 i;

	for (i = 0; i < o->n; i = o->node[i].past)
		if (search_document(s, l, i + 1, step, error) == -1)
			return -1;
	return 0;
}

int
field_target(struct targets *t, const char *path, struct error *error)
{
	struct search	 s = { .found = 0 };

	if (fieldpath_parse(&s.path, path, error) == -1)
		return error_in(error, "%s", t->root->name);
	if (search(&s, t->root, 0, error) == -1)
		return -1;
	if (s.found == 0)
		return layer_error(s.near == NULL ? t->root : s.near, s.at,
		    error, "field path %s: there is no %.*s", path,
		    (int)s.path.step[s.step].end, path);
	if (s.found > 1)
		return layer_error(s.layer,
		    s.layer->outline->node[s.node].start, error, "field path "
		    "%s leads to %zu places; it must lead to one", path,
		    s.found);
	return targets_add(t, (struct target){ .layer = s.layer,
	    .node = s.node, .kind = PLACE_FIELD, .field = path }, error);
}
