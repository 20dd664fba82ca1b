/*
 * Memory for the length of the run.  A run is short and ends with the
 * process, so what it observes is kept until then: these never return NULL
 * and nothing they return is freed.  Not for secrets, and not for what
 * grows with the size of a file: that has an owner who frees it.
 */

#ifndef RUN_KEEP_H
#define RUN_KEEP_H

#include <stddef.h>

#include <jansson.h>

/* Zeroed memory. */
void	*keep(size_t);

/* A string made as printf would. */
char	*keepf(const char *, ...) __attribute__((format(printf, 1, 2)));

/* A copy of so many bytes, with a NUL behind them. */
char	*keep_copy(const char *, size_t);

/*
 * Room for one more element in an array of n elements of a size: the array,
 * moved when it was full (what it was is kept as well).  The caller keeps
 * *room beside n, both 0 at first, with an array of NULL.
 */
void	*keep_more(void *array, size_t n, size_t *room, size_t size);

/* Takes over the reference it is given; returns what it was given. */
json_t	*keep_json(json_t *);

/* It as compact JSON, keys sorted; "" when it cannot be told. */
const char *keep_dump(const json_t *);

#endif
