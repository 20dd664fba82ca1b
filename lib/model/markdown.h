/*
 * What the lines of a Markdown text are, as far as issues are concerned:
 * headings and fenced code are told from the rest (CommonMark 0.31.2, 4.2 and
 * 4.5, but however far a line is indented: steps in lists quote code, too).
 */

#ifndef MODEL_MARKDOWN_H
#define MODEL_MARKDOWN_H

#include <stddef.h>

enum passage { MARKDOWN_PROSE, MARKDOWN_HEADING, MARKDOWN_CODE };

/* Where a reading stands; all zero before the first line. */
struct markdown {
	char	 fence;		/* what the code around us opened with, or 0 */
	size_t	 length;	/* how often */
};

/*
 * Takes the next line, of so many bytes with or without its end, and tells
 * what it is.  The fences of code belong to it; code that is never closed
 * goes on.
 */
enum passage	 markdown_line(struct markdown *, const char *, size_t)
		    __attribute__((nonnull));

#endif
