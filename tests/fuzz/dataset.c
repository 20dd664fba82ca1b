/*
 * Any bytes as data.jsonl: what is read is exactly what would be written.
 */

#include "data/dataset.h"
#include "fuzz/fuzz.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 b = fuzz_bytes(data, size), text;
	struct dataset	 d;
	struct error	 error = { .text = "" };

	if (dataset_read(fuzz_file(data, size), &d, &error) == 0) {
		MUST(dataset_text(&d, &text, &error) == 0);
		MUST(fuzz_same(&b, &text));
		bytes_free(&text);
		dataset_free(&d);
	} else
		MUST(error.verdict == BROKEN);
	keep_drop();
	return 0;
}
