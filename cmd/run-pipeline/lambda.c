#include <jansson.h>

#include "model/runner.h"
#include "net/http.h"
#include "run/bytes.h"
#include "run/crew.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/program.h"
#include "run/signals.h"

#include "each.h"
#include "needs.h"
#include "run-pipeline.h"
#include "sync.h"
#include "urls.h"

#define PLAN_CEILING	((size_t)1 << 20)	/* bytes of a plan */
#define PLAN_DEADLINE	15	/* s; or a third of what is left */
#define PLANS		4	/* at once */
#define PAUSE		50	/* ms between two looks for room */

static int
has_time(const struct job *job, struct error *error)
{
	if (signals_left() >= job->least && !signals_stopping())
		return 0;
	return error_set(error, RETRY, "not asked: %s", signals_stopping() ?
	    "told to end" : "the run was out of time");
}

static void
ask_url(struct job *job)
{
	const struct url	*u = job->o->url;
	struct error		 error;
	struct answer		 a;
	struct http		*http;

	http = http_open(&(struct http_terms){ .origin = u->origin,
	    .ca = job->runner->ca, .token_file = u->token, .direct = true,
	    .guarded = true, .loopback = u->loopback,
	    .most = job->runner->deadline * 1000, .tries = 1,
	    .ceiling = NEEDS_CEILING }, &error);
	if (http == NULL || (http_get(http, u->path, &a, &error) == -1 &&
	    !a.over))
		needs_missing(keepf("%s", error.text), job->needs);
	else
		needs_read(&a, job->needs);
	if (http != NULL) {
		http_free(&a);
		http_close(http);
	}
}

/* s, of what is left of the run. */
static long
plan_time(void)
{
	long	 third = signals_left() / 3000;

	if (third < 1)
		return 1;
	return third < PLAN_DEADLINE ? third : PLAN_DEADLINE;
}

/*
 * The tool that would act is asked what it would do, and is over long before
 * this process is: a server that hangs there is no reason for others to wait.
 */
static void
ask_plan(struct job *job)
{
	long		 most = plan_time();
	const char	*argv[] = { "-o", "json", "--held-ok", "--log", "json",
			    "--deadline", keepf("%lds", most),
			    "-f", job->o->document, NULL };
	struct question	 q = { .argv = argv, .ceiling = PLAN_CEILING,
			    .most = most + 1 };
	struct error	 error;
	struct bytes	 b;
	const char	*said;
	json_t		*plan;
	int		 status;

	q.name = needs_tool(job->sync);
	q.said = &said;
	status = program_plan(&q, &b, &error);
	if (status == -1) {
		needs_no_plan(job->sync, keepf("%s", error.text), job->needs);
		return;
	}
	plan = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, NULL);
	bytes_free(&b);
	needs_plan(job->sync, status, plan == NULL ? NULL : keep_json(plan),
	    said, job->needs);
}

/* Those beyond a few wait: each needs as much memory as the tool itself. */
static int
queue_plan(struct job *job, struct error *error)
{
	static size_t	 plans;

	while (plans >= PLANS && has_time(job, error) == 0)
		crew_rest(PAUSE);
	if (has_time(job, error) == -1)
		return -1;
	plans++;
	ask_plan(job);
	plans--;
	return 0;
}

int
lambda_ask(struct job *job, struct error *error)
{
	if (job->o->document != NULL)
		return queue_plan(job, error);
	if (has_time(job, error) == -1)
		return -1;
	ask_url(job);
	return 0;
}
