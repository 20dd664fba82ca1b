#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <yaml.h>

#include "edit/line.h"
#include "edit/stream.h"
#include "run/error.h"

#define BOM		"\xef\xbb\xbf"
#define BOM_LEN		3

struct stream {
	yaml_parser_t	 parser;
	yaml_event_t	 event;
	bool		 full;		/* an event to delete */
	const char	*text;		/* behind the byte order mark */
	size_t		 len, bom;
	size_t		 chars, byte;	/* one position, counted both ways */
};

struct stream *
stream_open(const char *text, size_t len)
{
	struct stream	*s;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return NULL;
	if (!yaml_parser_initialize(&s->parser)) {
		free(s);
		return NULL;
	}
	if (len >= BOM_LEN && memcmp(text, BOM, BOM_LEN) == 0)
		s->bom = BOM_LEN;
	s->text = text + s->bom;
	s->len = len - s->bom;
	/* Told the encoding, libyaml skips no byte order mark: we did. */
	yaml_parser_set_encoding(&s->parser, YAML_UTF8_ENCODING);
	yaml_parser_set_input_string(&s->parser,
	    (const unsigned char *)s->text, s->len);
	return s;
}

void
stream_close(struct stream *s)
{
	if (s == NULL)
		return;
	if (s->full)
		yaml_event_delete(&s->event);
	yaml_parser_delete(&s->parser);
	free(s);
}

static bool
continues(char c)
{
	return ((unsigned char)c & 0xc0) == 0x80;
}

/* Marks hardly ever go back, so walking from the last one is linear. */
static size_t
seek(struct stream *s, size_t chars)
{
	while (s->chars < chars && s->byte < s->len) {
		do
			s->byte++;
		while (s->byte < s->len && continues(s->text[s->byte]));
		s->chars++;
	}
	while (s->chars > chars && s->byte > 0) {
		do
			s->byte--;
		while (s->byte > 0 && continues(s->text[s->byte]));
		s->chars--;
	}
	return s->byte + s->bom;
}

/* The name of an anchor as libyaml has it; "&a:b" is a and ":b". */
static const char *
skip_anchor(const char *p, const char *stop)
{
	while (p < stop && (isalnum((unsigned char)*p) || *p == '_' ||
	    *p == '-'))
		p++;
	return p;
}

/* libyaml starts a node at its anchor or tag: where does the rest start? */
static size_t
skip_names(const struct stream *s, size_t start, size_t end)
{
	const char	*p = s->text - s->bom + start;
	const char	*stop = s->text - s->bom + end;

	while (p < stop) {
		if (*p == '&')
			p = skip_anchor(p + 1, stop);
		else if (*p == '!')
			while (p < stop && *p != ' ' && *p != '\t' &&
			    line_break(p, stop) == 0)
				p++;
		else if (*p == '#')
			while (p < stop && line_break(p, stop) == 0)
				p++;
		else if (*p == ' ' || *p == '\t')
			p++;
		else if (line_break(p, stop) > 0)
			p += line_break(p, stop);
		else
			break;
	}
	return (size_t)(p - (s->text - s->bom));
}

static void
name_item(struct item *item, const yaml_char_t *anchor,
    const yaml_char_t *tag)
{
	item->anchor = anchor == NULL ? "" : (const char *)anchor;
	item->tag = tag == NULL ? "" : (const char *)tag;
}

static void
scalar_item(const yaml_event_t *e, struct item *item)
{
	static const enum node_style	 styles[] = {
		[YAML_ANY_SCALAR_STYLE] = STYLE_PLAIN,
		[YAML_PLAIN_SCALAR_STYLE] = STYLE_PLAIN,
		[YAML_SINGLE_QUOTED_SCALAR_STYLE] = STYLE_SINGLE,
		[YAML_DOUBLE_QUOTED_SCALAR_STYLE] = STYLE_DOUBLE,
		[YAML_LITERAL_SCALAR_STYLE] = STYLE_LITERAL,
		[YAML_FOLDED_SCALAR_STYLE] = STYLE_FOLDED
	};

	item->kind = NODE_SCALAR;
	item->style = styles[e->data.scalar.style];
	item->value = (const char *)e->data.scalar.value;
	item->len = e->data.scalar.length;
	name_item(item, e->data.scalar.anchor, e->data.scalar.tag);
}

static void
fill_item(const yaml_event_t *e, struct item *item)
{
	switch (e->type) {
	case YAML_DOCUMENT_START_EVENT:
		item->kind = NODE_DOCUMENT;
		break;
	case YAML_MAPPING_START_EVENT:
		item->kind = NODE_MAPPING;
		if (e->data.mapping_start.style == YAML_FLOW_MAPPING_STYLE)
			item->style = STYLE_FLOW;
		name_item(item, e->data.mapping_start.anchor,
		    e->data.mapping_start.tag);
		break;
	case YAML_SEQUENCE_START_EVENT:
		item->kind = NODE_SEQUENCE;
		if (e->data.sequence_start.style == YAML_FLOW_SEQUENCE_STYLE)
			item->style = STYLE_FLOW;
		name_item(item, e->data.sequence_start.anchor,
		    e->data.sequence_start.tag);
		break;
	case YAML_SCALAR_EVENT:
		scalar_item(e, item);
		break;
	case YAML_ALIAS_EVENT:
		item->kind = NODE_ALIAS;
		item->value = (const char *)e->data.alias.anchor;
		item->len = strlen(item->value);
		break;
	case YAML_STREAM_END_EVENT:
		item->kind = NODE_END;
		break;
	default:
		item->kind = NODE_CLOSE;
	}
}

static int
not_yaml(const yaml_parser_t *p, struct error *error)
{
	if (p->error == YAML_MEMORY_ERROR)
		return error_set(error, RETRY, "out of memory");
	/* The reader of bytes counts no lines. */
	if (p->error == YAML_READER_ERROR)
		return error_set(error, BROKEN, "1:1: not YAML in UTF-8: %s "
		    "(byte %zu)", p->problem, p->problem_offset);
	return error_set(error, BROKEN, "%zu:%zu: not YAML: %s",
	    p->problem_mark.line + 1, p->problem_mark.column + 1,
	    p->problem == NULL ? "unreadable" : p->problem);
}

int
stream_next(struct stream *s, struct item *item, struct error *error)
{
	if (s->full)
		yaml_event_delete(&s->event);
	s->full = false;
	*item = (struct item){ .value = "", .anchor = "", .tag = "" };
	do
		if (!yaml_parser_parse(&s->parser, &s->event))
			return not_yaml(&s->parser, error);
	while (s->event.type == YAML_STREAM_START_EVENT);
	s->full = true;
	fill_item(&s->event, item);
	item->start = seek(s, s->event.start_mark.index);
	item->end = seek(s, s->event.end_mark.index);
	if (item->kind == NODE_SCALAR &&
	    (item->anchor[0] != '\0' || item->tag[0] != '\0'))
		item->start = skip_names(s, item->start, item->end);
	return 0;
}
