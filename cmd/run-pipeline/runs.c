#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "run/keep.h"

#include "pipelinerun.h"
#include "sync.h"

#define MOST_FAILURES	1000000	/* in a row; an annotation may say anything */

/* A run below one of its owners. */
struct owned {
	const char	*uid;
	const char	*label;		/* LABEL_OWNER */
	struct run	 run;
};

struct runs {
	struct owned	*owned;
	size_t		 n, room;
	bool		 sorted;	/* by uid */
};

static const char *
copy(const json_t *object, const char *key)
{
	const char	*text = content_text(object, key);

	return *text == '\0' ? "" : keepf("%s", text);
}

/* The number that an annotation of ours says; 0 for anything else. */
static long
number(const json_t *metadata, const char *key)
{
	const char	*text = content_text(json_object_get(metadata,
			    "annotations"), key);
	char		*end;
	long		 n;

	errno = 0;
	n = strtol(text, &end, 10);
	return errno != 0 || end == text || *end != '\0' || n < 0 ||
	    n > MOST_FAILURES ? 0 : n;
}

static void
read_state(const json_t *item, struct run *run)
{
	const json_t	*status = json_object_get(item, "status");
	const json_t	*c = content_condition(item, "Succeeded");
	int		 rv = tekton_succeeded(item);

	run->seen = c != NULL;
	if (rv == -1)
		return;
	run->state = rv == 1 ? RUN_SUCCEEDED : RUN_FAILED;
	run->finished = content_time(status, "completionTime");
	if (run->finished == 0)
		run->finished = content_time(c, "lastTransitionTime");
	if (run->finished == 0)
		run->finished = run->created;
}

static void
read_run(const json_t *item, struct run *run)
{
	const json_t	*m = json_object_get(item, "metadata");

	*run = (struct run){ .name = copy(m, "name"),
	    .namespace = copy(m, "namespace"),
	    .uid = copy(m, "uid"),
	    .version = copy(m, "resourceVersion"),
	    /* Items of a list need not say what the list says. */
	    .group = strcmp(content_text(item, "apiVersion"),
	    PIPELINERUN_V1BETA1) == 0 ? PIPELINERUN_V1BETA1 : PIPELINERUN_V1,
	    .deleting = *content_text(m, "deletionTimestamp") != '\0',
	    .created = content_time(m, "creationTimestamp"),
	    .generation = number(m, NOTE_GENERATION),
	    .failures = number(m, NOTE_FAILURES) };
	read_state(item, run);
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
runs_new(void)
{
	return keep(sizeof(struct runs));
}

static void
add(struct runs *all, const json_t *item, const char *uid,
    const struct run *run)
{
	all->owned = keep_more(all->owned, all->n, &all->room,
	    sizeof(*all->owned));
	all->owned[all->n++] = (struct owned){ .uid = keepf("%s", uid),
	    .label = copy(json_object_get(json_object_get(item, "metadata"),
	    "labels"), LABEL_OWNER), .run = *run };
}

void
runs_add(struct runs *all, const json_t *items)
{
	const json_t	*item, *owner, *owners;
	struct run	 run;
	size_t		 i, j;

	json_array_foreach(items, i, item) {
		owners = json_object_get(json_object_get(item, "metadata"),
		    "ownerReferences");
		if (json_array_size(owners) == 0)
			continue;
		read_run(item, &run);
		json_array_foreach(owners, j, owner)
			add(all, item, content_text(owner, "uid"), &run);
	}
	all->sorted = false;
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
runs_of(struct runs *all, const struct sync *s, struct run **run, size_t *n,
    struct refusal *r)
{
	const char	*label = pipelinerun_owner(s);
	struct owned	*o;
	struct run	*its;
	size_t		 i, room = 0;

	if (!all->sorted && all->n > 1)
		qsort(all->owned, all->n, sizeof(*all->owned), by_owner);
	all->sorted = true;
	*run = NULL;
	*n = 0;
	for (i = first(all, s->uid); i < all->n; i++) {
		o = &all->owned[i];
		if (strcmp(o->uid, s->uid) != 0)
			break;
		*run = keep_more(*run, *n, &room, sizeof(**run));
		its = &(*run)[(*n)++];
		*its = o->run;
		its->ours = strcmp(o->label, label) == 0;
		if (*its->name == '\0' || *its->uid == '\0' ||
		    its->created == 0)
			refuse(r, "UnreadableRun", "a PipelineRun of %s has "
			    "no name, uid or creationTimestamp", s->name);
	}
	if (*n > 1)
		qsort(*run, *n, sizeof(**run), by_age);
}
