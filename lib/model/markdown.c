#include <stdbool.h>
#include <string.h>

#include "model/markdown.h"

#define FENCE		3	/* fewer mark words, not lines */
#define HEADING		6	/* the deepest; more signs are no heading */

static bool
is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static size_t
repeats(const char *s, size_t n, char c)
{
	size_t	 i;

	for (i = 0; i < n && s[i] == c; i++)
		;
	return i;
}

static bool
opens(struct markdown *m, const char *s, size_t n)
{
	size_t	 length;

	if (n == 0 || (*s != '`' && *s != '~'))
		return false;
	length = repeats(s, n, *s);
	/* ```like this``` is within a line. */
	if (length < FENCE || (*s == '`' &&
	    memchr(s + length, '`', n - length) != NULL))
		return false;
	*m = (struct markdown){ .fence = *s, .length = length };
	return true;
}

static bool
closes(const struct markdown *m, const char *s, size_t n)
{
	size_t	 i = repeats(s, n, m->fence);

	if (i < m->length)
		return false;
	while (i < n && is_blank(s[i]))
		i++;
	return i == n;
}

static bool
is_heading(const char *s, size_t n)
{
	size_t	 depth = repeats(s, n, '#');

	/* "#12" is an issue. */
	return depth > 0 && depth <= HEADING &&
	    (depth == n || is_blank(s[depth]));
}

enum passage
markdown_line(struct markdown *m, const char *s, size_t n)
{
	while (n > 0 && is_blank(*s)) {
		s++;
		n--;
	}
	if (m->fence != 0) {
		if (closes(m, s, n))
			m->fence = 0;
		return MARKDOWN_CODE;
	}
	if (opens(m, s, n))
		return MARKDOWN_CODE;
	return is_heading(s, n) ? MARKDOWN_HEADING : MARKDOWN_PROSE;
}
