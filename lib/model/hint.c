#include <stdint.h>
#include <string.h>

#include "model/hint.h"
#include "model/rules.h"
#include "run/keep.h"

#define NEAR	64	/* bytes of a key worth comparing */

static size_t
least(size_t a, size_t b, size_t c)
{
	size_t	 ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Insertions, deletions and replacements that make one the other. */
static size_t
distance(const char *a, const char *b)
{
	size_t	 row[NEAR + 1], i, j, corner, left;
	size_t	 alen = strlen(a), blen = strlen(b);

	if (alen > NEAR || blen > NEAR)
		return SIZE_MAX;
	for (j = 0; j <= blen; j++)
		row[j] = j;
	for (i = 1; i <= alen; i++) {
		corner = row[0];
		row[0] = i;
		for (j = 1; j <= blen; j++) {
			left = corner + (a[i - 1] != b[j - 1]);
			corner = row[j];
			row[j] = least(row[j] + 1, row[j - 1] + 1, left);
		}
	}
	return row[blen];
}

/* Where else a key stands, for one that was indented wrongly. */
static const char *
elsewhere(const struct rules *rules, const char *key)
{
	const char	*found = NULL, *path, *dot;
	size_t		 i;

	for (i = 0; i < rules->n; i++) {
		path = rules->rule[i].path;
		dot = strrchr(path, '.');
		if (dot == NULL || strcmp(dot + 1, key) != 0)
			continue;
		if (found != NULL)
			return NULL;
		found = keep_copy(path, (size_t)(dot - path));
	}
	return found;
}

static const char *
known_keys(const struct rules *rules, const char *path)
{
	const char	*all = NULL, *key;
	size_t		 i;

	for (i = 0; i < rules->n; i++) {
		if ((key = rule_key(&rules->rule[i], path)) == NULL)
			continue;
		all = all == NULL ? key : keepf("%s, %s", all, key);
	}
	return all == NULL ? "no key" : keepf("one of %s", all);
}

const char *
hint_key(const struct rules *rules, const char *path, const char *key)
{
	const char	*known, *best = NULL, *place;
	size_t		 i, d, near = strlen(key) / 3 + 1;

	for (i = 0; i < rules->n; i++) {
		known = rule_key(&rules->rule[i], path);
		if (known == NULL || (d = distance(key, known)) > near)
			continue;
		near = d - (d > 0);	/* the next must be nearer */
		best = known;
	}
	if (best != NULL)
		return keepf("did you mean `%s`?", best);
	if ((place = elsewhere(rules, key)) != NULL)
		return keepf("it stands in %s", place);
	return keepf("expected %s", known_keys(rules, path));
}
