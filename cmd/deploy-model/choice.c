#include <string.h>

#include "model/config.h"
#include "run/keep.h"
#include "run/step.h"
#include "run/when.h"

#include "choice.h"
#include "deploy-model.h"
#include "gate.h"

#define MERGING	(15 * 60)	/* s that base may be behind the forge */

const struct candidate *
choice_listed(const struct job *job, const char *id)
{
	size_t	 i;

	for (i = 0; id != NULL && i < job->nmodels; i++)
		if (strcmp(job->model[i].id, id) == 0)
			return &job->model[i];
	return NULL;
}

/* Order of age; equal times by name. */
static bool
is_newer(const struct candidate *m, time_t created, const char *id)
{
	if (m->created != created)
		return m->created > created;
	return strcmp(m->id, id) > 0;
}

bool
choice_is_newer(const struct job *job, const struct candidate *m)
{
	const struct candidate	*live = choice_listed(job, job->live);

	if (job->live_empty)
		return true;
	return is_newer(m, live == NULL ? job->live_time : live->created,
	    job->live);
}

bool
choice_is_merging(const struct candidate *m, time_t now)
{
	return m->merged != 0 && now < m->merged + MERGING;
}

/* Base named it, and was set back to before that. */
static bool
is_gone(const struct job *job, const struct candidate *m, time_t now)
{
	return m->merged != 0 && !choice_is_merging(m, now) &&
	    strcmp(m->id, job->live) != 0;
}

static const struct override *
override_of(const struct job *job, const char *id, time_t now)
{
	const struct override	*o;
	size_t			 i;

	for (i = 0; i < job->config->noverrides; i++) {
		o = &job->config->override[i];
		if (strcmp(o->model, id) == 0 &&
		    (o->until == 0 || now < o->until))
			return o;
	}
	return NULL;
}

static const struct hold *
hold_of(const struct job *job, const char *id, time_t now)
{
	const struct hold	*h;
	size_t			 i;

	for (i = 0; i < job->config->nholds; i++) {
		h = &job->config->hold[i];
		if ((strcmp(h->model, "*") == 0 ||
		    strcmp(h->model, id) == 0) &&
		    (h->until == 0 || now < h->until))
			return h;
	}
	return NULL;
}

/* Why a person must look before this model may be proposed; NULL: no need. */
static const char *
held_by(const struct job *job, const struct candidate *m, time_t now)
{
	const struct override	*o = override_of(job, m->id, now);
	const struct hold	*h = hold_of(job, m->id, now);

	if (o != NULL && o->hold)
		return NULL;
	if (h != NULL)
		return keepf("%s is held%s: %s", m->id, h->until == 0 ? "" :
		    keepf(" until %s", when_text(h->until)), h->reason);
	if (m->rolled_back != NULL)
		return keepf("%s was rolled back: %s", m->id, m->rolled_back);
	if (is_gone(job, m, now))
		return keepf("%s was rolled back: request #%ld for it was "
		    "merged at %s, and %s does not name it", m->id,
		    m->merged_as, when_text(m->merged), job->config->base);
	if (m->rejected != NULL)
		return keepf("%s was rejected: %s", m->id, m->rejected);
	return NULL;
}

/* Adds a sentence to a list of them. */
static const char *
also(const char *list, const char *sentence)
{
	return *list == '\0' ? sentence : keepf("%s; %s", list, sentence);
}

int
choice_judge(const struct job *job, const struct candidate *m, time_t now,
    const char **sentence)
{
	const struct override	*o = override_of(job, m->id, now);
	bool			 compare = choice_listed(job, job->live) !=
				    NULL;
	enum gate		 verdict;

	verdict = gate_judge(job->config, m, compare ? job->live : NULL,
	    sentence);
	if (verdict == GATE_PASSED || o == NULL || !o->gate ||
	    m->evaluation == NULL)
		return verdict;
	*sentence = keepf("%s; %s let it pass: %s", *sentence, o->by,
	    o->reason);
	return GATE_PASSED;
}

/*
 * Whether the evaluation by which a model was proposed is not told today:
 * that is no reason to take the proposal back.
 */
static bool
is_unread(const struct job *job, const struct candidate *m)
{
	const char	*on = job->branch.values;
	const char	*in = job->request.state == REQUEST_OPEN ?
			    job->request.names : NULL;

	return m->evaluation == NULL && m->unread != NULL &&
	    ((on != NULL && strcmp(on, m->id) == 0) ||
	    (in != NULL && strcmp(in, m->id) == 0));
}

/*
 * Row 8 and 10: the newest model newer than live that neither a hold nor the
 * gate stops.
 */
static const struct candidate *
choose(const struct job *job, time_t now, struct choice *found)
{
	const struct candidate	*m;
	const char		*sentence;
	int			 verdict;
	size_t			 i;

	*found = (struct choice){ .figures = "", .passed = "", .holds = "",
	    .gate = STEP_GATE_NONE };
	for (i = job->nmodels; i-- > 0;) {
		m = &job->model[i];
		if (!choice_is_newer(job, m))
			break;
		if ((sentence = held_by(job, m, now)) != NULL) {
			found->holds = also(found->holds, sentence);
			found->nholds++;
			continue;
		}
		if (is_unread(job, m)) {
			found->unread = m;
			return NULL;
		}
		verdict = choice_judge(job, m, now, &sentence);
		found->figures = sentence;
		found->gate = verdict == GATE_PASSED ? STEP_GATE_PASSED :
		    STEP_GATE_FAILED;
		if (verdict == GATE_PASSED)
			return m;
		if (verdict == GATE_HOLD) {
			found->holds = also(found->holds, sentence);
			found->nholds++;
		} else
			found->passed = also(found->passed, sentence);
	}
	return NULL;
}

/*
 * Copies left behind are made equal to the live model, unless that is held
 * as every other is.
 */
static const struct candidate *
repeat_live(const struct job *job, time_t now, struct choice *found)
{
	const struct candidate	*live = choice_listed(job, job->live);
	const char		*sentence;

	if (job->ncopies == 0 || job->live_empty || live == NULL)
		return NULL;
	if ((sentence = held_by(job, live, now)) != NULL) {
		found->holds = also(found->holds, keepf("%s still says "
		    "\"%s\", but %s", job->copy[0].where,
		    job->copy[0].value, sentence));
		found->nholds++;
		return NULL;
	}
	found->figures = "";
	return live;
}

void
choice_make(const struct job *job, time_t now, struct choice *found)
{
	const struct candidate	*m = choose(job, now, found);

	found->model = m != NULL || found->unread != NULL ? m :
	    repeat_live(job, now, found);
}
