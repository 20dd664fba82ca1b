/*
 * Quoting in YAML: when a value needs it, and its text with it.
 */

#ifndef EDIT_QUOTE_H
#define EDIT_QUOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/*
 * Whether a value may stand plain and is then read as this very string, by
 * readers of YAML 1.1 and 1.2.  In doubt, no.
 */
bool	quote_plain(const char *, bool flow) __attribute__((nonnull));

/* Whether every character may stand in a line as it is. */
bool	quote_printable(const char *, size_t) __attribute__((nonnull));

/* The inside of a double-quoted scalar. */
void	quote_double(FILE *, const char *, size_t) __attribute__((nonnull));

/* The inside of a single-quoted scalar; all must be printable. */
void	quote_single(FILE *, const char *, size_t) __attribute__((nonnull));

#endif
