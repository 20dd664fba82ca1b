#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "edit/fieldpath.h"
#include "edit/outline.h"
#include "edit/stream.h"
#include "run/error.h"
#include "run/keep.h"

#define LARGEST_INDEX	1000000000UL	/* fits a size_t everywhere */
#define ENTER		" | "

static bool
is_bare(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* A JSON string; moves behind it.  NULL: it is none. */
static const char *
quoted(const char **s)
{
	json_auto_t	*json;
	json_error_t	 why;

	json = json_loads(*s, JSON_DECODE_ANY | JSON_DISABLE_EOF_CHECK, &why);
	if (!json_is_string(json))
		return NULL;
	*s += why.position;
	return keep_copy(json_string_value(json), json_string_length(json));
}

static const char *
key(const char **s)
{
	const char	*p = *s;

	if (*p == '"')
		return quoted(s);
	while (is_bare(**s))
		*s += 1;
	return *s == p ? NULL : keep_copy(p, (size_t)(*s - p));
}

/* "[n]" or "[key=value]", behind the bracket. */
static int
bracket(const char **s, struct fieldstep *step)
{
	const char	*p = *s;
	char		*end;

	if (isdigit((unsigned char)*p)) {
		step->kind = STEP_INDEX;
		step->index = strtoul(p, &end, 10);
		if (*end == ']' && step->index <= LARGEST_INDEX) {
			*s = end + 1;
			return 0;
		}
	}
	step->kind = STEP_MATCH;
	if ((step->key = key(s)) == NULL || **s != '=')
		return -1;
	p = ++*s;
	if (*p == '"') {
		if ((step->value = quoted(s)) == NULL)
			return -1;
	} else {
		*s += strcspn(p, "]");
		step->value = keep_copy(p, (size_t)(*s - p));
	}
	if (**s != ']')
		return -1;
	*s += 1;
	return 0;
}

/* One step; first says that no "." is needed before a key. */
static int
read_step(const char **s, bool first, struct fieldstep *step)
{
	if (!first && strncmp(*s, ENTER, strlen(ENTER)) == 0) {
		step->kind = STEP_ENTER;
		*s += strlen(ENTER);
		return 0;
	}
	if (**s == '[') {
		*s += 1;
		return bracket(s, step);
	}
	if (!first) {
		if (**s != '.')
			return -1;
		*s += 1;
	}
	step->kind = STEP_KEY;
	return (step->key = key(s)) == NULL ? -1 : 0;
}

int
fieldpath_parse(struct fieldpath *path, const char *text,
    struct error *error)
{
	struct fieldstep	 step = { .kind = STEP_ENTER };
	const char		*s = text;

	*path = (struct fieldpath){ .text = text };
	do {
		bool	 first = step.kind == STEP_ENTER;

		step = (struct fieldstep){ .index = 0 };
		if (read_step(&s, first, &step) == -1)
			return error_set(error, BROKEN, "field path %s: "
			    "column %zu: expected a key, [n], [key=value] or "
			    "\" | \"", text, (size_t)(s - text) + 1);
		step.end = (size_t)(s - text);
		path->step = keep_more(path->step, path->n, &path->room,
		    sizeof(*path->step));
		path->step[path->n++] = step;
	} while (*s != '\0' || step.kind == STEP_ENTER);
	return 0;
}

static enum follow
item(const struct outline *o, uint32_t *node, size_t index)
{
	uint32_t	 i;

	for (i = *node + 1; i < o->node[*node].past; i = o->node[i].past)
		if (index-- == 0) {
			*node = i;
			return FOLLOW_FOUND;
		}
	return FOLLOW_NONE;
}

static enum follow
match(const struct outline *o, uint32_t *node, const struct fieldstep *step)
{
	uint32_t	 i, child, found = NODE_NONE;
	bool		 more;

	for (i = *node + 1; i < o->node[*node].past; i = o->node[i].past) {
		child = outline_child(o, i, step->key, &more);
		if (more)
			return FOLLOW_MANY;
		if (child == NODE_NONE || !outline_is(o, child, step->value))
			continue;
		if (found != NODE_NONE)
			return FOLLOW_MANY;
		found = i;
	}
	if (found == NODE_NONE)
		return FOLLOW_NONE;
	*node = found;
	return FOLLOW_FOUND;
}

static enum follow
one_step(const struct outline *o, uint32_t *node,
    const struct fieldstep *step)
{
	uint32_t	 child;
	bool		 more;

	if (o->node[*node].kind == NODE_ALIAS)
		return FOLLOW_ALIAS;
	if (step->kind != STEP_KEY) {
		if (o->node[*node].kind != NODE_SEQUENCE)
			return FOLLOW_NONE;
		return step->kind == STEP_INDEX ?
		    item(o, node, step->index) : match(o, node, step);
	}
	child = outline_child(o, *node, step->key, &more);
	if (more)
		return FOLLOW_MANY;
	if (child == NODE_NONE)
		return FOLLOW_NONE;
	*node = child;
	return FOLLOW_FOUND;
}

enum follow
fieldpath_follow(const struct fieldpath *path, const struct outline *o,
    uint32_t *node, size_t *step)
{
	enum follow	 f;

	for (; *step < path->n && path->step[*step].kind != STEP_ENTER;
	    *step += 1)
		if ((f = one_step(o, node, &path->step[*step])) !=
		    FOLLOW_FOUND)
			return f;
	return o->node[*node].kind == NODE_ALIAS ? FOLLOW_ALIAS :
	    FOLLOW_FOUND;
}
