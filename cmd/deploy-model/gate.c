#include <math.h>
#include <string.h>

#include "model/config.h"
#include "model/evaluation.h"
#include "run/keep.h"

#include "deploy-model.h"
#include "gate.h"

static const char *
figure(double x)
{
	return isnan(x) ? "undefined" : keepf("%.3f", x);
}

/* An undefined figure is below every bound but 0. */
static bool
below(double x, double bound)
{
	return isnan(x) ? bound > 0 : x < bound;
}

static const struct against *
comparison(const struct evaluation *e, const char *live)
{
	size_t	 i;

	for (i = 0; i < e->nagainst; i++)
		if (strcmp(e->against[i].model, live) == 0)
			return &e->against[i];
	return NULL;
}

static enum gate
judge_against(const struct config *c, const struct evaluation *e,
    const char *live, const char **sentence)
{
	const struct against	*a = comparison(e, live);
	double			 most = c->maximum_regression;

	if (a == NULL || a->examples < (size_t)c->minimum_comparable ||
	    isnan(a->micro.precision) || isnan(a->micro.recall)) {
		*sentence = keepf("%s; not comparable with %s (%zu examples "
		    "newer than its data, %ld are asked for)", *sentence,
		    live, a == NULL ? 0 : a->examples,
		    c->minimum_comparable);
		return c->hold_incomparable ? GATE_HOLD : GATE_PASSED;
	}
	*sentence = keepf("%s; on %zu examples newer than the data of %s "
	    "precision %s against %s, recall %s against %s, at most %.3f "
	    "may be lost", *sentence, a->examples, live,
	    figure(a->candidate.precision), figure(a->micro.precision),
	    figure(a->candidate.recall), figure(a->micro.recall), most);
	if (below(a->candidate.precision, a->micro.precision - most) ||
	    below(a->candidate.recall, a->micro.recall - most))
		return GATE_FAILED;
	return GATE_PASSED;
}

enum gate
gate_judge(const struct config *c, const struct candidate *m,
    const char *live, const char **sentence)
{
	const struct evaluation	*e = m->evaluation;

	if (e == NULL) {
		*sentence = keepf("%s has no evaluation%s%s", m->id,
		    m->unread == NULL ? "" : ": ",
		    m->unread == NULL ? "" : m->unread);
		return GATE_FAILED;
	}
	*sentence = keepf("%s: precision %s (at least %.3f), recall %s (at "
	    "least %.3f) on %zu hold-out examples", m->id,
	    figure(e->micro.precision), c->gate_precision,
	    figure(e->micro.recall), c->gate_recall, e->holdout);
	if (below(e->micro.precision, c->gate_precision) ||
	    below(e->micro.recall, c->gate_recall))
		return GATE_FAILED;
	return live == NULL ? GATE_PASSED :
	    judge_against(c, e, live, sentence);
}
