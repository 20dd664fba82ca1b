#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "model/document.h"
#include "model/template.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/* What YAML 1.1, which the tools of Kubernetes read, takes for a truth. */
static bool
is_truth(const char *text)
{
	static const char	*const word[] = {
		"y", "n", "yes", "no", "on", "off", "true", "false", "null"
	};
	size_t			 i;

	for (i = 0; i < sizeof(word) / sizeof(word[0]); i++)
		if (strcasecmp(text, word[i]) == 0)
			return true;
	return false;
}

/* A number that JSON writes otherwise or not at all: 0440, 0x10, .5, 1e999 */
static bool
is_odd_number(const char *text)
{
	char	*end;

	if (text[0] == '0' && strchr("bo", text[1]) != NULL)
		return strspn(text + 2, "01234567") == strlen(text + 2);
	strtod(text, &end);
	return *end == '\0';
}

static json_t *
scalar(struct document *d, const struct node *n)
{
	json_t	*json = NULL;

	if (n->plain && (*n->text == '\0' || strcmp(n->text, "~") == 0))
		return json_null();
	if (n->plain)
		json = json_loads(n->text, JSON_DECODE_ANY, NULL);
	if (json != NULL)
		return json;
	if (n->plain && (is_truth(n->text) || is_odd_number(n->text)))
		document_problem(d, n, "`%s`, expected quotes around a text, "
		    "a decimal number, true, false or null",
		    document_shown(n->text));
	return json_string(n->text);
}

/* As deep as documents may be. */
static json_t *
value(struct document *d, const struct node *n)
{
	json_t	*json;
	size_t	 i;

	switch (n->kind) {
	case NODE_LIST:
		json = json_array();
		for (i = 0; i < n->n; i++)
			json_array_append_new(json, value(d, n->item[i]));
		return json;
	case NODE_MAP:
		json = json_object();
		for (i = 0; i < n->n; i++)
			json_object_set_new(json, n->item[i]->key->text,
			    value(d, n->item[i]));
		return json;
	default:
		return scalar(d, n);
	}
}

/* The first of the problems told so far. */
static int
judge(struct document *d, struct error *error)
{
	size_t		 n;
	const char	*problems = document_problems(d, &n);

	return n == 0 ? 0 : error_set(error, BROKEN, "%.*s",
	    (int)strcspn(problems, "\n"), problems);
}

int
template_read(const char *path, json_t **json, struct error *error)
{
	struct document		*d;
	const struct node	*root;
	struct bytes		 b;
	int			 rv;

	if ((rv = bytes_read(path, DOCUMENT_CEILING, &b, error)) == 1)
		return error_set(error, BROKEN, "%s: there is no such file",
		    path);
	if (rv == -1)
		return -1;
	d = document_parse(path, &b);
	bytes_free(&b);
	if (judge(d, error) == -1)
		return -1;
	root = document_root(d);
	if (root == NULL || root->kind != NODE_MAP)
		return error_set(error, BROKEN, "%s: expected a mapping",
		    path);
	*json = keep_json(value(d, root));
	return judge(d, error);
}
