#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "google/labelname.h"
#include "google/metrics.h"
#include "model/evaluation.h"
#include "run/error.h"
#include "run/keep.h"

#define EVERYTHING	2147483647	/* positionThreshold of the curve */

/* How a service calls the members of its curves. */
struct form {
	const char	*metrics, *curve, *position;
};

static const struct form	automl = {
	"classificationEvaluationMetrics", "confidenceMetricsEntry",
	"positionThreshold"
};
static const struct form	vertex = {
	"metrics", "confidenceMetrics", "maxPredictions"
};

struct counts {
	size_t	 tp, fp, fn;
};

/* A count, which is a text or a number, and 0 when it is absent. */
static int
count(json_t *entry, const char *key, size_t *n, struct error *error)
{
	json_t		*value = json_object_get(entry, key);
	const char	*text = json_string_value(value);
	json_int_t	 i = json_integer_value(value);
	char		*end = NULL;

	*n = 0;
	if (value == NULL)
		return 0;
	errno = 0;
	if (text != NULL)
		i = strtoll(text, &end, 10);
	if (text != NULL ? end == text || *end != '\0' || errno != 0 :
	    !json_is_integer(value))
		i = -1;
	if (i < 0 || i > INT_MAX)
		return error_set(error, RETRY, "%s is no count", key);
	*n = (size_t)i;
	return 0;
}

/* A fraction, 0 when it is absent. */
static int
fraction(json_t *entry, const char *key, double *x, struct error *error)
{
	json_t	*value = json_object_get(entry, key);

	*x = value == NULL ? 0 : json_number_value(value);
	if ((value != NULL && !json_is_number(value)) || isnan(*x) ||
	    *x < 0 || *x > 1)
		return error_set(error, RETRY, "%s is no number from 0 to 1",
		    key);
	return 0;
}

static bool
is_of_curve(json_t *entry, const char *position)
{
	json_t	*value = json_object_get(entry, position);

	return value == NULL || json_integer_value(value) == EVERYTHING;
}

static int
count_all(json_t *entry, struct counts *c, struct error *error)
{
	return count(entry, "truePositiveCount", &c->tp, error) == -1 ||
	    count(entry, "falsePositiveCount", &c->fp, error) == -1 ||
	    count(entry, "falseNegativeCount", &c->fn, error) == -1 ? -1 : 0;
}

/*
 * The entry at a threshold, or at the nearest below it; a curve that ends
 * before says that nothing is predicted so confidently.  All positives are
 * those found and missed where the threshold is least.
 */
static int
at_threshold(json_t *curve, const struct form *form, double threshold,
    struct counts *c, struct error *error)
{
	double		 x, best = -1, least = 2, most = -1;
	struct counts	 here = { 0, 0, 0 };
	size_t		 i, support = 0;
	json_t		*entry;

	*c = (struct counts){ 0, 0, 0 };
	json_array_foreach(curve, i, entry) {
		if (!is_of_curve(entry, form->position))
			continue;
		if (fraction(entry, "confidenceThreshold", &x, error) == -1 ||
		    count_all(entry, &here, error) == -1)
			return -1;
		if (x < least) {
			least = x;
			support = here.tp + here.fn;
		}
		most = x > most ? x : most;
		if (x <= threshold && x > best) {
			best = x;
			*c = here;
		}
	}
	if (most == -1)
		return error_set(error, RETRY, "%s has no entry, expected a "
		    "curve", form->curve);
	if (support == 0 && c->tp + c->fp + c->fn == 0)
		return error_set(error, RETRY, "%s counts nothing, expected "
		    "true and false positives and negatives", form->curve);
	/* Beyond its end, or at it when something is predicted further on. */
	if (best == -1 || (most < threshold && most < 1))
		*c = (struct counts){ 0, 0, support };
	return 0;
}

static int
read_curve(json_t *evaluation, const struct form *form, double threshold,
    struct counts *c, struct error *error)
{
	json_t		*metrics = json_object_get(evaluation,
			    form->metrics);
	json_t		*curve = json_object_get(metrics, form->curve);
	const char	*name = json_string_value(json_object_get(evaluation,
			    "name"));
	int		 rv;

	rv = json_is_array(curve) ? at_threshold(curve, form, threshold, c,
	    error) : error_set(error, RETRY, "%s.%s is no list",
	    form->metrics, form->curve);
	return rv == 0 ? 0 : error_in(error, "%s", name == NULL ?
	    "an evaluation without a name" : name);
}

static void
add_label(struct evaluation *e, const char *name, double threshold,
    const struct counts *c)
{
	e->labels[e->nlabels++] = (struct label_measure){ .name = name,
	    .threshold = threshold,
	    .measure = evaluation_measure(c->tp, c->fp, c->fn) };
}

static int
finish(struct evaluation *e, const struct counts *sum, struct error *error)
{
	if (e->nlabels == 0)
		return error_set(error, RETRY, "no evaluation of a label, "
		    "expected one of each");
	e->micro = evaluation_measure(sum->tp, sum->fp, sum->fn);
	e->macro = evaluation_mean(e->labels, e->nlabels);
	return 0;
}

static int
one_label(struct evaluation *e, const char *shown,
    const struct metrics_terms *terms, const struct counts *c,
    struct error *error)
{
	const char	*name = shown;

	if (shown == NULL || *shown == '\0')
		return error_set(error, RETRY, "an evaluation of a label "
		    "without the label's name");
	if (terms->encoded && (name = labelname_decode(shown)) == NULL)
		return error_set(error, RETRY, "an evaluation of the label "
		    "\"%s\", which is no name of ours", shown);
	add_label(e, name, terms->threshold, c);
	return 0;
}

static void
add(struct counts *sum, const struct counts *c)
{
	sum->tp += c->tp;
	sum->fp += c->fp;
	sum->fn += c->fn;
}

int
metrics_automl(json_t *const *evaluation, size_t n,
    const struct metrics_terms *terms, struct evaluation *e,
    struct error *error)
{
	struct counts	 c = { 0, 0, 0 }, sum = { 0, 0, 0 };
	const char	*spec;
	size_t		 i;

	*e = (struct evaluation){ .model = "", .generation = "" };
	e->labels = keep((n + 1) * sizeof(*e->labels));
	for (i = 0; i < n; i++) {
		spec = json_string_value(json_object_get(evaluation[i],
		    "annotationSpecId"));
		if (spec == NULL || *spec == '\0') {
			if (count(evaluation[i], "evaluatedExampleCount",
			    &e->holdout, error) == -1)
				return -1;
			continue;
		}
		if (read_curve(evaluation[i], &automl, terms->threshold, &c,
		    error) == -1 || one_label(e, json_string_value(
		    json_object_get(evaluation[i], "displayName")), terms,
		    &c, error) == -1)
			return -1;
		add(&sum, &c);
	}
	return finish(e, &sum, error);
}

int
metrics_vertex(json_t *evaluation, json_t *const *slice, size_t n,
    double threshold, struct evaluation *e, struct error *error)
{
	struct metrics_terms	 terms = { .threshold = threshold };
	struct counts		 c = { 0, 0, 0 }, sum = { 0, 0, 0 };
	json_t			*whole;
	size_t			 i;

	*e = (struct evaluation){ .model = "", .generation = "" };
	e->labels = keep((n + 1) * sizeof(*e->labels));
	whole = json_object_get(json_object_get(evaluation, "metrics"),
	    vertex.curve);
	if (json_is_array(whole) && read_curve(evaluation, &vertex, 0, &c,
	    error) == 0)
		e->holdout = c.tp + c.fn;
	for (i = 0; i < n; i++) {
		if (read_curve(slice[i], &vertex, threshold, &c,
		    error) == -1 || one_label(e, json_string_value(
		    json_object_get(json_object_get(slice[i], "slice"),
		    "value")), &terms, &c, error) == -1)
			return -1;
		add(&sum, &c);
	}
	return finish(e, &sum, error);
}
