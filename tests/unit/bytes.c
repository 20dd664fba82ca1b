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

	test("a pipe is not waited for");
	CHECK(mkfifo(keepf("%s/pipe", tmp()), 0644) == 0);
	alarm(5);
	CHECK(bytes_read(keepf("%s/pipe", tmp()), 5, &b, &error) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "not a regular file") != NULL);
	CHECK(bytes_read_plain(keepf("%s/pipe", tmp()), 5, &b,
	    &error) == -1 && error.verdict == BROKEN);

	test("a link is followed, but not to what must stand there itself");
	tmp_file(path, "12345");
	CHECK(symlink("file", keepf("%s/link", tmp())) == 0);
	CHECK(bytes_read(keepf("%s/link", tmp()), 5, &b, &error) == 0);
	bytes_free(&b);
	CHECK(bytes_read_plain(keepf("%s/link", tmp()), 5, &b,
	    &error) == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "symbolic link") != NULL);
	CHECK(bytes_read_plain(path, 5, &b, &error) == 0 && b.len == 5);
	bytes_free(&b);
	CHECK(bytes_read_plain(keepf("%s/none", tmp()), 5, &b,
	    &error) == 1);
	tmp_end();
	return test_end();
}
