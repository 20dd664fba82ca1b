#include <float.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "net/http.h"
#include "run/keep.h"

#include "needs.h"
#include "sync.h"

#define MOST_ERRORS	5	/* told of an answer's; one is enough */
#define DEEPEST		16	/* collections in another; ours have 3 */
#define NUMBER_SIZE	32	/* bytes of the text of a number */

static void
fail(struct needs *n, const struct refusal *r)
{
	n->state = NEEDS_FAILED;
	n->reason = r->reason;
	n->why = r->why;
}

void
needs_missing(const char *why, struct needs *n)
{
	struct refusal	 r = { NULL, NULL };

	*n = (struct needs){ .state = NEEDS_FAILED };
	refuse(&r, "LambdaUnreachable", "no answer came: %s", why);
	fail(n, &r);
}

/* jansson reads 2048 deep; nobody who means well goes past a few. */
static bool
is_deep(const char *text, size_t len)
{
	size_t	 i, depth = 0;
	bool	 quoted = false;

	for (i = 0; i < len; i++) {
		if (quoted) {
			if (text[i] == '\\')
				i++;
			else if (text[i] == '"')
				quoted = false;
		} else if (text[i] == '"')
			quoted = true;
		else if (text[i] == '{' || text[i] == '[') {
			if (++depth > DEEPEST)
				return true;
		} else if ((text[i] == '}' || text[i] == ']') && depth > 0)
			depth--;
	}
	return false;
}

static bool
says_json(const char *type)
{
	size_t	 len = strcspn(type, "; ");

	return (len == 16 && strncasecmp(type, "application/json", 16) == 0) ||
	    (len > 5 && strncasecmp(type + len - 5, "+json", 5) == 0);
}

/* The answer's object; NULL: it has none, and *why tells. */
static json_t *
parse(const struct answer *a, const char **why)
{
	json_error_t	 error;
	json_t		*json;

	*why = "";
	if (!says_json(a->type))
		*why = keepf("its type is \"%s\", expected application/json",
		    a->type);
	else if (a->body == NULL || a->len == 0)
		*why = "it is empty";
	else if (is_deep(a->body, a->len))
		*why = keepf("it is nested deeper than %d", DEEPEST);
	if (**why != '\0')
		return NULL;
	json = json_loadb(a->body, a->len, JSON_REJECT_DUPLICATES, &error);
	if (json == NULL) {
		*why = keepf("%s in line %d", error.text, error.line);
		return NULL;
	}
	return keep_json(json);
}

/* The errors of an answer as one text; "" when it has none. */
static const char *
told_errors(const json_t *json)
{
	const json_t	*list = json_object_get(json, "errors"), *item;
	const char	*all = "", *text;
	size_t		 i;

	if (list == NULL || json_is_null(list))
		return "";
	if (!json_is_array(list))
		return "errors that are no list";
	for (i = 0; i < json_array_size(list) && i < MOST_ERRORS; i++) {
		item = json_array_get(list, i);
		text = json_is_string(item) ? json_string_value(item) :
		    content_text(item, "message");
		if (*text == '\0')
			text = "an error without a message";
		all = *all == '\0' ? text : keepf("%s; %s", all, text);
	}
	return all;
}

/* A real number in as few digits as lead back to it: 0.7 stays 0.7. */
static size_t
write_number(const json_t *value, char *text)
{
	unsigned	 digits = DBL_DIG;
	size_t		 n;

	do {
		n = json_dumpb(value, text, NUMBER_SIZE - 1, JSON_ENCODE_ANY |
		    JSON_REAL_PRECISION(digits));
		if (n >= NUMBER_SIZE)
			break;
		text[n] = '\0';
	} while (json_is_real(value) && ++digits <= DBL_DECIMAL_DIG &&
	    strtod(text, NULL) != json_real_value(value));
	return n;
}

/* The text of a scalar; NULL: it is none. */
static const char *
scalar(const json_t *value)
{
	char	*text;

	if (json_is_string(value))
		return json_string_value(value);
	if (!json_is_boolean(value) && !json_is_number(value))
		return NULL;
	text = keep(NUMBER_SIZE);
	return write_number(value, text) < NUMBER_SIZE ? text : NULL;
}

static int
by_name(const void *a, const void *b)
{
	const struct param	*x = a, *y = b;

	return strcmp(x->name, y->name);
}

static void
read_params(json_t *map, struct needs *n, struct refusal *r)
{
	const char	*key, *text;
	json_t		*value;

	if (map == NULL || json_is_null(map))
		return;
	if (!json_is_object(map) || json_object_size(map) > NEEDS_MOST) {
		refuse(r, "LambdaInvalid", "parameters is no object, or has "
		    "more than %d keys", NEEDS_MOST);
		return;
	}
	n->param = keep((json_object_size(map) + 1) * sizeof(*n->param));
	json_object_foreach(map, key, value) {
		text = scalar(value);
		if (*key == '\0' || text == NULL) {
			refuse(r, "LambdaInvalid", "the parameter \"%s\" is "
			    "neither a text nor a number nor true or false, "
			    "or has no name", key);
			return;
		}
		n->param[n->n++] = (struct param){ keepf("%s", key), text };
	}
	qsort(n->param, n->n, sizeof(*n->param), by_name);
}

static void
read_answer(const json_t *json, struct needs *n, struct refusal *r)
{
	const json_t	*flag = json_object_get(json, "needsSync");
	const char	*errors = told_errors(json);

	if (!json_is_object(json))
		refuse(r, "LambdaInvalid", "the answer is no object");
	else if (*errors != '\0')
		refuse(r, "LambdaFailed", "the answer has errors: %s",
		    errors);
	else if (!json_is_boolean(flag))
		refuse(r, "LambdaInvalid", "needsSync is %s, expected true "
		    "or false", flag == NULL ? "missing" :
		    json_is_string(flag) ? "a text" : "something else");
	else {
		n->state = json_is_true(flag) ? NEEDS_SYNC : NEEDS_NOTHING;
		read_params(json_object_get(json, "parameters"), n, r);
	}
}

void
needs_read(const struct answer *a, struct needs *n)
{
	struct refusal	 r = { NULL, NULL };
	const char	*why, *errors;
	json_t		*json;

	*n = (struct needs){ .state = NEEDS_FAILED };
	if (a->over) {
		refuse(&r, "LambdaTooLarge", "the answer has more than %zu "
		    "bytes", NEEDS_CEILING);
		fail(n, &r);
		return;
	}
	json = parse(a, &why);
	if (a->status >= 300 && a->status < 400)
		refuse(&r, "LambdaRedirects", "it answered %ld and leads to "
		    "\"%s\": name that in needsSyncUrl", a->status,
		    a->location);
	else if (a->status != 200) {
		errors = told_errors(json);
		refuse(&r, "LambdaFailed", "it answered %ld%s%s", a->status,
		    *errors == '\0' ? "" : ": ", errors);
	} else if (json == NULL)
		refuse(&r, "LambdaNotJSON", "the answer is not JSON: %s",
		    why);
	else
		read_answer(json, n, &r);
	if (r.reason != NULL)
		fail(n, &r);
}

/* Adds a parameter; two of one name would be a throw of dice. */
static void
add(struct param *list, size_t *n, const char *name, const char *value,
    struct refusal *r)
{
	size_t	 i;

	for (i = 0; i < *n; i++)
		if (strcmp(list[i].name, name) == 0) {
			refuse(r, "InvalidMapping", "two parameters of the "
			    "answer become \"%s\"", name);
			return;
		}
	list[(*n)++] = (struct param){ name, value };
}

static const struct param *
find(const struct needs *needs, const char *name)
{
	const struct param	 key = { name, NULL };

	return needs->n == 0 ? NULL : bsearch(&key, needs->param, needs->n,
	    sizeof(key), by_name);
}

static bool
is_mapped(const struct sync *s, const char *name)
{
	size_t	 i;

	for (i = 0; i < s->nmappings; i++)
		if (strcmp(s->mapping[i].needs, name) == 0)
			return true;
	return false;
}

void
needs_map(const struct needs *needs, const struct sync *s,
    struct param **param, size_t *n, struct refusal *r)
{
	const struct param	*p;
	struct param		*list;
	size_t			 i;

	*n = 0;
	*param = list = keep((needs->n + s->nmappings + 1) * sizeof(*list));
	for (i = 0; i < s->nmappings; i++) {
		p = find(needs, s->mapping[i].needs);
		if (p == NULL)
			refuse(r, "MissingParameter", "the answer has no "
			    "\"%s\", which spec.parameters gives to \"%s\"",
			    s->mapping[i].needs, s->mapping[i].pipeline);
		else
			add(list, n, s->mapping[i].pipeline, p->value, r);
	}
	for (i = 0; i < needs->n; i++)
		if (!is_mapped(s, needs->param[i].name))
			add(list, n, needs->param[i].name,
			    needs->param[i].value, r);
	qsort(list, *n, sizeof(*list), by_name);
}
