#include <math.h>
#include <stddef.h>

#include "model/curve.h"

/*
 * The precision counts as reached when this many standard errors below it
 * (the lower Wilson bound) still reach it.  Later issues are other issues: on
 * eight stretches of a real sample, each judged by fits to what went before,
 * an aim of 0.8 came to 0.79 to 0.88 with 1 and to 0.78 to 0.86 with 0.
 */
#define MARGIN		1.0

/* Fewer true positives are chance. */
#define LEAST		5

/*
 * Labels that are easy must not pay for any number of guesses at those that
 * are hard: a prediction less likely than this helps nobody.
 */
#define LEAST_LIKELY	(CURVE_STEPS / 5)

#define ROUNDS		100	/* Newton's method takes 4 to 20 */
#define ENOUGH		1e-6	/* a change that no thousandth shows */

/* Log-odds of a label at a score's log-odds. */
struct line {
	double	 slope, offset;
};

/* First and second derivatives of the loss by slope and offset. */
struct slant {
	double	 slope, offset;
	double	 slope2, both, offset2;
};

void
curve_add(struct curve *c, double score, bool carries)
{
	size_t	 step = 0;

	if (score > 0)
		step = (size_t)(fmin(score, 1) * CURVE_STEPS);
	if (carries)
		c->with[step]++;
	else
		c->without[step]++;
}

static double
log_odds(size_t step)
{
	return log(((double)step + 0.5) / (CURVE_STEPS + 0.5 - (double)step));
}

static double
likelihood(const struct line *l, size_t step)
{
	return 1 / (1 + exp(-(l->slope * log_odds(step) + l->offset)));
}

/*
 * The derivatives of the logistic loss.  As in Platt's "Probabilistic outputs
 * for support vector machines" (1999) examples that carry the label count as
 * carrying it by n + 1 in n + 2, the others by 1 in n + 2, so that scores
 * which part them perfectly have a line; a pull of the slope to 1 gives one
 * to scores that are all the same.
 */
static void
lean(const struct curve *c, const struct line *l, struct slant *s)
{
	double	 with = 0, without = 0, hits, n, p, x;
	size_t	 i;

	for (i = 0; i <= CURVE_STEPS; i++) {
		with += c->with[i];
		without += c->without[i];
	}
	*s = (struct slant){ .slope = l->slope - 1, .slope2 = 1 };
	for (i = 0; i <= CURVE_STEPS; i++) {
		n = c->with[i] + (double)c->without[i];
		if (n == 0)
			continue;
		hits = c->with[i] * (with + 1) / (with + 2) +
		    c->without[i] / (without + 2);
		p = likelihood(l, i);
		x = log_odds(i);
		s->slope += (n * p - hits) * x;
		s->offset += n * p - hits;
		s->slope2 += n * p * (1 - p) * x * x;
		s->both += n * p * (1 - p) * x;
		s->offset2 += n * p * (1 - p);
	}
}

/*
 * The line that fits the scores best, by Newton's method.  A step that moves
 * no log-odds by more than d is safe when shortened by log(1 + d) / d: the
 * curvature cannot change by more than exp(d) on the way (Sun and Tran-Dinh,
 * "Generalized self-concordant functions", 2019).
 */
static struct line
fit(const struct curve *c)
{
	struct line	 l = { .slope = 1, .offset = 0 };
	struct slant	 s;
	double		 d, determinant, offset, slope;
	int		 i;

	for (i = 0; i < ROUNDS; i++) {
		lean(c, &l, &s);
		determinant = s.slope2 * s.offset2 - s.both * s.both;
		/* Nothing counted, or so far out that it need not be known. */
		if (!(determinant > 0))
			break;
		slope = (s.both * s.offset - s.offset2 * s.slope) /
		    determinant;
		offset = (s.both * s.slope - s.slope2 * s.offset) /
		    determinant;
		d = fabs(slope) * log_odds(CURVE_STEPS) + fabs(offset);
		if (d < ENOUGH)
			break;
		l.slope += slope * log1p(d) / d;
		l.offset += offset * log1p(d) / d;
	}
	return l;
}

void
curve_pool(struct curve *all, const struct curve *c)
{
	const struct line	 l = fit(c);
	size_t			 i, step;

	for (i = 0; l.slope > 0 && i <= CURVE_STEPS; i++) {
		step = (size_t)(likelihood(&l, i) * CURVE_STEPS);
		all->with[step] += c->with[i];
		all->without[step] += c->without[i];
	}
}

static double
lower_bound(double hits, double n)
{
	double	 square = MARGIN * MARGIN, share = hits / n;

	return (share + square / (2 * n) - MARGIN * sqrt(share * (1 - share) /
	    n + square / (4 * n * n))) / (1 + square / n);
}

double
curve_cut(const struct curve *c, double precision)
{
	double	 cut = NAN, hits = 0, n = 0;
	size_t	 step;

	for (step = CURVE_STEPS; step >= LEAST_LIKELY; step--) {
		hits += c->with[step];
		n += c->with[step] + (double)c->without[step];
		if (n > 0 && lower_bound(hits, n) >= precision)
			cut = (double)step / CURVE_STEPS;
	}
	return cut;
}

double
curve_threshold(const struct curve *c, double cut)
{
	const struct line	 l = fit(c);
	double			 hits = 0, threshold = NAN;
	size_t			 step;

	for (step = CURVE_STEPS; l.slope > 0 && step > 0; step--) {
		if (!(likelihood(&l, step) >= cut))
			break;
		hits += c->with[step];
		threshold = (double)step / CURVE_STEPS;
	}
	return hits >= LEAST ? threshold : NAN;
}
