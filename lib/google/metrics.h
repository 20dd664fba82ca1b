/*
 * What AutoML and Vertex AI say of how good a model is, in our own terms
 * (model/evaluation.h): at one threshold of confidence, over all labels.
 *
 * In the JSON of proto3 a number that is zero is absent, and a count of 64
 * bits is a text.
 */

#ifndef GOOGLE_METRICS_H
#define GOOGLE_METRICS_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct error;
struct evaluation;

struct metrics_terms {
	double	 threshold;	/* of confidence, from 0 to 1 */
	bool	 encoded;	/* labels are named as labelname.h does */
};

/*
 * All modelEvaluations of a model of AutoML: one of the whole, and one of
 * each label.  Neither the model's name nor the times of the hold-out, which
 * are not told (0), nor comparisons are filled in.  -1, RETRY, when something
 * is missing or is not what it should be, with its name.
 */
int	metrics_automl(json_t *const *evaluation, size_t n,
	    const struct metrics_terms *, struct evaluation *,
	    struct error *) __attribute__((nonnull));

/*
 * The same of Vertex AI: a modelEvaluation, and its slices by label, whose
 * names are taken as they are.
 */
int	metrics_vertex(json_t *evaluation, json_t *const *slice, size_t n,
	    double threshold, struct evaluation *, struct error *)
	    __attribute__((nonnull(1, 5, 6)));

#endif
