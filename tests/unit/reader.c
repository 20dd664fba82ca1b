#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/reader.h"
#include "data/walk.h"
#include "run/error.h"
#include "folder.h"
#include "test.h"

static struct error	 error;

/* The texts of a file in brackets, or NULL with the error. */
static const char *
texts(const char *path)
{
	struct reader	*r;
	struct slice	 text;
	const char	*all = "";
	int		 rv;

	error = (struct error){ .text = "" };
	if ((r = reader_open(path, &error)) == NULL)
		return NULL;
	while ((rv = reader_next(r, &text, &error)) == 1) {
		CHECK(text.at[text.len] == '\0');
		all = keepf("%s<%.*s>", all, (int)text.len, text.at);
	}
	if (rv == 0)
		CHECK(reader_next(r, &text, &error) == 0);
	reader_close(r);
	return rv == 0 ? all : NULL;
}

static const char *
of(const char *content)
{
	return texts(folder_text("file", content));
}

/* Whether the error begins with this place in the file and says why. */
static int
fails(const char *content, const char *place, const char *why)
{
	if (of(content) != NULL)
		return 0;
	if (strstr(error.text, keepf("%s%s", folder_path("file"), place)) !=
	    error.text || strstr(error.text, why) == NULL ||
	    error.verdict != BROKEN) {
		printf("     %s\n", error.text);
		return 0;
	}
	return 1;
}

static void
lines(void)
{
	test("reader: lines");
	CHECK_STR(of("{}"), "<{}>");
	CHECK_STR(of("{}\n"), "<{}>");
	CHECK_STR(of("{\"a\":1}\n{\"b\":2}\n"), "<{\"a\":1}><{\"b\":2}>");
	CHECK_STR(of("{}\r\n{}\r\n"), "<{}\r><{}\r>");
	CHECK_STR(of("\n \n{}\n\n\n{}\n \t\n"), "<{}><{}>");
	CHECK_STR(of("{}\nnot JSON\n{\"a\":\n"), "<{}><not JSON><{\"a\":>");
}

static void
arrays(void)
{
	test("reader: an array");
	CHECK_STR(of("[{}]"), "<{}>");
	CHECK_STR(of("[\n {\"a\": [1, {}]} ,\n\n{ }\n]\n"),
	    "<{\"a\": [1, {}]}><{ }>");
	CHECK_STR(of("[{\"a\":\"]}\\\"]\\\\\"},{\"b\":\"\\\"\"}]"),
	    "<{\"a\":\"]}\\\"]\\\\\"}><{\"b\":\"\\\"\"}>");
	/* That the first bracket is the wrong one is for the walk to say. */
	CHECK(fails("[{\"a\":1]}]", ":1:9", "expected ',' or ']'"));
	CHECK(fails("[{},]", ":1:5", "expected an event"));
	CHECK(fails("[{},1]", ":1:5", "expected an event"));
	CHECK(fails("[1]", ":1:2", "expected an event"));
	CHECK(fails("[{}\n {}]", ":2:2", "expected ',' or ']'"));
	CHECK(fails("[{}", ":1:4", "cut short"));
	CHECK(fails("[{},", ":1:5", "expected an event"));
	CHECK(fails("[{}]\n\n{}", ":3:1", "nothing behind"));
}

static void
strangers(void)
{
	test("reader: what is not events");
	CHECK(fails("", ": no event", "fetch"));
	CHECK(fails(" \n\n ", ": no event", "fetch"));
	CHECK(fails("[]", ": no event", "fetch"));
	CHECK(fails("[ \n", ": no event", "fetch"));
	CHECK(fails("\n  <!DOCTYPE html>\n", ":2:3", "HTML"));
	CHECK(fails("404: Not Found", ":1:1", "expected JSON events"));
	CHECK(fails("\xef\xbb\xbf{}", ":1:1", "expected JSON events"));
	CHECK(texts(folder_write("file", "\0{}", 3)) == NULL);
	CHECK(strstr(error.text, "expected JSON events") != NULL);
	CHECK(texts(folder_path("missing")) == NULL);
}

static void
place(void)
{
	struct reader	*r;
	struct slice	 text;

	test("reader: the place of a byte");
	r = reader_open(folder_text("file", "\n{}\n\n  {\"abc\":\n"), &error);
	CHECK(r != NULL && reader_next(r, &text, &error) == 1);
	error_set(&error, BROKEN, "why");
	reader_place(r, text.at + 1, &error);
	CHECK_STR(error.text, keepf("%s:2:2: why", folder_path("file")));
	CHECK(reader_next(r, &text, &error) == 1);
	error_set(&error, BROKEN, "why");
	reader_place(r, text.at + text.len, &error);
	CHECK_STR(error.text, keepf("%s:4:10: why", folder_path("file")));
	reader_close(r);
	r = reader_open(folder_text("file", "[\n{},\n {\"a\":\n\n1}]"),
	    &error);
	CHECK(r != NULL && reader_next(r, &text, &error) == 1);
	CHECK(reader_next(r, &text, &error) == 1);
	error_set(&error, BROKEN, "why");
	reader_place(r, text.at + text.len - 1, &error);
	CHECK_STR(error.text, keepf("%s:5:2: why", folder_path("file")));
	reader_close(r);
	reader_close(NULL);
}

/* A line of so many bytes, its newline counted, that is one string. */
static void
put_line(FILE *f, size_t len, char c)
{
	size_t	 i;

	fputs("{\"a\":\"", f);
	for (i = 0; i < len - 9; i++)
		putc(c, f);
	fputs("\"}\n", f);
}

static void
lengths(void)
{
	static const size_t	 length[] = { 10, 524287, 100, 524288, 524289,
				    300000, 300000, 2000000, 10, 3000000 };
	const char		*path = folder_path("long");
	struct reader		*r;
	struct slice		 text;
	FILE			*f = fopen(path, "w");
	uint64_t		 total = 0;
	size_t			 i;

	test("reader: lines of any length, over the edges of its room");
	for (i = 0; i < 10; i++) {
		put_line(f, length[i], (char)('a' + i));
		total += length[i];
	}
	fclose(f);
	r = reader_open(path, &error);
	for (i = 0; r != NULL && i < 10; i++) {
		CHECK(reader_next(r, &text, &error) == 1);
		CHECK(text.len == length[i] - 1 &&
		    text.at[text.len - 3] == (char)('a' + i) &&
		    text.at[text.len - 1] == '}' && text.at[0] == '{');
	}
	CHECK(reader_next(r, &text, &error) == 0);
	CHECK(reader_bytes(r) == total);
	reader_close(r);
}

static void
ceiling(const char *head)
{
	const char	*path = folder_path("huge");
	struct reader	*r;
	struct slice	 text;
	FILE		*f = fopen(path, "w");
	int		 rv;

	fputs(head, f);
	put_line(f, READER_TEXT + 10, 'x');
	fclose(f);
	if ((r = reader_open(path, &error)) == NULL) {
		CHECK(r != NULL);
		return;
	}
	while ((rv = reader_next(r, &text, &error)) == 1)
		continue;
	CHECK(rv == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "longer than 32 MiB") != NULL);
	CHECK(strstr(error.text, keepf("%s:2:1: ", path)) == error.text);
	reader_close(r);
}

int
main(void)
{
	folder_begin();
	lines();
	arrays();
	strangers();
	place();
	lengths();
	test("reader: a text beyond the ceiling is refused");
	ceiling("{}\n");
	ceiling("[{},\n");
	folder_end();
	return test_end();
}
