#include <string.h>

#include "model/document.h"
#include "model/template.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

static json_t *
scalar(const struct node *n)
{
	json_t	*json = NULL;

	if (n->plain && (*n->text == '\0' || strcmp(n->text, "~") == 0))
		return json_null();
	if (n->plain)
		json = json_loads(n->text, JSON_DECODE_ANY, NULL);
	return json == NULL ? json_string(n->text) : json;
}

/* As deep as documents may be. */
static json_t *
value(const struct node *n)
{
	json_t	*json;
	size_t	 i;

	switch (n->kind) {
	case NODE_LIST:
		json = json_array();
		for (i = 0; i < n->n; i++)
			json_array_append_new(json, value(n->item[i]));
		return json;
	case NODE_MAP:
		json = json_object();
		for (i = 0; i < n->n; i++)
			json_object_set_new(json, n->item[i]->key->text,
			    value(n->item[i]));
		return json;
	default:
		return scalar(n);
	}
}

int
template_read(const char *path, json_t **json, struct error *error)
{
	struct document		*d;
	const struct node	*root;
	const char		*problems;
	struct bytes		 b;
	size_t			 n;
	int			 rv;

	if ((rv = bytes_read(path, DOCUMENT_CEILING, &b, error)) == 1)
		return error_set(error, BROKEN, "%s: there is no such file",
		    path);
	if (rv == -1)
		return -1;
	d = document_parse(path, &b);
	bytes_free(&b);
	root = document_root(d);
	problems = document_problems(d, &n);
	if (n > 0)
		return error_set(error, BROKEN, "%.*s",
		    (int)strcspn(problems, "\n"), problems);
	if (root == NULL || root->kind != NODE_MAP)
		return error_set(error, BROKEN, "%s: expected a mapping",
		    path);
	*json = keep_json(value(root));
	return 0;
}
