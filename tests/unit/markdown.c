#include "model/markdown.h"
#include "test.h"

static struct markdown	 m;

static enum passage
line(const char *s)
{
	return markdown_line(&m, s, strlen(s));
}

/* What a line is at the beginning of a text. */
static enum passage
first(const char *s)
{
	m = (struct markdown){ 0 };
	return line(s);
}

static void
headings(void)
{
	test("headings");
	CHECK(first("# one\n") == MARKDOWN_HEADING);
	CHECK(first("###### six") == MARKDOWN_HEADING);
	CHECK(first("   ### three\r\n") == MARKDOWN_HEADING);
	CHECK(first("#\n") == MARKDOWN_HEADING);
	CHECK(first("##") == MARKDOWN_HEADING);
	CHECK(first("#\ttab\n") == MARKDOWN_HEADING);

	test("no headings");
	CHECK(first("#12 broke it\n") == MARKDOWN_PROSE);
	CHECK(first("####### seven\n") == MARKDOWN_PROSE);
	CHECK(first("C # minor\n") == MARKDOWN_PROSE);
	CHECK(first("\n") == MARKDOWN_PROSE);
	CHECK(first("") == MARKDOWN_PROSE);
	CHECK(markdown_line(&m, "# x", 0) == MARKDOWN_PROSE);
}

static void
code(void)
{
	test("code from fence to fence");
	CHECK(first("```python\r\n") == MARKDOWN_CODE);
	CHECK(line("# comment\r\n") == MARKDOWN_CODE);
	CHECK(line("\r\n") == MARKDOWN_CODE);
	CHECK(line("  ```\r\n") == MARKDOWN_CODE);
	CHECK(line("and\r\n") == MARKDOWN_PROSE);

	test("a fence closes its own kind and length, with nothing behind");
	CHECK(first("~~~~") == MARKDOWN_CODE);
	CHECK(line("```\n") == MARKDOWN_CODE);
	CHECK(line("~~~\n") == MARKDOWN_CODE);
	CHECK(line("~~~~ x\n") == MARKDOWN_CODE);
	CHECK(line("# x\n") == MARKDOWN_CODE);
	CHECK(line("~~~~~ \t\n") == MARKDOWN_CODE);
	CHECK(line("# x\n") == MARKDOWN_HEADING);

	test("in a list, and never closed");
	CHECK(first("\t\t```") == MARKDOWN_CODE);
	CHECK(line("# x") == MARKDOWN_CODE);
	CHECK(line("") == MARKDOWN_CODE);

	test("what only looks like a fence");
	CHECK(first("```code```\n") == MARKDOWN_PROSE);
	CHECK(line("# x\n") == MARKDOWN_HEADING);
	CHECK(first("``\n") == MARKDOWN_PROSE);
	CHECK(first("~~gone~~\n") == MARKDOWN_PROSE);
	CHECK(line("text ```\n") == MARKDOWN_PROSE);
	CHECK(first("~~~ a ~ b\n") == MARKDOWN_CODE);
}

int
main(void)
{
	headings();
	code();
	return test_end();
}
