#include <math.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "google/labelname.h"
#include "google/metrics.h"
#include "model/evaluation.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

static struct evaluation	e;
static struct error		error;

/* Of models that we trained, and of those that others did. */
static const struct metrics_terms	half = { 0.5, true },
					theirs = { 0.5, false };

static json_t *
json(const char *text)
{
	return keep_json(json_loads(text, 0, NULL));
}

/* A label's evaluation with one curve. */
static json_t *
label(const char *name, const char *curve)
{
	return json(keepf("{\"name\":\"m/e\",\"annotationSpecId\":\"7\","
	    "\"displayName\":\"%s\",\"classificationEvaluationMetrics\":"
	    "{\"confidenceMetricsEntry\":[%s]}}", name, curve));
}

static const char	curve[] =
    "{\"truePositiveCount\":\"10\",\"falsePositiveCount\":\"30\"},"
    "{\"confidenceThreshold\":0.4,\"truePositiveCount\":\"9\","
    "\"falsePositiveCount\":\"3\",\"falseNegativeCount\":\"1\"},"
    "{\"confidenceThreshold\":0.4,\"positionThreshold\":1,"
    "\"truePositiveCount\":\"1\"},"
    "{\"confidenceThreshold\":0.9,\"truePositiveCount\":\"4\","
    "\"falseNegativeCount\":\"6\"}";

static bool
close_to(double x, double y)
{
	return fabs(x - y) < 1e-9;
}

static void
check_automl(void)
{
	json_t	*all[3];

	all[0] = json("{\"name\":\"m/all\",\"evaluatedExampleCount\":40,"
	    "\"classificationEvaluationMetrics\":{}}");
	all[1] = label("kind_2Fbug", curve);
	all[2] = label("none", "{\"falseNegativeCount\":\"5\"}");

	test("the entry at the threshold, or the nearest below it");
	CHECK(metrics_automl(all, 3, &half, &e, &error) == 0);
	CHECK(e.holdout == 40 && e.nlabels == 2 && e.from == 0);
	CHECK_STR(e.labels[0].name, "kind/bug");
	CHECK(close_to(e.labels[0].measure.precision, 9.0 / 12));
	CHECK(close_to(e.labels[0].measure.recall, 0.9));

	test("nothing predicted: undefined precision, never 1");
	CHECK(isnan(e.labels[1].measure.precision));
	CHECK(close_to(e.labels[1].measure.recall, 0));
	CHECK(e.labels[1].measure.support == 5);

	test("micro over all labels, those that are off too");
	CHECK(close_to(e.micro.precision, 9.0 / 12));
	CHECK(close_to(e.micro.recall, 9.0 / 15));

	test("what is absent is zero, and the least threshold has support");
	CHECK(metrics_automl(all, 3, &(struct metrics_terms){ 0.9, true },
	    &e, &error) == 0);
	CHECK(close_to(e.labels[0].measure.precision, 1));
	CHECK(close_to(e.labels[0].measure.recall, 0.4));

	test("behind the end of the curve nothing is predicted");
	CHECK(metrics_automl(all, 3, &(struct metrics_terms){ 0.95, true },
	    &e, &error) == 0);
	CHECK(isnan(e.labels[0].measure.precision));
	CHECK(e.labels[0].measure.support == 10);
}

static void
refused(const char *name, json_t *one, const char *words)
{
	test(name);
	CHECK(metrics_automl(&one, 1, &half, &e, &error) == -1);
	CHECK(strstr(error.text, words) != NULL);
	CHECK(error.verdict == RETRY);
}

static void
check_refusals(void)
{
	refused("no label", json("{\"evaluatedExampleCount\":4}"),
	    "no evaluation of a label");
	refused("no curve", json("{\"name\":\"m/e\","
	    "\"annotationSpecId\":\"1\",\"displayName\":\"a\"}"),
	    "m/e: classificationEvaluationMetrics.confidenceMetricsEntry");
	refused("an empty curve", label("a", ""), "has no entry");
	refused("a curve without counts", label("a",
	    "{\"confidenceThreshold\":0.5,\"precision\":1}"),
	    "counts nothing");
	refused("a count that is none", label("a",
	    "{\"truePositiveCount\":\"-1\"}"), "truePositiveCount");
	refused("a count that is too much", label("a",
	    "{\"truePositiveCount\":\"99999999999999999999\"}"),
	    "truePositiveCount");
	refused("a threshold that is none", label("a",
	    "{\"confidenceThreshold\":\"x\"}"), "confidenceThreshold");
	refused("a label that is no name of ours", label("a_b", curve),
	    "no name of ours");
	refused("a label without its name", json("{\"name\":\"m/e\","
	    "\"annotationSpecId\":\"1\",\"classificationEvaluationMetrics\":"
	    "{\"confidenceMetricsEntry\":[{\"truePositiveCount\":\"1\"}]}}"),
	    "without the label's name");
}

/* What others trained has names of theirs. */
static void
check_theirs(void)
{
	json_t	*one = label("a_b", curve);

	test("labels of others are taken as they are");
	CHECK(metrics_automl(&one, 1, &theirs, &e, &error) == 0);
	CHECK_STR(e.labels[0].name, "a_b");
	one = label("kind_2Fbug", curve);
	CHECK(metrics_automl(&one, 1, &theirs, &e, &error) == 0);
	CHECK_STR(e.labels[0].name, "kind_2Fbug");
}

static void
check_vertex(void)
{
	json_t	*whole, *slice;

	test("Vertex AI: slices by label, members of other names");
	whole = json("{\"name\":\"m/e\",\"metrics\":{\"confidenceMetrics\":"
	    "[{\"truePositiveCount\":\"8\",\"falseNegativeCount\":\"2\"}]}}");
	slice = json("{\"name\":\"m/s\",\"slice\":{\"dimension\":"
	    "\"annotationSpec\",\"value\":\"a_b\"},\"metrics\":"
	    "{\"confidenceMetrics\":[{\"maxPredictions\":2147483647,"
	    "\"truePositiveCount\":8,\"falsePositiveCount\":\"8\","
	    "\"falseNegativeCount\":2},{\"confidenceThreshold\":1}]}}");
	CHECK(metrics_vertex(whole, &slice, 1, 0.5, &e, &error) == 0);
	CHECK(e.holdout == 10 && close_to(e.micro.precision, 0.5));
	CHECK_STR(e.labels[0].name, "a_b");
	CHECK(metrics_vertex(whole, NULL, 0, 0.5, &e, &error) == -1);
}

static void
check_names(void)
{
	FILE	*f;
	char	 name[80], as_is[80];
	size_t	 n = 0;

	test("names of labels: as AutoML has them, and back");
	f = fopen("tests/unit/labelname/names", "r");
	CHECK(f != NULL);
	while (f != NULL && fscanf(f, "%79[^\t]\t%79[^\n]\n", as_is,
	    name) == 2) {
		CHECK_STR(labelname_decode(name), as_is);
		n++;
	}
	CHECK(n > 20);
	if (f != NULL)
		fclose(f);
	CHECK(labelname_decode("a_") == NULL);
	CHECK(labelname_decode("a_2") == NULL);
	CHECK(labelname_decode("a_2f") == NULL);
	CHECK(labelname_decode("a_00") == NULL);
}

int
main(void)
{
	check_automl();
	check_refusals();
	check_theirs();
	check_vertex();
	check_names();
	return test_end();
}
