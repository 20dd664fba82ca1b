#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "edit/block.h"
#include "edit/line.h"
#include "edit/outline.h"
#include "edit/quote.h"
#include "edit/splice.h"
#include "edit/stream.h"
#include "run/keep.h"

#define NO_MEMORY	"there is no memory"
#define NO_LAYOUT	"the block scalar is empty or begins with spaces; " \
			"write the value in double quotes by hand"
#define NOT_LITERAL	"a block scalar cannot hold this value exactly; " \
			"write it in double quotes by hand"

/* Ends a memory stream and keeps what was written. */
static const char *
finish(FILE *f, char **text, size_t *len, struct splice *s)
{
	if (fclose(f) != 0) {
		free(*text);
		return NO_MEMORY;
	}
	s->text = keep_copy(*text, *len);
	s->len = *len;
	free(*text);
	return NULL;
}

static const char *
write_double(const char *lead, const char *value, struct splice *s)
{
	FILE	*f;
	char	*text = NULL;
	size_t	 len = 0;

	if ((f = open_memstream(&text, &len)) == NULL)
		return NO_MEMORY;
	fprintf(f, "%s\"", lead);
	quote_double(f, value, strlen(value));
	fputc('"', f);
	return finish(f, &text, &len, s);
}

static const char *
write_single(const char *value, struct splice *s)
{
	FILE	*f;
	char	*text = NULL;
	size_t	 len = 0;

	if (!quote_printable(value, strlen(value)))
		return "single quotes cannot hold a line break or control "
		    "character; put double quotes there";
	if ((f = open_memstream(&text, &len)) == NULL)
		return NO_MEMORY;
	fputc('\'', f);
	quote_single(f, value, strlen(value));
	fputc('\'', f);
	return finish(f, &text, &len, s);
}

/* What must stand before a value, and whether one fits where none was. */
static const char *
check_gap(const struct outline *o, uint32_t i, const char **lead)
{
	const char	*p = o->text + o->node[i].start;
	size_t		 left = o->len - o->node[i].start;
	bool		 named = o->node[i].names != 0;

	*lead = "";
	if (o->node[i].end > o->node[i].start) {
		/* libyaml reads "&a:b" as an anchor and ":b". */
		if (named && strchr(" \t", p[-1]) == NULL &&
		    line_start(o->text, o->node[i].start) !=
		    o->node[i].start)
			*lead = " ";
		return NULL;
	}
	*lead = " ";
	if (o->node[i].start == 0 || (!named && p[-1] != ':' && p[-1] != '-'))
		return "there is no value to replace; write one by hand";
	if (left > 0 && strchr(" \t,]}", *p) == NULL &&
	    line_break(p, p + left) == 0)
		return "something follows the empty value; write one by hand";
	return NULL;
}

static const char *
write_plain(const struct outline *o, uint32_t i, const char *value,
    struct splice *s)
{
	const char	*why, *lead;

	if ((why = check_gap(o, i, &lead)) != NULL)
		return why;
	if (!quote_plain(value, outline_flow(o, i)))
		return write_double(lead, value, s);
	s->text = keepf("%s%s", lead, value);
	s->len = strlen(s->text);
	return NULL;
}

/* Lines of a block scalar behind one another, the last without its break. */
static void
write_lines(FILE *f, const struct outline *o, const struct block *b,
    const char *value, size_t len)
{
	const char	*brk = o->text + b->header;
	size_t		 size = b->lines - b->header, i;
	bool		 start = true;

	for (i = 0; i < len; i++) {
		if (value[i] == '\n') {
			fwrite(brk, 1, size, f);
			/* Folding takes one break away between two lines. */
			if (o->text[b->start] == '>' && !start)
				fwrite(brk, 1, size, f);
			start = true;
			continue;
		}
		if (start)
			fprintf(f, "%*s", (int)b->indent, "");
		start = false;
		fputc(value[i], f);
	}
}

/* Lines that begin with blanks would be folded, or set the indentation. */
static bool
fits_block(const struct block *b, char style, const char *value, size_t len)
{
	const char	*end = value + len, *p, *q;
	bool		 first = true;

	if (len == 0)
		return false;
	for (p = value; p < end; p = q + 1) {
		if ((q = memchr(p, '\n', (size_t)(end - p))) == NULL)
			q = end;
		if (!quote_printable(p, (size_t)(q - p)) ||
		    (q < end && b->odd_header))
			return false;
		if (q == p)
			continue;
		if ((*p == ' ' || *p == '\t') &&
		    (style == '>' || (first && b->digit == '\0')))
			return false;
		first = false;
	}
	return true;
}

/*
 * The line breaks behind the last line stay where they are, so the change
 * ends before them; how many count is said in the header.
 */
static const char *
write_block(const struct outline *o, uint32_t i, const char *value,
    struct splice *s)
{
	struct block	 b;
	FILE		*f;
	char		*text = NULL;
	size_t		 len = 0, body = strlen(value);
	int		 chomp;

	if (block_read(o, i, &b) == -1)
		return NO_LAYOUT;
	while (body > 0 && value[body - 1] == '\n')
		body--;
	if (!fits_block(&b, o->text[b.start], value, body) ||
	    (chomp = block_chomp(&b, strlen(value) - body)) == -1)
		return NOT_LITERAL;
	if ((f = open_memstream(&text, &len)) == NULL)
		return NO_MEMORY;
	if (chomp == b.chomp)
		fwrite(o->text + b.start, 1, b.lines - b.start, f);
	else {
		fputc(o->text[b.start], f);
		if (b.digit != '\0')
			fputc(b.digit, f);
		if (chomp != '\0')
			fputc(chomp, f);
		fwrite(o->text + b.marks, 1, b.lines - b.marks, f);
	}
	write_lines(f, o, &b, value, body);
	s->end = b.last;
	return finish(f, &text, &len, s);
}

const char *
splice_write(const struct outline *o, uint32_t i, const char *value,
    struct splice *s)
{
	const struct node	*node = &o->node[i];

	*s = (struct splice){ .start = node->start, .end = node->end };
	switch (node->style) {
	case STYLE_PLAIN:
		return write_plain(o, i, value, s);
	case STYLE_SINGLE:
		return write_single(value, s);
	case STYLE_DOUBLE:
		return write_double("", value, s);
	default:
		return write_block(o, i, value, s);
	}
}

/* Writes a part of a value in the manner of the scalar it goes into. */
static const char *
embed(const struct outline *o, uint32_t i, const char *part, size_t len,
    FILE *f)
{
	struct block	 b;
	bool		 line = quote_printable(part, len);

	switch (o->node[i].style) {
	case STYLE_DOUBLE:
		quote_double(f, part, len);
		return NULL;
	case STYLE_SINGLE:
		if (!line)
			break;
		quote_single(f, part, len);
		return NULL;
	case STYLE_LITERAL:
		if (block_read(o, i, &b) == -1)
			return NO_LAYOUT;
		if (b.odd_header && memchr(part, '\n', len) != NULL)
			break;
		for (; len > 0; len--, part++) {
			if (*part != '\n') {
				fputc(*part, f);
				continue;
			}
			fwrite(o->text + b.header, 1, b.lines - b.header, f);
			if (len > 1 && part[1] != '\n')
				fprintf(f, "%*s", (int)b.indent, "");
		}
		return NULL;
	default:
		if (!line || o->node[i].style == STYLE_PLAIN)
			break;
		fwrite(part, 1, len, f);
		return NULL;
	}
	return "the string around it cannot hold the new value exactly; make "
	    "that string a literal block (|)";
}

const char *
splice_lift(const struct outline *o, uint32_t i, struct splice *s)
{
	FILE		*f;
	const char	*why;
	char		*text = NULL;
	size_t		 len = 0, start, end;

	if (splice_locate(o, i, s->start, &start) == -1 ||
	    splice_locate(o, i, s->end, &end) == -1)
		return "the string around it is folded or escaped here; make "
		    "that string a literal block (|)";
	if ((f = open_memstream(&text, &len)) == NULL)
		return NO_MEMORY;
	if ((why = embed(o, i, s->text, s->len, f)) != NULL) {
		fclose(f);
		free(text);
		return why;
	}
	s->start = start;
	s->end = end;
	return finish(f, &text, &len, s);
}
