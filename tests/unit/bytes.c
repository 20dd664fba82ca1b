#include <sys/stat.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "tmp.h"
#include "test.h"

int
main(void)
{
	struct bytes	 b;
	struct error	 error;
	const char	*path = keepf("%s/file", tmp());

	test("a file is read whole, with a NUL behind");
	tmp_file(path, "12345");
	CHECK(bytes_read(path, 5, &b, &error) == 0);
	CHECK(b.len == 5 && b.data[5] == '\0');
	CHECK_STR(b.data, "12345");
	bytes_free(&b);
	CHECK(b.data == NULL && b.len == 0);
	tmp_file(path, "");
	CHECK(bytes_read(path, 5, &b, &error) == 0 && b.len == 0);
	bytes_free(&b);

	test("no file, too large a file, no regular file");
	CHECK(bytes_read(keepf("%s/none", tmp()), 5, &b, &error) == 1);
	tmp_file(path, "123456");
	CHECK(bytes_read(path, 5, &b, &error) == -1);
	CHECK(error.verdict == BROKEN && strstr(error.text, "6 bytes"));
	CHECK(b.data == NULL);
	CHECK(bytes_read(tmp(), 5, &b, &error) == -1);
	CHECK(error.verdict == BROKEN);
	tmp_end();
	return test_end();
}
