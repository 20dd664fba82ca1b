#include "run/hash.h"
#include "test.h"

int
main(void)
{
	const char	*ab[] = { "a", "b" };
	const char	*joined[] = { "ab" };
	const char	*empty[] = { "a", "", "b" };

	test("SHA-256 of bytes, as FIPS 180-4 gives it");
	CHECK_STR(hash_bytes("abc", 3), "ba7816bf8f01cfea414140de5dae2223"
	    "b00361a396177a9cb410ff61f20015ad");
	CHECK_STR(hash_bytes("", 0), "e3b0c44298fc1c149afbf4c8996fb924"
	    "27ae41e4649b934ca495991b7852b855");

	test("parts are joined by NUL bytes");
	CHECK_STR(hash_parts(2, ab), hash_bytes("a\0b", 3));
	CHECK_STR(hash_parts(3, empty), hash_bytes("a\0\0b", 4));
	CHECK(strcmp(hash_parts(2, ab), hash_parts(1, joined)) != 0);
	CHECK_STR(hash_parts(0, ab), hash_bytes("", 0));
	return test_end();
}
