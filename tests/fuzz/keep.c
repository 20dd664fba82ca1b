/*
 * Kept memory that an input can give back.  Linked before the library, this
 * takes the place of its own keep.o; the code is the same.
 */

#include "run/keep.c"	/* NOLINT(bugprone-suspicious-include) */

#include "fuzz/fuzz.h"

void
keep_drop(void)
{
	struct kept	*k;

	while ((k = all) != NULL) {
		all = k->next;
		json_decref(k->json);
		free(k);
	}
}
