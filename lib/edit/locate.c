#include <string.h>

#include "edit/block.h"
#include "edit/line.h"
#include "edit/outline.h"
#include "edit/splice.h"
#include "edit/stream.h"

/* A place in a scalar's text beside the place in its value. */
struct walk {
	const char	*p, *end;	/* of the text */
	const char	*v, *vend;	/* of the value */
	size_t		 indent;	/* columns, of a block scalar */
	bool		 block;
};

static void
skip_blanks(struct walk *w)
{
	size_t	 n = 0;

	while (w->p < w->end && (*w->p == ' ' ||
	    (*w->p == '\t' && !w->block)) && (!w->block || n < w->indent)) {
		w->p++;
		n++;
	}
}

/* Line breaks became a space, as many breaks, or one fewer. */
static void
fold(struct walk *w)
{
	size_t	 breaks = 0, n;

	while ((n = line_break(w->p, w->end)) > 0) {
		w->p += n;
		breaks++;
		skip_blanks(w);
	}
	if (breaks == 1 && w->v < w->vend && *w->v == ' ')
		w->v++;
	else
		for (; breaks > 0 && w->v < w->vend && *w->v == '\n';
		    breaks--)
			w->v++;
}

static size_t
character(const char *v, const char *vend)
{
	const char	*p = v;

	if (p < vend)
		p++;
	while (p < vend && ((unsigned char)*p & 0xc0) == 0x80)
		p++;
	return (size_t)(p - v);
}

/* An escape of a double-quoted scalar, or an escaped line break. */
static int
escape(struct walk *w)
{
	size_t	 len;

	w->p++;
	if ((len = line_break(w->p, w->end)) > 0) {
		w->p += len;
		skip_blanks(w);
		return 0;
	}
	if (w->p == w->end)
		return -1;
	/* YAML 1.1, 5.6: \xHH, \uHHHH, \UHHHHHHHH; others are one letter. */
	len = *w->p == 'x' ? 3 : *w->p == 'u' ? 5 : *w->p == 'U' ? 9 : 1;
	if ((size_t)(w->end - w->p) < len)
		return -1;
	w->p += len;
	w->v += character(w->v, w->vend);
	return 0;
}

/* A byte that stands for itself; else the walk has lost its way. */
static int
same(struct walk *w)
{
	if (w->p == w->end || *w->p != *w->v)
		return -1;
	w->p++;
	w->v++;
	return 0;
}

static int
advance(struct walk *w, uint8_t style)
{
	struct walk	 ahead = *w;

	if (style == STYLE_DOUBLE && w->p < w->end && *w->p == '\\')
		return escape(w);
	/* Blanks before a break belong to it, but in block scalars. */
	if (!w->block)
		skip_blanks(&ahead);
	if (line_break(ahead.p, ahead.end) > 0) {
		w->p = ahead.p;
		fold(w);
		return 0;
	}
	if (style == STYLE_SINGLE && w->p < w->end && *w->p == '\'')
		w->p++;
	return same(w);
}

int
splice_locate(const struct outline *o, uint32_t i, size_t at, size_t *offset)
{
	const struct node	*node = &o->node[i];
	const char		*value = outline_value(o, i);
	struct block		 b;
	struct walk		 w = { .p = o->text + node->start,
				    .end = o->text + node->end, .v = value,
				    .vend = value + node->len };

	w.block = node->style == STYLE_LITERAL || node->style == STYLE_FOLDED;
	if (w.block) {
		if (block_read(o, i, &b) == -1)
			return -1;
		w.indent = b.indent;
		w.p = o->text + b.lines;
		skip_blanks(&w);
	} else if (node->style != STYLE_PLAIN)
		w.p++;
	while (w.v < value + at)
		if (advance(&w, node->style) == -1)
			return -1;
	if (w.v != value + at)
		return -1;
	*offset = (size_t)(w.p - o->text);
	return 0;
}
