#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <isa-l/crc.h>

#include "data/inflate.h"
#include "run/error.h"
#include "folder.h"
#include "test.h"

#define BIG	300000	/* beyond what is read from a file at once */

static struct error	 error;

/* Reads a file whole in rooms of a size: kept, or NULL with the error. */
static char *
content(const char *path, size_t room, size_t *len)
{
	struct inflate	*f;
	char		*text = keep(4 * BIG);
	size_t		 n = 1;
	int		 rv = 0;

	*len = 0;
	if ((f = inflate_open(path, &error)) == NULL)
		return NULL;
	while (n > 0 && *len + room <= 4 * BIG &&
	    (rv = inflate_read(f, text + *len, room, &n, &error)) == 0)
		*len += n;
	inflate_close(f);
	return rv == 0 ? text : NULL;
}

static int
reads(const char *path, const char *want, size_t n)
{
	static const size_t	 rooms[] = { 1, 7, 4096, BIG };
	size_t			 i, len;
	char			*text;

	for (i = n > 10000 ? 2 : 0; i < 4; i++) {
		text = content(path, rooms[i], &len);
		if (text == NULL || len != n || memcmp(text, want, n) != 0)
			return 0;
	}
	return 1;
}

static int
fails(const char *path, const char *why)
{
	size_t	 len;

	error = (struct error){ .text = "" };
	if (content(path, 4096, &len) != NULL)
		return 0;
	if (strstr(error.text, why) == NULL)
		printf("     %s\n", error.text);
	return strstr(error.text, why) != NULL &&
	    strstr(error.text, folder) == error.text;
}

/* Text that does not shrink to nothing. */
static char *
noise(size_t n)
{
	char		*text = keep(n + 1);
	uint32_t	 seed = 7;
	size_t		 i;

	for (i = 0; i < n; i++) {
		seed = seed * 1664525 + 1013904223;
		text[i] = (char)('a' + (seed >> 24) % 26);
	}
	return text;
}

static char *
join(const char *a, size_t na, const char *b, size_t nb)
{
	char	*text = keep(na + nb + 1);

	memcpy(text, a, na);
	memcpy(text + na, b, nb);
	return text;
}

static void
put_32(unsigned char *to, uint32_t x)
{
	int	 i;

	for (i = 0; i < 4; i++)
		to[i] = (unsigned char)(x >> 8 * i);
}

/*
 * A member by hand, one stored block, its header with everything RFC 1952
 * allows: extra field, name, comment, checksum of the header.
 */
static char *
member(const char *data, size_t n, size_t *len)
{
	static const char	 head[] = "\x1f\x8b\x08\x1e\0\0\0\0\0\3"
				    "\5\0extraname\0comment";
	unsigned char		*m = keep(sizeof(head) + n + 15), *end;
	uint32_t		 crc;

	memcpy(m, head, sizeof(head));		/* the comment's NUL too */
	crc = crc32_gzip_refl(0, m, sizeof(head));
	end = m + sizeof(head);
	*end++ = crc & 0xff;
	*end++ = crc >> 8 & 0xff;
	*end++ = 1;				/* stored, and the last block */
	*end++ = n & 0xff;
	*end++ = n >> 8 & 0xff;
	*end++ = ~n & 0xff;
	*end++ = ~n >> 8 & 0xff;
	memcpy(end, data, n);
	put_32(end + n, crc32_gzip_refl(0, end, n));
	put_32(end + n + 4, (uint32_t)n);
	*len = (size_t)(end + n + 8 - m);
	return (char *)m;
}

static void
plain(void)
{
	char	*big = noise(BIG);

	test("inflate: plain files, the name does not matter");
	CHECK(reads(folder_text("plain.gz", "hello"), "hello", 5));
	CHECK(reads(folder_text("empty", ""), "", 0));
	CHECK(reads(folder_text("one", "\x1f"), "\x1f", 1));
	CHECK(reads(folder_write("big", big, BIG), big, BIG));
	CHECK(reads(folder_write("nul", "a\0b", 3), "a\0b", 3));
}

static void
members(void)
{
	char	*big = noise(BIG), *a, *b, *both;
	size_t	 na, nb;

	test("inflate: one member and several");
	a = folder_gzip("hello ", 6, &na);
	b = folder_gzip("world", 5, &nb);
	CHECK(reads(folder_write("a", a, na), "hello ", 6));
	both = join(a, na, b, nb);
	CHECK(reads(folder_write("ab", both, na + nb), "hello world", 11));
	b = folder_gzip("", 0, &nb);
	both = join(b, nb, a, na);
	CHECK(reads(folder_write("0a", both, na + nb), "hello ", 6));
	CHECK(reads(folder_write("0", b, nb), "", 0));
	a = folder_gzip(big, BIG, &na);
	CHECK(reads(folder_write("big.gz", a, na), big, BIG));
}

static void
headers(void)
{
	char	*text = noise(200 * 1024), *a, *b, *both;
	size_t	 i, n, na, nb, differ = 0;

	test("inflate: a header in pieces, wherever they fall");
	b = member("tail", 4, &nb);
	CHECK(reads(folder_write("hand", b, nb), "tail", 4));
	for (i = 0; i < 60; i++) {
		/* Four stored members that end about 128 KiB from the start. */
		n = 32 * 1024 - 60 + i;
		a = member(text, n, &na);
		both = join(a, na, a, na);
		both = join(both, 2 * na, both, 2 * na);
		both = join(both, 4 * na, b, nb);
		if (content(folder_write("split", both, 4 * na + nb), 4096,
		    &na) == NULL || na != 4 * n + 4)
			differ++;
	}
	CHECK(differ == 0);
}

static void
damage(void)
{
	char		*text = noise(5000), *a, *bad;
	const char	*path;
	size_t		 i, n, len, passed = 0;

	test("inflate: cut short anywhere");
	a = folder_gzip(text, 5000, &n);
	for (i = 2; i < n; i += i < 20 || i > n - 20 ? 1 : 37) {
		path = folder_write("cut", a, i);
		passed += content(path, 4096, &len) != NULL;
	}
	CHECK(passed == 0);
	CHECK(fails(folder_write("cut", a, n - 1), "cut short"));
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "member 1") != NULL);

	test("inflate: a flipped bit in data or trailer is seen");
	for (i = 10; i < n; i += 13) {
		bad = join(a, n, "", 0);
		bad[i] ^= 4;
		path = folder_write("flip", bad, n);
		passed += content(path, 4096, &len) != NULL;
	}
	for (i = n - 8; i < n; i++) {
		bad = join(a, n, "", 0);
		bad[i] ^= 1;
		CHECK(fails(folder_write("flip", bad, n), "checksum"));
	}
	CHECK(passed == 0);
}

static void
strangers(void)
{
	char	*a, *bad;
	size_t	 n;

	test("inflate: what is no gzip behind or in a member");
	a = folder_gzip("hello", 5, &n);
	bad = join(a, n, "junk", 4);
	CHECK(fails(folder_write("junk", bad, n + 4), "another member"));
	bad = join(a, n, "\0\0\0", 3);
	CHECK(fails(folder_write("zeros", bad, n + 3), "another member"));
	bad = join(a, n, "\x1f", 1);
	CHECK(fails(folder_write("half", bad, n + 1), "another member"));
	bad = join(a, n, "\x1f\x8b", 2);
	CHECK(fails(folder_write("magic", bad, n + 2), "cut short"));
	bad = join(a, n, "", 0);
	bad[2] = 7;
	CHECK(fails(folder_write("method", bad, n), "member 1"));
}

static void
files(void)
{
	test("inflate: what is no regular file is refused");
	CHECK(fails(folder_path("missing"), "No such file"));
	CHECK(error.verdict == BROKEN);
	CHECK(fails(folder, "regular file"));
	CHECK(mkfifo(folder_path("fifo"), 0600) == 0);
	CHECK(fails(folder_path("fifo"), "regular file"));
	inflate_close(NULL);
}

int
main(void)
{
	folder_begin();
	plain();
	members();
	headers();
	damage();
	strangers();
	files();
	folder_end();
	return test_end();
}
