#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <jansson.h>

#include "kube/kube.h"
#include "model/config.h"
#include "model/runner.h"
#include "net/http.h"
#include "run/crew.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/line.h"
#include "run/once.h"
#include "run/report.h"
#include "run/round.h"
#include "run/run.h"
#include "run/settings.h"
#include "run/signals.h"
#include "run/step.h"
#include "run/summary.h"

#include "each.h"
#include "lists.h"
#include "run-pipeline.h"
#include "status.h"
#include "sync.h"

#define ROUNDS	20	/* of a catch-up, at most */
#define LAST	2000L	/* ms that a look without a question takes */

/* What all runs share: a crew's work has only a number. */
static struct {
	struct settings		 set;
	struct runner		 runner;
	struct kube		*kube;
	struct lists		 lists;
	struct ended		*ended;
} all;

/* How many runs ended how. */
struct count {
	size_t	 done, held, failed, busy, settled;
};

/* Of two of one name ours is served, whichever was looked at last. */
static const char *
twin_of(size_t i)
{
	const struct sync	*s = all.lists.sync[i], *o;
	size_t			 j;

	for (j = 0; j < all.lists.n; j++) {
		o = all.lists.sync[j];
		if (strcmp(o->name, s->name) == 0 &&
		    strcmp(s->group, SYNC_OURS) != 0 &&
		    strcmp(o->group, SYNC_OURS) == 0)
			return keepf("%s of %s has the same name, and with "
			    "it the same Lease: give one another name",
			    o->name, o->group);
	}
	return NULL;
}

static json_t *
owner(const struct sync *s)
{
	return keep_json(json_pack("{ss ss ss ss}", "apiVersion", s->group,
	    "kind", "ModelSync", "name", s->name, "uid", s->uid));
}

static long
milliseconds(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

/* A line for each that did not simply rest. */
static void
tell(const struct sync *s, const struct ended *e, long ms)
{
	const char	*name = keepf("%s/%s", s->namespace, s->name);
	struct voice	 voice = { .form = all.set.log, .tool = tool.name,
			    .model = name };

	if (strcmp(e->how, "settled") != 0 || all.set.verbose)
		line_write(line_summary(&voice, &(struct summary){
		    .tool = tool.name, .model = name, .how = e->how,
		    .status = e->status, .why = e->why, .step = e->step,
		    .now = e->now, .ms = ms }));
}

static void
note_status(const struct job *job, const struct ended *e)
{
	struct voice	 voice = { .form = all.set.log, .tool = tool.name,
			    .model = keepf("%s/%s", job->sync->namespace,
			    job->sync->name) };
	struct error	 error;
	bool		 undone = strcmp(e->how, "failed") == 0 &&
			    e->step->verdict == SETTLED &&
			    e->step->verb != NULL && !e->acted;

	if (all.set.dry || e->step->row == NULL ||
	    strcmp(e->how, "busy") == 0 ||
	    strcmp(e->step->row, "not visible yet") == 0 ||
	    (undone && signals_stopping()))
		return;
	if (undone)
		status_failed(job->status, e->step->verb, e->status, e->why);
	if (status_write(job, e->now, &error) == -1)
		line_write(line_unsaid(&voice, "status", error.text));
}

/* A short run is not all margin. */
static long
last(void)
{
	return LAST < all.set.deadline * 250 ? LAST : all.set.deadline * 250;
}

/* Nothing is told of an object that was not looked at. */
static bool
is_over(struct ended *e)
{
	bool	 told = signals_stopping();

	if (!told && signals_left() >= last())
		return false;
	*e = (struct ended){ .how = "failed", .status = RETRY,
	    .why = told ? "told to end before it was looked at" :
	    "the run was out of time before it was looked at",
	    .step = keep(sizeof(struct step)) };
	return true;
}

/* How long an answer may take and what comes after it; ms. */
static long
least(void)
{
	long	 most = all.runner.deadline * 1000 + last();

	return most < all.set.deadline * 500 ? most : all.set.deadline * 500;
}

/* The run of one object. */
static void
work(size_t i)
{
	const struct sync	*s = all.lists.sync[i];
	struct job		*job = job_new();
	const char		*lease = keepf("%s-%s", tool.name, s->name);
	struct config		 config = { .name = s->name,
				    .hash = all.runner.hash };
	struct lease_terms	 terms = { .kube = all.kube,
				    .tool = tool.name, .model = s->name,
				    .longest = all.set.deadline +
				    LEASE_MARGIN, .dry = all.set.dry,
				    .now = all.set.now, .listed = true,
				    .date = all.lists.date,
				    .began = all.lists.began };
	long			 began = milliseconds();

	config.owner = keepf("%s/%s", s->namespace, s->name);
	terms.object = json_object_get(all.lists.leases, lease);
	terms.owner = owner(s);
	job->runner = &all.runner;
	job->kube = all.kube;
	job->sync = s;
	job->runs = all.lists.runs;
	job->absent = all.lists.absent;
	job->twin = twin_of(i);
	job->least = least();
	if (is_over(&all.ended[i]))
		return;
	once_run(&(struct once){ .set = &all.set, .job = job,
	    .config = &config, .terms = &terms, .beside = true },
	    &all.ended[i]);
	note_status(job, &all.ended[i]);
	tell(s, &all.ended[i], milliseconds() - began);
}

static void
count(struct count *c, int *verdict, const char **worst)
{
	const struct ended	*e;
	size_t			 i;

	*c = (struct count){ .done = 0 };
	*verdict = SETTLED;
	*worst = NULL;
	for (i = 0; i < all.lists.n; i++) {
		e = &all.ended[i];
		c->done += strcmp(e->how, "done") == 0;
		c->held += strcmp(e->how, "held") == 0 ||
		    strcmp(e->how, "plan") == 0;
		c->failed += strcmp(e->how, "failed") == 0;
		c->busy += strcmp(e->how, "busy") == 0;
		c->settled += strcmp(e->how, "settled") == 0;
		if (verdict_worse(*verdict, e->status) != *verdict) {
			*verdict = e->status;
			*worst = keepf("%s: %s", all.lists.sync[i]->name,
			    e->why);
		}
	}
}

/*
 * All of them, as one run for those who schedule it.  Whether anything was
 * done, after which there may be more, whatever became of others.
 */
static bool
sum_up(struct ended *ended)
{
	struct count	 c;
	const char	*worst;

	count(&c, &ended->status, &worst);
	ended->now = all.set.now != 0 ? all.set.now : all.lists.date;
	ended->how = c.failed > 0 ? "failed" : c.done > 0 ? "done" :
	    c.held > 0 ? all.set.dry ? "plan" : "held" :
	    c.busy > 0 && c.settled == 0 ? "busy" : "settled";
	ended->why = keepf("%zu objects: %zu done, %zu settled, %zu %s, %zu "
	    "busy, %zu failed%s%s", all.lists.n, c.done, c.settled, c.held,
	    all.set.dry ? "planned" : "held", c.busy, c.failed,
	    worst == NULL ? "" : "; ", worst == NULL ? "" : worst);
	return c.done > 0;
}

static int
serve(struct ended *ended, bool *more, struct error *error)
{
	if (lists_read(all.kube, &all.lists, error) == -1)
		return -1;
	all.ended = keep((all.lists.n + 1) * sizeof(*all.ended));
	if (crew_run(&(struct crew_terms){ .n = all.lists.n,
	    .width = (size_t)all.runner.concurrency, .work = work,
	    .idle = http_turn }, error) == -1)
		return -1;
	*more = sum_up(ended);
	return 0;
}

/* A round: everything is read anew. */
static int
run(bool *more)
{
	struct error	 error;
	struct ended	 how, *ended = &how;
	long		 began = milliseconds();

	*more = false;
	*ended = (struct ended){ .now = all.set.now,
	    .step = keep(sizeof(struct step)) };
	signals_status(RETRY);
	signals_alarm(all.set.deadline);
	if (serve(ended, more, &error) == -1)
		once_fail(ended, &error);
	report_run(&all.set, &(struct summary){ .tool = tool.name,
	    .model = all.runner.owner, .how = ended->how,
	    .status = ended->status, .why = ended->why, .step = ended->step,
	    .now = ended->now, .ms = milliseconds() - began }, all.kube);
	return ended->status;
}

static int
open_cluster(struct error *error)
{
	const struct runner	*r = &all.runner;

	if (all.set.expect != NULL)
		return error_set(error, BROKEN, "-e is for a plan of one "
		    "thing: there are many here");
	if (all.set.now != 0 && !all.set.dry)
		return error_set(error, BROKEN, "--now is for dry runs: the "
		    "clock is the API server's");
	all.kube = kube_open(&(struct kube_terms){ .server = r->server,
	    .token_file = r->server_token, .ca_file = r->server_ca,
	    .kubeconfig = r->kubeconfig, .namespace = r->namespace,
	    .dry = all.set.dry }, error);
	return all.kube == NULL ? -1 : 0;
}

int
main(int argc, char *argv[])
{
	struct error	 error;
	const char	*problems;
	bool		 more;
	int		 round, status = RETRY;

	once_prepare();
	if (settings_read(&all.set, argc, argv, &error) == -1) {
		report_usage(&all.set, &error);
		return error.verdict;
	}
	signals_alarm(all.set.deadline);
	if (runner_read(all.set.file, &all.runner, &problems, &error) == -1) {
		report_document(&all.set, problems, &error);
		return error.verdict;
	}
	if (open_cluster(&error) == -1) {
		report_usage(&all.set, &error);
		return error.verdict;
	}
	http_width((size_t)all.runner.concurrency);
	more = true;
	for (round = 0; more && round < ROUNDS && !signals_stopping();
	    round++) {
		status = all.set.catch_up ? round_run(run, &more) :
		    run(&more);
		more = more && all.set.catch_up;
	}
	kube_close(all.kube);
	return status;
}
