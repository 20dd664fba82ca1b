#include <string.h>

#include "kube/kube.h"
#include "kube/tekton.h"
#include "net/http.h"
#include "run/boot.h"
#include "run/crew.h"
#include "run/error.h"
#include "run/keep.h"

#include "lists.h"
#include "pipelinerun.h"
#include "run-pipeline.h"
#include "sync.h"

/* Items of a page at first: it is read again with fewer if it is too large. */
#define LEASES		500
#define SYNCS		250
#define RUNS		100
#define PAGES		1000	/* whole ones of one list, at most */

/* A list that is read page by page, and what becomes of each. */
struct reading {
	struct kube	*kube;
	const char	*group, *resource;
	int		 whole, size;	/* of a page: at first, now */
	const char	*more;		/* "continue", "" at first and last */
	time_t		 date;		/* of the first page */
};

static const char *
page_path(const struct reading *r)
{
	const char	*path = kube_path(r->kube, r->group, r->resource,
			    NULL);

	return keepf("%s?limit=%d%s%s", path, r->size,
	    *r->more == '\0' ? "" : "&continue=", r->more);
}

/* What stands in a query as it is; tokens of servers are made of that. */
static int
check_more(const struct reading *r, struct error *error)
{
	static const char	 plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~=";

	return r->more[strspn(r->more, plain)] == '\0' ? 0 :
	    error_set(error, RETRY, "%s: a continue token that no server "
	    "makes", r->resource);
}

/* A group that the server does not have: a page for browsers, or NotFound. */
static bool
is_absent(const struct answer *a)
{
	return a->status == 404;
}

/*
 * One large object must not keep all others from being served: a page beyond
 * the ceiling of an answer is read again with half as many.
 */
static int
fetch_page(struct reading *r, struct answer *a, struct error *error)
{
	int	 rv;

	for (;;) {
		rv = http_get(kube_http(r->kube), page_path(r), a, error);
		if (rv == 0 || !a->over || r->size == 1)
			break;
		r->size /= 2;
	}
	return rv == -1 ? error_in(error, "%s", r->resource) : 0;
}

/*
 * Reads a page.  Returns 0 with its items, which the caller frees with the
 * page; 1 when the server has no such resource; -1.
 */
static int
read_page(struct reading *r, json_t **page, json_t **items,
    struct error *error)
{
	struct answer	 a;
	const char	*more;
	int		 rv;

	*page = NULL;
	if (fetch_page(r, &a, error) == -1)
		return -1;
	if (r->date == 0)
		r->date = a.date;
	if (is_absent(&a))
		rv = 1;
	else if (a.status != 200)
		rv = kube_object(&a, r->resource, error) == NULL ? -1 : 0;
	else if ((*page = json_loadb(a.body == NULL ? "" : a.body, a.len,
	    JSON_REJECT_DUPLICATES, NULL)) == NULL)
		rv = error_set(error, RETRY, "%s: a list that is no JSON",
		    r->resource);
	else
		rv = 0;
	http_free(&a);
	if (rv != 0)
		return rv;
	*items = json_object_get(*page, "items");
	more = json_string_value(json_object_get(json_object_get(*page,
	    "metadata"), "continue"));
	r->more = more == NULL ? "" : keepf("%s", more);
	if (json_is_array(*items) && check_more(r, error) == 0)
		return 0;
	json_decref(*page);
	return json_is_array(*items) ? -1 : error_set(error, RETRY,
	    "%s: a list without items", r->resource);
}

/* All pages; take() has each one.  Returns as read_page(). */
static int
read_all(struct reading *r, struct lists *l,
    void (*take)(struct lists *, json_t *), struct error *error)
{
	json_t	*page, *items = NULL;
	int	 n, pages, rv;

	r->more = "";
	r->size = r->whole;
	for (n = pages = 0; n < PAGES * r->whole; n += r->size, pages++) {
		rv = read_page(r, &page, &items, error);
		/* What was there a page ago is no kind that is unknown. */
		if (rv == 1 && pages > 0)
			return error_set(error, RETRY, "%s: the list ended "
			    "with status 404 behind page %d", r->resource,
			    pages);
		if (rv != 0)
			return rv;
		take(l, items);
		json_decref(page);
		if (*r->more == '\0')
			return 0;
	}
	return error_set(error, BROKEN, "%s: more than %d of them",
	    r->resource, PAGES * r->whole);
}

static const char *
name_of(const json_t *item)
{
	const char	*name = json_string_value(json_object_get(
			    json_object_get(item, "metadata"), "name"));

	return name == NULL ? "" : name;
}

static void
take_leases(struct lists *l, json_t *items)
{
	static const char	 prefix[] = "run-pipeline-";
	json_t			*item;
	size_t			 i;

	json_array_foreach(items, i, item)
		if (strncmp(name_of(item), prefix, strlen(prefix)) == 0)
			json_object_set(l->leases, name_of(item), item);
}

static void
take_runs(struct lists *l, json_t *items)
{
	runs_add(l->runs, items);
}

static void
take_syncs(struct lists *l, json_t *items)
{
	struct sync	**sync = keep((l->n + json_array_size(items) + 1) *
			    sizeof(*sync));
	size_t		  i;

	if (l->n > 0)
		memcpy(sync, l->sync, l->n * sizeof(*sync));
	for (i = 0; i < json_array_size(items); i++) {
		sync[l->n] = keep(sizeof(**sync));
		sync_read(keep_json(json_incref(json_array_get(items, i))),
		    sync[l->n++]);
	}
	l->sync = sync;
}

/* The lists that may be read at the same time, and what came of each. */
enum { OURS, PUBLISHED, RUNNING, LISTS };

static struct parallel {
	struct kube	*kube;
	struct lists	*lists;
	int		 rv[LISTS];
	struct error	 error[LISTS];
} together;

static int
read_syncs(const char *group, struct error *error)
{
	struct reading	 r = { .kube = together.kube, .group = group,
			    .resource = SYNC_RESOURCE, .whole = SYNCS };

	return read_all(&r, together.lists, take_syncs, error);
}

/* v1 and v1beta1 are the same objects; where only one is served, that. */
static int
read_runs(struct error *error)
{
	struct reading	 r = { .kube = together.kube,
			    .group = PIPELINERUN_V1, .whole = RUNS,
			    .resource = PIPELINERUN_RESOURCE };
	int		 rv;

	if ((rv = read_all(&r, together.lists, take_runs, error)) == 1) {
		r.group = PIPELINERUN_V1BETA1;
		rv = read_all(&r, together.lists, take_runs, error);
	}
	return rv;
}

static void
read_list(size_t i)
{
	struct error	*error = &together.error[i];

	together.rv[i] = i == OURS ? read_syncs(SYNC_OURS, error) :
	    i == PUBLISHED ? read_syncs(SYNC_PUBLISHED, error) :
	    read_runs(error);
}

static int
read_together(struct kube *kube, struct lists *l, struct error *error)
{
	size_t	 i;

	together = (struct parallel){ .kube = kube, .lists = l };
	if (crew_run(&(struct crew_terms){ .n = LISTS, .width = LISTS,
	    .work = read_list, .idle = http_turn }, error) == -1)
		return -1;
	for (i = 0; i < LISTS; i++)
		if (together.rv[i] == -1) {
			*error = together.error[i];
			return -1;
		}
	if (together.rv[RUNNING] == 1)
		l->absent = "the cluster knows no PipelineRun: Tekton is not "
		    "installed";
	return together.rv[OURS] == 0 || together.rv[PUBLISHED] == 0 ? 0 :
	    error_set(error, BROKEN, "the cluster knows no ModelSync: apply "
	    "its definition, as manifests/run-pipeline does");
}

int
lists_read(struct kube *kube, struct lists *l, struct error *error)
{
	struct reading	 r = { .kube = kube, .group = KUBE_LEASES,
			    .resource = "leases", .whole = LEASES };
	int		 rv;

	*l = (struct lists){ .leases = keep_json(json_object()),
	    .runs = runs_new(), .began = boot_clock() };
	if ((rv = read_all(&r, l, take_leases, error)) == -1)
		return -1;
	if (rv == 1 || r.date == 0)
		return error_set(error, rv == 1 ? BROKEN : RETRY, "leases: "
		    "%s", rv == 1 ? "the server has no Leases" : "an answer "
		    "without Date, which is the clock of all runs");
	l->date = r.date;
	if (read_together(kube, l, error) == -1)
		return -1;
	if (l->n > 0)
		object_arrange(l->sync, l->n, l->date);
	return 0;
}
