/*
 * An edit of any file with any marks and value: refused with its place, or
 * nothing but the values changed.  The input is options, setter, field paths
 * (a line each), value and file.  The result is judged with libyaml alone,
 * which shares no code with what is judged.
 */

#include <yaml.h>

#include "edit/edit.h"
#include "fuzz/fuzz.h"

#define MOST_FIELDS	4
#define OURS		"; nothing was written"	/* the proof's words */

/* What is asked; options are letters. */
struct ask {
	const char	*name;		/* 'k': of a Kptfile */
	const char	*value;
	const char	*field[MOST_FIELDS];
	struct marks	 marks;
	bool		 enters;	/* a field path enters a string */
	bool		 echoes;	/* errors may quote these words */
	struct bytes	 file;
};

/* A node's event as libyaml tells it, its place in bytes. */
struct piece {
	yaml_event_type_t	 type;
	size_t			 start, end, len;
	const char		*value, *anchor, *tag;
	bool			 plain;
};

struct pieces {
	const struct bytes	*of;
	struct piece		*piece;
	size_t			 n, room;
	bool			 aliases;
};

static const char *
text(const yaml_char_t *s)
{
	return s == NULL ? "" : keepf("%s", (const char *)s);
}

static struct piece
piece_of(const yaml_event_t *e, const size_t *byte)
{
	struct piece	 p = { .type = e->type, .value = "", .anchor = "",
			    .tag = "" };

	p.start = byte[e->start_mark.index];
	p.end = byte[e->end_mark.index];
	if (e->type == YAML_SCALAR_EVENT) {
		p.len = e->data.scalar.length;
		p.value = keep_copy((const char *)e->data.scalar.value,
		    p.len);
		p.plain = e->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
		p.anchor = text(e->data.scalar.anchor);
		p.tag = text(e->data.scalar.tag);
	} else if (e->type == YAML_ALIAS_EVENT)
		p.anchor = text(e->data.alias.anchor);
	else if (e->type == YAML_MAPPING_START_EVENT) {
		p.anchor = text(e->data.mapping_start.anchor);
		p.tag = text(e->data.mapping_start.tag);
	} else if (e->type == YAML_SEQUENCE_START_EVENT) {
		p.anchor = text(e->data.sequence_start.anchor);
		p.tag = text(e->data.sequence_start.tag);
	}
	return p;
}

/* Where each character begins, as libyaml counts: not the BOM. */
static size_t *
bytes_of_characters(const struct bytes *b)
{
	size_t	*byte = keep((b->len + 2) * sizeof(*byte));
	size_t	 at = 0, n = 0;

	if (b->len >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0)
		at = 3;
	while (at < b->len) {
		byte[n++] = at++;
		while (at < b->len && (b->data[at] & 0xc0) == 0x80)
			at++;
	}
	for (; n < b->len + 2; n++)
		byte[n] = b->len;
	return byte;
}

/* -1: not YAML. */
static int
pieces_read(struct pieces *p, const struct bytes *b)
{
	yaml_parser_t	 parser;
	yaml_event_t	 e;
	size_t		*byte = bytes_of_characters(b);
	bool		 end = false;

	*p = (struct pieces){ .of = b };
	MUST(yaml_parser_initialize(&parser));
	yaml_parser_set_input_string(&parser,
	    (const unsigned char *)b->data, b->len);
	while (!end) {
		if (!yaml_parser_parse(&parser, &e)) {
			yaml_parser_delete(&parser);
			return -1;
		}
		p->piece = keep_more(p->piece, p->n, &p->room,
		    sizeof(*p->piece));
		p->piece[p->n++] = piece_of(&e, byte);
		p->aliases |= e.type == YAML_ALIAS_EVENT;
		end = e.type == YAML_STREAM_END_EVENT;
		yaml_event_delete(&e);
	}
	yaml_parser_delete(&parser);
	return 0;
}

static void
check_gap(const struct bytes *a, size_t from, size_t to,
    const struct bytes *b, size_t begin, size_t end)
{
	MUST(to >= from && end >= begin && to - from == end - begin);
	MUST(to == from || memcmp(a->data + from, b->data + begin,
	    to - from) == 0);
}

/* A null that became the text "null" has the same bytes in quotes. */
static bool
same_piece(const struct piece *x, const struct piece *y)
{
	return x->len == y->len && x->plain == y->plain &&
	    memcmp(x->value, y->value, x->len) == 0;
}

/* Whether the lines end alike from these offsets on. */
static bool
same_rest(const struct bytes *a, size_t at, const struct bytes *b, size_t to)
{
	while (at < a->len && to < b->len && a->data[at] == b->data[to] &&
	    a->data[at] != '\n') {
		at++;
		to++;
	}
	return at >= a->len ? to >= b->len || b->data[to] == '\n' :
	    to < b->len && a->data[at] == b->data[to];
}

/*
 * A scalar without a text is anywhere between its neighbours to libyaml.
 * Here it is where the other one's text was put, with a space before it if
 * need was.
 */
static void
settle(const struct bytes *was, struct piece *x, size_t from,
    const struct bytes *is, struct piece *y, size_t begin)
{
	if (x->start != x->end)
		return;
	x->start = from + (y->start - begin);
	if (y->start > begin && is->data[y->start - 1] == ' ' &&
	    (x->start > was->len || was->data[x->start - 1] != ' ' ||
	    !same_rest(was, x->start, is, y->end))) {
		x->start--;
		y->start--;
	}
	x->end = x->start;
}

/* Everything is the same but the values of some scalars: how many. */
static size_t
compare(const struct pieces *was, const struct pieces *is)
{
	struct piece	*x, *y;
	size_t		 i, n = 0, from = 0, begin = 0;

	MUST(was->n == is->n);
	for (i = 0; i < was->n; i++) {
		x = &was->piece[i];
		y = &is->piece[i];
		MUST(x->type == y->type);
		MUST(strcmp(x->anchor, y->anchor) == 0);
		MUST(strcmp(x->tag, y->tag) == 0);
		if (same_piece(x, y))
			continue;
		n++;
		settle(was->of, x, from, is->of, y, begin);
		check_gap(was->of, from, x->start, is->of, begin, y->start);
		from = x->end;
		begin = y->end;
	}
	check_gap(was->of, from, was->of->len, is->of, begin, is->of->len);
	return n;
}

static void
check_change(const struct ask *a, const struct places *p,
    const struct bytes *out)
{
	struct pieces	 was, is;
	size_t		 i, n = 0, differ;

	for (i = 0; i < p->n; i++)
		n += strcmp(p->place[i].value, a->value) != 0;
	if (n == 0) {
		MUST(fuzz_same(&a->file, out));
		return;
	}
	MUST(pieces_read(&was, &a->file) == 0);
	MUST(pieces_read(&is, out) == 0);
	differ = compare(&was, &is);
	/* An alias is a place of its own; so are two in one string. */
	MUST(differ > 0 && differ <= n);
	MUST(was.aliases || a->enters || differ == n);
}

static void
check_result(const struct ask *a, const struct places *p,
    const struct bytes *out)
{
	struct error	 error = { .text = "" };
	struct bytes	 again;
	struct places	 after;
	size_t		 i;

	check_change(a, p, out);
	MUST(edit_find(a->name, out, &a->marks, &after, &error) == 0);
	MUST(after.n == p->n);
	for (i = 0; i < after.n; i++)
		MUST(strcmp(after.place[i].value, a->value) == 0);
	MUST(edit_set(a->name, out, &a->marks, a->value, &again,
	    &error) == 0);
	MUST(fuzz_same(out, &again));
	bytes_free(&again);
}

static void
check_refusal(const struct ask *a, const struct error *error)
{
	MUST(error->verdict == BROKEN);
	MUST(strncmp(error->text, a->name, strlen(a->name)) == 0 ||
	    strncmp(error->text, "field path", 10) == 0);
	/* The proof is there for our own mistakes. */
	MUST(a->echoes || strstr(error->text, OURS) == NULL ||
	    strstr(error->text, "the marks would lead elsewhere") != NULL);
}

static void
ask_fields(struct ask *a, const char *lines)
{
	char	*rest = keepf("%s", lines), *line;

	while ((line = strsep(&rest, "\n")) != NULL)
		if (*line != '\0' && a->marks.nfields < MOST_FIELDS) {
			a->field[a->marks.nfields++] = line;
			a->enters |= strstr(line, " | ") != NULL;
		}
	a->marks.fields = a->field;
}

/* The input as a question; 'd': its file is a Kptfile beside it as well. */
static int
ask_read(struct ask *a, const uint8_t *data, size_t size)
{
	struct bytes		 rest = fuzz_bytes(data, size);
	struct definitions	*d = NULL;
	struct error		 error = { .text = "" };
	const char		*options = fuzz_string(&rest);

	*a = (struct ask){ .name = strchr(options, 'k') != NULL ?
	    "Kptfile" : "f.yaml" };
	a->echoes = memmem(data, size, OURS, strlen(OURS)) != NULL;
	a->marks.setter = fuzz_string(&rest);
	if (a->marks.setter[0] == '\0')
		a->marks.setter = NULL;
	ask_fields(a, fuzz_string(&rest));
	a->value = fuzz_string(&rest);
	a->file = rest;
	if (strchr(options, 'd') == NULL)
		return 0;
	if (edit_define("Kptfile", &a->file, &d, &error) == -1) {
		MUST(error.verdict == BROKEN);
		return -1;
	}
	a->marks.definitions = d;
	return 0;
}

static void
try(const struct ask *a)
{
	struct error	 error = { .text = "" };
	struct bytes	 out;
	struct places	 p;
	int		 found;

	found = edit_find(a->name, &a->file, &a->marks, &p, &error);
	if (found == -1)
		check_refusal(a, &error);
	if (edit_set(a->name, &a->file, &a->marks, a->value, &out,
	    &error) == -1) {
		MUST(out.data == NULL);
		check_refusal(a, &error);
		return;
	}
	MUST(found == 0);
	check_result(a, &p, &out);
	bytes_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ask	 a;

	if (ask_read(&a, data, size) == 0)
		try(&a);
	keep_drop();
	return 0;
}
