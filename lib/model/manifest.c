#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "model/config.h"
#include "model/manifest.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/when.h"

#define CEILING		(4 << 20)	/* bytes; a label name is at most 200 */
#define SLUG		16		/* characters of the name */
#define DIGITS		12		/* of the hash */

static int
unpack(json_t *json, const char *path, struct manifest *m,
    struct error *error)
{
	const char	*created, *watermark;
	json_int_t	 version, attempt, examples;
	json_error_t	 why;

	if (json_unpack_ex(json, &why, JSON_STRICT,
	    "{sI ss ss ss ss ss ss ss ss ss ss sI sI so}",
	    "version", &version, "model", &m->model,
	    "generation", &m->generation, "owner", &m->owner,
	    "name", &m->name, "created", &created, "watermark", &watermark,
	    "specHash", &m->spec_hash, "stem", &m->stem,
	    "inputHash", &m->input_hash, "predecessor", &m->predecessor,
	    "attempt", &attempt, "examples", &examples,
	    "labels", &m->labels) == -1)
		return error_set(error, BROKEN, "%s: %s", path, why.text);
	if (version != 1)
		return error_set(error, BROKEN, "%s: version %lld, this "
		    "program knows 1", path, (long long)version);
	if (when_parse(created, &m->created) == -1 ||
	    when_parse(watermark, &m->watermark) == -1)
		return error_set(error, BROKEN, "%s: created or watermark is "
		    "no time as 2026-01-31T08:00:00Z", path);
	if (attempt < 0 || attempt > INT_MAX || examples < 0 ||
	    !json_is_object(m->labels))
		return error_set(error, BROKEN, "%s: attempt, examples or "
		    "labels make no sense", path);
	m->attempt = (size_t)attempt;
	m->examples = (size_t)examples;
	return 0;
}

int
manifest_parse(const char *text, size_t len, const char *path,
    struct manifest *m, struct error *error)
{
	json_error_t	 why;
	json_t		*json;

	*m = (struct manifest){ .model = NULL };
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, &why);
	if (json == NULL)
		return error_set(error, BROKEN, "%s:%d:%d: %s", path,
		    why.line, why.column, why.text);
	return unpack(keep_json(json), path, m, error);
}

int
manifest_read(const char *folder, struct manifest *m, struct error *error)
{
	struct bytes	 b;
	const char	*path = keepf("%s/manifest.json", folder);
	int		 rv;

	*m = (struct manifest){ .model = NULL };
	if ((rv = bytes_read_plain(path, CEILING, &b, error)) != 0)
		return rv;
	rv = manifest_parse(b.data, b.len, path, m, error);
	bytes_free(&b);
	return rv;
}

int
manifest_text(const struct manifest *m, struct bytes *b, struct error *error)
{
	json_t	*json;
	char	*text;

	json = json_pack("{sI ss ss ss ss ss ss ss ss ss ss sI sI sO}",
	    "version", (json_int_t)1, "model", m->model,
	    "generation", m->generation, "owner", m->owner,
	    "name", m->name, "created", when_text(m->created),
	    "watermark", when_text(m->watermark), "specHash", m->spec_hash,
	    "stem", m->stem, "inputHash", m->input_hash,
	    "predecessor", m->predecessor,
	    "attempt", (json_int_t)m->attempt,
	    "examples", (json_int_t)m->examples, "labels", m->labels);
	text = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	json_decref(json);
	if (text == NULL)
		return error_set(error, BROKEN, "the manifest of %s cannot "
		    "be told as JSON", m->generation);
	b->len = strlen(text) + 1;
	if ((b->data = realloc(text, b->len + 1)) == NULL) {
		free(text);
		return error_set(error, RETRY, "out of memory");
	}
	memcpy(b->data + b->len - 1, "\n", 2);
	return 0;
}

int
manifest_compare(const struct manifest *x, const struct manifest *y)
{
	int	 rv;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	if ((rv = strcmp(x->model, y->model)) != 0)
		return rv;
	return strcmp(x->generation, y->generation);
}

const char *
manifest_stem(const struct config *config, const char *predecessor)
{
	const char	*part[] = {
		config->owner, config->spec_hash, predecessor, config->retry
	};

	return hash_parts(4, part);
}

const char *
manifest_generation(const char *name, const char *stem, time_t watermark,
    size_t attempt)
{
	const char	*part[] = {
		stem, when_text(watermark), keepf("%zu", attempt)
	};
	size_t		 n = strnlen(name, SLUG);

	while (n > 0 && name[n - 1] == '-')
		n--;
	return keepf("%.*s-%.*s", (int)n, name, DIGITS, hash_parts(3, part));
}

int
manifest_is_generation(const char *s)
{
	size_t	 n = strlen(s);
	size_t	 slug;

	if (n < DIGITS + 2 || n > DIGITS + 1 + SLUG)
		return 0;
	slug = n - DIGITS - 1;
	return s[0] >= 'a' && s[0] <= 'z' && s[slug - 1] != '-' &&
	    strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789-") == n &&
	    s[slug] == '-' &&
	    strspn(s + slug + 1, "0123456789abcdef") == DIGITS;
}
