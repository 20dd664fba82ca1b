/*
 * Characters of UTF-8 text, as far as YAML makes a difference.
 */

#ifndef EDIT_UTF8_H
#define EDIT_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * The character at a position that is not the end, and its length in bytes;
 * 0: it is not UTF-8.
 */
size_t	utf8_at(const char *, size_t left, uint32_t *) __attribute__((nonnull));

/* Whether a whole string is UTF-8. */
bool	utf8_valid(const char *) __attribute__((nonnull));

/*
 * Whether a character may stand unescaped inside a line: c-printable of YAML
 * 1.2 without line breaks (those of 1.1 too) and the byte order mark.
 */
bool	utf8_printable(uint32_t);

#endif
