/*
 * Lines of YAML text.
 */

#ifndef EDIT_LINE_H
#define EDIT_LINE_H

#include <stddef.h>

/* Length of the line break here, at most end: 0, 1, 2 or 3 bytes. */
size_t	line_break(const char *, const char *end) __attribute__((nonnull));

/* The start of the line an offset is in, and the end before its break. */
size_t	line_start(const char *text, size_t) __attribute__((nonnull));
size_t	line_end(const char *text, size_t len, size_t)
	    __attribute__((nonnull));

#endif
