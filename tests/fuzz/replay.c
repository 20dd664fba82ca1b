/*
 * The main() of a target that runs without libFuzzer: each file of the
 * folders named goes through it once, in order of their names.
 */

#include <dirent.h>

#include "fuzz/fuzz.h"

#define LARGEST		((size_t)1 << 20)	/* of a file of a corpus */

static int
is_file(const struct dirent *d)
{
	return d->d_name[0] != '.';
}

static void
replay(const char *folder, const char *name)
{
	char		 path[4096];
	struct bytes	 b;
	struct error	 error = { .text = "" };

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	if (bytes_read(path, LARGEST, &b, &error) != 0)
		errx(1, "%s: %s", path, error.text);
	/* Said first: so one knows on which file a target died. */
	printf("     %s\n", name);
	fflush(stdout);
	LLVMFuzzerTestOneInput((const uint8_t *)b.data, b.len);
	bytes_free(&b);
}

int
main(int argc, char *argv[])
{
	struct dirent	**entry;
	int		  a, i, n;

	for (a = 1; a < argc; a++) {
		if ((n = scandir(argv[a], &entry, is_file, alphasort)) == -1)
			err(1, "%s", argv[a]);
		for (i = 0; i < n; i++) {
			replay(argv[a], entry[i]->d_name);
			free(entry[i]);
		}
		free(entry);
		printf("ok   %s: %d inputs\n", argv[a], n);
	}
	return 0;
}
