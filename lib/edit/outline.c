#include <stdlib.h>
#include <string.h>

#include "edit/outline.h"
#include "edit/stream.h"
#include "run/error.h"

#define LARGEST		(256UL << 20)	/* bytes; offsets are 32 bits wide */
#define FIRST_NODES	64

static int
no_memory(struct error *error)
{
	return error_set(error, RETRY, "out of memory");
}

/* Copies into the store. */
static int
store(struct outline *o, const char *s, size_t len, uint32_t *at)
{
	size_t	 size = o->size;
	char	*more;

	/* So that a node's names are never at 0, which says: none. */
	if (o->used == 0)
		o->used = 1;
	while (size < o->used + len)
		size = size == 0 ? 256 : size * 2;
	if (size > o->size) {
		if (size > UINT32_MAX || (more = realloc(o->store,
		    size)) == NULL)
			return -1;
		o->store = more;
		o->size = size;
	}
	if (len > 0)
		memcpy(o->store + o->used, s, len);
	*at = (uint32_t)o->used;
	o->used += len;
	return 0;
}

static int
store_names(struct outline *o, const struct item *item, struct node *node)
{
	uint32_t	 at;

	if (item->anchor[0] == '\0' && item->tag[0] == '\0')
		return 0;
	if (store(o, item->anchor, strlen(item->anchor) + 1,
	    &node->names) == -1)
		return -1;
	return store(o, item->tag, strlen(item->tag) + 1, &at);
}

/* Most values stand in the text as they are: no copy of those. */
static int
store_value(struct outline *o, const struct item *item, struct node *node)
{
	size_t	 skip;

	skip = item->kind == NODE_ALIAS || item->style == STYLE_SINGLE ||
	    item->style == STYLE_DOUBLE;
	node->len = (uint32_t)item->len;
	node->value = (uint32_t)(item->start + skip);
	if (item->start + skip + item->len <= item->end &&
	    memcmp(o->text + item->start + skip, item->value,
	    item->len) == 0)
		return 0;
	node->stored = true;
	return store(o, item->value, item->len, &node->value);
}

static int
append(struct outline *o, const struct item *item, uint32_t up)
{
	struct node	*node, *more;

	if (o->n == o->room) {
		o->room = o->room == 0 ? FIRST_NODES : o->room * 2;
		more = reallocarray(o->node, o->room, sizeof(*more));
		if (more == NULL)
			return -1;
		o->node = more;
	}
	node = &o->node[o->n];
	*node = (struct node){ .start = (uint32_t)item->start,
	    .end = (uint32_t)item->end, .up = up, .past = (uint32_t)o->n + 1,
	    .kind = (uint8_t)item->kind, .style = (uint8_t)item->style };
	if (store_names(o, item, node) == -1 ||
	    ((item->kind == NODE_SCALAR || item->kind == NODE_ALIAS) &&
	    store_value(o, item, node) == -1))
		return -1;
	o->n++;
	return 0;
}

/* Which collections are open, and whether the next child is a key. */
struct cursor {
	uint32_t	 top;
	bool		 key;
};

/* A node has come to its end: what follows in its parent? */
static void
closed(struct outline *o, struct cursor *c, uint32_t i)
{
	c->top = o->node[i].up;
	c->key = c->top != NODE_NONE &&
	    o->node[c->top].kind == NODE_MAPPING && !o->node[i].key;
}

static int
take(struct outline *o, struct cursor *c, const struct item *item)
{
	uint32_t	 i = (uint32_t)o->n;

	if (item->kind == NODE_CLOSE) {
		i = c->top;
		o->node[i].past = (uint32_t)o->n;
		o->node[i].end = (uint32_t)item->end;
		closed(o, c, i);
		return 0;
	}
	if (append(o, item, c->top) == -1)
		return -1;
	o->node[i].key = c->key;
	if (item->kind == NODE_SCALAR || item->kind == NODE_ALIAS)
		closed(o, c, i);
	else {
		c->top = i;
		c->key = item->kind == NODE_MAPPING;
	}
	return 0;
}

int
outline_read(struct outline *o, const char *text, size_t len,
    struct error *error)
{
	struct stream	*stream;
	struct item	 item;
	struct cursor	 c = { .top = NODE_NONE };
	int		 rv;

	*o = (struct outline){ .text = text, .len = len };
	if (len > LARGEST)
		return error_set(error, BROKEN, "1:1: larger than %lu MiB",
		    LARGEST >> 20);
	if ((stream = stream_open(text, len)) == NULL)
		return no_memory(error);
	while ((rv = stream_next(stream, &item, error)) == 0 &&
	    item.kind != NODE_END)
		if ((rv = take(o, &c, &item)) == -1) {
			no_memory(error);
			break;
		}
	stream_close(stream);
	if (rv == -1)
		outline_free(o);
	return rv;
}

void
outline_free(struct outline *o)
{
	free(o->node);
	free(o->store);
	*o = (struct outline){ .text = NULL };
}

const char *
outline_value(const struct outline *o, uint32_t i)
{
	const struct node	*node = &o->node[i];

	return (node->stored ? o->store : o->text) + node->value;
}

const char *
outline_anchor(const struct outline *o, uint32_t i)
{
	return o->node[i].names == 0 ? "" : o->store + o->node[i].names;
}

const char *
outline_tag(const struct outline *o, uint32_t i)
{
	const char	*anchor = outline_anchor(o, i);

	return anchor[0] == '\0' && o->node[i].names == 0 ? "" :
	    anchor + strlen(anchor) + 1;
}

bool
outline_is(const struct outline *o, uint32_t i, const char *s)
{
	return o->node[i].kind == NODE_SCALAR &&
	    o->node[i].len == strlen(s) &&
	    memcmp(outline_value(o, i), s, o->node[i].len) == 0;
}

bool
outline_null(const struct outline *o, uint32_t i)
{
	static const char *const	 nulls[] = {
		"", "~", "null", "Null", "NULL"
	};
	size_t				 k;

	if (o->node[i].style != STYLE_PLAIN || outline_tag(o, i)[0] != '\0')
		return false;
	for (k = 0; k < sizeof(nulls) / sizeof(nulls[0]); k++)
		if (outline_is(o, i, nulls[k]))
			return true;
	return false;
}

uint32_t
outline_value_of(const struct outline *o, uint32_t key)
{
	return o->node[key].past;
}

uint32_t
outline_child(const struct outline *o, uint32_t mapping, const char *key,
    bool *more)
{
	uint32_t	 found = NODE_NONE, i;

	*more = false;
	if (o->node[mapping].kind != NODE_MAPPING)
		return NODE_NONE;
	for (i = mapping + 1; i < o->node[mapping].past; i = o->node[i].past)
		if (o->node[i].key && outline_is(o, i, key)) {
			*more = found != NODE_NONE;
			found = outline_value_of(o, i);
			if (*more)
				break;
		}
	return found;
}

bool
outline_flow(const struct outline *o, uint32_t i)
{
	uint32_t	 up = o->node[i].up;

	/* Block collections cannot stand in flow ones. */
	return up != NODE_NONE && (o->node[up].kind == NODE_MAPPING ||
	    o->node[up].kind == NODE_SEQUENCE) &&
	    o->node[up].style == STYLE_FLOW;
}

uint32_t
outline_from(const struct outline *o, size_t at)
{
	size_t	 low = 0, high = o->n, mid;

	/* Nodes stand in the order in which they start. */
	while (low < high) {
		mid = low + (high - low) / 2;
		if (o->node[mid].start < at)
			low = mid + 1;
		else
			high = mid;
	}
	return low == o->n ? NODE_NONE : (uint32_t)low;
}

uint32_t
outline_before(const struct outline *o, size_t at)
{
	uint32_t	 i = outline_from(o, at);
	size_t		 k = i == NODE_NONE ? o->n : i;

	for (; k > 0; k--)
		if (o->node[k - 1].end > o->node[k - 1].start &&
		    (o->node[k - 1].kind == NODE_SCALAR ||
		    o->node[k - 1].kind == NODE_ALIAS))
			return (uint32_t)k - 1;
	return NODE_NONE;
}
