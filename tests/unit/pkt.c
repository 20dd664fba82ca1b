#include <stdlib.h>
#include <string.h>

#include "git/pkt.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

static struct error	error;

static struct pkts
of(const char *text, size_t len)
{
	return (struct pkts){ text, text + len };
}

static void
written(void)
{
	struct message	 m = { .lost = 0 };

	test("lines, delimiters and the flush are written as git reads them");
	pkt_line(&m, "command=%s\n", "ls-refs");
	pkt_delimit(&m);
	pkt_line(&m, "%s", "x");
	pkt_flush(&m);
	pkt_bytes(&m, "PACK", 4);
	CHECK_STR(m.data, "0014command=ls-refs\n00010005x0000PACK");
	CHECK(m.len == strlen(m.data) && !m.lost);
	pkt_free(&m);
	test("a line that no line can be is told");
	pkt_line(&m, "%70000s", "x");
	CHECK(m.lost);
	pkt_free(&m);
	test("a NUL is a byte like any other");
	pkt_line(&m, "a%cb", '\0');
	CHECK(m.len == 7 && memcmp(m.data, "0007a\0b", 7) == 0);
	pkt_free(&m);
}

static void
read_back(void)
{
	static const char	 text[] = "0008abc\n00010006de0004" "0000";
	struct pkts		 p = of(text, sizeof(text) - 1);
	struct pkt		 k;
	const char		*rest;
	size_t			 len;

	test("what was written is read");
	CHECK(pkt_next(&p, &k, &error) == 0 && k.kind == PKT_LINE);
	CHECK(k.len == 3 && k.size == 4 && memcmp(k.data, "abc\n", 4) == 0);
	CHECK(pkt_begins(&k, "ab", &rest, &len) && len == 1 && *rest == 'c');
	CHECK(!pkt_begins(&k, "abcd", &rest, &len));
	CHECK(pkt_next(&p, &k, &error) == 0 && k.kind == PKT_DELIMIT);
	CHECK(pkt_next(&p, &k, &error) == 0 && k.len == 2);
	CHECK(pkt_next(&p, &k, &error) == 0 && k.kind == PKT_LINE &&
	    k.len == 0);
	CHECK(pkt_next(&p, &k, &error) == 0 && k.kind == PKT_FLUSH);
	CHECK(pkt_next(&p, &k, &error) == 0 && k.kind == PKT_END);
	CHECK(pkt_next(&p, &k, &error) == 0 && k.kind == PKT_END);
}

static void
refused(void)
{
	static const char *const	 bad[] = {
		"0", "000", "0005", "0009abcd", "00g5a", "-005a", "0003",
		"fff1", "ffff", "<html>"
	};
	struct pkts			 p;
	struct pkt			 k;
	size_t				 i;

	test("what was cut short or is none is no end");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		p = of(bad[i], strlen(bad[i]));
		CHECK(pkt_next(&p, &k, &error) == -1);
		CHECK(error.verdict == RETRY);
	}
}

int
main(void)
{
	written();
	read_back();
	refused();
	return test_end();
}
