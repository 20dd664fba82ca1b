/*
 * How the scores of a label part the examples that carry it from those that
 * do not, and the thresholds that follow for all labels together.
 *
 * One rule holds for all: a label is predicted where it is likely enough.
 * What a score is worth differs from label to label, so its scores are first
 * turned into likelihoods; the least likelihood that is enough, the cut, is
 * the lowest at which the predictions of all labels, taken together, are as
 * often right as they should be.  No other rule finds more labels with as
 * few mistakes, if the likelihoods are right.
 */

#ifndef MODEL_CURVE_H
#define MODEL_CURVE_H

#include <stdbool.h>
#include <stdint.h>

/* Scores and likelihoods are told in thousandths: finer is noise. */
#define CURVE_STEPS	1000

/* Examples by score or by likelihood, a step each; all zero at first. */
struct curve {
	uint32_t	 with[CURVE_STEPS + 1];
	uint32_t	 without[CURVE_STEPS + 1];
};

/* Counts an example's score, 0 to 1. */
void	curve_add(struct curve *, double score, bool carries)
	    __attribute__((nonnull));

/*
 * Adds a label's scores to the likelihoods of all labels.  A label whose
 * higher scores are not the likelier ones adds nothing.
 */
void	curve_pool(struct curve *all, const struct curve *label)
	    __attribute__((nonnull));

/*
 * The cut, 0.2 to 1, in the pooled likelihoods at which they reach a
 * precision with a margin for chance.  NAN when there is none.
 */
double	curve_cut(const struct curve *all, double precision)
	    __attribute__((nonnull));

/*
 * The lowest of a label's scores, 0.001 to 1, that is as likely as the cut.
 * NAN when there is no cut or no such score, or too few examples that carry
 * the label reach it: it had better be off.
 */
double	curve_threshold(const struct curve *label, double cut)
	    __attribute__((nonnull));

#endif
