#include <string.h>

#include "google/labelname.h"
#include "run/keep.h"

static int
digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	    c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

const char *
labelname_decode(const char *name)
{
	char	*out = keep(strlen(name) + 1), *p = out;
	int	 high, low;

	for (; *name != '\0'; name++) {
		if (*name != '_') {
			*p++ = *name;
			continue;
		}
		if ((high = digit(name[1])) == -1 ||
		    (low = digit(name[2])) == -1 || high * 16 + low == 0)
			return NULL;
		*p++ = (char)(high * 16 + low);
		name += 2;
	}
	return out;
}
