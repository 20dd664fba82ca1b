#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "data/dataset.h"
#include "model/classifier.h"
#include "model/sample.h"
#include "model/terms.h"
#include "run/bytes.h"
#include "run/error.h"
#include "test.h"

#define N	60

static struct error	 error;
static size_t		 zero[] = { 0 }, one[] = { 1 }, both[] = { 0, 1 };
static const char	*labels[] = { "bug", "docs", "never" };
static struct example	 examples[N];
static struct dataset	 d = { .examples = examples, .n = N,
			    .labels = labels, .nlabels = 3 };
static bool		 use[N];

static const char *const bugs[] = {
	"crash when saving", "segfault in parser", "crash in parser"
};
static const char *const docs[] = {
	"typo in manual", "manual lacks example", "typo in example"
};

static void
make(void)
{
	size_t	 i;

	for (i = 0; i < N; i++) {
		examples[i] = (struct example){ .id = "o/r#1",
		    .repo = "o_r", .nlabels = 1 };
		if (i % 2 == 0) {
			examples[i].title = bugs[i / 2 % 3];
			examples[i].body = "it crashed, see the trace";
			examples[i].labels = zero;
		} else {
			examples[i].title = docs[i / 2 % 3];
			examples[i].body = "the manual says otherwise";
			examples[i].labels = one;
		}
		use[i] = true;
	}
}

static struct classifier *
fit(size_t n)
{
	struct classifier	*c = NULL;
	struct sample		*s;

	d.n = n;
	if ((s = sample_new(&d, &error)) != NULL)
		c = sample_fit(s, use, &error);
	sample_free(s);
	return c;
}

static double
score(const struct classifier *c, size_t label, const char *title)
{
	double	 s[3];

	classifier_score(c, &(struct text){ title, "o_r", "" }, s);
	return s[label];
}

static void
learns(void)
{
	struct classifier	*c;

	test("tells labels apart");
	if ((c = fit(N)) == NULL) {
		CHECK(c != NULL);
		return;
	}
	CHECK(c->nlabels == 3 && c->nterms > 10);
	CHECK_STR(c->label[2], "never");
	CHECK(score(c, 0, "segfault when saving") > 0.6);
	CHECK(score(c, 1, "segfault when saving") < 0.4);
	CHECK(score(c, 1, "typo in the manual") > 0.6);

	test("every label is off at first");
	CHECK(isnan(c->threshold[0]));
	CHECK(!classifier_says(c, 0, 1));

	test("a label that none carries scores low whatever the text");
	CHECK(score(c, 2, "crash") < 0.05);
	CHECK(score(c, 2, "crash") == score(c, 2, ""));
	classifier_free(c);

	test("a label that all carry scores high whatever the text");
	examples[1].labels = both;
	examples[1].nlabels = 2;
	memset(use, 0, sizeof(use));
	use[0] = use[1] = use[2] = true;
	c = fit(N);
	CHECK(c != NULL && score(c, 0, "") > 0.8);
	classifier_free(c);
	make();
}

static void
repeats(void)
{
	struct classifier	*c;
	struct bytes		 a = { NULL, 0 }, b = { NULL, 0 };

	test("the same bytes each time, whatever rand(3) gave before");
	srand(7);
	c = fit(N);
	CHECK(c != NULL && classifier_text(c, &a, &error) == 0);
	classifier_free(c);
	srand(8);
	c = fit(N);
	CHECK(c != NULL && classifier_text(c, &b, &error) == 0);
	classifier_free(c);
	CHECK(a.len == b.len && memcmp(a.data, b.data, a.len) == 0);
	bytes_free(&a);
	bytes_free(&b);
}

static void
degenerate(void)
{
	struct classifier	*c;
	size_t			 n;

	test("few examples, or none in use");
	for (n = 0; n < 4; n++) {
		c = fit(n);
		CHECK(c != NULL && score(c, 0, "crash") >= 0 &&
		    score(c, 0, "crash") <= 1);
		classifier_free(c);
	}
	memset(use, 0, sizeof(use));
	c = fit(N);
	CHECK(c != NULL && c->nterms == 0 && score(c, 0, "x") == 0.5);
	classifier_free(c);
	make();

	test("examples without any text");
	for (n = 0; n < N; n++)
		examples[n].title = examples[n].body = examples[n].repo = "";
	c = fit(N);
	CHECK(c != NULL && c->nterms == 0);
	CHECK(score(c, 0, "crash") > 0.4 && score(c, 0, "crash") < 0.6);
	classifier_free(c);
}

int
main(void)
{
	make();
	learns();
	repeats();
	degenerate();
	return test_end();
}
