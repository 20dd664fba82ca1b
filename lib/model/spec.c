#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/rules.h"
#include "model/spec.h"
#include "run/hash.h"
#include "run/keep.h"

static json_t *
texts(const char *const *text, size_t n)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < n; i++)
		json_array_append_new(list, json_string(text[i]));
	return list;
}

static json_t *
value(const struct rule *r, const char *from)
{
	const void	*at = from + r->at;
	const char	*text;
	long		 n;

	switch (r->kind) {
	case KIND_TEXT:
		text = *(const char *const *)at;
		return text == NULL ? json_null() : json_string(text);
	case KIND_TEXTS:
		return texts(*(const char *const *const *)at,
		    *(const size_t *)(const void *)(from + r->count));
	case KIND_EITHER:
		return json_string(r->words[*(const bool *)at]);
	case KIND_COUNT:
		return json_integer(*(const long *)at);
	case KIND_DURATION:
		n = *(const long *)at;
		return n == 0 && r->flags & RULE_NULLABLE ? json_null() :
		    json_integer(n);
	default:
		return NULL;	/* makes the whole fail, for a bad table */
	}
}

/* Makes the mappings on the way to a path; returns the last. */
static json_t *
descend(json_t *root, const char *path, const char **last)
{
	const char	*key;
	json_t		*next;
	size_t		 len;

	while (path[len = strcspn(path, ".")] == '.') {
		key = keep_copy(path, len);
		if ((next = json_object_get(root, key)) == NULL) {
			json_object_set_new(root, key, json_object());
			next = json_object_get(root, key);
		}
		root = next;
		path += len + 1;
	}
	*last = path;
	return root;
}

/* Texts have no default: what is there was given. */
static bool
is_given(const struct rule *r, const char *from)
{
	const void	*at = from + r->at;

	return *(const void *const *)at != NULL;
}

json_t *
spec_json(const struct rules *rules, const void *from)
{
	json_t			*root = keep_json(json_object()), *map;
	const struct rule	*r;
	const char		*key;
	size_t			 i, cut = strlen(rules->origin);

	for (i = 0; i < rules->n; i++) {
		r = &rules->rule[i];
		if ((r->flags & (RULE_SPEC | RULE_SPARSE)) == 0 ||
		    (r->flags & RULE_SPARSE && !is_given(r, from)))
			continue;
		map = descend(root, r->path + cut, &key);
		json_object_set(map, key, keep_json(value(r, from)));
	}
	return root;
}

const char *
spec_hash(const struct rules *rules, const void *from)
{
	char		*text;
	const char	*hash;

	text = json_dumps(spec_json(rules, from),
	    JSON_COMPACT | JSON_SORT_KEYS);
	hash = hash_bytes(text, strlen(text));
	free(text);
	return hash;
}
