/*
 * Telling where in a text something is.
 */

#ifndef EDIT_SPOT_H
#define EDIT_SPOT_H

#include <stddef.h>

struct error;

/* From 1, columns in characters.  { 0, 1, 1 } is the start of a text. */
struct spot {
	size_t	 at, line, column;
};

/* Moves on to an offset that is not before where it is. */
void	spot_move(struct spot *, const char *text, size_t at)
	    __attribute__((nonnull));

/* Records a BROKEN error "name:line:column: ..."; returns -1. */
int	spot_error(const char *name, const char *text, size_t at,
	    struct error *, const char *, ...)
	    __attribute__((nonnull, format(printf, 5, 6)));

#endif
