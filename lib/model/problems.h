/*
 * What is wrong with a file, collected to be told at once in the order of
 * the file.
 */

#ifndef MODEL_PROBLEMS_H
#define MODEL_PROBLEMS_H

#include <stddef.h>

struct problems;

#define PROBLEMS_TOLD	200	/* more than a person mends at once */

/* Of a file as messages name it.  Kept for the run (keep.h). */
struct problems	*problems_new(const char *file) __attribute__((nonnull));

/* Line and column count from 1.  The text is not copied. */
void		 problems_add(struct problems *, size_t line, size_t column,
		    const char *text) __attribute__((nonnull));

/*
 * "file:line:column: text", one a line, "" when there are none, and how
 * many.  After PROBLEMS_TOLD lines the rest is only counted.  Kept.
 */
const char	*problems_text(struct problems *, size_t *n)
		    __attribute__((nonnull));

#endif
