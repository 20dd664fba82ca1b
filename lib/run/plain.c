#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "edit/utf8.h"
#include "run/keep.h"
#include "run/plain.h"

#define ESCAPE		4	/* bytes of the longest, \x1b */

static bool
is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* One byte for people; returns the length of what it takes. */
static size_t
escape(unsigned char c, char to[ESCAPE + 1])
{
	const char	*letter = c == '\n' ? "\\n" : c == '\r' ? "\\r" :
			    c == '\t' ? "\\t" : NULL;

	if (letter != NULL)
		return strlcpy(to, letter, ESCAPE + 1);
	return (size_t)snprintf(to, ESCAPE + 1, "\\x%02x", c);
}

const char *
plain_text(const char *s, size_t most)
{
	size_t		 left = strlen(s), room = left, n, len, used = 0;
	char		*text, one[ESCAPE + 1];
	uint32_t	 c;

	/* The longest text that all of it could become. */
	room = room < most / ESCAPE ? room * ESCAPE : most;
	for (text = keep(room + 1); left > 0; s += n, left -= n) {
		n = utf8_at(s, left, &c);
		if (n == 0 || is_control(c)) {
			/* The C1 controls are two bytes: one at a time. */
			n = 1;
			len = escape((unsigned char)*s, one);
		} else
			memcpy(one, s, len = n);
		if (used + len > room)
			break;
		memcpy(text + used, one, len);
		used += len;
	}
	return text;
}
