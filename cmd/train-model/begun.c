#include <string.h>

#include "google/bigquery.h"
#include "google/operation.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/when.h"

#include "begun.h"
#include "train-model.h"

const struct intent *
begun_intent(const struct job *job, const char *verb)
{
	const struct intent	*i = job->log->intent;

	return i != NULL && i->generation != NULL &&
	    strcmp(i->verb, verb) == 0 &&
	    strcmp(i->generation, job->open->generation) == 0 ? i : NULL;
}

void
begun_unreadable(const struct job *job, struct stage *s, time_t since,
    const char *why)
{
	stage_set(s, since != 0 && job->now - since >
	    job->config->cloud.deadline ? OVERDUE : UNREADABLE, why);
}

const char *
begun_words(const struct outcome *o)
{
	return o->name != NULL ? o->name : keepf("%s %s, begun at %s without "
	    "a name,", o->verb, o->target, when_text(o->at));
}

void
begun_by_operation(const struct job *job, struct stage *s, json_t *json,
    const struct outcome *o)
{
	struct operation	 op;

	s->name = o->name;
	if (json == NULL) {
		/* It was begun for certain: it is not begun again. */
		begun_unreadable(job, s, o->at, keepf("%s is gone, and its "
		    "result is not listed", begun_words(o)));
		return;
	}
	operation_read(json, &op);
	switch (op.progress) {
	case UNREADABLE_YET:
		begun_unreadable(job, s, o->at, keepf("%s: %s", o->name,
		    op.why));
		break;
	case GOING_ON:
		stage_goes_on(job, s, o->at, keepf("%s goes on", o->name));
		break;
	case FAILED_FOR_GOOD:
		stage_set(s, FAILED, op.why);
		break;
	case SUCCEEDED:
		stage_set(s, DONE, keepf("%s is done", o->name));
		break;
	}
}

void
begun_by_job(const struct job *job, struct stage *s, json_t *json)
{
	const char	*why;
	time_t		 since = job->open->created;

	switch (bigquery_state(json, &why)) {
	case JOB_ABSENT:
		break;
	case JOB_UNREADABLE:
		begun_unreadable(job, s, since, why);
		break;
	case JOB_RUNNING:
		stage_goes_on(job, s, since, keepf("BigQuery job %s-export "
		    "goes on", job->open->generation));
		break;
	case JOB_DONE:
		stage_set(s, DONE, "the data is in the bucket");
		break;
	case JOB_FAILED:
	case JOB_UNLUCKY:
		stage_set(s, FAILED, why);
		break;
	}
}

struct stage *
begun_add(struct job *job, const char *verb, const char *target,
    const char *why)
{
	struct stage	*s = &job->stage[job->nstages++];

	*s = (struct stage){ .verb = verb, .phase = ABSENT, .why = why,
	    .target = target };
	return s;
}

bool
begun_is_remembered(const struct job *job, const char *verb)
{
	static const char	*const order[] = {
		"choose", "export", "dataset", "import", "train"
	};
	size_t			 i;

	for (i = 0; i < sizeof(order) / sizeof(order[0]); i++) {
		if (stage_outcome(job, order[i]) != NULL)
			return true;
		if (strcmp(order[i], verb) == 0)
			return false;
	}
	return true;
}

void
begun_recall(const struct job *job, struct stage *s)
{
	const struct outcome	*o = stage_outcome(job, "recall");
	time_t			 known;

	if (s->phase != ABSENT || job->log->intent != NULL ||
	    begun_is_remembered(job, s->verb))
		return;
	if (o == NULL || strcmp(o->result, "done") != 0) {
		s->verb = "recall";
		s->target = keepf("steps of %s", job->open->generation);
		s->spends = false;
		s->why = "the Lease knows no step of it, and one may have "
		    "been begun";
		return;
	}
	known = o->at + job->config->cloud.settle;
	if (job->now <= known)
		stage_set(s, RUNNING, keepf("the Lease knows no step of it; "
		    "what was begun is listed by %s", when_text(known)));
}

void
begun_await(const struct job *job, struct stage *s)
{
	const struct outcome	*o = stage_outcome(job, s->verb);

	if (s->phase != DONE)
		return;
	if (o != NULL && job->now - o->at > job->config->cloud.deadline)
		stage_set(s, OVERDUE, keepf("%s, and its result is not listed",
		    s->why));
	else
		stage_set(s, RUNNING, keepf("%s, and its result is not listed "
		    "yet", s->why));
}
