#include <string.h>

#include "model/runner.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"
#include "run/when.h"

#include "needs.h"
#include "pipelinerun.h"
#include "run-pipeline.h"
#include "status.h"
#include "sync.h"

#define BACKOFF		600	/* s after one failure; doubles */
#define BACKOFF_MOST	21600	/* s; four looks a day at what stays broken */
#define UNSEEN		3600	/* s until Tekton must have seen a run */

/* What a row makes; ->run is the newest that ended. */
struct deciding {
	const struct observation *o;
	struct step		*step;
	struct status		*status;
	struct last		 last;
	long			 failures;	/* in a row, that count */
};

/* The first row that applies ends the search: each returns whether it did. */
static bool
settle(struct deciding *d, const char *row, const char *why)
{
	d->step->row = row;
	d->step->why = why;
	return true;
}

/* How the object stands, for its conditions. */
static void
stand(struct deciding *d, enum truth ready, const char *reason,
    const char *why)
{
	d->status->ready = (struct condition){ ready, reason, why };
	d->status->stalled = (struct condition){ TRUTH_FALSE, "Progressing",
	    "nothing waits for a person" };
}

/* The same, and nothing goes on until a person looks. */
static void
stall(struct deciding *d, const char *reason, const char *why)
{
	d->status->ready = (struct condition){ TRUTH_FALSE, reason, why };
	d->status->stalled = (struct condition){ TRUTH_TRUE, reason, why };
}

static bool
hold(struct deciding *d, const char *row, const char *reason, const char *why)
{
	stall(d, reason, why);
	d->step->hold = why;
	return settle(d, row, why);
}

/* A person must change the object, or the runner's document. */
static bool
break_off(struct deciding *d, const char *row, const char *reason,
    const char *why)
{
	stall(d, reason, why);
	d->step->verdict = BROKEN;
	return settle(d, row, why);
}

/* The next look may find it better. */
static bool
retry(struct deciding *d, const char *row, const char *reason,
    const char *why)
{
	stand(d, TRUTH_FALSE, reason, why);
	d->step->verdict = RETRY;
	return settle(d, row, why);
}

static const struct run *
named(const struct observation *o, const char *name)
{
	size_t	 i;

	for (i = 0; i < o->nruns; i++)
		if (strcmp(o->run[i].name, name) == 0)
			return &o->run[i];
	return NULL;
}

/* The list is whole, so what is not in it is not there. */
static const char *
effect(const struct observation *o, const struct intent *i)
{
	const struct run	*run = named(o, i->target);
	bool			 over = o->log->orphaned ||
				    o->now > i->at + i->duration;

	if (strcmp(i->verb, "create") == 0 && run != NULL)
		return "done";
	if (strcmp(i->verb, "delete") == 0 && (run == NULL ||
	    run->deleting || i->base == NULL ||
	    strcmp(run->uid, i->base) != 0))
		return "done";
	return over ? "lost" : NULL;
}

static bool
close_intent(struct deciding *d)
{
	static const char	 row[] = "2 open intent";
	const struct intent	*i = d->o->log->intent;
	const struct run	*run;
	const char		*result, *why;

	if (i == NULL)
		return false;
	result = effect(d->o, i);
	why = keepf("%s %s, begun at %s, %s", i->verb, i->target,
	    when_text(i->at), result == NULL ? "may still be under way" :
	    strcmp(result, "done") == 0 ? "was done" :
	    "was cut short and changed nothing");
	stand(d, TRUTH_UNKNOWN, "Accounting", why);
	if (result == NULL)
		return settle(d, row, why);
	d->step->verb = STEP_CLOSE;
	d->step->target = i->target;
	d->step->generation = i->generation;
	d->step->result = result;
	run = named(d->o, i->target);
	d->step->name = run == NULL ? NULL : run->uid;
	return settle(d, row, why);
}

static bool
check_suspended(struct deciding *d)
{
	const char	*why = d->o->runner->suspend ?
			    "spec.suspend of the runner is true" :
			    "spec.suspend is true";

	if (!d->o->runner->suspend && !d->o->sync->suspend)
		return false;
	hold(d, "1 suspended", "Suspended", why);
	stand(d, TRUTH_FALSE, "Suspended", why);	/* as somebody wants */
	return true;
}

static bool
check_object(struct deciding *d)
{
	static const char	 going[] = "the object is being deleted";

	if (d->o->sync->deleting) {
		stand(d, TRUTH_FALSE, "Deleting", going);
		return settle(d, "3 object going", going);
	}
	if (d->o->bad_reason == NULL)
		return false;
	return break_off(d, "4 bad object", d->o->bad_reason,
	    d->o->bad_why);
}

static long
limit(const struct observation *o, enum run_state state)
{
	long	 own = state == RUN_SUCCEEDED ? o->sync->successful :
		    o->sync->failed;

	if (own >= 0)
		return own;
	return state == RUN_SUCCEEDED ? o->runner->successful :
	    o->runner->failed;
}

/* The oldest of ours beyond a limit; NULL: there is none. */
static const struct run *
beyond(const struct observation *o, enum run_state state)
{
	const struct run	*oldest = NULL;
	size_t			 i;
	long			 n = 0;

	for (i = 0; i < o->nruns; i++) {
		if (!o->run[i].ours || o->run[i].deleting ||
		    o->run[i].state != state)
			continue;
		if (n++ == 0)
			oldest = &o->run[i];
	}
	return n > limit(o, state) ? oldest : NULL;
}

/*
 * The run that ended last is what the back-off counts from: it goes only
 * when the status remembers it.
 */
static bool
is_remembered(const struct deciding *d, const struct run *run)
{
	const struct last	*was = &d->o->sync->last;

	return strcmp(run->uid, d->last.uid) != 0 ||
	    (was->uid != NULL && strcmp(was->uid, run->uid) == 0);
}

static bool
trim(struct deciding *d, const char *row)
{
	const struct run	*good = beyond(d->o, RUN_SUCCEEDED);
	const struct run	*bad = beyond(d->o, RUN_FAILED), *run;

	run = bad == NULL || (good != NULL && good->created < bad->created) ?
	    good : bad;
	if (run == NULL || !is_remembered(d, run))
		return false;
	d->step->verb = "delete";
	d->step->target = run->name;
	d->step->base = run->uid;
	return settle(d, row, keepf("%s ended at %s, and more than %ld that "
	    "%s are there", run->name, when_text(run->finished),
	    limit(d->o, run->state), run->state == RUN_SUCCEEDED ?
	    "succeeded" : "failed"));
}

static bool
check_active(struct deciding *d)
{
	const struct run	*run;
	const char		*why;

	if (d->status->nactive == 0)
		return false;
	run = d->status->active[0];
	why = d->status->nactive == 1 ? keepf("%s is active since %s",
	    run->name, when_text(run->created)) :
	    keepf("%zu runs are active, the oldest is %s since %s",
	    d->status->nactive, run->name, when_text(run->created));
	if (!run->seen && d->o->now - run->created > UNSEEN)
		return retry(d, "5 active run, not seen by Tekton",
		    "NotSeen", keepf("%s was made at %s and Tekton has not "
		    "looked at it: see whether its controller runs",
		    run->name, when_text(run->created)));
	stand(d, TRUTH_TRUE, "Running", why);
	return trim(d, "5 active run: history") ||
	    settle(d, "5 active run", why);
}

/* Row 8 of a rule whose model goes another way, or nowhere, for now. */
static bool
rest(struct deciding *d, const struct needs *needs)
{
	if (needs->state == NEEDS_LATER) {
		stand(d, TRUTH_FALSE, needs->reason, needs->why);
		return trim(d, "8 rule waits: history") ||
		    settle(d, "8 rule waits", needs->why);
	}
	return trim(d, "8 model held: history") ?
	    (stall(d, needs->reason, needs->why), true) :
	    hold(d, "8 model held", needs->reason, needs->why);
}

static bool
check_answer(struct deciding *d)
{
	static const char	 nothing[] = "no sync is needed";
	const struct needs	*needs = d->o->needs;

	if (d->o->url_reason != NULL)
		return break_off(d, "6 URL refused", d->o->url_reason,
		    d->o->url_why);
	if (needs->state == NEEDS_FAILED)
		return retry(d, "7 lambda failed", needs->reason,
		    needs->why);
	if (needs->state == NEEDS_UNASKED)
		return retry(d, "7 lambda failed", "LambdaUnreachable",
		    "it was not asked");
	if (needs->state == NEEDS_SYNC)
		return false;
	if (needs->state == NEEDS_HELD || needs->state == NEEDS_LATER)
		return rest(d, needs);
	stand(d, TRUTH_TRUE, "InSync", nothing);
	return trim(d, "8 no sync needed: history") ||
	    settle(d, "8 no sync needed", nothing);
}

/* Seconds to wait after so many failures. */
static long
backoff(long failures)
{
	long	 wait = BACKOFF;

	while (--failures > 0 && wait < BACKOFF_MOST)
		wait *= 2;
	return wait < BACKOFF_MOST ? wait : BACKOFF_MOST;
}

static bool
check_failures(struct deciding *d)
{
	const char	*why;
	time_t		 until;

	if (d->failures == 0)
		return false;
	if (d->failures >= d->o->runner->maximum_failures) {
		why = keepf("%ld runs failed in a row, %s the last; see why, "
		    "then change spec, anything of it", d->failures,
		    d->last.name);
		return trim(d, "10 too many failures: history") ?
		    (stall(d, "TooManyFailures", why), true) :
		    hold(d, "10 too many failures", "TooManyFailures", why);
	}
	until = d->last.finished + backoff(d->failures);
	if (d->o->now >= until)
		return false;
	why = keepf("%ld runs failed in a row, %s the last; the next may "
	    "begin at %s", d->failures, d->last.name, when_text(until));
	stand(d, TRUTH_FALSE, "BackingOff", why);
	return trim(d, "11 backing off: history") ||
	    settle(d, "11 backing off", why);
}

/* Runs that end between two looks leave no other moment to tidy up. */
static bool
trim_first(struct deciding *d)
{
	const struct log	*log = d->o->log;

	if (log->noutcomes == 0 || strcmp(log->outcome[log->noutcomes -
	    1].verb, "create") != 0)
		return false;
	stand(d, TRUTH_FALSE, "SyncNeeded", "a sync is needed");
	return trim(d, "12 history, after a run was made");
}

static bool
check_next(struct deciding *d)
{
	if (d->o->next != NULL)
		return false;
	return break_off(d, "9 no run can be made",
	    d->o->next_reason != NULL ? d->o->next_reason : "InvalidTemplate",
	    d->o->next_why != NULL ? d->o->next_why :
	    "the template gives no run");
}

static void
create(struct deciding *d)
{
	const struct sync	*s = d->o->sync;
	const char		*why;

	why = keepf("%s says that a sync is needed, and no run is active",
	    s->rule == RULE_NONE ? "the lambda" : keepf("the model \"%s\"",
	    s->model));
	stand(d, TRUTH_TRUE, "Running", why);
	d->step->verb = "create";
	d->step->target = d->o->next->name;
	d->step->base = s->version;
	settle(d, "13 sync needed", why);
}

void
object_last(const struct observation *o, struct last *last)
{
	const struct run	*run = NULL;
	size_t			 i;

	*last = o->sync->last;
	for (i = 0; i < o->nruns; i++)
		if (o->run[i].state != RUN_ACTIVE)
			run = &o->run[i];
	if (run == NULL || (last->uid != NULL &&
	    run->created < last->created))
		return;
	*last = (struct last){ .name = run->name, .uid = run->uid,
	    .created = run->created, .finished = run->finished,
	    .succeeded = run->state == RUN_SUCCEEDED,
	    .failures = run->state == RUN_FAILED ? run->failures + 1 : 0,
	    .generation = run->generation };
}

long
object_failures(const struct observation *o, const struct last *last)
{
	return last->uid != NULL && !last->succeeded &&
	    last->generation == o->sync->generation ? last->failures : 0;
}

/* What is true of the object whatever is decided. */
static void
observe_status(struct deciding *d)
{
	const struct observation	*o = d->o;
	const struct run		*run;
	struct status			*st = d->status;
	size_t				 i;

	*st = (struct status){ .success = o->sync->success,
	    .last_name = d->last.name, .last_uid = d->last.uid,
	    .last_created = d->last.created,
	    .last_finished = d->last.finished,
	    .last_succeeded = d->last.succeeded,
	    .last_failures = d->last.failures,
	    .last_generation = d->last.generation };
	st->active = keep((o->nruns + 1) * sizeof(*st->active));
	for (i = 0; i < o->nruns; i++) {
		run = &o->run[i];
		if (run->state == RUN_ACTIVE)
			st->active[st->nactive++] = run;
		else if (run->state == RUN_SUCCEEDED &&
		    run->finished > st->success)
			st->success = run->finished;
	}
}

void
decide_object(const struct observation *o, struct step *step,
    struct status *status)
{
	struct deciding	 d = { .o = o, .step = step, .status = status };

	*step = (struct step){ .verdict = SETTLED };
	object_last(o, &d.last);
	d.failures = object_failures(o, &d.last);
	observe_status(&d);
	if (!check_suspended(&d) &&
	    !close_intent(&d) &&
	    !check_object(&d) &&
	    !check_active(&d) &&
	    !check_answer(&d) &&
	    !check_next(&d) &&
	    !check_failures(&d) &&
	    !trim_first(&d))
		create(&d);
	status->row = step->row;
	status->why = step->why;
}

int
verdict_worse(int a, int b)
{
	static const int	weight[] = { [SETTLED] = 0, [PENDING] = 1,
				    [RETRY] = 2, [BROKEN] = 3 };

	return weight[a] >= weight[b] ? a : b;
}
