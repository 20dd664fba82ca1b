#include <sys/types.h>

#include <stdlib.h>
#include <string.h>

#include "data/names.h"

int
names_add(struct names *t, const char *name)
{
	const char	**more;
	size_t		  room = t->room == 0 ? 256 : t->room * 2;

	if (t->n == t->room) {
		if ((more = reallocarray(t->name, room,
		    sizeof(*more))) == NULL)
			return -1;
		t->name = more;
		t->room = room;
	}
	t->name[t->n++] = name;
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int
names_distinct(const struct names *all, struct names *distinct)
{
	size_t	 i, n = 0, room = all->n + 1;	/* calloc(0) may be NULL */

	*distinct = (struct names){ .room = room };
	distinct->name = calloc(room, sizeof(*distinct->name));
	distinct->count = calloc(room, sizeof(*distinct->count));
	if (distinct->name == NULL || distinct->count == NULL) {
		names_free(distinct);
		return -1;
	}
	for (i = 0; i < all->n; i++)
		distinct->name[i] = all->name[i];
	qsort(distinct->name, all->n, sizeof(*distinct->name), compare);
	for (i = 0; i < all->n; i++) {
		if (n == 0 ||
		    strcmp(distinct->name[i], distinct->name[n - 1]) != 0)
			distinct->name[n++] = distinct->name[i];
		distinct->count[n - 1]++;
	}
	distinct->n = n;
	return 0;
}

size_t
names_place(const struct names *t, const char *name)
{
	const char	**found;

	if (t->n == 0)
		return 0;
	found = bsearch(&name, t->name, t->n, sizeof(*t->name), compare);
	return found == NULL ? t->n : (size_t)(found - t->name);
}

void
names_free(struct names *t)
{
	free(t->name);
	free(t->count);
	*t = (struct names){ .n = 0 };
}
