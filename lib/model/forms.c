#include <ctype.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "model/formparts.h"
#include "model/forms.h"
#include "model/rules.h"
#include "run/error.h"
#include "run/when.h"
#include "run/zone.h"

#define ALL_DAYS	0x7fu

#define DAY	"(Sun|Mon|Tue|Wed|Thu|Fri|Sat)"
#define DAYS	DAY "(-" DAY ")?"

static const char *
read_name(const char *text, void *at)
{
	size_t	 len = strlen(text);

	if (!form_consists_of(text, LOWER DIGITS "-") || len == 0 ||
	    !islower((unsigned char)text[0]) || text[len - 1] == '-')
		return "lower-case letters, digits and dashes, a letter "
		    "first, no dash at the end";
	return form_store(text, at);
}

const struct form form_name = { "^[a-z]([-a-z0-9]*[a-z0-9])?$", read_name };

static const char *
read_owner(const char *text, void *at)
{
	if (!form_consists_of(text, UPPER LOWER DIGITS "-") ||
	    !isalnum((unsigned char)text[0]))
		return "the name of an organisation: letters, digits and "
		    "dashes";
	return form_store(text, at);
}

const struct form form_owner = { "^[A-Za-z0-9][-A-Za-z0-9]*$", read_owner };

/* Whether a part between slashes is empty, "." or "..". */
static bool
has_odd_part(const char *path)
{
	size_t	 len;

	for (;; path += len + 1) {
		len = strcspn(path, "/");
		if (len == 0 || (len <= 2 && strspn(path, ".") >= len))
			return true;
		if (path[len] == '\0')
			return false;
	}
}

static const char *
read_path(const char *text, void *at)
{
	if (has_odd_part(text))
		return "a path from the repository's root, without a slash "
		    "at either end, \".\" or \"..\"";
	return form_store(text, at);
}

const struct form form_path = {
	"^(?!\\.\\.?(/|$))[^/]+(/(?!\\.\\.?(/|$))[^/]+)*$", read_path
};

/* The rules of git-check-ref-format(1). */
static const char *
read_branch(const char *text, void *at)
{
	size_t		 len = strlen(text);
	const char	*p;
	bool		 bad;

	bad = has_odd_part(text) || text[0] == '-' ||
	    strpbrk(text, " ~^:?*[\\") != NULL ||
	    strstr(text, "..") != NULL || strstr(text, "@{") != NULL ||
	    strcmp(text, "@") == 0 || strcmp(text, "HEAD") == 0 ||
	    text[len - 1] == '.' || strncmp(text, "refs/", 5) == 0;
	for (p = text; !bad && p != NULL; p = strchr(p, '/')) {
		p += *p == '/';
		bad = *p == '.' || (strcspn(p, "/") >= 5 &&
		    strncmp(p + strcspn(p, "/") - 5, ".lock", 5) == 0);
	}
	return bad ? "the name of a branch as git allows it, without "
	    "refs/heads/" : form_store(text, at);
}

const struct form form_branch = {
	"^(?!-|refs/|@$|HEAD$)(?!.*(\\.\\.|@\\{|//|/$|\\.$|(^|/)\\.|"
	"\\.lock(/|$)))[^ ~^:?*\\[\\\\/][^ ~^:?*\\[\\\\]*$", read_branch
};

/* HOST[:PORT], where asked for behind USER@, and never with a password. */
static bool
is_authority(const char *text, size_t len, bool user)
{
	const char	*at = memchr(text, '@', len);
	size_t		 n = at == NULL ? 0 : (size_t)(at - text);

	if (at == NULL)
		return len > 0;
	return user && n > 0 && memchr(text, ':', n) == NULL &&
	    n + 1 < len && memchr(at + 1, '@', len - n - 1) == NULL;
}

/* A server's; only ssh has the user in it. */
static bool
is_server_url(const char *text)
{
	static const char	*const schemes[] = {
		"https://", "http://", "ssh://"
	};
	const char		*host = NULL;
	size_t			 i, n;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (strncmp(text, schemes[i], strlen(schemes[i])) == 0)
			host = text + strlen(schemes[i]);
	if (host == NULL || strpbrk(text, " ?#") != NULL)
		return false;
	n = strcspn(host, "/");
	return is_authority(host, n, text[0] == 's') && host[n] == '/' &&
	    host[n + 1] != '\0';
}

static const char *
read_server(const char *text, void *at)
{
	return is_server_url(text) ? form_store(text, at) :
	    "https://HOST/PATH or ssh://USER@HOST/PATH, without a password";
}

const struct form form_server = {
	"^(https?://[^@/ ?#]+|ssh://([^:@/ ?#]+@)?[^@/ ?#]+)/[^ ?#]+$",
	read_server
};

static const char *
read_repository(const char *text, void *at)
{
	size_t	 colon = strcspn(text, ":");

	/* A colon behind a slash belongs to a path. */
	if (strncmp(text, "file://", 7) != 0 && text[colon] == ':' &&
	    colon < strcspn(text, "/") && !is_server_url(text))
		return "a path, or a URL as file:///PATH, https://HOST/PATH "
		    "(without a password) or ssh://USER@HOST/PATH";
	return form_store(text, at);
}

const struct form form_repository = {
	"^(file://.*|(https?://[^@/ ?#]+|ssh://([^:@/ ?#]+@)?[^@/ ?#]+)/"
	"[^ ?#]+|[^:]+|[^:/]*/.*)$", read_repository
};

static const char *
read_origin(const char *text, void *at)
{
	const char	*host = strncmp(text, "https://", 8) == 0 ? text + 8 :
			    strncmp(text, "http://", 7) == 0 ? text + 7 : "";

	return *host == '\0' || strpbrk(host, "/?#@ ") != NULL ?
	    "https://HOST or https://HOST:PORT" : form_store(text, at);
}

const struct form form_origin = {
	"^https?://[^/?#@ ]+$", read_origin
};

static const char *
read_slug(const char *text, void *at)
{
	const char	*slash = strchr(text, '/');

	return slash == NULL || slash == text || slash[1] == '\0' ||
	    strchr(slash + 1, '/') != NULL || strpbrk(text, " ?#%:") != NULL ?
	    "OWNER/NAME" : form_store(text, at);
}

const struct form form_slug = {
	"^[^/ ?#%:]+/[^/ ?#%:]+$", read_slug
};

static const char *
read_app(const char *text, void *at)
{
	const char	*p;

	for (p = text; isalnum((unsigned char)*p) || *p == '.'; p++)
		continue;
	return *p != '\0' ? "a client id as Iv23liABC, or an App id" :
	    form_store(text, at);
}

const struct form form_app = {
	"^[A-Za-z0-9.]+$", read_app
};

static const char *
read_link(const char *text, void *at)
{
	return strncmp(text, "https://", 8) != 0 || text[8] == '\0' ||
	    strpbrk(text, " <>()\"\\`|") != NULL ?
	    "https://..., without spaces, brackets and quotes" :
	    form_store(text, at);
}

const struct form form_link = {
	"^https://[^ <>()\"\\\\`|]+$", read_link
};

static const char *
read_author(const char *text, void *at)
{
	const char	*open = strstr(text, " <");
	size_t		 mail;

	if (open != NULL && open != text && text[0] != ' ' &&
	    open[-1] != ' ' && strcspn(text, "<>") == (size_t)(open - text) +
	    1) {
		mail = strcspn(open + 2, "<> ");
		if (mail > 0 && strcmp(open + 2 + mail, ">") == 0)
			return form_store(text, at);
	}
	return "a name and an address, as in \"Label bot <bot@example.com>\"";
}

const struct form form_author = {
	"^[^<> ]([^<>]*[^<> ])? <[^<> ]+>$", read_author
};

static const char *
read_time(const char *text, void *at)
{
	if (when_parse(text, at) == -1)
		return "a time of RFC 3339, as 2021-07-21T09:00:00Z";
	return NULL;
}

const struct form form_time = {
	"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}"
	"(\\.[0-9]+)?([Zz]|[-+][0-9]{2}:[0-9]{2})$", read_time
};

static const char *
read_clock(const char *text, void *at)
{
	static const char	 wanted[] = "an hour of the day, from "
				    "\"00:00\" to \"24:00\"";
	long			 hours, minutes;
	size_t			 i;

	if (strlen(text) != 5 || text[2] != ':')
		return wanted;
	for (i = 0; i < 5; i++)
		if (i != 2 && !isdigit((unsigned char)text[i]))
			return wanted;
	hours = (text[0] - '0') * 10 + (text[1] - '0');
	minutes = (text[3] - '0') * 10 + (text[4] - '0');
	if (hours > 24 || minutes > 59 || (hours == 24 && minutes > 0))
		return wanted;
	*(long *)at = (hours * 60 + minutes) * 60;
	return NULL;
}

const struct form form_clock = {
	"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$", read_clock
};

/* A day's number, 0 is Sunday; moves on.  Returns -1 for anything else. */
static int
day(const char **text)
{
	static const char	 names[] = "SunMonTueWedThuFriSat";
	size_t			 i;

	for (i = 0; i < 7; i++)
		if (strncmp(*text, names + 3 * i, 3) == 0) {
			*text += 3;
			return (int)i;
		}
	return -1;
}

static int
days(const char *text, unsigned *bits)
{
	int	 from, to;

	*bits = *text == '\0' ? ALL_DAYS : 0;
	while (*text != '\0') {
		if ((from = to = day(&text)) == -1)
			return -1;
		if (*text == '-') {
			text++;
			if ((to = day(&text)) == -1)
				return -1;
		}
		for (; from != to; from = (from + 1) % 7)
			*bits |= 1u << from;
		*bits |= 1u << to;
		if (*text == '\0')
			break;
		if (*text++ != ',')
			return -1;
		text += *text == ' ';
		if (*text == '\0')
			return -1;
	}
	return 0;
}

static const char *
read_days(const char *text, void *at)
{
	if (days(text, at) == -1)
		return "days as in Mon-Fri or \"Sat,Sun\", or \"\" for all";
	return NULL;
}

const struct form form_days = {
	"^(" DAYS "(, ?" DAYS ")*)?$", read_days
};

static const char *
read_zone(const char *text, void *at)
{
	struct error	 error;
	struct zone	*zone;

	if (has_odd_part(text) || (zone = zone_open(text, &error)) == NULL)
		return "UTC, or a time zone that tzdata has below "
		    ZONE_FOLDER ", as Europe/London";
	zone_close(zone);
	return form_store(text, at);
}

const struct form form_zone = { "^[A-Z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$",
    read_zone };
