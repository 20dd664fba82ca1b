#include <stdlib.h>

#include "run/keep.h"
#include "run/say.h"
#include "test.h"

static const char *
said(void (*say)(FILE *, const char *), const char *text)
{
	char		*buf = NULL;
	size_t		 len;
	FILE		*f = open_memstream(&buf, &len);
	const char	*copy;

	say(f, text);
	fclose(f);
	copy = keepf("%s", buf);
	free(buf);
	return copy;
}

int
main(void)
{
	test("a logfmt value is quoted when it must be");
	CHECK_STR(said(say_value, "plain"), "plain");
	CHECK_STR(said(say_value, "a/b:c-1.5"), "a/b:c-1.5");
	CHECK_STR(said(say_value, ""), "\"\"");
	CHECK_STR(said(say_value, "two words"), "\"two words\"");
	CHECK_STR(said(say_value, "k=v"), "\"k=v\"");
	CHECK_STR(said(say_value, "a\"b\\"), "\"a\\\"b\\\\\"");

	test("no control character gets through");
	CHECK_STR(said(say_value, "a\nlevel=info"), "\"a\\nlevel=info\"");
	CHECK_STR(said(say_value, "\x1b[2J"), "\"\\x1b[2J\"");
	CHECK_STR(said(say_value, "\xc2\x9b"), "\"\\xc2\\x9b\"");
	CHECK_STR(said(say_text, "a\r\n\tb\x7f"), "a\\r\n\tb\\x7f");
	CHECK_STR(said(say_text, "gr\xc3\xbc\xc3\x9f"),
	    "gr\xc3\xbc\xc3\x9f");

	test("words stay on their line");
	CHECK_STR(said(say_words, "a\nb\tc"), "a\\nb\\tc");
	CHECK_STR(said(say_words, "gr\xc3\xbc\xc3\x9f\xc2\x9b"),
	    "gr\xc3\xbc\xc3\x9f\\xc2\\x9b");

	test("no markup and no mention gets through");
	CHECK_STR(said(say_markdown, "@ada"), "@&#8203;ada");
	CHECK_STR(said(say_markdown, "<b>&"), "&lt;b>&amp;");
	CHECK_STR(said(say_markdown, "[x](y) |`#*_~\\"),
	    "\\[x\\](y) \\|\\`\\#\\*\\_\\~\\\\");
	CHECK_STR(said(say_markdown, "a\nb"), "a b");
	return test_end();
}
