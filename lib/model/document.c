#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "model/document.h"
#include "model/problems.h"
#include "run/bytes.h"
#include "run/keep.h"
#include "run/say.h"

#define SHOWN	60	/* bytes of a string in a problem: one line's worth */

struct document {
	struct node	*root;
	struct problems	*problems;
};

/* A collection being read, with the key that waits for its value. */
struct level {
	struct node		*node;
	const struct node	*key;
};

struct reading {
	struct document	*document;
	yaml_parser_t	 parser;
	struct level	 level[DOCUMENT_DEPTH];
	size_t		 depth, nodes, documents;
	bool		 broken;	/* told as a problem */
};

void
document_problem(struct document *d, const struct node *node,
    const char *fmt, ...)
{
	va_list	 ap;
	char	 text[1024];

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	problems_add(d->problems, node->line, node->column,
	    keepf("%s", text));
}

const char *
document_problems(struct document *d, size_t *n)
{
	return problems_text(d->problems, n);
}

const char *
document_shown(const char *s)
{
	char	*copy, *text, *p;
	size_t	 len;
	FILE	*f;

	len = strnlen(s, SHOWN + 1);
	if (len > SHOWN)
		for (len = SHOWN; len > 0 && (s[len] & 0xc0) == 0x80; len--)
			continue;	/* not inside a character */
	copy = keepf("%s%s", keep_copy(s, len), s[len] == '\0' ? "" : "...");
	for (p = copy; *p != '\0'; p++)
		if (*p == '\n' || *p == '\t')
			*p = ' ';
	if ((f = open_memstream(&text, &len)) == NULL)
		return "?";
	say_text(f, copy);
	fclose(f);
	copy = keep_copy(text, len);
	free(text);
	return copy;
}

const struct node *
document_root(const struct document *d)
{
	return d->root;
}

const struct node *
node_get(const struct node *map, const char *key)
{
	size_t	 i;

	for (i = 0; map->kind == NODE_MAP && i < map->n; i++)
		if (map->item[i]->key->kind == NODE_TEXT &&
		    strcmp(map->item[i]->key->text, key) == 0)
			return map->item[i];
	return NULL;
}

const struct node *
node_nearest(const struct node *node, const char *path)
{
	const struct node	*next;
	size_t			 len;

	for (; *path != '\0'; path += len + (path[len] == '.')) {
		len = strcspn(path, ".");
		if ((next = node_get(node, keep_copy(path, len))) == NULL)
			break;
		node = next;
	}
	return node;
}

static struct node *
make(struct reading *r, enum node_kind kind, const yaml_mark_t *mark)
{
	struct node	*node = keep(sizeof(*node));

	r->nodes++;
	node->kind = kind;
	node->line = mark->line + 1;
	node->column = mark->column + 1;
	node->text = "";
	return node;
}

static void
check_key(struct document *d, struct node *key, const struct node *map)
{
	const struct node	*first;

	if (key->kind == NODE_LIST || key->kind == NODE_MAP) {
		document_problem(d, key, "a list or mapping as a key, "
		    "expected a word");
		return;
	}
	if (key->kind != NODE_TEXT)
		return;
	if (key->plain && strcmp(key->text, "<<") == 0) {
		document_problem(d, key, "merge keys are not read here: "
		    "write the keys out");
		key->kind = NODE_BAD;
	} else if ((first = node_get(map, key->text)) != NULL) {
		document_problem(d, key, "key `%s` for the second time, "
		    "expected once; the first is in line %zu",
		    document_shown(key->text), first->key->line);
		key->kind = NODE_BAD;
	}
}

/* Hangs a node where the reading stands. */
static void
attach(struct reading *r, struct node *node)
{
	struct level	*top;
	struct node	*in;

	if (r->depth == 0) {
		r->document->root = node;
		return;
	}
	top = &r->level[r->depth - 1];
	in = top->node;
	if (in->kind == NODE_MAP && top->key == NULL) {
		check_key(r->document, node, in);
		top->key = node;
		return;
	}
	node->key = top->key;
	top->key = NULL;
	in->item = keep_more(in->item, in->n, &in->room,
	    sizeof(struct node *));
	in->item[in->n++] = node;
}

/* What is refused about a value whatever it is. */
static void
check_marks(struct reading *r, struct node *node, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
	if (anchor != NULL)
		document_problem(r->document, node, "anchor `&%s`: anchors "
		    "and aliases are not read here; write the value out",
		    document_shown((const char *)anchor));
	if (tag != NULL) {
		document_problem(r->document, node, "tag `%s`: tags are not "
		    "read here; quotes make text of a value",
		    document_shown((const char *)tag));
		if (node->kind == NODE_TEXT)
			node->kind = NODE_BAD;
	}
}

static void
read_scalar(struct reading *r, const yaml_event_t *event)
{
	struct node	*node = make(r, NODE_TEXT, &event->start_mark);
	const char	*value = (const char *)event->data.scalar.value;
	size_t		 len = event->data.scalar.length;

	node->plain = event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
	node->text = keep_copy(value, len);
	check_marks(r, node, event->data.scalar.anchor,
	    event->data.scalar.tag);
	if (strlen(node->text) != len) {
		document_problem(r->document, node, "a NUL in a value");
		node->kind = NODE_BAD;
	}
	attach(r, node);
}

static void
read_alias(struct reading *r, const yaml_event_t *event)
{
	struct node	*node = make(r, NODE_BAD, &event->start_mark);

	document_problem(r->document, node, "alias `*%s`: anchors and "
	    "aliases are not read here; write the value out",
	    document_shown((const char *)event->data.alias.anchor));
	attach(r, node);
}

/* Returns 1 when the rest need not be read. */
static int
begin(struct reading *r, const yaml_event_t *event)
{
	struct node	*node;

	if (event->type == YAML_MAPPING_START_EVENT) {
		node = make(r, NODE_MAP, &event->start_mark);
		check_marks(r, node, event->data.mapping_start.anchor,
		    event->data.mapping_start.tag);
	} else {
		node = make(r, NODE_LIST, &event->start_mark);
		check_marks(r, node, event->data.sequence_start.anchor,
		    event->data.sequence_start.tag);
	}
	attach(r, node);
	if (r->depth == DOCUMENT_DEPTH) {
		document_problem(r->document, node, "nested too deep, expected"
		    " at most %d; nothing more was read", DOCUMENT_DEPTH);
		r->document->root = NULL;
		return 1;
	}
	r->level[r->depth++] = (struct level){ .node = node };
	return 0;
}

static bool
is_node(yaml_event_type_t type)
{
	return type == YAML_SCALAR_EVENT || type == YAML_ALIAS_EVENT ||
	    type == YAML_SEQUENCE_START_EVENT ||
	    type == YAML_MAPPING_START_EVENT;
}

static int
read_event(struct reading *r, const yaml_event_t *event)
{
	struct node	 here = { .line = event->start_mark.line + 1,
			    .column = event->start_mark.column + 1 };

	if (r->nodes == DOCUMENT_NODES && is_node(event->type)) {
		document_problem(r->document, &here, "too many values, "
		    "expected at most %d with the keys; nothing more was "
		    "read", DOCUMENT_NODES);
		r->document->root = NULL;
		return 1;
	}
	switch (event->type) {
	case YAML_DOCUMENT_START_EVENT:
		if (r->documents++ == 0)
			return 0;
		document_problem(r->document, &here, "a second YAML document,"
		    " expected one in a file; it was not read");
		return 1;
	case YAML_SCALAR_EVENT:
		read_scalar(r, event);
		return 0;
	case YAML_ALIAS_EVENT:
		read_alias(r, event);
		return 0;
	case YAML_SEQUENCE_START_EVENT:
	case YAML_MAPPING_START_EVENT:
		return begin(r, event);
	case YAML_SEQUENCE_END_EVENT:
	case YAML_MAPPING_END_EVENT:
		r->depth--;
		return 0;
	default:
		return event->type == YAML_STREAM_END_EVENT;
	}
}

/* Where a byte of the file stands; characters are UTF-8 up to there. */
static struct node
place_of(const struct bytes *b, size_t offset)
{
	struct node	 at = { .line = 1, .column = 1 };
	size_t		 i;

	for (i = 0; i < offset && i < b->len; i++) {
		if (b->data[i] == '\n') {
			at.line++;
			at.column = 1;
		} else if ((b->data[i] & 0xc0) != 0x80)
			at.column++;
	}
	return at;
}

static void
unreadable(struct reading *r, const struct bytes *b)
{
	const yaml_parser_t	*p = &r->parser;
	struct node		 at;

	r->document->root = NULL;
	r->broken = true;
	if (p->error == YAML_READER_ERROR) {
		at = place_of(b, p->problem_offset);
		document_problem(r->document, &at, "%s (0x%02x), expected "
		    "text in UTF-8", p->problem, (unsigned)p->problem_value);
		return;
	}
	at = (struct node){ .line = p->problem_mark.line + 1,
	    .column = p->problem_mark.column + 1 };
	if (p->error == YAML_SCANNER_ERROR && *p->buffer.pointer == '\t')
		document_problem(r->document, &at, "a tab, expected spaces: "
		    "YAML is not indented with tabs");
	else
		document_problem(r->document, &at, "not YAML: %s%s%s",
		    p->problem == NULL ? "out of memory" : p->problem,
		    p->context == NULL ? "" : ", ",
		    p->context == NULL ? "" : p->context);
}

static void
read_events(struct reading *r, const struct bytes *b)
{
	yaml_event_t	 event;
	int		 end = 0;

	while (!end) {
		if (!yaml_parser_parse(&r->parser, &event)) {
			unreadable(r, b);
			return;
		}
		end = read_event(r, &event);
		yaml_event_delete(&event);
	}
}

struct document *
document_parse(const char *file, const struct bytes *b)
{
	struct reading	*r = keep(sizeof(*r));
	struct document	*d = keep(sizeof(*d));
	struct bytes	 text = *b;

	d->problems = problems_new(file);
	r->document = d;
	/* Editors of other systems put a mark of the encoding in front. */
	if (b->len >= 3 && memcmp(b->data, "\xef\xbb\xbf", 3) == 0)
		text = (struct bytes){ b->data + 3, b->len - 3 };
	if (text.len > DOCUMENT_CEILING) {
		problems_add(d->problems, 1, 1, keepf("%zu bytes, "
		    "expected at most %zu", text.len, DOCUMENT_CEILING));
		return d;
	}
	if (!yaml_parser_initialize(&r->parser)) {
		problems_add(d->problems, 1, 1, "out of memory");
		return d;
	}
	yaml_parser_set_encoding(&r->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&r->parser,
	    (const unsigned char *)text.data, text.len);
	read_events(r, &text);
	yaml_parser_delete(&r->parser);
	if (r->documents == 0 && !r->broken)
		problems_add(d->problems, 1, 1, "nothing here, expected a "
		    "YAML document");
	return d;
}
