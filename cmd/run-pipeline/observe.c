#include "kube/kube.h"
#include "run/error.h"
#include "run/lease.h"
#include "run/plan.h"
#include "run/run.h"

#include "each.h"
#include "needs.h"
#include "pipelinerun.h"
#include "run-pipeline.h"
#include "sync.h"

static void
tell(const struct job *job, struct plan *plan)
{
	const struct observation	*o = job->o;
	static const char *const	 said[] = {
		"not asked", "failed", "the model is held",
		"something else comes first", "no sync is needed",
		"a sync is needed"
	};

	plan_fact(plan, "object", "%s %s/%s, generation %ld",
	    job->sync->group, job->sync->namespace, job->sync->name,
	    job->sync->generation);
	plan_fact(plan, "runs", "%zu", o->nruns);
	plan_fact(plan, "lambda", "%s%s%s", said[job->needs->state],
	    job->needs->why == NULL ? "" : ": ",
	    job->needs->why == NULL ? "" : job->needs->why);
	if (o->next != NULL)
		plan_fact(plan, "next run", "%s", o->next->name);
}

/* What stands in the way of an object beside what it says itself. */
static void
judge(struct job *job)
{
	struct observation	*o = job->o;

	if (o->bad_reason != NULL)
		return;
	if (job->twin != NULL) {
		o->bad_reason = "NameTaken";
		o->bad_why = job->twin;
	} else if (job->absent != NULL) {
		o->bad_reason = "TektonAbsent";
		o->bad_why = job->absent;
	}
}

int
observe(struct job *job, struct world *w, struct error *error)
{
	struct observation	*o = job->o;
	/* What its Lease says is of the other one. */
	static const struct log	 none;
	struct refusal		 bad = { NULL, NULL };
	struct run		*run;

	o->runner = job->runner;
	o->sync = job->sync;
	o->needs = job->needs;
	o->log = job->twin == NULL ? w->log : &none;
	o->now = w->now;
	runs_of(job->runs, job->sync, &run, &o->nruns, &bad);
	if (bad.reason != NULL)
		return error_set(error, RETRY, "%s: %s", bad.reason,
		    bad.why);
	o->run = run;
	object_prepare(o);
	judge(job);
	if (object_asks(o) && lambda_ask(job, error) == -1)
		return -1;
	if (job->needs->state == NEEDS_SYNC)
		object_complete(o);
	tell(job, w->plan);
	return 0;
}

void
decide(const struct job *job, time_t now, struct step *step)
{
	(void)now;
	decide_object(job->o, step, job->status);
}
