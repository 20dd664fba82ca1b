/*
 * Words from outside on their way to a terminal, a log or a review.
 */

#ifndef RUN_SAY_H
#define RUN_SAY_H

#include <stdio.h>

/*
 * A logfmt value: bare when it can be, else in double quotes with escapes.
 * Control characters never get through.
 */
void	say_value(FILE *, const char *) __attribute__((nonnull));

/* Text for a terminal: control characters but newline and tab escaped. */
void	say_text(FILE *, const char *) __attribute__((nonnull));

/* Words on one line of a terminal: every control character escaped. */
void	say_words(FILE *, const char *) __attribute__((nonnull));

/* Text inside a markdown paragraph or table: no markup, no mentions. */
void	say_markdown(FILE *, const char *) __attribute__((nonnull));

/* The same, kept for the run. */
const char	*say_kept(const char *) __attribute__((nonnull));

#endif
