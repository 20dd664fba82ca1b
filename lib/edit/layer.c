#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/layer.h"
#include "edit/outline.h"
#include "edit/splice.h"
#include "edit/spot.h"
#include "run/error.h"

int
layer_open(struct layer *l, const char *name, const char *text, size_t len,
    struct error *error)
{
	struct error	 why;

	*l = (struct layer){ .name = name };
	if ((l->outline = calloc(1, sizeof(*l->outline))) == NULL)
		return error_set(error, RETRY, "%s: out of memory", name);
	if (outline_read(l->outline, text, len, &why) == 0)
		return 0;
	free(l->outline);
	l->outline = NULL;
	/* What is wrong with the text begins with line and column. */
	return error_set(error, why.verdict, "%s:%s%s", name,
	    why.verdict == BROKEN ? "" : " ", why.text);
}

static int
read_string(struct layer *l, struct error *error)
{
	const struct outline	*o = l->up->outline;
	size_t			 len = o->node[l->node].len;
	struct error		 why;

	l->text = calloc(1, len + 1);
	l->outline = calloc(1, sizeof(*l->outline));
	if (l->text == NULL || l->outline == NULL)
		return error_set(error, RETRY, "%s: out of memory", l->name);
	memcpy(l->text, outline_value(o, l->node), len);
	if (outline_read(l->outline, l->text, len, &why) == 0)
		return 0;
	free(l->outline);
	l->outline = NULL;
	layer_error(l->up, o->node[l->node].start, error, "the string here, "
	    "entered by \" | \": %s", why.text);
	error->verdict = why.verdict;
	return -1;
}

struct layer *
layer_enter(struct layer *up, uint32_t node, struct error *error)
{
	struct layer	*l;

	for (l = up->down; l != NULL; l = l->next)
		if (l->node == node)
			return l;
	if ((l = calloc(1, sizeof(*l))) == NULL) {
		error_set(error, RETRY, "%s: out of memory", up->name);
		return NULL;
	}
	*l = (struct layer){ .name = up->name, .up = up, .node = node,
	    .next = up->down };
	up->down = l;
	return read_string(l, error) == -1 ? NULL : l;
}

void
layer_close(struct layer *l)
{
	struct layer	*down, *next;

	for (down = l->down; down != NULL; down = next) {
		next = down->next;
		layer_close(down);
		free(down);
	}
	if (l->outline != NULL)
		outline_free(l->outline);
	free(l->outline);
	free(l->text);
	l->outline = NULL;
	l->down = NULL;
	l->text = NULL;
}

size_t
layer_offset(const struct layer *l, size_t at)
{
	const struct outline	*o;

	for (; l->up != NULL; l = l->up) {
		o = l->up->outline;
		if (splice_locate(o, l->node, at, &at) == -1)
			at = o->node[l->node].start;
	}
	return at;
}

int
layer_error(const struct layer *l, size_t at, struct error *error,
    const char *fmt, ...)
{
	char			 what[sizeof(error->text)];
	const struct layer	*root = l;
	va_list			 ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	while (root->up != NULL)
		root = root->up;
	return spot_error(l->name, root->outline->text, layer_offset(l, at),
	    error, "%s", what);
}

const char *
layer_lift(const struct layer *l, struct splice *s)
{
	const char	*why;

	for (; l->up != NULL; l = l->up)
		if ((why = splice_lift(l->up->outline, l->node, s)) != NULL)
			return why;
	return NULL;
}
