#include "git/url.h"
#include "run/error.h"
#include "test.h"

static const char *
path_of(const char *url)
{
	struct error	 error = { .verdict = SETTLED };
	const char	*path = url_path(url, &error);

	if (path == NULL && (error.verdict != BROKEN || *error.text == '\0'))
		return "an error that says nothing";
	return path;
}

static void
good(void)
{
	test("paths stay as they are");
	CHECK_STR(path_of("/a/b"), "/a/b");
	CHECK_STR(path_of("/a%20b"), "/a%20b");
	CHECK_STR(path_of("a/b:c"), "a/b:c");
	CHECK_STR(path_of("./a:b"), "./a:b");
	CHECK_STR(path_of("repo"), "repo");
	CHECK_STR(path_of("../repo.git/"), "../repo.git/");
	test("file URLs name their path");
	CHECK_STR(path_of("file:///a/b"), "/a/b");
	CHECK_STR(path_of("file://localhost/a"), "/a");
	CHECK_STR(path_of("FILE://LocalHost/a"), "/a");
	CHECK_STR(path_of("file:///"), "/");
	test("percent escapes are decoded in URLs");
	CHECK_STR(path_of("file:///a%20b%2fc%2D"), "/a b/c-");
	CHECK_STR(path_of("file:///%c3%A9"), "/\xc3\xa9");
	CHECK_STR(path_of("file:///100%25"), "/100%");
}

static void
refused(void)
{
	static const char *const	 bad[] = {
		"", "https://example.org/x.git", "http://x", "ssh://h/p",
		"git@example.org:o/r.git", "git://h/p", "host:path",
		"ext::sh -c true", "file:/a", "file:a", ":x"
	};
	static const char *const	 wrong[] = {
		"file://", "file://localhost", "file://host/a",
		"file://localhosts/a", "file:///a%", "file:///a%2",
		"file:///a%zz", "file:///a%00b", "file:///%-1", "file://~/a"
	};
	struct error			 error;
	size_t				 i;

	test("what is no path is told from one");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		CHECK(url_path(bad[i], &error) == NULL);
		CHECK(error.verdict == BROKEN);
		CHECK(strstr(error.text, "expected a path") != NULL);
	}
	test("URLs that name no path here are refused");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK_STR(path_of(wrong[i]), NULL);
}

int
main(void)
{
	good();
	refused();
	return test_end();
}
