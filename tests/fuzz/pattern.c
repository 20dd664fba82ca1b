/*
 * A pattern, a text made by it and another value: what is written is read
 * back, and the value that is there gives the text that is there.  The input
 * is setter, pattern, the recorded value of the others, text and value.
 */

#include "edit/pattern.h"
#include "fuzz/fuzz.h"

static void
hint(struct pattern *p, const char *value)
{
	size_t	 i;

	for (i = 0; i < p->n && value[0] != '\0'; i++)
		p->part[i].hint = value;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 rest = fuzz_bytes(data, size);
	struct pattern	 p = { .n = 0 };
	const char	*setter = fuzz_string(&rest), *was, *is, *out;
	const char	*text, *value;

	pattern_parse(&p, fuzz_string(&rest));
	hint(&p, fuzz_string(&rest));
	text = fuzz_string(&rest);
	value = fuzz_string(&rest);
	if (pattern_read(&p, setter, text, &was) == FIT_ONE &&
	    text[0] != '\0') {
		MUST(pattern_write(&p, setter, text, was, &out) == FIT_ONE);
		MUST(strcmp(out, text) == 0);
	}
	if (pattern_write(&p, setter, text, value, &out) == FIT_ONE) {
		MUST(pattern_read(&p, setter, out, &is) == FIT_ONE);
		MUST(strcmp(is, value) == 0);
	}
	keep_drop();
	return 0;
}
