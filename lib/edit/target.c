#include <stdlib.h>
#include <string.h>

#include "edit/comment.h"
#include "edit/edit.h"
#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/pattern.h"
#include "edit/stream.h"
#include "edit/target.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

int
targets_add(struct targets *t, struct target new, struct error *error)
{
	const struct node	*node = &new.layer->outline->node[new.node];

	if (node->kind != NODE_SCALAR && node->kind != NODE_ALIAS)
		return layer_error(new.layer, node->start, error, "expected "
		    "one value here, not a list or a mapping");
	new.offset = layer_offset(new.layer, node->start);
	t->target = keep_more(t->target, t->n, &t->room, sizeof(new));
	t->target[t->n++] = new;
	return 0;
}

/* Whether a mark can stand in the bytes at all; most files are out here. */
static bool
possible(const char *name, const struct bytes *b, const struct marks *m)
{
	bool	 named;

	if (m->nfields > 0)
		return true;
	if (m->setter == NULL || b->len == 0)
		return false;
	named = memmem(b->data, b->len, m->setter, strlen(m->setter)) != NULL;
	if (named && targets_kptfile(name))
		return true;
	/* A substitution's comment need not name the setter. */
	return (named || m->definitions != NULL) &&
	    comment_possible(b->data, b->len);
}

static int
add_comments(struct targets *t, const struct marks *m, struct error *error)
{
	struct scope	 scope = { .file = t->root->name,
			    .setter = m->setter,
			    .definitions = m->definitions };
	struct comments	 all;
	struct comment	*c;
	size_t		 i;

	if (comment_find(t->root->outline, &scope, &all, error) == -1)
		return -1;
	for (i = 0; i < all.n; i++) {
		c = &all.comment[i];
		if (targets_add(t, (struct target){ .layer = t->root,
		    .node = c->node, .kind = PLACE_COMMENT,
		    .pattern = c->pattern,
		    .comment = c->at }, error) == -1)
			return -1;
	}
	return 0;
}

static int
by_place(const void *a, const void *b)
{
	const struct target	*x = a, *y = b;

	if (x->offset != y->offset)
		return x->offset < y->offset ? -1 : 1;
	if (x->node != y->node)
		return x->node < y->node ? -1 : 1;
	return x->kind - y->kind;
}

/* One node, marked twice: the same comment, or marks that agree. */
static int
merge(struct target *x, const struct target *y, struct error *error)
{
	if (x->comment != 0 && x->comment == y->comment)
		return 0;
	if (x->pattern != NULL || y->pattern != NULL)
		return layer_error(x->layer,
		    x->layer->outline->node[x->node].start, error, "marked "
		    "as a whole and in part; keep one of the marks");
	if (x->field == NULL)
		x->field = y->field;
	return 0;
}

static int
sort(struct targets *t, struct error *error)
{
	struct target	*last;
	size_t		 i, n = 0;

	if (t->n > 0)
		qsort(t->target, t->n, sizeof(*t->target), by_place);
	for (i = 0; i < t->n; i++) {
		last = n == 0 ? NULL : &t->target[n - 1];
		if (last == NULL || last->layer != t->target[i].layer ||
		    last->node != t->target[i].node)
			t->target[n++] = t->target[i];
		else if (merge(last, &t->target[i], error) == -1)
			return -1;
	}
	t->n = n;
	return 0;
}

struct target *
targets_at(const struct targets *t, const struct layer *l, uint32_t node)
{
	size_t	 at = layer_offset(l, l->outline->node[node].start);
	size_t	 low = 0, high = t->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (t->target[mid].offset < at)
			low = mid + 1;
		else
			high = mid;
	}
	for (; low < t->n && t->target[low].offset == at; low++)
		if (t->target[low].layer == l && t->target[low].node == node)
			return &t->target[low];
	return NULL;
}

static int
read_value(struct target *target, const char *setter, struct error *error)
{
	const struct outline	*o = target->layer->outline;
	const struct node	*node = &o->node[target->scalar];
	enum fit		 fit;

	target->text = keep_copy(outline_value(o, target->scalar), node->len);
	if (strlen(target->text) != node->len)
		return layer_error(target->layer, node->start, error,
		    "the value holds a NUL character");
	if (outline_null(o, target->scalar))
		target->text = "";
	target->value = target->text;
	if (target->pattern == NULL || setter == NULL)
		return 0;
	fit = pattern_read(target->pattern, setter, target->text,
	    &target->value);
	if (fit == FIT_ONE)
		return 0;
	return layer_error(target->layer, node->start, error, "the value %s "
	    "%s; correct it by hand", target->text, fit == FIT_NONE ?
	    "does not fit its pattern" :
	    "can be read in several ways by its pattern");
}

/* A string cannot be given a value and be changed inside as well. */
static int
check_entered(struct targets *t, struct error *error)
{
	const struct layer	*l;
	size_t			 i;

	for (i = 0; i < t->n; i++)
		for (l = t->target[i].layer; l->up != NULL; l = l->up)
			if (targets_at(t, l->up, l->node) != NULL)
				return layer_error(l->up,
				    l->up->outline->node[l->node].start,
				    error, "the string is marked and so is a "
				    "field in it; keep one of the marks");
	return 0;
}

static int
gather(struct targets *t, const struct marks *m, struct error *error)
{
	size_t	 i;

	if (m->setter != NULL) {
		if (targets_kptfile(t->root->name) &&
		    kptfile_targets(t, m->setter, error) == -1)
			return -1;
		if (add_comments(t, m, error) == -1)
			return -1;
	}
	for (i = 0; i < m->nfields; i++)
		if (field_target(t, m->fields[i], error) == -1)
			return -1;
	if (sort(t, error) == -1 || check_entered(t, error) == -1 ||
	    alias_check(t, error) == -1)
		return -1;
	for (i = 0; i < t->n; i++)
		if (read_value(&t->target[i], m->setter, error) == -1)
			return -1;
	return 0;
}

int
targets_open(struct targets *t, const char *name, const struct bytes *b,
    const struct marks *m, struct error *error)
{
	*t = (struct targets){ .n = 0 };
	if (!possible(name, b, m))
		return 0;
	t->root = keep(sizeof(*t->root));
	if (layer_open(t->root, name, b->data == NULL ? "" : b->data, b->len,
	    error) == -1)
		return -1;
	return gather(t, m, error);
}

void
targets_close(struct targets *t)
{
	if (t->root != NULL)
		layer_close(t->root);
	t->root = NULL;
}
