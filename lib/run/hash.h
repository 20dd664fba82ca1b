/*
 * SHA-256 as the project uses it: over parts joined by NUL bytes, told in
 * lower-case hexadecimal.
 */

#ifndef RUN_HASH_H
#define RUN_HASH_H

#include <stddef.h>

#define HASH_TEXT	65	/* 64 digits and a NUL */

/* Of n strings joined by NUL bytes; kept for the run (keep.h). */
char	*hash_parts(size_t n, const char *const parts[]);

/* Of bytes; kept for the run. */
char	*hash_bytes(const void *, size_t);

#endif
