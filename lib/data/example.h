/*
 * One line of data.jsonl: an example as JSON, always the same bytes for the
 * same example.  Of what JSON lets one choose: no white space, nothing
 * escaped but quotes, backslashes and control characters, these in the
 * short form where there is one and as \u00xx in lower case where not.
 */

#ifndef DATA_EXAMPLE_H
#define DATA_EXAMPLE_H

#include <stddef.h>

struct error;
struct example;
struct names;

/* The most bytes the line of an example can take. */
size_t	 example_room(const struct example *, const char *const names[])
	    __attribute__((nonnull(1)));

/*
 * Writes the line, its newline last; returns where it ends.  NULL when a
 * time is out of the years 1970 to 9999.
 */
char	*example_put(const struct example *, const char *const names[],
	    char *) __attribute__((nonnull(1, 3)));

/* A line to read, without its newline, followed as walk_begin() asks. */
struct example_line {
	char	*text;
	size_t	 len;
	size_t	 column;	/* after -1: of what is wrong, from 1 */
};

/*
 * Reads a line exactly as it would be written.  The strings of the example
 * are made in the line's own bytes.  The names of its labels are added to
 * names instead, as many as nlabels says.  -1: BROKEN, what was expected; or
 * RETRY, out of memory.
 */
int	 example_get(struct example_line *, struct example *,
	    struct names *, struct error *) __attribute__((nonnull));

#endif
