/*
 * What a model is made from, as one value that two documents share exactly
 * when they mean the same (design 9, spec hash).
 */

#ifndef MODEL_SPEC_H
#define MODEL_SPEC_H

#include <jansson.h>

struct rules;

/*
 * The members whose rows are marked RULE_SPEC, nested by their keys below
 * the rules' origin: as decoded, defaults filled in, null for what is absent,
 * durations in seconds.  Kept for the run.
 */
json_t		*spec_json(const struct rules *, const void *from)
		    __attribute__((nonnull));

/* SHA-256 of that, compact and with sorted keys.  Kept for the run. */
const char	*spec_hash(const struct rules *, const void *from)
		    __attribute__((nonnull));

#endif
