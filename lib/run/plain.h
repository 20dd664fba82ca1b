/*
 * Words from outside as one line of UTF-8, for places that take nothing
 * else: JSON, an Event, the termination log.
 */

#ifndef RUN_PLAIN_H
#define RUN_PLAIN_H

#include <stddef.h>

/*
 * The text with control characters and bytes that are not UTF-8 told as
 * escapes, cut between two characters to at most so many bytes.  Kept for
 * the run.
 */
const char	*plain_text(const char *, size_t most)
		    __attribute__((nonnull));

#endif
