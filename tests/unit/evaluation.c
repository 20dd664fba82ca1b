#include <math.h>
#include <stdlib.h>
#include <unistd.h>

#include "model/evaluation.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"
#include "tmp.h"

static struct error	 error;
static const char	*path;

static bool
near(double x, double want)
{
	return fabs(x - want) < 1e-6;
}

static void
figures(void)
{
	struct interval	 i;
	struct measure	 m;
	size_t		 k;

	/* 8 of 10: 0.490162 to 0.943318, as tables of the interval have it. */
	test("Wilson intervals");
	i = evaluation_interval(8, 10);
	CHECK(near(i.low, 0.490162) && near(i.high, 0.943318));
	i = evaluation_interval(0, 10);
	CHECK(i.low == 0 && near(i.high, 0.277533));
	i = evaluation_interval(10, 10);
	CHECK(near(i.low, 0.722467) && i.high == 1);
	i = evaluation_interval(0, 0);
	CHECK(isnan(i.low) && isnan(i.high));
	for (k = 0; k <= 1000; k++) {
		i = evaluation_interval(k, 1000);
		CHECK(i.low >= 0 && i.low <= (double)k / 1000 &&
		    i.high >= (double)k / 1000 && i.high <= 1);
	}

	test("hits and misses to figures");
	m = evaluation_measure(8, 2, 8);
	CHECK(near(m.precision, 0.8) && near(m.recall, 0.5));
	CHECK(m.support == 16 && near(m.precision_interval.low, 0.490162));

	test("nothing predicted, nothing to find");
	m = evaluation_measure(0, 0, 3);
	CHECK(isnan(m.precision) && m.recall == 0 && m.support == 3);
	m = evaluation_measure(0, 3, 0);
	CHECK(m.precision == 0 && isnan(m.recall) && m.support == 0);
	CHECK(isnan(m.recall_interval.low));
}

static void
means(void)
{
	struct label_measure	 l[3] = {
		{ .name = "a", .threshold = 0.5 },
		{ .name = "b", .threshold = NAN },
		{ .name = "c", .threshold = 0.5 }
	};
	struct measure		 m;

	l[0].measure = evaluation_measure(1, 1, 0);
	l[1].measure = evaluation_measure(0, 0, 4);
	l[2].measure = evaluation_measure(0, 5, 0);
	test("the mean leaves out what is undefined or has no support");
	m = evaluation_mean(l, 3);
	CHECK(near(m.precision, 0.5) && near(m.recall, 0.5));
	CHECK(m.support == 5 && isnan(m.recall_interval.high));
	m = evaluation_mean(l + 1, 1);
	CHECK(isnan(m.precision) && m.recall == 0);
	m = evaluation_mean(l, 0);
	CHECK(isnan(m.precision) && isnan(m.recall) && m.support == 0);
}

static struct evaluation
example(void)
{
	static struct label_measure	 labels[2];
	static struct against		 against[1];
	struct evaluation		 e = { .model = "issues-0123",
					    .generation = "issues-0123",
					    .train = 1321, .holdout = 331,
					    .from = 1577934245,
					    .to = 1577934246 };

	labels[0] = (struct label_measure){ .name = "Bug", .threshold = 0.25,
	    .measure = evaluation_measure(2, 1, 1) };
	labels[1] = (struct label_measure){ .name = "a \"b\" \303\244",
	    .threshold = NAN, .measure = evaluation_measure(0, 0, 1) };
	against[0] = (struct against){ .model = "issues-0042",
	    .examples = 200, .micro = evaluation_measure(1, 1, 2),
	    .candidate = evaluation_measure(2, 1, 1) };
	e.micro = evaluation_measure(2, 1, 2);
	e.macro = evaluation_mean(labels, 2);
	e.labels = labels;
	e.nlabels = 2;
	e.against = against;
	e.nagainst = 1;
	return e;
}

/* The whole file, so that nobody changes the format unawares. */
static const char	 golden[] =
"{\"version\":1,\"model\":\"issues-0123\",\"generation\":\"issues-0123\","
"\"train\":1321,\"holdout\":{\"examples\":331,"
"\"from\":\"2020-01-02T03:04:05Z\",\"to\":\"2020-01-02T03:04:06Z\"},"
"\"micro\":{\"precision\":0.666667,\"recall\":0.5,\"support\":4,"
"\"interval\":{\"precision\":[0.20766,0.938508],"
"\"recall\":[0.150039,0.849961]}},"
"\"macro\":{\"precision\":0.666667,\"recall\":0.333333,\"support\":4,"
"\"interval\":{\"precision\":[null,null],\"recall\":[null,null]}},"
"\"labels\":{\"Bug\":{\"support\":3,\"threshold\":0.25,"
"\"precision\":0.666667,\"recall\":0.666667,"
"\"interval\":{\"precision\":[0.20766,0.938508],"
"\"recall\":[0.20766,0.938508]}},"
"\"a \\\"b\\\" \303\244\":{\"support\":1,\"threshold\":null,"
"\"precision\":null,\"recall\":0.0,"
"\"interval\":{\"precision\":[null,null],\"recall\":[0.0,0.793451]}}},"
"\"against\":[{\"model\":\"issues-0042\",\"examples\":200,"
"\"micro\":{\"precision\":0.5,\"recall\":0.333333,\"support\":3,"
"\"interval\":{\"precision\":[0.0945312,0.905469],"
"\"recall\":[0.0614919,0.79234]}},"
"\"candidate\":{\"precision\":0.666667,\"recall\":0.666667,"
"\"support\":3,\"interval\":{\"precision\":[0.20766,0.938508],"
"\"recall\":[0.20766,0.938508]}}}]}\n";

static void
round_trip(void)
{
	struct evaluation	 e = example(), back;
	struct bytes		 b = { NULL, 0 };

	test("the file, byte for byte");
	CHECK(evaluation_text(&e, &b, &error) == 0);
	CHECK_STR(b.data, golden);
	CHECK(b.data != NULL && b.len == strlen(golden));
	bytes_free(&b);

	test("read back");
	tmp_file(path, golden);
	CHECK(evaluation_read(path, &back, &error) == 0);
	CHECK_STR(back.model, "issues-0123");
	CHECK(back.train == 1321 && back.holdout == 331);
	CHECK(back.from == e.from && back.to == e.to);
	CHECK(back.nlabels == 2 && back.nagainst == 1);
	CHECK_STR(back.labels[1].name, "a \"b\" \303\244");
	CHECK(back.labels[0].threshold == 0.25);
	CHECK(isnan(back.labels[1].threshold));
	CHECK(near(back.labels[0].measure.recall_interval.high, 0.938508));
	CHECK(back.against[0].examples == 200);
	CHECK(back.against[0].candidate.support == 3);
	CHECK(isnan(back.macro.precision_interval.low));
	CHECK(evaluation_text(&back, &b, &error) == 0);
	CHECK_STR(b.data, golden);
	bytes_free(&b);

	test("no label, no earlier model");
	e.nlabels = e.nagainst = 0;
	e.micro = e.macro = evaluation_measure(0, 0, 0);
	CHECK(evaluation_text(&e, &b, &error) == 0);
	tmp_file(path, b.data);
	bytes_free(&b);
	CHECK(evaluation_read(path, &back, &error) == 0);
	CHECK(back.nlabels == 0 && back.nagainst == 0);

	test("a name that is not UTF-8 is refused");
	e = example();
	e.labels[1].name = "\377";
	CHECK(evaluation_text(&e, &b, &error) == -1);
	CHECK(error.verdict == BROKEN);
	e = example();
	e.against[0].model = "\377";
	CHECK(evaluation_text(&e, &b, &error) == -1);
}

/* The golden file with one text in it replaced by another. */
static void
write_with(const char *was, const char *is)
{
	const char	*at = strstr(golden, was);

	if (at == NULL)
		errx(1, "%s: not in the file", was);
	tmp_file(path, keepf("%.*s%s%s", (int)(at - golden), golden, is,
	    at + strlen(was)));
}

static const struct bad {
	const char	*was, *is;
	const char	*words;		/* in the message */
} bad[] = {
	{ "\"version\":1", "\"version\":2", "version: 2, this program" },
	{ "\"version\":1", "\"version\":\"1\"", "version: an integer" },
	{ "\"version\":1,", "", "version" },
	{ "\"train\":1321", "\"train\":-1", "train: a count" },
	{ "\"train\":1321", "\"train\":1321.5", "train: a count" },
	{ "\"train\":1321", "\"train\":\"1321\"", "train: a count" },
	{ "\"train\":1321,", "\"train\":1321,\"extra\":1,", "extra" },
	{ "\"train\":1321,", "\"train\":1,\"train\":2,", "duplicate" },
	{ "\"train\":1321,", "", "train" },
	{ "\"model\":\"issues-0123\"", "\"model\":null", "model: a text" },
	{ "\"generation\":\"issues-0123\"", "\"generation\":\"\"",
	    "generation: a text" },
	{ "\"examples\":331", "\"examples\":-331", "holdout: examples" },
	{ "\"examples\":331", "\"examples\":2", "labels.Bug.support" },
	{ "\"examples\":331", "\"examples\":199", "against[0].examples" },
	{ "\"examples\":331,", "", "holdout" },
	{ "05Z", "07Z", "from is later" },
	{ "2020-01-02T03:04:05Z", "yesterday", "from: a time" },
	{ "\"micro\":{\"precision\":0.666667", "\"micro\":{\"precision\":1.1",
	    "micro: precision: a number from 0 to 1" },
	{ "\"micro\":{\"precision\":0.666667", "\"micro\":{\"precision\":-0.1",
	    "micro: precision" },
	{ "\"micro\":{\"precision\":0.666667", "\"micro\":{\"precision\":NaN",
	    "evaluation.json:1:" },
	{ "\"micro\":{\"precision\":0.666667", "\"micro\":{\"precision\":true",
	    "micro: precision" },
	{ "\"recall\":0.5", "\"recall\":null", "micro: recall: null" },
	{ "\"recall\":0.5", "\"recall\":1e999", "evaluation.json:1:" },
	{ "\"support\":4", "\"support\":0", "micro: recall: null" },
	{ "\"support\":4", "\"support\":-4", "micro: support: a count" },
	{ "[0.20766,0.938508]", "[0.938508,0.20766]",
	    "interval.precision: the lower bound first" },
	{ "[0.20766,0.938508]", "[0.20766]", "two bounds" },
	{ "[0.20766,0.938508]", "[null,0.9]", "interval.precision" },
	{ "[0.20766,0.938508]", "{}", "two bounds" },
	{ "[0.20766,0.938508]", "[0.2,\"0.9\"]", "interval" },
	{ "\"macro\":{", "\"macro\":{\"f1\":1,", "macro: " },
	{ "\"macro\":{", "\"macro\":[{", "evaluation.json:1:" },
	{ "\"threshold\":0.25", "\"threshold\":1.5",
	    "labels.Bug: threshold: a number" },
	{ "\"threshold\":0.25", "\"threshold\":null",
	    "labels.Bug: threshold: null, but" },
	{ "\"threshold\":0.25,", "", "labels.Bug: " },
	{ "\"Bug\":{", "\"Bug\":1,\"x\":{", "labels.Bug: " },
	{ "\"examples\":200", "\"examples\":-2", "against[0]: examples" },
	{ "\"candidate\"", "\"candidates\"", "against[0]: " },
	{ "\"against\":[", "\"against\":[1,", "against[0]: " },
	{ "}]}\n", "}]", "evaluation.json:" },
	{ "}]}\n", "}]} x", "end of file expected" }
};

static void
strict(void)
{
	struct evaluation	 e;
	size_t			 i;

	test("anything else is refused, with the file and the member");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		write_with(bad[i].was, bad[i].is);
		error.text[0] = '\0';
		if (evaluation_read(path, &e, &error) == -1 &&
		    error.verdict == BROKEN &&
		    strncmp(error.text, path, strlen(path)) == 0 &&
		    strstr(error.text, bad[i].words) != NULL)
			continue;
		CHECK(!"refused as expected");
		printf("     %s -> %s: %s\n", bad[i].was, bad[i].is,
		    error.text);
	}

	test("other documents are refused");
	tmp_file(path, "");
	CHECK(evaluation_read(path, &e, &error) == -1);
	tmp_file(path, "null");
	CHECK(evaluation_read(path, &e, &error) == -1);
	tmp_file(path, "[]");
	CHECK(evaluation_read(path, &e, &error) == -1);
	tmp_file(path, "{\"version\":1,\"labels\":[],\"against\":{}}");
	CHECK(evaluation_read(path, &e, &error) == -1);
	CHECK(evaluation_read(tmp(), &e, &error) == -1);
}

static void
absent(void)
{
	struct evaluation	 e;

	test("no file is no error");
	CHECK(evaluation_read(keepf("%s/none", tmp()), &e, &error) == 1);

	test("a file above the ceiling is refused");
	tmp_file(path, golden);
	CHECK(truncate(path, 64 * 1024 * 1024) == 0);
	CHECK(evaluation_read(path, &e, &error) == -1);
	CHECK(strstr(error.text, "at most") != NULL);
}

int
main(void)
{
	path = keepf("%s/evaluation.json", tmp());
	figures();
	means();
	round_trip();
	strict();
	absent();
	tmp_end();
	return test_end();
}
