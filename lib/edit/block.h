/*
 * The layout of a block scalar: its header, indentation and last lines.
 */

#ifndef EDIT_BLOCK_H
#define EDIT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct outline;

struct block {
	size_t	 start;		/* of the header */
	size_t	 marks;		/* behind its indicators */
	size_t	 header;	/* its end, before the line break */
	size_t	 lines;		/* where the first line starts */
	size_t	 last;		/* end of the last line with content */
	size_t	 trailing;	/* line breaks from there to the end */
	bool	 odd_end;	/* one of these stays itself in the value */
	bool	 odd_header;	/* the header's would, if used for lines */
	size_t	 indent;	/* columns */
	char	 digit;		/* indentation indicator, or '\0' */
	char	 chomp;		/* '-', '+' or '\0' */
};

/* -1: it has no line from which the indentation could be known. */
int	block_read(const struct outline *, uint32_t, struct block *)
	    __attribute__((nonnull));

/*
 * Which mark for final line breaks leaves so many of them in the value, the
 * present one if it does; -1: none.
 */
int	block_chomp(const struct block *, size_t breaks)
	    __attribute__((nonnull));

#endif
