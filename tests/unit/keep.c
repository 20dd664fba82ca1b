#include <string.h>

#include "run/keep.h"
#include "test.h"

int
main(void)
{
	size_t	 n, room = 0, i;
	int	*array = NULL;
	char	*p;

	test("zeroed memory and printed strings");
	p = keep(100);
	for (i = 0; i < 100; i++)
		CHECK(p[i] == 0);
	CHECK_STR(keepf("%s-%d", "a", 7), "a-7");
	CHECK_STR(keepf("%s", ""), "");
	CHECK_STR(keep_copy("abc", 2), "ab");
	CHECK_STR(keep_copy(NULL, 0), "");

	test("an array grows and holds what was in it");
	for (n = 0; n < 1000; n++) {
		array = keep_more(array, n, &room, sizeof(*array));
		array[n] = (int)n;
	}
	for (i = 0; i < 1000; i++)
		CHECK(array[i] == (int)i);
	CHECK(room >= 1000);

	test("JSON is kept");
	CHECK(json_integer_value(keep_json(json_integer(5))) == 5);
	return test_end();
}
