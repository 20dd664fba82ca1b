/*
 * What to say to a person who wrote a key that is not known.
 */

#ifndef MODEL_HINT_H
#define MODEL_HINT_H

struct rules;

/*
 * The known key below a path ("": the root) that is meant, by edit distance;
 * else where the key does stand, else what is known there.  Kept for the run.
 */
const char	*hint_key(const struct rules *, const char *path,
		    const char *key) __attribute__((nonnull));

#endif
