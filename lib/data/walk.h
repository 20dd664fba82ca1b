/*
 * JSON (RFC 8259) read where it stands: a walk moves over a text, hands out
 * slices of it and copies nothing.  What it skips it checks as strictly as
 * what it hands out, UTF-8 included.
 */

#ifndef DATA_WALK_H
#define DATA_WALK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define WALK_DEPTH	64	/* GitHub's events nest ten deep */
#define WALK_PAD	8	/* bytes behind a text that may be looked at */

/*
 * A value or key as it stands in the text, strings with their quotes, which
 * must outlive the slice.  at is NULL when there is none.
 */
struct slice {
	const char	*at;
	size_t		 len;
	bool		 escaped;	/* a string with a backslash in it */
};

struct walk {
	const char	*at;		/* next byte; after -1 the wrong one */
	const char	*end;
	const char	*expected;	/* after -1: what should stand there */
	uint64_t	 objects;	/* which open containers are objects */
	unsigned	 depth;
	bool		 fresh;		/* nothing read of the innermost yet */
};

/*
 * Begins at a text of so many bytes.  Its next byte must be a NUL, and
 * WALK_PAD bytes in all must be there behind it, whatever they hold.
 */
void	walk_begin(struct walk *, const char *, size_t)
	    __attribute__((nonnull));

/* The first byte of the next value, white space aside; '\0' at the end. */
int	walk_peek(struct walk *) __attribute__((nonnull));

/* Goes into the object or array that comes next.  -1: too deep. */
int	walk_enter(struct walk *) __attribute__((nonnull));

/*
 * On to the next member of the object, or element of the array, gone into.
 * Returns 1 before its value, which must be skipped or entered next; 0 when
 * the end is passed; -1.
 */
int	walk_member(struct walk *, struct slice *key) __attribute__((nonnull));
int	walk_element(struct walk *) __attribute__((nonnull));

/* Over the next value, whatever it is. */
int	walk_skip(struct walk *, struct slice *) __attribute__((nonnull));

/* -1 when anything but white space is left. */
int	walk_end(struct walk *) __attribute__((nonnull));

/* Whether the slice is this string. */
bool	walk_is(const struct slice *, const char *) __attribute__((nonnull));

/* Whether the slice is a string. */
bool	walk_is_string(const struct slice *) __attribute__((nonnull));

/*
 * Writes the characters of a string slice, without a NUL, and returns how
 * many bytes: fewer than the slice has, so they may be written over it,
 * behind its quote.  A lone surrogate and \u0000, which no C string can
 * hold, become U+FFFD.
 */
size_t	walk_text(const struct slice *, char *) __attribute__((nonnull));

#endif
