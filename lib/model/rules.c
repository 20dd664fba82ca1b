#include <stdbool.h>
#include <string.h>

#include "model/document.h"
#include "model/hint.h"
#include "model/rules.h"
#include "model/scalar.h"
#include "run/keep.h"

struct decoding {
	const struct rules	*rules;
	struct document		*document;
};

const char *
rule_key(const struct rule *r, const char *path)
{
	size_t		 len = strlen(path);
	const char	*key = r->path + len;

	if (strncmp(r->path, path, len) != 0 || (len > 0 && *key++ != '.'))
		return NULL;
	return strchr(key, '.') == NULL ? key : NULL;
}

const struct rule *
rules_find(const struct rules *rules, const char *path, const char *key)
{
	const char	*known;
	size_t		 i;

	for (i = 0; i < rules->n; i++) {
		known = rule_key(&rules->rule[i], path);
		if (known != NULL && strcmp(known, key) == 0)
			return &rules->rule[i];
	}
	return NULL;
}

static bool
is_below(const struct rule *r, const char *path)
{
	size_t	 len = strlen(path);

	if (strncmp(r->path, path, len) != 0 ||
	    (len > 0 && r->path[len] != '.'))
		return false;
	return strchr(r->path + len, '[') == NULL;
}

/* Defaults of everything below a path but the insides of lists. */
static void
fill_in(const struct rules *rules, const char *path, char *into)
{
	const struct rule	*r;
	size_t			 i;

	for (i = 0; i < rules->n; i++) {
		r = &rules->rule[i];
		if (r->preset != NULL && r->at != NOWHERE &&
		    r->kind <= KIND_DURATION && r->kind != KIND_MAPS &&
		    r->kind != KIND_TEXTS && is_below(r, path))
			scalar_store(r, r->preset, r->kind != KIND_TEXT,
			    into + r->at);
	}
}

/* What stands behind a colon and before "@" is not for logs. */
static bool
has_password(const char *text)
{
	const char	*host = strstr(text, "://");

	return host != NULL && strchr(host, '@') != NULL &&
	    strcspn(host + 3, ":") < strcspn(host + 3, "@");
}

/* What stands where something else was expected. */
static const char *
told(const struct node *node)
{
	if (node->kind == NODE_LIST)
		return "a list";
	if (node->kind == NODE_MAP)
		return "a mapping";
	if (node->plain && scalar_is_null(node->text))
		return "null";
	if (has_password(node->text))
		return "a URL with a password";
	return node->plain ? keepf("`%s`", document_shown(node->text)) :
	    keepf("\"%s\"", document_shown(node->text));
}

static void
unexpected(const struct decoding *d, const struct node *node,
    const struct rule *r, const char *expected)
{
	const char	*key = strrchr(r->path, '.');

	document_problem(d->document, node, "%s is %s, expected %s",
	    key == NULL ? r->path : key + 1, told(node), expected);
}

static void
decode_scalar(const struct decoding *d, const struct rule *r,
    const struct node *node, char *at)
{
	const char	*expected;

	if (node->kind == NODE_BAD)
		return;
	if (node->kind != NODE_TEXT)
		unexpected(d, node, r, scalar_expected(r));
	else if ((expected = scalar_store(r, node->text, node->plain,
	    at)) != NULL)
		unexpected(d, node, r, expected);
}

static void	decode_map(const struct decoding *, const char *,
		    const struct node *, char *);

/* Returns -1 when there is no list to decode. */
static int
check_list(const struct decoding *d, const struct rule *r,
    const struct node *node)
{
	if (node->kind == NODE_BAD)
		return -1;
	if (node->kind != NODE_LIST) {
		unexpected(d, node, r, scalar_expected(r));
		return -1;
	}
	if ((double)node->n < r->low)
		document_problem(d->document, node, "%s has %zu item%s, "
		    "expected at least %.0f", node->key->text, node->n,
		    node->n == 1 ? "" : "s", r->low);
	return 0;
}

static void
decode_texts(const struct decoding *d, const struct rule *r,
    const struct node *node, char *into)
{
	struct rule	  item = *r;
	const char	**text;
	size_t		  i;

	if (check_list(d, r, node) == -1)
		return;
	item.kind = KIND_TEXT;
	item.flags = 0;
	item.low = 1;
	item.high = 0;
	text = keep((node->n + 1) * sizeof(*text));
	for (i = 0; i < node->n; i++) {
		text[i] = "";		/* if it is bad */
		decode_scalar(d, &item, node->item[i], (char *)&text[i]);
	}
	*(const char ***)(into + r->at) = node->n > 0 ? text : NULL;
	*(size_t *)(into + r->count) = node->n;
}

static void
decode_words(const struct decoding *d, const struct rule *r,
    const struct node *node, char *into)
{
	size_t	 i;

	if (check_list(d, r, node) == -1)
		return;
	for (i = 0; i < node->n; i++)
		decode_scalar(d, r, node->item[i], into + r->at);
}

static void
decode_maps(const struct decoding *d, const struct rule *r,
    const struct node *node, char *into)
{
	const char	*path = keepf("%s[]", r->path);
	char		*items;
	size_t		 i;

	if (check_list(d, r, node) == -1)
		return;
	items = keep((node->n + 1) * r->size);
	for (i = 0; i < node->n; i++) {
		fill_in(d->rules, path, items + i * r->size);
		decode_map(d, path, node->item[i], items + i * r->size);
	}
	*(void **)(into + r->at) = node->n > 0 ? items : NULL;
	*(size_t *)(into + r->count) = node->n;
}

static void
decode_value(const struct decoding *d, const struct rule *r,
    const struct node *node, char *into)
{
	switch (r->kind) {
	case KIND_MAP:
		if (r->at != 0)
			*(bool *)(into + r->at) = true;
		decode_map(d, r->path, node, into);
		break;
	case KIND_MAPS:
		decode_maps(d, r, node, into);
		break;
	case KIND_TEXTS:
		decode_texts(d, r, node, into);
		break;
	case KIND_WORDS:
		decode_words(d, r, node, into);
		break;
	default:
		decode_scalar(d, r, node,
		    r->at == NOWHERE ? NULL : into + r->at);
	}
}

/* What a group of rows beside each other asks for. */
static void
check_group(const struct decoding *d, const char *path,
    const struct node *map, unsigned group)
{
	const struct node	*have, *first = NULL;
	const char		*key, *all = NULL;
	size_t			 i;

	for (i = 0; i < d->rules->n; i++) {
		if ((d->rules->rule[i].flags & group) == 0 ||
		    (key = rule_key(&d->rules->rule[i], path)) == NULL)
			continue;
		all = all == NULL ? key : keepf("%s, %s", all, key);
		if ((have = node_get(map, key)) == NULL)
			continue;
		if (first == NULL)
			first = have;
		else if (group == RULE_ONE)
			document_problem(d->document, have->key, "`%s` beside "
			    "`%s`, expected only one of them", key,
			    first->key->text);
	}
	if (all != NULL && first == NULL)
		document_problem(d->document, map, "nothing of %s, expected "
		    "%s", all, group == RULE_ONE ? "exactly one" :
		    "at least one");
}

static void
check_complete(const struct decoding *d, const char *path,
    const struct node *map)
{
	const struct rule	*r;
	const char		*key;
	size_t			 i;

	for (i = 0; i < d->rules->n; i++) {
		r = &d->rules->rule[i];
		if ((r->flags & RULE_REQUIRED) == 0 ||
		    (key = rule_key(r, path)) == NULL ||
		    node_get(map, key) != NULL)
			continue;
		document_problem(d->document, map, "`%s` is missing%s%s, "
		    "expected %s", key, *path == '\0' ? "" : " in ", path,
		    scalar_expected(r));
	}
	check_group(d, path, map, RULE_ONE);
	check_group(d, path, map, RULE_ANY);
}

static void
decode_map(const struct decoding *d, const char *path, const struct node *map,
    char *into)
{
	const struct rule	*r;
	const struct node	*node;
	size_t			 i;

	if (map->kind == NODE_BAD)
		return;
	if (map->kind != NODE_MAP) {
		document_problem(d->document, map, "%s is %s, expected a "
		    "mapping", *path == '\0' ? "the document" : path,
		    told(map));
		return;
	}
	for (i = 0; i < map->n; i++) {
		node = map->item[i];
		if (node->key->kind != NODE_TEXT)
			continue;
		r = rules_find(d->rules, path, node->key->text);
		if (r != NULL)
			decode_value(d, r, node, into);
		else
			document_problem(d->document, node->key, "unknown key "
			    "`%s`; %s", document_shown(node->key->text),
			    hint_key(d->rules, path, node->key->text));
	}
	check_complete(d, path, map);
}

void
rules_decode(const struct rules *rules, struct document *document,
    void *into)
{
	const struct node	*root = document_root(document);
	struct decoding		 d = { rules, document };

	fill_in(rules, "", into);
	if (root != NULL)
		decode_map(&d, "", root, into);
}
