#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "model/terms.h"
#include "test.h"

static struct terms	 a, b;

static void
read_both(const struct text *x, const struct text *y)
{
	terms_read(x, &a);
	terms_read(y, &b);
}

static bool
same(const struct text *x, const struct text *y)
{
	size_t	 i;

	read_both(x, y);
	if (a.n != b.n)
		return false;
	for (i = 0; i < a.n; i++)
		if (a.term[i].key != b.term[i].key)
			return false;
	return true;
}

/* Terms of the first that the second has as well. */
static size_t
shared(const struct text *x, const struct text *y)
{
	size_t	 i, k, n = 0;

	read_both(x, y);
	for (i = 0; i < a.n; i++)
		for (k = 0; k < b.n; k++)
			n += a.term[i].key == b.term[k].key;
	return n;
}

static const struct text *
body(const char *s)
{
	static struct text	 ring[2];
	static int		 turn;

	turn = !turn;
	ring[turn] = (struct text){ "", "", s };
	return &ring[turn];
}

static size_t
count(const char *s)
{
	terms_read(body(s), &a);
	return a.n;
}

static void
words(void)
{
	test("words and pairs");
	CHECK(count("") == 0);
	CHECK(count(" \t\n.,;#") == 0);
	CHECK(count("one") == 1);
	CHECK(count("one two") == 3);
	CHECK(count("one two one two") == 4);
	CHECK(same(body("one, two"), body("one\n\ntwo")));
	CHECK(!same(body("one two"), body("two one")));
	CHECK(shared(body("one two"), body("two one")) == 2);

	test("lower case: ASCII, Latin-1, Greek, Cyrillic");
	CHECK(same(body("Crash"), body("crash")));
	CHECK(same(body("\303\204rger"), body("\303\244rger")));
	CHECK(same(body("\316\221\316\223"), body("\316\261\316\263")));
	CHECK(same(body("\320\226\320\201"), body("\320\266\321\221")));
	CHECK(!same(body("\303\227"), body("\303\267")) || a.n == 0);

	test("pieces of names");
	CHECK(count("a_b") == 3);
	CHECK(shared(body("OneHotEncoder"), body("encoder")) == 1);
	CHECK(shared(body("fit_transform"), body("transform")) == 1);
	CHECK(count("plain") == 1);
	CHECK(count("HTTP") == 1);
	CHECK(count("_") == 1);
	CHECK(count("__a__") == 2);

	test("characters that are words by themselves");
	CHECK(count("\344\270\255\346\226\207") == 3);
	CHECK(count("\360\237\220\233") == 1);
	CHECK(shared(body("\342\232\240crash"), body("crash")) == 1);
}

static void
parts(void)
{
	const struct text	 title = { "crash", "", "" };
	const struct text	 repo = { "", "crash", "" };

	test("parts are told apart");
	CHECK(shared(&title, &repo) == 0);
	CHECK(shared(body("crash"), &repo) == 0);

	test("a title's words count for the body, and its opening by itself");
	CHECK(shared(&title, body("crash")) == 1);
	terms_read(&title, &a);
	CHECK(a.n == 3);
}

static void
passages(void)
{
	test("headings and code are told apart from prose");
	CHECK(shared(body("## crash"), body("crash")) == 0);
	CHECK(shared(body("```\ncrash\n```"), body("crash")) == 0);
	CHECK(shared(body("```\n# crash\n```"), body("# crash")) == 0);
	CHECK(shared(body("one\n```\nx y\n```\ntwo"), body("one two")) == 3);
	CHECK(same(body("# a\nb\n# c"), body("b\n# a\n# c")));
	CHECK(count("## what now\n\nnothing") == 4);
}

static void
odd_bytes(void)
{
	static const char	*const bad[] = {
		"\200", "\303", "\303(", "\300\257", "\340\200\257",
		"\355\240\200", "\364\220\200\200", "\370\210\200\200\200",
		"\377\376", "\342\202", "\360\237\220"
	};
	size_t			 i;

	test("bytes that are no UTF-8 separate words");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		static char	 s[32];

		snprintf(s, sizeof(s), "one%s two", bad[i]);
		CHECK(shared(body(s), body("one two")) == 3);
	}
}

/* The texts that make most terms of their bytes. */
static void
limits(void)
{
	static const char	 small[] = "abcdefghijklmnopqrstuvwxyz";
	static const char	 capital[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	static char		 big[3 * TERMS_BODY];
	struct text		 all = { big, big, big };
	size_t			 i;

	test("long texts are cut and never pass the bound");
	for (i = 0; i + 1 < sizeof(big); i++)
		big[i] = i % 3 == 2 ? ' ' :
		    (i % 3 == 0 ? small : capital)[i / 3 % 17];
	terms_read(&all, &a);
	CHECK(a.n > 10 && a.n < TERMS_MAX);
	for (i = 0; i + 1 < sizeof(big); i++)
		big[i] = i % 2 != 0 ? ' ' : small[i * i / 7 % 26];
	terms_read(&all, &a);
	CHECK(a.n > 10 && a.n < TERMS_MAX);
	memset(big, 'x', sizeof(big) - 1);
	terms_read(&all, &a);
	CHECK(a.n == 5);
	for (i = 1; i < a.n; i++)
		CHECK(a.term[i - 1].key < a.term[i].key);
}

static void
scaling(void)
{
	const struct text	 text = { "one two", "", "three four five" };
	double			 sum = 0, first;
	size_t			 i;

	test("a longer text is no heavier");
	terms_read(&text, &a);
	terms_scale(&a);
	for (i = 0; i < a.n; i++)
		sum += a.term[i].weight * a.term[i].weight;
	terms_read(&(struct text){ "one", "", "three" }, &a);
	terms_scale(&a);
	for (first = 0, i = 0; i < a.n; i++)
		first += a.term[i].weight * a.term[i].weight;
	CHECK(fabs(sum - first) < 1e-9 && sum > 0);
	terms_read(body("# one two\n"), &a);
	terms_scale(&a);
	for (sum = 0, i = 0; i < a.n; i++)
		sum += a.term[i].weight * a.term[i].weight;
	CHECK(a.n == 3 && fabs(sum - 1) < 1e-9);

	test("no terms, nothing to scale");
	a.n = 0;
	terms_scale(&a);
	CHECK(a.n == 0);
}

int
main(void)
{
	words();
	parts();
	passages();
	odd_bytes();
	limits();
	scaling();
	return test_end();
}
