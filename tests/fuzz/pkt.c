/*
 * Any bytes as what a git server sends: reading ends, stays inside, and what
 * was read is read again from what is written of it.
 */

#include "fuzz/fuzz.h"
#include "git/pkt.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 b = fuzz_bytes(data, size);
	struct pkts	 p = { b.data, b.data + b.len }, again;
	struct message	 m = { .lost = 0 };
	struct pkt	 k, same;
	struct error	 error;
	size_t		 n = 0;

	while (pkt_next(&p, &k, &error) == 0 && k.kind != PKT_END) {
		MUST(p.at > b.data && p.at <= p.end);
		MUST(k.data >= b.data && k.data + k.size <= p.end);
		MUST(k.size - k.len <= 1 && ++n <= size / 4);
		if (k.kind != PKT_LINE || k.size == 0 ||
		    memchr(k.data, '\0', k.size) != NULL)
			continue;
		pkt_line(&m, "%.*s", (int)k.size, k.data);
		MUST(!m.lost);
		again = (struct pkts){ m.data, m.data +
		    m.len };
		MUST(pkt_next(&again, &same, &error) == 0);
		MUST(same.size == k.size && same.len == k.len &&
		    memcmp(same.data, k.data, k.size) == 0);
		pkt_free(&m);
	}
	keep_drop();
	return 0;
}
