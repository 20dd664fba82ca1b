#include <sys/types.h>

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "data/archive.h"
#include "data/issues.h"

#define SLOTS_MIN	1024

/* FNV-1a, 64 bits, over the id in lower case. */
static uint64_t
hash(const char *id)
{
	uint64_t	 h = UINT64_C(0xcbf29ce484222325);

	for (; *id != '\0'; id++)
		h = (h ^ (uint64_t)tolower((unsigned char)*id)) *
		    UINT64_C(0x100000001b3);
	return h ^ h >> 32;
}

/* The slot an id is in, or the free one it would go to. */
static uint32_t *
find(const struct issues *t, const char *id)
{
	size_t	 i = (size_t)hash(id) & (t->nslots - 1);

	while (t->slot[i] != 0 &&
	    strcasecmp(t->issue[t->slot[i] - 1].id, id) != 0)
		i = (i + 1) & (t->nslots - 1);
	return &t->slot[i];
}

/* Twice the slots: at most half of them are ever taken. */
static int
spread(struct issues *t)
{
	uint32_t	*slot, *old = t->slot;
	size_t		 i, n = t->nslots == 0 ? SLOTS_MIN : t->nslots * 2;

	if ((slot = calloc(n, sizeof(*slot))) == NULL)
		return -1;
	t->slot = slot;
	t->nslots = n;
	for (i = 0; i < t->n; i++)
		*find(t, t->issue[i].id) = (uint32_t)i + 1;
	free(old);
	return 0;
}

/* The place of one more issue; NULL: out of memory. */
static struct issue *
make_room(struct issues *t)
{
	struct issue	*more;
	size_t		 room = t->room == 0 ? SLOTS_MIN / 2 :
			    t->room + t->room / 2;

	if (t->n == UINT32_MAX - 1) {
		errno = ENOMEM;
		return NULL;
	}
	if (t->n == t->room) {
		more = reallocarray(t->issue, room, sizeof(*more));
		if (more == NULL)
			return NULL;
		t->issue = more;
		t->room = room;
	}
	if (t->n >= t->nslots / 2 && spread(t) == -1)
		return NULL;
	return &t->issue[t->n];
}

static char *
append(char **end, const char *s)
{
	char	*at = *end;

	*end = stpcpy(at, s) + 1;
	return at;
}

/* One allocation, labels, holds all an issue has: there are many issues. */
static int
copy(struct issue *to, const struct issue *from)
{
	char	*end;
	size_t	 i, size;

	size = from->nlabels * sizeof(char *) + strlen(from->id) +
	    strlen(from->title) + strlen(from->repo) + strlen(from->body) + 4;
	for (i = 0; i < from->nlabels; i++)
		size += strlen(from->labels[i]) + 1;
	*to = *from;
	if ((to->labels = malloc(size)) == NULL)
		return -1;
	end = (char *)(to->labels + from->nlabels);
	to->id = append(&end, from->id);
	to->title = append(&end, from->title);
	to->repo = append(&end, from->repo);
	to->body = append(&end, from->body);
	for (i = 0; i < from->nlabels; i++)
		to->labels[i] = append(&end, from->labels[i]);
	return 0;
}

static int
compare_labels(const struct issue *a, const struct issue *b)
{
	size_t	 i;
	int	 rv;

	for (i = 0; i < a->nlabels && i < b->nlabels; i++)
		if ((rv = strcmp(a->labels[i], b->labels[i])) != 0)
			return rv;
	return (a->nlabels > b->nlabels) - (a->nlabels < b->nlabels);
}

/* Above 0 when a is newer; 0 only when they are the same in everything. */
static int
compare_age(const struct issue *a, const struct issue *b)
{
	int	 rv;

	if (a->updated != b->updated)
		return a->updated > b->updated ? 1 : -1;
	if (a->event != b->event)
		return a->event > b->event ? 1 : -1;
	if (a->serial != b->serial)
		return a->serial > b->serial ? 1 : -1;
	if (a->created != b->created)
		return a->created > b->created ? 1 : -1;
	if ((rv = compare_labels(a, b)) != 0 ||
	    (rv = strcmp(a->body, b->body)) != 0 ||
	    (rv = strcmp(a->title, b->title)) != 0)
		return rv;
	return strcmp(a->id, b->id);
}

int
issues_put(struct issues *t, const struct issue *issue)
{
	struct issue	 new, *place;
	uint32_t	*slot;

	if ((place = make_room(t)) == NULL)
		return -1;
	slot = find(t, issue->id);
	if (*slot != 0) {
		place = &t->issue[*slot - 1];
		if (compare_age(issue, place) <= 0)
			return 0;
	}
	if (copy(&new, issue) == -1)
		return -1;
	if (*slot == 0)
		*slot = (uint32_t)++t->n;
	else
		free(place->labels);
	*place = new;
	return 0;
}

static int
compare_place(const void *one, const void *other)
{
	const struct issue	*a = one, *b = other;

	if (a->created != b->created)
		return a->created > b->created ? 1 : -1;
	return strcmp(a->id, b->id);
}

void
issues_sort(struct issues *t)
{
	if (t->n > 0)
		qsort(t->issue, t->n, sizeof(t->issue[0]), compare_place);
}

void
issues_free(struct issues *t)
{
	size_t	 i;

	for (i = 0; i < t->n; i++)
		free(t->issue[i].labels);
	free(t->issue);
	free(t->slot);
	*t = (struct issues){ .n = 0 };
}
