/*
 * Names in the order they were met, and the distinct ones among them with
 * how often each was.  The strings are somebody else's.
 */

#ifndef DATA_NAMES_H
#define DATA_NAMES_H

#include <stddef.h>

/* All zero at first. */
struct names {
	const char	**name;
	size_t		 *count;	/* only of distinct names */
	size_t		  n, room;
};

/* -1: out of memory, here and below. */
int	names_add(struct names *, const char *) __attribute__((nonnull));

/* The distinct ones, sorted bytewise, with their counts. */
int	names_distinct(const struct names *, struct names *)
	    __attribute__((nonnull));

/* The place of a name among distinct ones; n when it is not there. */
size_t	names_place(const struct names *, const char *)
	    __attribute__((nonnull));

void	names_free(struct names *) __attribute__((nonnull));

#endif
