#include <math.h>

#include "model/curve.h"
#include "test.h"

static struct curve	 c;

static void
add(double score, unsigned with, unsigned without)
{
	while (with-- > 0)
		curve_add(&c, score, true);
	while (without-- > 0)
		curve_add(&c, score, false);
}

static void
reset(void)
{
	memset(&c, 0, sizeof(c));
}

static bool
is(double x, double want)
{
	return fabs(x - want) < 1e-9;
}

int
main(void)
{
	test("nothing counted: off");
	CHECK(isnan(curve_threshold(&c, 0.8)));

	test("the lowest threshold that holds");
	add(0.9, 10, 0);
	add(0.5, 10, 1);
	add(0.2, 0, 50);
	CHECK(is(curve_threshold(&c, 0.8), 0.201));
	CHECK(is(curve_threshold(&c, 0.98), 0.501));
	CHECK(is(curve_threshold(&c, 0.2), 0.001));

	test("a margin for chance");
	reset();
	add(0.9, 4, 1);
	add(0.5, 0, 5);
	CHECK(isnan(curve_threshold(&c, 0.8)));
	CHECK(is(curve_threshold(&c, 0.75), 0.501));

	test("too few true positives are chance");
	reset();
	add(0.9, 2, 0);
	CHECK(isnan(curve_threshold(&c, 0.5)));
	add(0.9, 1, 0);
	CHECK(!isnan(curve_threshold(&c, 0.8)));

	test("no carrier, all carriers");
	reset();
	add(0.7, 0, 100);
	CHECK(isnan(curve_threshold(&c, 0.1)));
	reset();
	add(0.7, 100, 0);
	CHECK(is(curve_threshold(&c, 0.8), 0.001));
	CHECK(isnan(curve_threshold(&c, 1)));

	test("scores at and beyond the ends");
	reset();
	add(0, 1, 1);
	add(1, 5, 0);
	add(1.5, 1, 0);
	add(-1, 0, 1);
	add(NAN, 0, 1);
	CHECK(c.with[CURVE_STEPS] == 6 && c.with[0] == 1);
	CHECK(c.without[0] == 3);
	CHECK(is(curve_threshold(&c, 0.9), 0.001));
	return test_end();
}
