#include <stdbool.h>
#include <string.h>

#include "edit/line.h"

size_t
line_break(const char *p, const char *end)
{
	size_t	 left = (size_t)(end - p);

	if (left >= 2 && p[0] == '\r' && p[1] == '\n')
		return 2;
	if (left >= 1 && (p[0] == '\n' || p[0] == '\r'))
		return 1;
	/* YAML 1.1 also ends lines at U+0085, U+2028 and U+2029. */
	if (left >= 2 && memcmp(p, "\xc2\x85", 2) == 0)
		return 2;
	if (left >= 3 && (memcmp(p, "\xe2\x80\xa8", 3) == 0 ||
	    memcmp(p, "\xe2\x80\xa9", 3) == 0))
		return 3;
	return 0;
}

/* Whether a line break ends right before an offset. */
static bool
broken_before(const char *text, size_t at)
{
	if (text[at - 1] == '\n' || text[at - 1] == '\r')
		return true;
	return (at >= 2 && line_break(text + at - 2, text + at) == 2) ||
	    (at >= 3 && line_break(text + at - 3, text + at) == 3);
}

size_t
line_start(const char *text, size_t at)
{
	while (at > 0 && !broken_before(text, at))
		at--;
	return at;
}

size_t
line_end(const char *text, size_t len, size_t at)
{
	while (at < len && line_break(text + at, text + len) == 0)
		at++;
	return at;
}
