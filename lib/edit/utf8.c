#include <string.h>

#include "edit/utf8.h"

size_t
utf8_at(const char *s, size_t left, uint32_t *c)
{
	static const uint32_t	 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char		 lead = (unsigned char)*s;
	size_t			 len, i;

	len = lead < 0x80 ? 1 : lead < 0xc0 ? 0 : lead < 0xe0 ? 2 :
	    lead < 0xf0 ? 3 : lead < 0xf8 ? 4 : 0;
	if (len == 0 || len > left)
		return 0;
	*c = len == 1 ? lead : lead & (0xffU >> (len + 1));
	for (i = 1; i < len; i++) {
		if (((unsigned char)s[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | ((unsigned char)s[i] & 0x3f);
	}
	if (*c < least[len] || *c > 0x10ffff || (*c >= 0xd800 && *c < 0xe000))
		return 0;
	return len;
}

bool
utf8_valid(const char *s)
{
	const char	*end = s + strlen(s);
	uint32_t	 c;
	size_t		 n;

	for (; s < end; s += n)
		if ((n = utf8_at(s, (size_t)(end - s), &c)) == 0)
			return false;
	return true;
}

bool
utf8_printable(uint32_t c)
{
	return c == '\t' || (c >= 0x20 && c <= 0x7e) ||
	    (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029) ||
	    (c >= 0xe000 && c <= 0xfffd && c != 0xfeff) ||
	    (c >= 0x10000 && c <= 0x10ffff);
}
