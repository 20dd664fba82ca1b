/*
 * Any answer of a lambda, and any mapping: what counts says so itself, every
 * parameter of it reaches the pipeline once, and what does not count is told
 * in one line.
 */

#include <jansson.h>

#include "cmd/run-pipeline/needs.h"
#include "cmd/run-pipeline/sync.h"
#include "fuzz/fuzz.h"
#include "net/http.h"

#define MAPPINGS	8

static bool
is_one_of(const char *reason, const char *const *known)
{
	while (*known != NULL && strcmp(reason, *known) != 0)
		known++;
	return *known != NULL;
}

static void
check_why(const char *why)
{
	MUST(why != NULL && *why != '\0');
	MUST(strpbrk(why, "\n\r\033") == NULL);
}

static void
check_value(const json_t *value, const char *text)
{
	json_t	*again;

	if (json_is_string(value)) {
		MUST(strcmp(json_string_value(value), text) == 0);
		return;
	}
	again = json_loads(text, JSON_DECODE_ANY, NULL);
	MUST(again != NULL);
	MUST(json_equal(keep_json(again), value));
}

/* What counts is what it says, read by the plain way. */
static void
check_counts(const struct answer *a, const struct needs *n)
{
	json_t	*json = json_loadb(a->body, a->len, 0, NULL), *map, *value;
	size_t	 i;

	MUST(a->status == 200 && strcasestr(a->type, "json") != NULL);
	keep_json(json);	/* once: what tells types is a macro */
	MUST(json_is_object(json));
	MUST(json_is_boolean(json_object_get(json, "needsSync")));
	MUST(json_is_true(json_object_get(json, "needsSync")) ==
	    (n->state == NEEDS_SYNC));
	MUST(json_array_size(json_object_get(json, "errors")) == 0);
	map = json_object_get(json, "parameters");
	MUST(n->n == json_object_size(map));
	for (i = 0; i < n->n; i++) {
		value = json_object_get(map, n->param[i].name);
		MUST(value != NULL && *n->param[i].name != '\0');
		MUST(i == 0 || strcmp(n->param[i - 1].name,
		    n->param[i].name) < 0);
		check_value(value, n->param[i].value);
	}
}

/* Pairs of words: what an object maps to what. */
static void
read_mappings(struct bytes *rest, struct sync *s)
{
	struct mapping	*m = keep(MAPPINGS * sizeof(*m));
	const char	*all = fuzz_string(rest);
	char		*text = keep_copy(all, strlen(all)), *name;

	s->mapping = m;
	while (s->nmappings < MAPPINGS &&
	    (name = strsep(&text, ",")) != NULL) {
		m[s->nmappings].needs = strsep(&name, "=");
		m[s->nmappings].pipeline = name == NULL ?
		    m[s->nmappings].needs : name;
		s->nmappings++;
	}
}

static bool
has(const struct param *list, size_t n, const char *name, const char *value)
{
	while (n-- > 0)
		if (strcmp(list[n].name, name) == 0)
			return strcmp(list[n].value, value) == 0;
	return false;
}

/* Each parameter under all names it is mapped to, else its own. */
static void
check_mapped(const struct needs *needs, const struct sync *s,
    const struct param *list, size_t n)
{
	const struct param	*p;
	size_t			 i, j, mapped, count = s->nmappings;

	for (i = 1; i < n; i++)
		MUST(strcmp(list[i - 1].name, list[i].name) < 0);
	for (i = 0; i < needs->n; i++) {
		p = &needs->param[i];
		for (mapped = j = 0; j < s->nmappings; j++)
			if (strcmp(s->mapping[j].needs, p->name) == 0) {
				MUST(has(list, n, s->mapping[j].pipeline,
				    p->value));
				mapped++;
			}
		MUST(mapped > 0 || has(list, n, p->name, p->value));
		count += mapped == 0;
	}
	MUST(n == count);
}

static void
check_map(const struct needs *needs, const struct sync *s)
{
	static const char *const	known[] = {
		"InvalidMapping", "MissingParameter", NULL
	};
	struct refusal			 r = { NULL, NULL };
	struct param			*list;
	size_t				 n;

	needs_map(needs, s, &list, &n, &r);
	if (r.reason == NULL) {
		check_mapped(needs, s, list, n);
		return;
	}
	MUST(is_one_of(r.reason, known));
	check_why(r.why);
}

/* Status, type and mappings, a string each, then the body. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const	known[] = {
		"LambdaRedirects", "LambdaFailed", "LambdaNotJSON",
		"LambdaTooLarge", "LambdaInvalid", NULL
	};
	struct bytes	 rest = fuzz_bytes(data, size);
	struct answer	 a = { .status = atol(fuzz_string(&rest)) };
	struct sync	 s = { .nmappings = 0 };
	struct needs	 needs;

	strlcpy(a.type, fuzz_string(&rest), sizeof(a.type));
	strlcpy(a.location, a.type, sizeof(a.location));
	read_mappings(&rest, &s);
	a.body = rest.data;
	a.len = rest.len;
	needs_read(&a, &needs);
	if (needs.state == NEEDS_FAILED) {
		MUST(is_one_of(needs.reason, known));
		check_why(needs.why);
	} else {
		MUST(needs.state != NEEDS_UNASKED);
		check_counts(&a, &needs);
		check_map(&needs, &s);
	}
	keep_drop();
	return 0;
}
