#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/once.h"
#include "run/plan.h"
#include "run/report.h"
#include "run/run.h"
#include "run/settings.h"
#include "run/signals.h"
#include "run/step.h"
#include "run/summary.h"
#include "run/when.h"

#define VISIBLE		(15 * 60)	/* s until an effect must be seen */
#define STALE_INTENT	86400		/* s an intent may stay open */

/*
 * Rule 9 of the guard: what was done is not done again before it was seen.
 * A branch or folder that a person took away comes back, but not at once.
 */
static bool
not_yet_visible(const struct log *log, const struct step *step, time_t now)
{
	const struct outcome	*o;

	if (log->noutcomes == 0 || step->verb == NULL || step->again)
		return false;
	o = &log->outcome[log->noutcomes - 1];
	return strcmp(o->result, "done") == 0 &&
	    strcmp(o->verb, step->verb) == 0 &&
	    strcmp(o->target, step->target) == 0 &&
	    (o->generation == NULL) == (step->generation == NULL) &&
	    (o->generation == NULL ||
	    strcmp(o->generation, step->generation) == 0) &&
	    now < o->at + VISIBLE;
}

static int
end_with(struct ended *ended, const char *how, int status, const char *why)
{
	ended->how = how;
	ended->status = status;
	ended->why = why;
	return status;
}

int
once_fail(struct ended *ended, const struct error *error)
{
	return end_with(ended, "failed", error->verdict,
	    keepf("%s", error->text));
}

/* Told to end: nothing new is begun. */
static int
stop(struct ended *ended)
{
	return end_with(ended, "failed", RETRY, "told to end before anything "
	    "was done");
}

/* What a dead run left in the way goes with its intent. */
static int
sweep_and_close(const struct settings *set, const struct job *job,
    struct lease *lease, const struct step *step, struct error *error)
{
	struct guard	*guard;
	const char	*name = NULL;
	struct error	 late;
	int		 rv;

	rv = lease_resume(lease, set->deadline + LEASE_MARGIN, &guard, error);
	if (rv != 0)
		return rv;
	rv = act(job, step, guard, &name, error);
	if (lease_drop(guard, rv == 0 ? step->result : "unknown", step->name,
	    rv == 0 ? error : &late) == -1)
		return -1;
	return rv;
}

static int
close_intent(const struct settings *set, const struct job *job,
    struct lease *lease, struct ended *ended)
{
	const struct step	*step = ended->step;
	struct error		 error;
	int			 rv;

	rv = step->sweep == NULL ?
	    lease_close(lease, step->result, step->name, &error) :
	    sweep_and_close(set, job, lease, step, &error);
	if (rv == -1)
		return once_fail(ended, &error);
	if (rv == 1)
		return end_with(ended, "busy", SETTLED,
		    keepf("%s", error.text));
	return end_with(ended, "done", SETTLED, step->why);
}

/*
 * How a step ended that did not succeed.  Cut short before its one write,
 * with its program dead, it left nothing.
 */
static const char *
interrupted(const struct step *step, const struct guard *guard, int rv)
{
	if (signals_stopping())
		return guard_is_spent(guard) ? "unknown" : "lost";
	return rv == -1 && step->stem != NULL ? "undone" : "failed";
}

/* From here on the world may change. */
static int
take_and_act(const struct once *once, struct lease *lease,
    struct ended *ended)
{
	const struct settings	*set = once->set;
	const struct job	*job = once->job;
	const struct step	*step = ended->step;
	struct error		 error, late;
	struct guard		*guard;
	const char		*name = NULL, *result = "done";
	long			 duration;
	int			 rv;

	if (strcmp(step->verb, STEP_CLOSE) == 0)
		return close_intent(set, job, lease, ended);
	/* The Lease's time runs from its reading: with all that came before. */
	duration = set->deadline + step->deadline + LEASE_MARGIN;
	rv = lease_take(lease, &(struct intent){ .verb = step->verb,
	    .target = step->target, .generation = step->generation,
	    .stem = step->stem, .base = step->base,
	    .document = once->config->hash, .at = lease_now(lease),
	    .duration = duration }, &guard, &error);
	if (rv == -1)
		return once_fail(ended, &error);
	if (rv == 1)
		return end_with(ended, "busy", SETTLED,
		    keepf("%s", error.text));
	/* Nothing of this run may be alive when the Lease has lapsed. */
	if (!once->beside)
		signals_alarm(guard_left(guard));
	if ((rv = act(job, step, guard, &name, &error)) != 0) {
		once_fail(ended, &error);
		result = interrupted(step, guard, rv);
	} else
		end_with(ended, "done", SETTLED, step->why);
	ended->acted = rv == 0;
	if (!once->beside)
		signals_alarm(set->deadline);
	if (lease_drop(guard, result, name, &late) == -1 && rv == 0)
		return once_fail(ended, &late);
	return ended->status;
}

static int
show_plan(const struct settings *set, const struct plan *plan,
    struct ended *ended)
{
	const struct step	*step = ended->step;
	bool			 pending;

	plan_print(plan, step, set->form, stdout);
	if (fflush(stdout) == EOF) {
		return end_with(ended, "failed", RETRY,
		    "the plan could not be written to standard output");
	}
	if (step->verdict != SETTLED)
		return end_with(ended, "failed", step->verdict, step->why);
	pending = step->verb != NULL || step->hold != NULL;
	return end_with(ended, "plan",
	    pending && !set->held_ok ? PENDING : SETTLED,
	    step->hold != NULL ? step->hold : step->why);
}

/* What was decided, to its end. */
static int
carry_out(const struct once *once, struct lease *lease, struct world *w,
    struct ended *ended)
{
	const struct settings	*set = once->set;
	struct step		*step = ended->step;

	if (set->dry)
		return show_plan(set, w->plan, ended);
	if (set->expect != NULL &&
	    strcmp(set->expect, plan_digest(w->plan, step)) != 0) {
		plan_print(w->plan, step, set->form, stdout);
		return end_with(ended, "held", PENDING, "the plan is not "
		    "the one expected; nothing was changed");
	}
	if (step->verdict != SETTLED)
		return end_with(ended, "failed", step->verdict, step->why);
	if (step->hold != NULL)
		return end_with(ended, "held",
		    set->held_ok ? SETTLED : PENDING, step->hold);
	if (step->verb == NULL)
		return end_with(ended, "settled", SETTLED, step->why);
	if (signals_stopping())
		return stop(ended);
	return take_and_act(once, lease, ended);
}

/* Its memory is gone: a new one first, and time for what may be under way. */
static int
make_lease(const struct settings *set, struct lease *lease,
    struct ended *ended)
{
	struct error	 error;
	int		 rv;

	ended->step->row = "no Lease";
	if (set->dry)
		return end_with(ended, "busy", SETTLED, keepf("%s is not "
		    "there; a run makes it", lease_name(lease)));
	if (signals_stopping())
		return stop(ended);
	if ((rv = lease_make(lease, &error)) == -1)
		return once_fail(ended, &error);
	return end_with(ended, rv == 0 ? "done" : "busy", SETTLED,
	    rv == 1 ? keepf("%s", error.text) : keepf("%s was made; nothing "
	    "else is done until the longest step would be over",
	    lease_name(lease)));
}

int
once_run(const struct once *once, struct ended *ended)
{
	const struct settings	*set = once->set;
	struct job	*job = once->job;
	struct plan	 plan = { .tool = tool.name,
			    .config = once->config };
	struct world	 w = { .config = once->config, .plan = &plan,
			    .google = once->google, .dry = set->dry,
			    .kube = once->terms->kube };
	struct error	 error;
	struct lease	*lease;
	const char	*holder;
	bool		 overdue;

	*ended = (struct ended){ .now = set->now,
	    .step = keep(sizeof(struct step)) };
	if ((lease = lease_read(once->terms, &error)) == NULL)
		return once_fail(ended, &error);
	w.now = plan.now = ended->now = lease_now(lease);
	w.log = ended->log = lease_log(lease);
	ended->busy_since = lease_since(lease);
	w.progress = isatty(STDERR_FILENO) && !set->dry;
	if ((holder = lease_holder(lease, &overdue)) != NULL)
		return end_with(ended, "busy", overdue ? RETRY : SETTLED,
		    keepf("%s is held by %s%s", lease_name(lease), holder,
		    overdue ? ", which is over: see what hangs there" : ""));
	if (lease_is_missing(lease))
		return make_lease(set, lease, ended);
	if (observe(job, &w, &error) == -1)
		return once_fail(ended, &error);
	ended->model_time = w.model_time;
	decide(job, w.now, ended->step);
	if (ended->step->verb != NULL &&
	    strcmp(ended->step->verb, STEP_CLOSE) != 0 &&
	    draft(job, ended->step, &error) == -1)
		return once_fail(ended, &error);
	if (w.log->intent != NULL && ended->step->verb == NULL &&
	    ended->step->hold == NULL &&
	    w.now - w.log->intent->at > STALE_INTENT)
		ended->step->verdict = RETRY;	/* somebody should know */
	report_facts(set, &plan);
	if (not_yet_visible(w.log, ended->step, w.now))
		*ended->step = (struct step){ .row = "not visible yet",
		    .why = keepf("%s %s was done at %s and is not to be seen "
		    "yet", ended->step->verb, ended->step->target,
		    when_text(w.log->outcome[w.log->noutcomes - 1].at)) };
	return carry_out(once, lease, &w, ended);
}

/* Those of a step are counted in the log already. */
size_t
once_failures(const struct ended *e)
{
	const struct log	*log = e->log;
	const struct outcome	*last = log == NULL || log->noutcomes == 0 ?
				    NULL : &log->outcome[log->noutcomes - 1];
	bool			 counted = last != NULL &&
				    e->step->stem != NULL &&
				    last->at == e->now &&
				    strcmp(last->result, "done") != 0;

	return (log == NULL ? 0 : log->failures) +
	    (strcmp(e->how, "failed") == 0 && !counted);
}

/* Descriptors 0 to 2 open, so that no file of ours becomes one of them. */
static void
fill_descriptors(void)
{
	int	 fd;

	do {
		fd = open("/dev/null", O_RDWR);
	} while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

void
once_prepare(void)
{
	fill_descriptors();
	/* A line in one write, so that lines of many runs do not mix. */
	setvbuf(stderr, NULL, _IOLBF, BUFSIZ);
	signals_catch();
}
