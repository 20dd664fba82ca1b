/*
 * Any bytes as evaluation.json: what is read can be written, that is read
 * again, and from then on nothing changes.
 */

#include "fuzz/fuzz.h"
#include "model/evaluation.h"

static void
round_trip(const struct evaluation *e, struct bytes *text)
{
	struct evaluation	 again;
	struct error		 error = { .text = "" };

	MUST(evaluation_text(e, text, &error) == 0);
	MUST(evaluation_read(fuzz_file(text->data, text->len), &again,
	    &error) == 0);
	MUST(again.nlabels == e->nlabels && again.nagainst == e->nagainst);
	MUST(again.holdout == e->holdout && again.train == e->train);
	MUST(again.from == e->from && again.to == e->to);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct evaluation	 e;
	struct bytes		 once, twice;
	struct error		 error = { .text = "" };

	if (evaluation_read(fuzz_file(data, size), &e, &error) == 0) {
		round_trip(&e, &once);
		MUST(evaluation_read(fuzz_file(once.data, once.len), &e,
		    &error) == 0);
		round_trip(&e, &twice);
		MUST(fuzz_same(&once, &twice));
		bytes_free(&once);
		bytes_free(&twice);
	} else
		MUST(error.verdict == BROKEN);
	keep_drop();
	return 0;
}
