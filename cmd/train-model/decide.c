#include <string.h>

#include "model/config.h"
#include "model/manifest.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/run.h"
#include "run/step.h"
#include "run/when.h"

#include "train-model.h"

#define FUTURE		(5 * 60)	/* s a model's time may be ahead */
#define BACKOFF		(10 * 60)	/* s after the first failure */
#define BACKOFF_MOST	(6 * 3600)
#define SHRUNK		0.8		/* of the newest model's examples */

/* The first row that applies ends the search: each returns whether it did. */
static bool
settle(struct step *step, const char *row, const char *why)
{
	step->row = row;
	step->why = why;
	return true;
}

static bool
hold(struct step *step, const char *row, const char *why)
{
	step->hold = why;
	return settle(step, row, why);
}

static bool
fail(struct step *step, const char *row, enum verdict verdict,
    const char *why)
{
	step->verdict = verdict;
	return settle(step, row, why);
}

/* What blocks for too long is for a person to look at. */
static bool
wait_for_effect(const struct job *job, const char *row, struct step *step)
{
	const struct intent	*i = job->log->intent;
	const struct stage	*begun = job->begun;
	const char		*what = keepf("%s %s, begun at %s", i->verb,
				    i->target, when_text(i->at));

	if (begun != NULL && begun->phase == OVERDUE)
		return hold(step, row, keepf("cannot tell what became of %s, "
		    "and the deadline is over; end it where it runs, or "
		    "delete it there: %s", what, begun->why));
	return settle(step, row, keepf("cannot tell yet what became of "
	    "%s%s%s", what, begun == NULL || begun->phase == ABSENT ? "" :
	    ": ", begun == NULL || begun->phase == ABSENT ? "" :
	    begun->why));
}

static bool
close_intent(const struct job *job, struct step *step)
{
	static const char	 row[] = "2 open intent";
	static const char *const result[] = { NULL, "done", "failed", "lost" };
	static const char *const what[] = {
		NULL, "was done", "failed, and is recorded so",
		"was cut short and left nothing"
	};
	const struct intent	*i = job->log->intent;

	if (i == NULL)
		return false;
	if (job->effect == EFFECT_UNKNOWN)
		return wait_for_effect(job, row, step);
	step->verb = STEP_CLOSE;
	step->target = i->target;
	step->generation = i->generation;
	step->result = result[job->effect];
	step->name = job->effect_name;
	return settle(step, row, keepf("%s %s, begun at %s, %s", i->verb,
	    i->target, when_text(i->at), what[job->effect]));
}

/* Whether now lies in an opening; else when the next one begins, or 0. */
static bool
is_open(const struct job *job, time_t now, time_t *next)
{
	size_t	 i;

	*next = 0;
	if (job->config->nwindows == 0)
		return true;
	for (i = 0; i < job->nopenings; i++) {
		if (now >= job->opening[i].to)
			continue;
		if (now >= job->opening[i].from)
			return true;
		if (*next == 0 || job->opening[i].from < *next)
			*next = job->opening[i].from;
	}
	return false;
}

static bool
wait_for_window(const struct job *job, time_t now, const char *row,
    struct step *step)
{
	time_t	 next;

	if (is_open(job, now, &next))
		return false;
	return settle(step, row, next == 0 ?
	    "outside every window, and none opens within a week" :
	    keepf("outside every window; the next opens at %s",
	    when_text(next)));
}

/* Attempts at the open generation that were cut short, in a row. */
static size_t
interruptions(const struct job *job)
{
	const struct log	*log = job->log;

	if (log->stem == NULL || strcmp(log->stem, job->open->stem) != 0)
		return 0;
	return log->failures > job->open->attempt ?
	    log->failures - job->open->attempt : 0;
}

static bool
begin(const struct job *job, const struct stage *stage, time_t now,
    struct step *step)
{
	const char	*row = keepf("3 open generation: %s", stage->verb);
	size_t		 lost = interruptions(job);

	/* A new retry text, or another spec, makes another stem. */
	if (stage->counts && lost >= (size_t)job->config->maximum_failures &&
	    strcmp(job->open->stem, job->stem) == 0)
		return hold(step, row, keepf("the training of %s was cut "
		    "short %zu times; see why, then give spec.training.retry "
		    "a new text", job->open->generation, lost));
	if (stage->spends && wait_for_window(job, now, row, step))
		return true;
	step->verb = stage->verb;
	step->target = stage->target;
	step->generation = job->open->generation;
	step->stem = stage->counts ? job->open->stem : NULL;
	step->base = job->open->input_hash;
	step->deadline = stage->deadline;
	return settle(step, row, stage->why);
}

/* A failed attempt is recorded where the models are, and the next begins. */
static bool
record_failure(const struct job *job, const struct stage *stage,
    struct step *step)
{
	const char	*name = job->open->generation;

	if (!job->records)
		return hold(step, "3 open generation: failed", keepf("%s "
		    "failed and is not recorded so", name));
	step->verb = "fail";
	step->target = keepf("failed/%s", name);
	step->generation = name;
	return settle(step, "3 open generation: failed", keepf("%s of %s "
	    "failed: %s", stage->verb, name, stage->why));
}

static bool
go_on(const struct job *job, time_t now, struct step *step)
{
	const struct stage	*stage;
	const char		*name;
	size_t			 i;

	if (job->open == NULL)
		return false;
	name = job->open->generation;
	for (i = 0; i + 1 < job->nstages && job->stage[i].phase == DONE; i++)
		continue;
	stage = &job->stage[i];
	switch (stage->phase) {
	case RUNNING:
		return settle(step, "3 open generation: running",
		    keepf("%s is being made: %s", name, stage->why));
	case DONE:
		return settle(step, "3 open generation: running",
		    keepf("%s is made and is not to be seen yet", name));
	case OVERDUE:
		return hold(step, "3 open generation: overdue",
		    keepf("%s has taken longer than its deadline; end it "
		    "where it runs: %s", name, stage->why));
	case UNREADABLE:
		return settle(step, "3 open generation: unreadable",
		    keepf("cannot tell how %s stands, nothing is begun "
		    "beside it: %s", name, stage->why));
	case FAILED:
		return record_failure(job, stage, step);
	default:
		return begin(job, stage, now, step);
	}
}

static bool
spec_unchanged(const struct job *job)
{
	return strcmp(job->newest->spec_hash, job->config->spec_hash) == 0;
}

/* The stem of the newest model with today's retry text. */
static bool
retry_unchanged(const struct job *job)
{
	return strcmp(job->newest->stem,
	    manifest_stem(job->config, job->newest->predecessor)) == 0;
}

static bool
check_time(const struct job *job, time_t now, struct step *step)
{
	if (job->newest == NULL || job->newest->created <= now + FUTURE)
		return false;
	return fail(step, "4 newest model in the future", RETRY,
	    keepf("%s was made at %s and it is %s: one clock is wrong",
	    job->newest->model, when_text(job->newest->created),
	    when_text(now)));
}

static bool
check_data(const struct job *job, struct step *step)
{
	static const char	 row[] = "5 data went backwards";
	static const char	 remedy[] = "look at spec.data, or give "
				    "spec.training.retry a new text";
	const struct manifest	*newest = job->newest;

	if (newest == NULL || job->measuring != MEASURED ||
	    !spec_unchanged(job) || !retry_unchanged(job))
		return false;
	if (job->watermark < newest->watermark)
		return hold(step, row, keepf("the data ends at %s, that of "
		    "%s ended at %s; %s", when_text(job->watermark),
		    newest->model, when_text(newest->watermark), remedy));
	if ((double)job->examples < SHRUNK * (double)newest->examples)
		return hold(step, row, keepf("the data has %zu examples, "
		    "that of %s had %zu; %s", job->examples, newest->model,
		    newest->examples, remedy));
	return false;
}

static bool
check_labels(const struct job *job, struct step *step)
{
	if (job->measuring != MEASURED ||
	    (job->nlabels > 0 && job->examples > 0))
		return false;
	return hold(step, "6 nothing trainable", keepf("no label has %ld "
	    "examples (spec.data.labels.minimumCount): %s",
	    job->config->labels_minimum, job->counts));
}

static bool
is_young(const struct job *job, time_t now, struct step *step)
{
	static const char	 off[] = "7 freshness switched off";
	const struct config	*c = job->config;
	long			 age;

	if (job->newest == NULL ||
	    (!spec_unchanged(job) && c->on_spec_change))
		return false;
	age = (long)(now - job->newest->created);
	if (c->maximum_age == 0 && c->minimum_new == 0)
		return settle(step, off, "neither maximumAge nor "
		    "minimumNewExamples is asked for");
	if (c->maximum_age != 0 && age <= c->maximum_age)
		return settle(step, "7 young enough", keepf("%s is %s old, "
		    "at most %s is asked for", job->newest->model,
		    when_length(age), when_length(c->maximum_age)));
	if (c->minimum_new != 0 && job->measuring == MEASURED &&
	    job->fresh < (size_t)c->minimum_new)
		return settle(step, "8 too little new data", keepf("%zu new "
		    "examples since %s, %zu more are needed", job->fresh,
		    job->newest->model,
		    (size_t)c->minimum_new - job->fresh));
	return false;
}

/* Seconds to wait after so many failures. */
static long
backoff(size_t failures)
{
	long	 wait = BACKOFF;

	while (--failures > 0 && wait < BACKOFF_MOST)
		wait *= 2;
	return wait < BACKOFF_MOST ? wait : BACKOFF_MOST;
}

static bool
check_failures(const struct job *job, time_t now, struct step *step)
{
	time_t	 until;

	if (job->attempt == 0)
		return false;
	if (job->attempt >= (size_t)job->config->maximum_failures)
		return hold(step, "9 too many failures", keepf("%zu "
		    "attempts failed in a row; see %s, then give "
		    "spec.training.retry a new text", job->attempt,
		    job->records ? "where the last ran, and what it left "
		    "below failed/" : "trainer.log of the last below "
		    "failed/"));
	until = job->failed_at + backoff(job->attempt);
	if (now >= until)
		return false;
	return settle(step, "10 backing off", keepf("%zu attempts failed; "
	    "the next may begin at %s", job->attempt, when_text(until)));
}

static bool
check_starts(const struct job *job, struct step *step)
{
	const struct config	*c = job->config;

	if (c->starts_count == 0 || job->starts < (size_t)c->starts_count)
		return false;
	return hold(step, "11 maximumStarts reached", keepf("%zu "
	    "generations were started within %s, at most %ld may be",
	    job->starts, when_length(c->starts_per), c->starts_count));
}

static bool
check_store(const struct job *job, struct step *step)
{
	if (job->gone == NULL)
		return false;
	return hold(step, "13 store empty", keepf("the store is empty, but "
	    "%s was made at %s: mount it, or give spec.training.retry a new "
	    "text", job->gone, when_text(job->gone_at)));
}

/* Figures that cost are asked for when nothing else decides. */
static bool
measure(const struct job *job, struct step *step)
{
	static const char	 row[] = "14 measure the data";

	switch (job->measuring) {
	case MEASURED:
		return false;
	case ASKED:
		return settle(step, row, keepf("BigQuery job %s is at it",
		    job->question));
	case DELAYED:
		return settle(step, row, keepf("BigQuery job %s failed: %s; "
		    "it is asked again at %s", job->question, job->refusal,
		    when_text(job->ask_at)));
	case REFUSED:
		return fail(step, row, BROKEN, keepf("BigQuery job %s "
		    "failed: %s", job->question, job->refusal));
	case UNASKED:
		break;
	}
	step->verb = "measure";
	step->target = job->question;
	return settle(step, row, "nothing else decides whether a training "
	    "is due");
}

static const char *
reason(const struct job *job, time_t now)
{
	if (job->newest == NULL)
		return "there is no model yet";
	if (!spec_unchanged(job) && job->config->on_spec_change)
		return keepf("%s was trained to another spec",
		    job->newest->model);
	return keepf("%s is %s old and %zu examples are newer than its data",
	    job->newest->model,
	    when_length((long)(now - job->newest->created)), job->fresh);
}

static void
start(const struct job *job, time_t now, struct step *step)
{
	step->verb = job->google == NULL ? "build" : "choose";
	step->generation = manifest_generation(job->config->name, job->stem,
	    job->watermark, job->attempt);
	step->target = keepf("datasets/%s", step->generation);
	step->base = when_text(job->watermark);
	settle(step, "15 start a generation", keepf("%s: a dataset of %zu "
	    "examples and %zu labels up to %s", reason(job, now),
	    job->examples, job->nlabels, when_text(job->watermark)));
}

void
decide(const struct job *job, time_t now, struct step *step)
{
	*step = (struct step){ .verdict = SETTLED };
	if (job->config->suspend)
		hold(step, "1 suspended", "spec.suspend is true");
	else if (!close_intent(job, step) &&
	    !go_on(job, now, step) &&
	    !check_time(job, now, step) &&
	    !check_data(job, step) &&
	    !check_labels(job, step) &&
	    !is_young(job, now, step) &&
	    !check_failures(job, now, step) &&
	    !check_starts(job, step) &&
	    !wait_for_window(job, now, "12 outside every window", step) &&
	    !check_store(job, step) &&
	    !measure(job, step))
		start(job, now, step);
}
