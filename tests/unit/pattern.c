#include <time.h>

#include "edit/pattern.h"
#include "run/keep.h"
#include "test.h"

static const char *
name(enum fit fit, const char *value)
{
	return fit == FIT_ONE ? value : fit == FIT_NONE ? "(none)" :
	    "(many)";
}

static const char *
got(const char *pattern, const char *text)
{
	struct pattern	 p = { .n = 0 };
	const char	*value = NULL;
	enum fit	 fit;

	pattern_parse(&p, pattern);
	fit = pattern_read(&p, "x", text, &value);
	return name(fit, value);
}

static const char *
put(const char *pattern, const char *text, const char *value)
{
	struct pattern	 p = { .n = 0 };
	const char	*result = NULL;
	enum fit	 fit;

	pattern_parse(&p, pattern);
	fit = pattern_write(&p, "x", text, value, &result);
	return name(fit, result);
}

static void
reading(void)
{
	test("pattern: one setter has what the text leaves");
	CHECK_STR(got("${x}", "a b"), "a b");
	CHECK_STR(got("a/${x}", "a/b/c"), "b/c");
	CHECK_STR(got("${x}/c", "a/b/c"), "a/b");
	CHECK_STR(got("a${x}", "a"), "");
	CHECK_STR(got("a${x}", "b"), "(none)");
	CHECK_STR(got("a/${x}:1", ""), "");
	test("pattern: several setters, one way to read");
	CHECK_STR(got("${r}/a:${x}", "q/a:1"), "1");
	CHECK_STR(got("${x}:${x}", "ab:ab"), "ab");
	CHECK_STR(got("${x}:${x}", "ab:ac"), "(none)");
	CHECK_STR(got("${a}:${x}", "b"), "(none)");
	CHECK_STR(got("${a}:${x}", ""), "(none)");
	test("pattern: several ways to read are told");
	CHECK_STR(got("${a}${x}", "b"), "(many)");
	CHECK_STR(got("${a}-${x}", "1-2-3"), "(many)");
	CHECK_STR(got("${a}-${x}-${a}", "1-2-1"), "2");
	test("pattern: what is no name stays text");
	CHECK_STR(got("$x{x}${x", "$x{x}${x1"), "(none)");
	CHECK_STR(got("$$${x}}", "$$1}"), "1");
}

static void
writing(void)
{
	test("pattern: only our part is replaced");
	CHECK_STR(put("${r}/a:${x}", "q/a:1", "2"), "q/a:2");
	CHECK_STR(put("${x}:${x}", "1:1", "2"), "2:2");
	CHECK_STR(put("a:${x}", "", "2"), "a:2");
	CHECK_STR(put("${r}:${x}", "", "2"), "(none)");
	CHECK_STR(put("b:${x}", "a:1", "2"), "(none)");
	test("pattern: a value that could not be read back is refused");
	CHECK_STR(put("${r}-${x}", "a-1", "2-3"), "(many)");
	CHECK_STR(put("${x}:${x}", "1:1", "a:a"), "a:a:a:a");
}

static void
bounds(void)
{
	const char	*pattern = "", *text = "";
	clock_t		 began = clock();
	size_t		 i;

	test("pattern: a search without end is cut off");
	for (i = 0; i < 14; i++)
		pattern = keepf("%s${a%zu}a", pattern, i);
	pattern = keepf("%sb${x}", pattern);
	for (i = 0; i < 200; i++)
		text = keepf("%saa", text);
	CHECK_STR(got(pattern, text), "(many)");
	CHECK((double)(clock() - began) / CLOCKS_PER_SEC < 2.0);
	test("pattern: too many parts are refused");
	for (i = 0; i < 40; i++)
		pattern = keepf("%sa${x}", pattern);
	CHECK_STR(got(pattern, text), "(many)");
}

int
main(void)
{
	reading();
	writing();
	bounds();
	return test_end();
}
