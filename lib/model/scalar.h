/*
 * A scalar of a document, read by its row of the table.
 */

#ifndef MODEL_SCALAR_H
#define MODEL_SCALAR_H

#include <stdbool.h>

struct rule;

/*
 * Stores the value in the member a row names.  plain says that the scalar
 * had no quotes: only then it can be a number, true, false or null, and only
 * with them a text that some reader of YAML would take for one of these.
 * at is NULL where only a check is wanted of a text.  Returns NULL when it was
 * stored, else what was expected.  Kept for the run.
 */
const char	*scalar_store(const struct rule *, const char *text,
		    bool plain, void *at) __attribute__((nonnull(1, 2)));

/* Whether a plain scalar is null. */
bool		 scalar_is_null(const char *) __attribute__((nonnull));

/* What a row's value is expected to be, in words; kept for the run. */
const char	*scalar_expected(const struct rule *)
		    __attribute__((nonnull));

#endif
