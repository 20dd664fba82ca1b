#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/proof.h"
#include "edit/splice.h"
#include "edit/stream.h"
#include "edit/target.h"
#include "run/bytes.h"
#include "run/error.h"

static int
wrong(const struct layer *l, uint32_t node, struct error *error)
{
	const struct outline	*o = l->outline;
	size_t			 at = node < o->n ? o->node[node].start :
				    o->len;

	return layer_error(l, at, error, "the edit would change more than the "
	    "value here; nothing was written; write the value in double "
	    "quotes by hand");
}

static int
check_outside(const struct targets *t, const struct bytes *was,
    const struct changes *c, const struct bytes *is, struct error *error)
{
	const struct splice	*s;
	size_t			 i, from = 0, to = 0, gap;

	for (i = 0; i <= c->n; i++) {
		s = i < c->n ? &c->splice[i] : NULL;
		gap = (s == NULL ? was->len : s->start) - from;
		if (gap > is->len - to || (s == NULL && gap != is->len - to) ||
		    memcmp(was->data + from, is->data + to, gap) != 0)
			return layer_error(t->root, from, error, "bytes "
			    "outside the values would change; nothing was "
			    "written");
		if (s == NULL)
			break;
		from = s->end;
		to += gap + s->len;
	}
	return 0;
}

/* Only one change of style is ever asked for. */
static bool
same_style(const struct node *node, const struct item *item)
{
	return node->style == item->style || (node->touched &&
	    node->style == STYLE_PLAIN && item->style == STYLE_DOUBLE);
}

static bool
same_value(const struct outline *o, uint32_t i, const struct item *item)
{
	return o->node[i].len == item->len && (item->len == 0 ||
	    memcmp(outline_value(o, i), item->value, item->len) == 0);
}

static int check_layer(const struct targets *, const struct layer *,
    const char *, size_t, struct error *);

/* A node that was to change: to its text, or inside. */
static int
check_touched(const struct targets *t, const struct layer *l, uint32_t i,
    const struct item *item, struct error *error)
{
	const struct target	*target = targets_at(t, l, i);
	const struct layer	*down;

	if (target != NULL && target->wanted != NULL)
		return item->len == strlen(target->wanted) &&
		    memcmp(item->value, target->wanted, item->len) == 0 ? 0 :
		    wrong(l, i, error);
	for (down = l->down; down != NULL; down = down->next)
		if (down->node == i)
			return check_layer(t, down, item->value, item->len,
			    error);
	return wrong(l, i, error);
}

static int
check_node(const struct targets *t, const struct layer *l, uint32_t i,
    const struct item *item, struct error *error)
{
	const struct outline	*o = l->outline;
	const struct node	*node = &o->node[i];

	if (i >= o->n || node->kind != item->kind ||
	    !same_style(node, item) ||
	    strcmp(outline_anchor(o, i), item->anchor) != 0 ||
	    strcmp(outline_tag(o, i), item->tag) != 0)
		return wrong(l, i, error);
	if (node->kind != NODE_SCALAR && node->kind != NODE_ALIAS)
		return 0;
	if (node->touched)
		return check_touched(t, l, i, item, error);
	return same_value(o, i, item) ? 0 : wrong(l, i, error);
}

static int
compare(const struct targets *t, const struct layer *l, struct stream *s,
    struct error *error)
{
	const struct outline	*o = l->outline;
	struct item		 item;
	uint32_t		 i = 0, top = NODE_NONE;

	for (;;) {
		if (stream_next(s, &item, error) == -1)
			return error->verdict == RETRY ? -1 :
			    wrong(l, i, error);
		if (item.kind == NODE_END)
			return i == o->n ? 0 : wrong(l, i, error);
		if (item.kind == NODE_CLOSE) {
			if (top == NODE_NONE || o->node[top].past != i)
				return wrong(l, i, error);
			top = o->node[top].up;
			continue;
		}
		if (i < o->n && o->node[i].up != top)
			return wrong(l, i, error);
		if (check_node(t, l, i, &item, error) == -1)
			return -1;
		if (item.kind != NODE_SCALAR && item.kind != NODE_ALIAS)
			top = i;
		i++;
	}
}

static int
check_layer(const struct targets *t, const struct layer *l, const char *text,
    size_t len, struct error *error)
{
	struct stream	*s;
	int		 rv;

	if ((s = stream_open(text, len)) == NULL)
		return error_set(error, RETRY, "out of memory");
	rv = compare(t, l, s, error);
	stream_close(s);
	return rv;
}

int
proof_check(const struct targets *t, const struct bytes *was,
    const struct changes *c, const struct bytes *is, struct error *error)
{
	if (check_outside(t, was, c, is, error) == -1)
		return -1;
	return check_layer(t, t->root, is->data, is->len, error);
}
