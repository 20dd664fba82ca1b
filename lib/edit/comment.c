#include <string.h>

#include <jansson.h>

#include "edit/comment.h"
#include "edit/definitions.h"
#include "edit/line.h"
#include "edit/outline.h"
#include "edit/pattern.h"
#include "edit/spot.h"
#include "edit/stream.h"
#include "run/error.h"
#include "run/keep.h"

#define KPT_SET		"# kpt-set: "
#define REFERENCE	"#/definitions/"

/* One of these stands in every mark. */
static const char *const	 tokens[] = {
	"$ref", "kpt-set", "$openapi"
};

#define TOKENS	(sizeof(tokens) / sizeof(tokens[0]))

bool
comment_possible(const char *text, size_t len)
{
	size_t	 i;

	for (i = 0; i < TOKENS; i++)
		if (memmem(text, len, tokens[i], strlen(tokens[i])) != NULL)
			return true;
	return false;
}

/* A short name is a setter's where one is defined, else a substitution's. */
static const char *
long_name(const struct scope *scope, const char *name)
{
	const char	*setter = keepf("%s%s", DEFINED_SETTER, name);

	if (strcmp(name, scope->setter) == 0 ||
	    definitions_has(scope->definitions, scope->file, setter))
		return setter;
	return keepf("%s%s", DEFINED_SUBSTITUTION, name);
}

/* What a comment in JSON refers to; NULL: it is no mark. */
static const char *
reference(const struct scope *scope, const char *s, size_t len)
{
	json_auto_t	*json;
	const char	*ref = NULL, *name = NULL;

	json = json_loadb(s, len, 0, NULL);
	if (json == NULL)
		return NULL;
	json_unpack(json, "{s?s s?s}", "$ref", &ref, "$kpt-set", &name);
	if (name == NULL)
		json_unpack(json, "{s?s}", "$openapi", &name);
	if (name != NULL)
		return long_name(scope, name);
	if (ref == NULL || strncmp(ref, REFERENCE, strlen(REFERENCE)) != 0)
		return NULL;
	ref += strlen(REFERENCE);
	return keep_copy(ref, strlen(ref));
}

/*
 * Reads a comment, from its # to the end of its line.  Returns 0 for a mark
 * of the setter, 1 for anything else, -1.  A setter alone adds no part.
 */
static int
read_mark(const struct scope *scope, const char *s, size_t len,
    struct pattern *p, struct error *error)
{
	const char	*name;
	int		 rv;

	while (len > 0 && (s[len - 1] == ' ' || s[len - 1] == '\t'))
		len--;
	if (len > strlen(KPT_SET) &&
	    strncmp(s, KPT_SET, strlen(KPT_SET)) == 0) {
		s += strlen(KPT_SET);
		pattern_parse(p, keep_copy(s, len - strlen(KPT_SET)));
		return pattern_has(p, scope->setter) ? 0 : 1;
	}
	for (; len > 0 && *s == '#'; len--)
		s++;
	if ((name = reference(scope, s, len)) == NULL)
		return 1;
	if (strncmp(name, DEFINED_SETTER, strlen(DEFINED_SETTER)) == 0)
		return strcmp(name + strlen(DEFINED_SETTER),
		    scope->setter) != 0;
	if ((rv = definitions_pattern(scope->definitions, scope->file, name,
	    p, error)) != 0)
		return rv;
	return pattern_has(p, scope->setter) ? 0 : 1;
}

/* A comment, and the line it is on. */
struct line {
	const struct outline	*o;
	const char		*file;
	size_t			 start, at, end;
};

static int
misplaced(const struct line *l, const char *what, struct error *error)
{
	return spot_error(l->file, l->o->text, l->at, error, "the mark %s; "
	    "put it behind one scalar value, at the end of its line", what);
}

/* What a mark at a node means: the node if it is a scalar or alias. */
static int
take(const struct line *l, uint32_t i, uint32_t *node, struct error *error)
{
	const struct node	*n = &l->o->node[i];

	if (n->kind != NODE_SCALAR && n->kind != NODE_ALIAS)
		return misplaced(l, "stands at a list or a mapping, not at a "
		    "scalar", error);
	if (n->key)
		return misplaced(l, "stands at a key", error);
	*node = i;
	return 0;
}

/* Whether only blanks, and those of some characters, stand between. */
static bool
only(const char *p, const char *end, const char *some)
{
	for (; p < end; p++)
		if (*p != ' ' && *p != '\t' && strchr(some, *p) == NULL)
			return false;
	return true;
}

/* "? key" without a value: libyaml puts the null where the next node is. */
static bool
absent(const struct outline *o, uint32_t i)
{
	return o->node[i].start == o->node[i].end && i + 1 < o->n &&
	    o->node[i + 1].start == o->node[i].start;
}

/* The field a line of its own stands above; 1: it stands above none. */
static int
below(const struct line *l, uint32_t *node, struct error *error)
{
	const struct outline	*o = l->o;
	size_t			 next, stop;
	uint32_t		 i;

	next = l->end + line_break(o->text + l->end, o->text + o->len);
	stop = line_end(o->text, o->len, next);
	i = outline_from(o, next);
	while (i < o->n && (o->node[i].kind == NODE_DOCUMENT ||
	    absent(o, i)))
		i++;
	if (next == l->end || i >= o->n || o->node[i].start >= stop)
		return 1;
	/* "- a: b" is an item that is a mapping; which is meant? */
	if ((o->node[i].kind == NODE_MAPPING ||
	    o->node[i].kind == NODE_SEQUENCE) &&
	    o->node[i].style == STYLE_BLOCK && only(o->text + next,
	    o->text + o->node[i].start, ""))
		i++;
	if (i < o->n && o->node[i].key)
		i = outline_value_of(o, i);
	return i < o->n ? take(l, i, node, error) : 1;
}

/* The value a comment behind something on its line belongs to. */
static int
beside(const struct line *l, uint32_t last, uint32_t *node,
    struct error *error)
{
	const struct outline	*o = l->o;
	const char		*text = o->text, *at = text + l->at;
	const struct node	*n = last == NODE_NONE ? NULL :
				    &o->node[last];
	uint32_t		 i;

	if (n != NULL && n->end > l->start && only(text + n->end, at, ",") &&
	    !n->key)
		return take(l, last, node, error);
	if (n != NULL && n->key && n->end >= l->start &&
	    memchr(text + n->end, ':', l->at - n->end) != NULL)
		return take(l, outline_value_of(o, last), node, error);
	i = outline_from(o, l->start);
	/* A lone "-": the value is empty, or on the next line. */
	if (only(text + l->start, at, "-") && i != NODE_NONE &&
	    memchr(text + l->start, '-', l->at - l->start) != NULL) {
		while (i + 1 < o->n && o->node[i].start < l->at &&
		    (o->node[i].kind == NODE_SEQUENCE ||
		    o->node[i].kind == NODE_DOCUMENT))
			i++;
		return take(l, i, node, error);
	}
	return misplaced(l, "belongs to no single value", error);
}

/*
 * Whether a token stands in a comment, and where that begins.  Between two
 * scalars only comments hold a #.
 */
static bool
in_comment(struct line *l, size_t token, uint32_t *last)
{
	const struct outline	*o = l->o;
	const struct node	*n;
	size_t			 from;
	const char		*hash;

	l->start = line_start(o->text, token);
	l->end = line_end(o->text, o->len, token);
	*last = outline_before(o, token);
	n = *last == NODE_NONE ? NULL : &o->node[*last];
	from = l->start;
	if (n != NULL && n->end > token) {
		/* In a scalar; but a block scalar's header has comments. */
		if ((n->style != STYLE_LITERAL && n->style != STYLE_FOLDED) ||
		    n->start < l->start)
			return false;
		from = n->start;
	} else if (n != NULL && n->end > from)
		from = n->end;
	hash = memchr(o->text + from, '#', token - from);
	if (hash == NULL)
		return false;
	l->at = (size_t)(hash - o->text);
	return true;
}

static int
place(const struct line *l, uint32_t last, uint32_t *node,
    struct error *error)
{
	const struct outline	*o = l->o;

	if (last != NODE_NONE && o->node[last].end > l->at)
		return take(l, last, node, error);
	if (!only(o->text + l->start, o->text + l->at, ""))
		return beside(l, last, node, error);
	/* Since 1.0 kpt looks at the ends of lines only. */
	if (strncmp(o->text + l->at, KPT_SET, strlen(KPT_SET)) == 0)
		return 1;
	return below(l, node, error);
}

static bool
alone(const struct pattern *p)
{
	return p->n == 0 || (p->n == 1 && p->part[0].setter);
}

static struct pattern *
keep_pattern(const struct pattern *p)
{
	struct pattern	*copy = keep(sizeof(*copy));

	*copy = *p;
	return copy;
}

static int
look_at(const struct outline *o, const struct scope *scope, size_t token,
    struct comments *all, struct error *error)
{
	struct line	 l = { .o = o, .file = scope->file };
	struct pattern	 p = { .n = 0 };
	uint32_t	 last, node;
	int		 rv;

	if (!in_comment(&l, token, &last))
		return 0;
	/* Without substitutions only the setter's own name counts. */
	if (scope->definitions == NULL && memmem(o->text + l.at,
	    l.end - l.at, scope->setter, strlen(scope->setter)) == NULL)
		return 0;
	rv = read_mark(scope, o->text + l.at, l.end - l.at, &p, error);
	if (rv == -1) {
		error->verdict = BROKEN;
		return error_in(error, "%s", scope->file);
	}
	if (rv == 0)
		rv = place(&l, last, &node, error);
	if (rv != 0)
		return rv == 1 ? 0 : -1;
	all->comment = keep_more(all->comment, all->n, &all->room,
	    sizeof(*all->comment));
	all->comment[all->n++] = (struct comment){ .node = node, .at = l.at,
	    .pattern = alone(&p) ? NULL : keep_pattern(&p) };
	return 0;
}

int
comment_find(const struct outline *o, const struct scope *scope,
    struct comments *all, struct error *error)
{
	const char	*p, *end = o->text + o->len;
	size_t		 i, len;

	*all = (struct comments){ .n = 0 };
	for (i = 0; i < TOKENS; i++) {
		len = strlen(tokens[i]);
		for (p = o->text; (p = memmem(p, (size_t)(end - p),
		    tokens[i], len)) != NULL; p += len)
			if (look_at(o, scope, (size_t)(p - o->text), all,
			    error) == -1)
				return -1;
	}
	return 0;
}
