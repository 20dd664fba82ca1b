#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "git/url.h"
#include "run/error.h"
#include "run/keep.h"

#define SCHEME	"file://"
#define HOST	"localhost"

static int
hex(char c)
{
	if (isdigit((unsigned char)c))
		return c - '0';
	if (isxdigit((unsigned char)c))
		return tolower((unsigned char)c) - 'a' + 10;
	return -1;
}

/* NULL when an escape is not two digits, or hides the end of a string. */
static const char *
unescape(const char *s)
{
	char	*path = keep(strlen(s) + 1), *p;
	int	 high, low;

	for (p = path; *s != '\0'; p++) {
		if (*s != '%') {
			*p = *s++;
			continue;
		}
		if ((high = hex(s[1])) == -1 || (low = hex(s[2])) == -1 ||
		    (high == 0 && low == 0))
			return NULL;
		*p = (char)(high * 16 + low);
		s += 3;
	}
	return path;
}

static bool
is_path(const char *url)
{
	size_t	 n = strcspn(url, ":/");

	return url[0] != '\0' && url[n] != ':';
}

const char *
url_path(const char *url, struct error *error)
{
	const char	*s = url, *path;

	if (is_path(url))
		return keepf("%s", url);
	if (strncasecmp(s, SCHEME, strlen(SCHEME)) != 0) {
		error_set(error, BROKEN, "git repository \"%s\": expected a "
		    "path, or a file://, https:// or ssh:// URL", url);
		return NULL;
	}
	s += strlen(SCHEME);
	if (strncasecmp(s, HOST "/", strlen(HOST "/")) == 0)
		s += strlen(HOST);
	if (*s != '/') {
		error_set(error, BROKEN, "git repository \"%s\": a file:// "
		    "URL names a path on this machine: file:///path", url);
		return NULL;
	}
	if ((path = unescape(s)) == NULL)
		error_set(error, BROKEN, "git repository \"%s\": a %% must "
		    "be followed by two hexadecimal digits, not 00; write "
		    "%%25 for a %% itself", url);
	return path;
}

bool
url_is_http(const char *url)
{
	return strncasecmp(url, "https://", 8) == 0 ||
	    strncasecmp(url, "http://", 7) == 0;
}

bool
url_is_remote(const char *url)
{
	return url_is_http(url) || strncasecmp(url, "ssh://", 6) == 0;
}
