#include "edit/block.h"
#include "edit/line.h"
#include "edit/outline.h"

/* What U+2028 and U+2029 take; a value has these, not a newline. */
#define ODD_BREAK	3

static size_t
spaces(const char *p, const char *end)
{
	const char	*s = p;

	while (s < end && *s == ' ')
		s++;
	return (size_t)(s - p);
}

/* YAML 1.2, 8.1.1: the two indicators stand in either order. */
static void
read_header(const struct outline *o, struct block *b)
{
	size_t	 at = b->start + 1;

	for (; at < o->len; at++)
		if (o->text[at] >= '1' && o->text[at] <= '9')
			b->digit = o->text[at];
		else if (o->text[at] == '-' || o->text[at] == '+')
			b->chomp = o->text[at];
		else
			break;
	b->marks = at;
	b->header = line_end(o->text, o->len, at);
	b->lines = b->header + line_break(o->text + b->header,
	    o->text + o->len);
	b->odd_header = b->lines - b->header == ODD_BREAK;
}

/*
 * The value's first line that is not empty tells the indentation: what the
 * text has before it and the value has not.
 */
static int
read_indent(const struct outline *o, uint32_t i, struct block *b)
{
	const char	*value = outline_value(o, i);
	const char	*vend = value + o->node[i].len;
	const char	*p = o->text + b->lines;
	const char	*end = o->text + o->node[i].end;
	size_t		 n, in;

	while ((n = line_break(value, vend)) > 0)
		value += n;
	in = spaces(value, vend);
	if (value + in == vend || line_break(value + in, vend) > 0)
		return -1;
	while (n = spaces(p, end), line_break(p + n, end) > 0)
		p += n + line_break(p + n, end);
	if (n < in)
		return -1;
	b->indent = n - in;
	return 0;
}

/* A line of no more spaces than the indentation is an empty line. */
static void
read_lines(const struct outline *o, uint32_t i, struct block *b)
{
	size_t	 at = b->lines, stop = o->node[i].end, end, lead, size;

	b->last = b->header;
	while (at < stop) {
		end = line_end(o->text, stop, at);
		lead = spaces(o->text + at, o->text + end);
		if (end - at > lead || lead > b->indent) {
			b->last = end;
			b->trailing = 0;
			b->odd_end = false;
		}
		size = line_break(o->text + end, o->text + stop);
		b->trailing += size > 0;
		b->odd_end |= size == ODD_BREAK;
		at = end + size;
	}
}

int
block_read(const struct outline *o, uint32_t i, struct block *b)
{
	*b = (struct block){ .start = o->node[i].start };
	read_header(o, b);
	if (read_indent(o, i, b) == -1)
		return -1;
	read_lines(o, i, b);
	return 0;
}

/* How many of so many breaks stay in the value. */
static size_t
left(char chomp, size_t breaks)
{
	return chomp == '-' ? 0 : chomp == '+' ? breaks : breaks > 0;
}

int
block_chomp(const struct block *b, size_t breaks)
{
	static const char	 all[] = { '-', '\0', '+' };
	size_t			 i;

	if (breaks > 0 && b->odd_end)
		return -1;
	if (left(b->chomp, b->trailing) == breaks)
		return b->chomp;
	for (i = 0; i < sizeof(all); i++)
		if (left(all[i], b->trailing) == breaks)
			return all[i];
	return -1;
}
