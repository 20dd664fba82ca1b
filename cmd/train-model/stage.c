#include <string.h>

#include "model/config.h"
#include "model/manifest.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/when.h"

#include "train-model.h"

const struct outcome *
stage_outcome(const struct job *job, const char *verb)
{
	const struct outcome	*o;
	size_t			 i;

	for (i = job->log->noutcomes; i > 0; i--) {
		o = &job->log->outcome[i - 1];
		if (o->generation != NULL &&
		    strcmp(o->generation, job->open->generation) == 0 &&
		    strcmp(o->verb, verb) == 0)
			return o;
	}
	return NULL;
}

bool
stage_was_begun(const struct outcome *o)
{
	return o != NULL && strcmp(o->result, "done") == 0;
}

void
stage_set(struct stage *s, enum phase phase, const char *why)
{
	s->phase = phase;
	s->why = why;
}

void
stage_goes_on(const struct job *job, struct stage *s, time_t since,
    const char *what)
{
	long	 age = (long)(job->now - since);

	if (since != 0 && age > job->config->cloud.deadline)
		stage_set(s, OVERDUE, keepf("%s since %s", what,
		    when_text(since)));
	else
		stage_set(s, RUNNING, since == 0 ? what : keepf("%s since %s",
		    what, when_text(since)));
}
