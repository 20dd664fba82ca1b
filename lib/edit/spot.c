#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>

#include "edit/line.h"
#include "edit/spot.h"
#include "run/error.h"

void
spot_move(struct spot *s, const char *text, size_t at)
{
	const char	*p = text + s->at, *stop = text + at;
	size_t		 n;

	s->at = at;
	while (p < stop) {
		/* A break of two bytes may end right at the offset. */
		if ((n = line_break(p, stop)) > 0) {
			s->line++;
			s->column = 1;
			p += n;
			continue;
		}
		if (((unsigned char)*p & 0xc0) != 0x80 &&
		    !(p == text && stop - p >= 3 && p[0] == '\xef' &&
		    p[1] == '\xbb' && p[2] == '\xbf'))
			s->column++;
		p++;
	}
}

int
spot_error(const char *name, const char *text, size_t at,
    struct error *error, const char *fmt, ...)
{
	char	 what[sizeof(error->text)];
	va_list	 ap;
	struct spot	 spot = { 0, 1, 1 };

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	spot_move(&spot, text, at);
	return error_set(error, BROKEN, "%s:%zu:%zu: %s", name,
	    spot.line, spot.column, what);
}
