#include <errno.h>
#include <string.h>

#include "run/error.h"
#include "test.h"

int
main(void)
{
	struct error	 error;
	char		 long_text[1000];

	test("an error is recorded, with context in front");
	CHECK(error_set(&error, BROKEN, "%s %d", "line", 3) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(error_in(&error, "file %s", "x") == -1);
	CHECK_STR(error.text, "file x: line 3");
	CHECK(error.verdict == BROKEN);

	test("errno is told behind it");
	errno = ENOENT;
	CHECK(error_errno(&error, RETRY, "open") == -1);
	CHECK_STR(error.text, "open: No such file or directory");
	CHECK(error.verdict == RETRY);

	test("what may pass by itself is no work for a person");
	errno = ENOSPC;
	CHECK(error_errno(&error, BROKEN, "mkdir") == -1);
	CHECK(error.verdict == RETRY);
	errno = EACCES;
	CHECK(error_errno(&error, BROKEN, "mkdir") == -1);
	CHECK(error.verdict == BROKEN);
	errno = EIO;
	CHECK(error_errno(&error, SETTLED, "mkdir") == -1);
	CHECK(error.verdict == SETTLED);

	test("too much is cut, and ends");
	memset(long_text, 'x', sizeof(long_text));
	long_text[sizeof(long_text) - 1] = '\0';
	error_set(&error, BROKEN, "%s", long_text);
	error_in(&error, "%s", long_text);
	CHECK(strlen(error.text) == sizeof(error.text) - 1);
	return test_end();
}
