/*
 * Any bytes as manifest.json: what is read can be written, and reading that
 * gives the same bytes again.
 */

#include "folder.h"

#include "fuzz/fuzz.h"
#include "model/manifest.h"

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct manifest	 m;
	struct bytes	 once, twice;
	struct error	 error = { .text = "" };

	if (folder[0] == '\0') {
		folder_begin();
		atexit(folder_end);
	}
	folder_write("manifest.json", data, size);
	if (manifest_read(folder, &m, &error) == 0) {
		MUST(manifest_text(&m, &once, &error) == 0);
		folder_write("manifest.json", once.data, once.len);
		MUST(manifest_read(folder, &m, &error) == 0);
		MUST(manifest_text(&m, &twice, &error) == 0);
		MUST(fuzz_same(&once, &twice));
		bytes_free(&once);
		bytes_free(&twice);
	} else
		MUST(error.verdict == BROKEN);
	keep_drop();
	return 0;
}
