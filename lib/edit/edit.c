#include <stdlib.h>
#include <string.h>

#include "edit/definitions.h"
#include "edit/edit.h"
#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/pattern.h"
#include "edit/proof.h"
#include "edit/splice.h"
#include "edit/spot.h"
#include "edit/target.h"
#include "edit/utf8.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/* What edit_set() was asked. */
struct order {
	const char		*name;
	const struct bytes	*bytes;
	const struct marks	*marks;
	const char		*value;
};

#define TAG_STRING	"tag:yaml.org,2002:str"

int
edit_define(const char *name, const struct bytes *b,
    struct definitions **definitions, struct error *error)
{
	struct layer	 l;
	int		 rv;

	if (!targets_kptfile(name) || b->len == 0 ||
	    memmem(b->data, b->len, DEFINED, strlen(DEFINED)) == NULL)
		return 0;
	if (layer_open(&l, name, b->data, b->len, error) == -1)
		return -1;
	rv = definitions_add(definitions, name, l.outline, error);
	layer_close(&l);
	return rv;
}

int
edit_find(const char *name, const struct bytes *b, const struct marks *m,
    struct places *places, struct error *error)
{
	struct targets	 t;
	struct target	*target;
	struct spot	 spot = { 0, 1, 1 };
	size_t		 i;

	*places = (struct places){ .n = 0 };
	if (targets_open(&t, name, b, m, error) == -1) {
		targets_close(&t);
		return -1;
	}
	places->place = t.n == 0 ? NULL : keep(t.n * sizeof(struct place));
	for (i = 0; i < t.n; i++) {
		target = &t.target[i];
		spot_move(&spot, b->data, target->offset);
		places->place[i] = (struct place){ .kind =
		    (enum place_kind)target->kind, .value = target->value,
		    .line = spot.line, .column = spot.column,
		    .field = target->field };
	}
	places->n = t.n;
	targets_close(&t);
	return 0;
}

static int
refuse(const struct target *t, const char *value, const char *why,
    struct error *error)
{
	return layer_error(t->layer, t->layer->outline->node[t->node].start,
	    error, "cannot write %s here: %s", value, why);
}

/* The text a target is to have; none when it has the value already. */
static int
want(struct target *t, const struct marks *m, const char *value,
    struct error *error)
{
	const char	*tag = outline_tag(t->layer->outline, t->scalar);

	if (strcmp(t->value, value) == 0)
		return 0;
	if (tag[0] != '\0' && strcmp(tag, "!") != 0 &&
	    strcmp(tag, TAG_STRING) != 0)
		return refuse(t, value, "its tag makes it no string; take "
		    "the tag away", error);
	t->wanted = value;
	if (t->pattern != NULL && pattern_write(t->pattern, m->setter,
	    t->text, value, &t->wanted) != FIT_ONE)
		return refuse(t, value, "with it the pattern could be read "
		    "in several ways; change the pattern", error);
	return 0;
}

/* An alias shows its scalar's new text: it must be what it wants, too. */
static int
agree(const struct targets *t, const struct target *alias,
    const char *value, struct error *error)
{
	const struct target	*scalar;

	scalar = targets_at(t, alias->layer, alias->scalar);
	if (scalar == NULL || (scalar->wanted == NULL) !=
	    (alias->wanted == NULL) || (alias->wanted != NULL &&
	    strcmp(alias->wanted, scalar->wanted) != 0))
		return refuse(alias, value, "the alias and its anchor are "
		    "marked in different ways", error);
	return 0;
}

static int
plan_one(const struct targets *t, struct target *target, const char *value,
    struct splice *s, struct error *error)
{
	const struct layer	*l;
	const char		*why;

	why = splice_write(target->layer->outline, target->node,
	    target->wanted, s);
	if (why == NULL)
		why = layer_lift(target->layer, s);
	if (why != NULL)
		return refuse(target, value, why, error);
	target->layer->outline->node[target->node].touched = true;
	for (l = target->layer; l != t->root; l = l->up)
		l->up->outline->node[l->node].touched = true;
	return 0;
}

/* Decides on all changes, in the order of the file. */
static int
plan(struct targets *t, const struct order *order, struct changes *c,
    struct error *error)
{
	const char	*value = order->value;
	struct target	*target;
	size_t		 i;

	for (i = 0; i < t->n; i++)
		if (want(&t->target[i], order->marks, value, error) == -1)
			return -1;
	/* All or nothing: one place that cannot hold it refuses the file. */
	c->splice = keep((t->n + 1) * sizeof(*c->splice));
	for (i = 0; i < t->n; i++) {
		target = &t->target[i];
		if (target->scalar != target->node) {
			if (agree(t, target, value, error) == -1)
				return -1;
			target->wanted = NULL;
		}
		if (target->wanted != NULL && plan_one(t, target, value,
		    &c->splice[c->n++], error) == -1)
			return -1;
	}
	return 0;
}

/* Puts the changes in; the caller frees the bytes. */
static int
apply(const struct bytes *b, const struct changes *c, struct bytes *out,
    struct error *error)
{
	const struct splice	*s;
	size_t			 i, from = 0, len = b->len;

	for (i = 0; i < c->n; i++)
		len += c->splice[i].len;
	if ((out->data = malloc(len + 1)) == NULL)
		return error_set(error, RETRY, "out of memory");
	out->len = 0;
	for (i = 0; i <= c->n; i++) {
		s = i < c->n ? &c->splice[i] : &(struct splice){
		    .start = b->len, .end = b->len, .text = "" };
		if (s->start < from)
			return error_set(error, BROKEN, "two changes meet "
			    "at byte %zu; nothing was written", s->start);
		if (s->start > from)
			memcpy(out->data + out->len, b->data + from,
			    s->start - from);
		out->len += s->start - from;
		memcpy(out->data + out->len, s->text, s->len);
		out->len += s->len;
		from = s->end;
	}
	out->data[out->len] = '\0';
	return 0;
}

/*
 * A change may move what the marks lead to, as when a path chooses an item
 * by the very value it changes.  The next run would then be lost.
 */
static int
check_marks(const struct order *order, size_t n, const struct bytes *out,
    struct error *error)
{
	struct places	 p;
	size_t		 i;

	if (edit_find(order->name, out, order->marks, &p, error) == -1)
		return error_in(error, "%s: the marks would lead elsewhere "
		    "with the new value; nothing was written", order->name);
	for (i = 0; i < p.n; i++)
		if (strcmp(p.place[i].value, order->value) != 0)
			break;
	if (i == p.n && p.n == n)
		return 0;
	return error_set(error, BROKEN, "%s: the marks would lead elsewhere "
	    "with the new value; nothing was written", order->name);
}

static int
change(struct targets *t, const struct order *order, struct bytes *out,
    struct error *error)
{
	struct changes	 c = { .n = 0 };

	if (plan(t, order, &c, error) == -1)
		return -1;
	if (apply(order->bytes, &c, out, error) == -1)
		return error_in(error, "%s", order->name);
	if (c.n == 0)
		return 0;
	if (proof_check(t, order->bytes, &c, out, error) == -1)
		return -1;
	/* One outline at a time: they are larger than the file. */
	targets_close(t);
	return check_marks(order, t->n, out, error);
}

int
edit_set(const char *name, const struct bytes *b, const struct marks *m,
    const char *value, struct bytes *out, struct error *error)
{
	struct order	 order = { name, b, m, value };
	struct targets	 t;
	int		 rv;

	*out = (struct bytes){ .data = NULL };
	if (!utf8_valid(value))
		return error_set(error, BROKEN, "%s: the value to write is "
		    "not UTF-8", name);
	rv = targets_open(&t, name, b, m, error);
	if (rv == 0)
		rv = change(&t, &order, out, error);
	if (rv == -1)
		bytes_free(out);
	targets_close(&t);
	return rv;
}
