/*
 * A scalar's text: writing another value in the manner it stands in, and
 * finding the bytes that a part of its value comes from.
 */

#ifndef EDIT_SPLICE_H
#define EDIT_SPLICE_H

#include <stddef.h>
#include <stdint.h>

struct outline;

/* Bytes of a text and what shall stand in their place, kept for the run. */
struct splice {
	size_t		 start, end;
	const char	*text;
	size_t		 len;
};

/*
 * The change that gives a scalar another value, in UTF-8.  What was quoted
 * stays quoted so; a plain one gets double quotes when the value needs
 * them; a block scalar's mark for its final line breaks is made to fit.
 * NULL, or why the value cannot stand there.
 */
const char	*splice_write(const struct outline *, uint32_t,
		    const char *value, struct splice *)
		    __attribute__((nonnull));

/*
 * Turns a change of a scalar's value, whose bytes are counted in the value,
 * into a change of the text.  NULL, or why it cannot be done exactly.
 */
const char	*splice_lift(const struct outline *, uint32_t,
		    struct splice *) __attribute__((nonnull));

/* The offset in the text of a byte of the value; -1: none is exactly it. */
int	splice_locate(const struct outline *, uint32_t, size_t at, size_t *)
	    __attribute__((nonnull));

#endif
