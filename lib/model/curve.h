/*
 * How the scores of one label part the examples that carry it from those
 * that do not, and the threshold that follows.
 */

#ifndef MODEL_CURVE_H
#define MODEL_CURVE_H

#include <stdbool.h>
#include <stdint.h>

/* Thresholds are whole thousandths: finer is noise. */
#define CURVE_STEPS	1000

/* Examples by score, a step each; all zero at first. */
struct curve {
	uint32_t	 with[CURVE_STEPS + 1];
	uint32_t	 without[CURVE_STEPS + 1];
};

/* Counts an example's score, 0 to 1. */
void	curve_add(struct curve *, double score, bool carries)
	    __attribute__((nonnull));

/*
 * The lowest threshold, 0.001 to 1, at which the scores counted reach a
 * precision with a margin for chance.  NAN when there is none: the label
 * had better be off.
 */
double	curve_threshold(const struct curve *, double precision)
	    __attribute__((nonnull));

#endif
