#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "run/keep.h"

#include "pipelinerun.h"
#include "sync.h"

#define MOST_FAILURES	1000000	/* in a row; an annotation may say anything */

/* An item below one of its owners. */
struct owned {
	const char	*uid;
	const json_t	*item;
};

struct runs {
	struct owned	*owned;		/* sorted by uid */
	size_t		 n, room;
};

/* The number that an annotation of ours says; 0 for anything else. */
static long
number(const json_t *metadata, const char *key)
{
	const char	*text = sync_text(json_object_get(metadata,
			    "annotations"), key);
	char		*end;
	long		 n;

	errno = 0;
	n = strtol(text, &end, 10);
	return errno != 0 || end == text || *end != '\0' || n < 0 ||
	    n > MOST_FAILURES ? 0 : n;
}

static const json_t *
succeeded(const json_t *status)
{
	const json_t	*c;
	size_t		 i;

	json_array_foreach(json_object_get(status, "conditions"), i, c)
		if (strcmp(sync_text(c, "type"), "Succeeded") == 0)
			return c;
	return NULL;
}

/* Reasons are many and grow; the status has three values. */
static void
read_state(const json_t *status, struct run *run)
{
	const json_t	*c = succeeded(status);
	const char	*text = sync_text(c, "status");

	run->seen = c != NULL;
	if (strcmp(text, "True") == 0)
		run->state = RUN_SUCCEEDED;
	else if (strcmp(text, "False") == 0)
		run->state = RUN_FAILED;
	else
		return;
	run->finished = sync_time(status, "completionTime");
	if (run->finished == 0)
		run->finished = sync_time(c, "lastTransitionTime");
	if (run->finished == 0)
		run->finished = run->created;
}

static void
read_run(const char *label, const json_t *item, struct run *run)
{
	const json_t	*m = json_object_get(item, "metadata");
	const char	*group = sync_text(item, "apiVersion");

	*run = (struct run){ .name = sync_text(m, "name"),
	    .namespace = sync_text(m, "namespace"),
	    .uid = sync_text(m, "uid"),
	    .version = sync_text(m, "resourceVersion"),
	    /* Items of a list need not say what the list says. */
	    .group = *group == '\0' ? PIPELINERUN_V1 : group,
	    .deleting = *sync_text(m, "deletionTimestamp") != '\0',
	    .created = sync_time(m, "creationTimestamp"),
	    .generation = number(m, NOTE_GENERATION),
	    .failures = number(m, NOTE_FAILURES) };
	run->ours = strcmp(sync_text(json_object_get(m, "labels"),
	    LABEL_OWNER), label) == 0;
	read_state(json_object_get(item, "status"), run);
}

static int
by_age(const void *a, const void *b)
{
	const struct run	*x = a, *y = b;

	if (x->created != y->created)
		return x->created < y->created ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int
by_owner(const void *a, const void *b)
{
	const struct owned	*x = a, *y = b;

	return strcmp(x->uid, y->uid);
}

struct runs *
runs_index(const json_t *items)
{
	struct runs	*all = keep(sizeof(*all));
	const json_t	*item, *owner;
	size_t		 i, j;

	json_array_foreach(items, i, item)
		json_array_foreach(json_object_get(json_object_get(item,
		    "metadata"), "ownerReferences"), j, owner) {
			all->owned = keep_more(all->owned, all->n,
			    &all->room, sizeof(*all->owned));
			all->owned[all->n++] = (struct owned){
			    sync_text(owner, "uid"), item };
		}
	if (all->n > 1)
		qsort(all->owned, all->n, sizeof(*all->owned), by_owner);
	return all;
}

/* Where a uid's items begin, or would. */
static size_t
first(const struct runs *all, const char *uid)
{
	size_t	 low = 0, high = all->n, mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (strcmp(all->owned[mid].uid, uid) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

void
runs_of(const struct runs *all, const struct sync *s, struct run **run,
    size_t *n, struct refusal *r)
{
	const char	*label = pipelinerun_owner(s);
	struct run	*its;
	size_t		 i = first(all, s->uid), room = 0;

	*run = NULL;
	*n = 0;
	for (; i < all->n && strcmp(all->owned[i].uid, s->uid) == 0; i++) {
		*run = keep_more(*run, *n, &room, sizeof(**run));
		its = &(*run)[(*n)++];
		read_run(label, all->owned[i].item, its);
		if (*its->name == '\0' || *its->uid == '\0' ||
		    its->created == 0)
			refuse(r, "UnreadableRun", "a PipelineRun of %s has "
			    "no name, uid or creationTimestamp", s->name);
	}
	if (*n > 1)
		qsort(*run, *n, sizeof(**run), by_age);
}
