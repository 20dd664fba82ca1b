#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kube/tekton.h"
#include "model/runner.h"
#include "run/keep.h"
#include "run/lease.h"

#include "needs.h"
#include "pipelinerun.h"
#include "run-pipeline.h"
#include "status.h"
#include "sync.h"
#include "urls.h"

/* A rule names a document that the runner knows, never a file. */
static void
find_document(struct observation *o, struct refusal *r)
{
	size_t	 i;

	for (i = 0; i < o->runner->nmodels; i++)
		if (strcmp(o->runner->model[i].name, o->sync->model) == 0)
			o->document = o->runner->model[i].file;
	if (o->document == NULL)
		refuse(r, "ModelNotAllowed", "spec.rule.model is \"%s\", "
		    "which spec.models of the runner does not name",
		    o->sync->model);
}

void
object_prepare(struct observation *o)
{
	struct refusal	 bad = o->sync->bad, url = { NULL, NULL };
	struct url	*u;

	if (o->sync->template != NULL)
		pipelinerun_check(o->sync, o->runner, &bad);
	o->bad_reason = bad.reason;
	o->bad_why = bad.why;
	if (o->sync->rule != RULE_NONE)
		find_document(o, &url);
	else if (o->sync->url != NULL) {
		u = keep(sizeof(*u));
		urls_judge(o->runner, o->sync->url, u, &url);
		o->url = u;
	}
	o->url_reason = url.reason;
	o->url_why = url.why;
}

bool
object_asks(const struct observation *o)
{
	size_t	 i;

	if (o->runner->suspend || o->sync->suspend || o->sync->deleting ||
	    o->log->intent != NULL || o->bad_reason != NULL ||
	    o->url_reason != NULL)
		return false;
	for (i = 0; i < o->nruns; i++)
		if (o->run[i].state == RUN_ACTIVE)
			return false;
	return true;
}

void
object_complete(struct observation *o)
{
	struct making		 m = { .sync = o->sync };
	struct pipelinerun	*run = keep(sizeof(*run));
	struct param		*param;
	struct last		 last;
	struct refusal		 bad = { NULL, NULL };

	needs_map(o->needs, o->sync, &param, &m.n, &bad);
	m.param = param;
	if (bad.reason == NULL) {
		object_last(o, &last);
		m.last = last.uid == NULL ? "" : last.uid;
		m.failures = object_failures(o, &last);
		pipelinerun_make(&m, run, &bad);
	}
	o->next = bad.reason == NULL ? run : NULL;
	o->next_reason = bad.reason;
	o->next_why = bad.why;
}

int
object_order(const void *a, const void *b)
{
	const struct sync	*const *x = a, *const *y = b;

	if ((*x)->decided != (*y)->decided)
		return (*x)->decided < (*y)->decided ? -1 : 1;
	return strcmp((*x)->name, (*y)->name);
}

static int
by_name(const void *a, const void *b)
{
	const struct sync	*const *x = a, *const *y = b;
	int			 order = strcmp((*x)->name, (*y)->name);

	return order != 0 ? order : strcmp((*x)->group, (*y)->group);
}

/*
 * Where in a circle of n to begin: multiples of the golden section lie far
 * from one another, however many minutes are between two runs.
 */
static size_t
begin_at(size_t n, time_t now)
{
	uint32_t	 part = (uint32_t)(now / 60) * UINT32_C(2654435769);

	return (size_t)((uint64_t)part * n >> 32);
}

void
object_arrange(struct sync **sync, size_t n, time_t now)
{
	struct sync	**tail = keep((n + 1) * sizeof(*tail));
	size_t		  i, first, m = 0, rest = 0;
	bool		  stays;

	for (i = 0; i < n; i++) {
		stays = sync[i]->decided != 0 && sync[i]->decided <= now &&
		    now - sync[i]->decided < STATUS_REFRESH;
		if (stays)
			tail[m++] = sync[i];
		else
			sync[rest++] = sync[i];
	}
	if (rest > 1)
		qsort(sync, rest, sizeof(*sync), object_order);
	if (m > 1)
		qsort(tail, m, sizeof(*tail), by_name);
	first = begin_at(m, now);
	for (i = 0; i < m; i++)
		sync[rest + i] = tail[(first + i) % m];
}
