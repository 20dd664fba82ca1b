#include <jansson.h>

#include "model/runner.h"
#include "net/http.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/program.h"

#include "each.h"
#include "needs.h"
#include "run-pipeline.h"
#include "sync.h"
#include "urls.h"

#define PLAN_CEILING	((size_t)1 << 20)	/* bytes of a plan */

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

/* The tool that would act is asked what it would do. */
static void
ask_plan(struct job *job)
{
	const char	*argv[] = { "-o", "json", "--held-ok", "-f",
			    job->o->document, NULL };
	struct error	 error;
	struct bytes	 b;
	json_t		*plan;

	if (program_plan(job->sync->rule == RULE_FRESHNESS ? "train-model" :
	    "deploy-model", argv, PLAN_CEILING, &b, &error) == -1) {
		needs_missing(keepf("%s", error.text), job->needs);
		return;
	}
	plan = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, NULL);
	bytes_free(&b);
	needs_plan(job->sync, plan == NULL ? keep_json(json_object()) :
	    keep_json(plan), job->needs);
}

void
lambda_ask(struct job *job)
{
	if (job->o->document != NULL)
		ask_plan(job);
	else
		ask_url(job);
}
