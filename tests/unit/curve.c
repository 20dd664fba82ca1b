#include <math.h>

#include "model/curve.h"
#include "test.h"

static struct curve	 all, a, b;

static void
add(struct curve *c, double score, unsigned with, unsigned without)
{
	while (with-- > 0)
		curve_add(c, score, true);
	while (without-- > 0)
		curve_add(c, score, false);
}

static void
reset(void)
{
	memset(&all, 0, sizeof(all));
	memset(&a, 0, sizeof(a));
	memset(&b, 0, sizeof(b));
}

static bool
is(double x, double want)
{
	return fabs(x - want) < 1e-9;
}

/* Both labels pooled, anew. */
static double
cut(double precision)
{
	memset(&all, 0, sizeof(all));
	curve_pool(&all, &a);
	curve_pool(&all, &b);
	return curve_cut(&all, precision);
}

static uint32_t
counted(const struct curve *c)
{
	uint32_t	 n = 0;
	size_t		 i;

	for (i = 0; i <= CURVE_STEPS; i++)
		n += c->with[i] + c->without[i];
	return n;
}

/* The step at which a label's examples of one score came to be pooled. */
static size_t
pooled(const struct curve *c)
{
	size_t	 i;

	for (i = CURVE_STEPS; i > 0; i--)
		if (c->with[i] + c->without[i] > 0)
			break;
	return i;
}

static void
counts(void)
{
	test("scores at and beyond the ends");
	reset();
	add(&a, 0, 1, 1);
	add(&a, 1, 5, 0);
	add(&a, 1.5, 1, 0);
	add(&a, -1, 0, 1);
	add(&a, NAN, 0, 1);
	CHECK(a.with[CURVE_STEPS] == 6 && a.with[0] == 1);
	CHECK(a.without[0] == 3);
}

static void
pools(void)
{
	test("scores that say what they are worth stay where they are");
	reset();
	add(&a, 0.1, 100, 900);
	add(&a, 0.5, 500, 500);
	add(&a, 0.9005, 900, 100);
	curve_pool(&all, &a);
	CHECK(counted(&all) == 3000);
	CHECK(pooled(&all) >= 897 && pooled(&all) <= 903);

	test("scores that say too little are worth more");
	reset();
	add(&a, 0.05, 80, 20);
	add(&a, 0.01, 20, 980);
	curve_pool(&all, &a);
	CHECK(pooled(&all) > 750 && pooled(&all) < 850);
	CHECK(counted(&all) == 1100);

	test("labels add up");
	add(&b, 0.7, 7, 3);
	curve_pool(&all, &b);
	CHECK(counted(&all) == 1110);

	test("higher scores that are less likely: nothing");
	reset();
	add(&a, 0.9, 10, 500);
	add(&a, 0.1, 500, 10);
	curve_pool(&all, &a);
	CHECK(counted(&all) == 0);
	CHECK(isnan(curve_threshold(&a, 0.2)));

	test("perfect, equal, absent: a line each time");
	reset();
	add(&a, 1, 4000, 0);
	add(&a, 0, 0, 4000);
	CHECK(cut(0.99) > 0 && curve_threshold(&a, 0.5) > 0);
	reset();
	add(&a, 0.3, 1, 99999);
	curve_pool(&all, &a);
	CHECK(counted(&all) == 100000 && pooled(&all) == 0);
	reset();
	curve_pool(&all, &a);
	CHECK(counted(&all) == 0);
}

static void
cuts(void)
{
	test("nothing counted: no cut, and every label off");
	reset();
	CHECK(isnan(cut(0.8)));
	CHECK(isnan(curve_threshold(&a, NAN)));

	test("a label that is easy pays for one that is not");
	reset();
	add(&a, 0.9, 100, 2);
	add(&a, 0.01, 0, 900);
	CHECK(!isnan(curve_threshold(&a, cut(0.8))));
	add(&b, 0.6, 12, 8);
	add(&b, 0.01, 0, 900);
	CHECK(curve_threshold(&b, cut(0.8)) <= 0.6);
	memset(&a, 0, sizeof(a));
	CHECK(isnan(curve_threshold(&b, cut(0.8))));

	test("but for no guess below one in five");
	reset();
	add(&a, 0.99, 5000, 0);
	add(&a, 0.01, 0, 900);
	add(&b, 0.3, 30, 270);
	add(&b, 0.01, 0, 900);
	CHECK(cut(0.8) >= 0.2);
	CHECK(isnan(curve_threshold(&b, cut(0.8))) ||
	    curve_threshold(&b, cut(0.8)) > 0.3);

	test("a margin for chance");
	reset();
	all.with[900] = 4;
	all.without[900] = 1;
	CHECK(isnan(curve_cut(&all, 0.8)) && is(curve_cut(&all, 0.5), 0.2));
	all.with[900] = 4000;
	all.without[900] = 900;
	CHECK(is(curve_cut(&all, 0.8), 0.2));
	all.without[500] = 3000;
	CHECK(is(curve_cut(&all, 0.8), 0.501));

	test("no carrier, all carriers, an aim of 1");
	reset();
	add(&a, 0.7, 0, 100);
	CHECK(isnan(curve_threshold(&a, cut(0.1))));
	reset();
	add(&a, 0.7, 100, 0);
	CHECK(!isnan(curve_threshold(&a, cut(0.8))));
	CHECK(isnan(cut(1)));
}

static void
thresholds(void)
{
	double	 last = 0, t;
	int	 i;

	test("a higher cut, a higher threshold");
	reset();
	for (i = 1; i < 20; i++)
		add(&a, i / 20.0, (unsigned)i * 5, (unsigned)(20 - i) * 5);
	for (i = 1; i < 10; i++) {
		t = curve_threshold(&a, i / 10.0);
		CHECK(t > last && fabs(t - i / 10.0) < 0.05);
		last = t;
	}

	test("too few true positives are chance");
	reset();
	add(&a, 0.9, 4, 0);
	add(&a, 0.001, 0, 100);
	CHECK(isnan(curve_threshold(&a, 0.2)));
	add(&a, 0.9, 1, 0);
	CHECK(curve_threshold(&a, 0.2) < 0.9);
}

int
main(void)
{
	counts();
	pools();
	cuts();
	thresholds();
	return test_end();
}
