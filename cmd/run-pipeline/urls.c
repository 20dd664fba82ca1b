#include <arpa/inet.h>
#include <netinet/in.h>

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "model/runner.h"
#include "net/address.h"
#include "run/keep.h"

#include "sync.h"
#include "urls.h"

#define LONGEST_HOST	253	/* bytes; DNS has no longer name */
#define HOST_BYTES	"abcdefghijklmnopqrstuvwxyz0123456789-."

/* A URL being taken apart; lower case where case does not matter. */
struct parts {
	bool		 tls;
	const char	*host;		/* without brackets */
	bool		 bracket;	/* an address of IPv6 */
	long		 port;
	const char	*path;
};

/*
 * The last label of a name is never a number: what looks like that is an
 * address, and of its many forms (0x7f.1, 0177.0.0.1, 2130706433) only the
 * one with four decimals is taken.
 */
static bool
is_numeric(const char *host)
{
	const char	*last = strrchr(host, '.');

	last = last == NULL ? host : last + 1;
	return isdigit((unsigned char)*last) &&
	    (last[strspn(last, "0123456789")] == '\0' ||
	    (last[0] == '0' && last[1] == 'x'));
}

static bool
ends_in(const char *host, const char *tail)
{
	size_t	 len = strlen(host), n = strlen(tail);

	return len >= n && strcmp(host + len - n, tail) == 0 &&
	    (len == n || host[len - n - 1] == '.');
}

/* What a name stands for that every machine knows; NULL: nothing. */
static const char *
bars_name(const char *host, bool loopback)
{
	static const char *const	here[] = {
		"localhost", "localhost.localdomain", "ip6-localhost",
		"ip6-loopback"
	};
	static const char *const	metadata[] = {
		"metadata", "metadata.google.internal", "metadata.goog",
		"instance-data", "instance-data.ec2.internal",
		"metadata.azure.internal", "metadata.tencentyun.com"
	};
	size_t				i;

	for (i = 0; i < sizeof(here) / sizeof(here[0]); i++)
		if (ends_in(host, here[i]))
			return loopback ? NULL : "this machine's";
	for (i = 0; i < sizeof(metadata) / sizeof(metadata[0]); i++)
		if (strcmp(host, metadata[i]) == 0)
			return "a cloud's metadata";
	return NULL;
}

static const char *
bars_host(const struct parts *p, bool loopback)
{
	struct in_addr	 v4;

	if (p->bracket)
		return address_bars(p->host, loopback);
	if (!is_numeric(p->host))
		return bars_name(p->host, loopback);
	/* It takes four decimals, and none with a zero in front. */
	if (inet_pton(AF_INET, p->host, &v4) != 1)
		return "an address in an odd form";
	return address_bars(p->host, loopback);
}

/* Returns what is wrong; NULL: nothing. */
static const char *
split_port(const char *text, size_t len, struct parts *p)
{
	char	*end;

	p->port = p->tls ? 443 : 80;
	if (len == 0)
		return NULL;
	if (text[0] != ':' || len < 2 || len > 6 ||
	    !isdigit((unsigned char)text[1]))
		return "its port is no number";
	p->port = strtol(text + 1, &end, 10);
	return end != text + len || p->port < 1 || p->port > 65535 ?
	    "its port is no number" : NULL;
}

static const char *
split_host(const char *text, size_t len, struct parts *p)
{
	const char	*end;
	char		*host, *c;
	size_t		 n;

	if (memchr(text, '@', len) != NULL)
		return "it has a name or password in it";
	if ((p->bracket = len > 0 && text[0] == '[')) {
		if ((end = memchr(text, ']', len)) == NULL)
			return "its host is no name or address";
		n = (size_t)(end - text) - 1;
		p->host = keep_copy(text + 1, n);
		return split_port(end + 1, len - n - 2, p);
	}
	end = memchr(text, ':', len);
	n = end == NULL ? len : (size_t)(end - text);
	p->host = host = keep_copy(text, n);
	for (c = host; *c != '\0'; c++)
		*c = (char)tolower((unsigned char)*c);
	if (n == 0 || n > LONGEST_HOST || strspn(host, HOST_BYTES) != n ||
	    host[0] == '.' || host[0] == '-' || host[n - 1] == '.' ||
	    strstr(host, "..") != NULL)
		return "its host is no plain name or address";
	return split_port(text + n, len - n, p);
}

/* Servers may read these as another path than we compared. */
static const char *
check_path(const char *path)
{
	static const char *const	odd[] = {
		"%2e", "%2E", "%2f", "%2F", "%5c", "%5C", "%00"
	};
	size_t				i, len = strcspn(path, "?");
	const char			*c, *at;

	for (c = path; *c != '\0'; c++)
		if (!isgraph((unsigned char)*c) || *c == '\\')
			return "it has a byte that no URL has";
	if (strchr(path, '#') != NULL)
		return "it has a fragment";
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++)
		if ((at = strstr(path, odd[i])) != NULL &&
		    (size_t)(at - path) < len)
			return "its path has escaped dots or slashes";
	for (c = path; c < path + len; c += strcspn(c + 1, "/?") + 1) {
		at = c + 1;
		i = strcspn(at, ";/?");	/* some cut off a parameter first */
		if ((i == 1 && at[0] == '.') ||
		    (i == 2 && at[0] == '.' && at[1] == '.') ||
		    (i == 0 && strchr("/;", *at) != NULL && *at != '\0'))
			return "its path has dots or empty parts";
	}
	return NULL;
}

static const char *
split(const char *text, struct parts *p)
{
	const char	*why, *rest;
	size_t		 len;

	*p = (struct parts){ .tls = strncasecmp(text, "https://", 8) == 0 };
	if (!p->tls && strncasecmp(text, "http://", 7) != 0)
		return "it is neither http nor https";
	rest = text + (p->tls ? 8 : 7);
	len = strcspn(rest, "/?#");
	if ((why = split_host(rest, len, p)) != NULL)
		return why;
	p->path = rest[len] == '/' ? rest + len : keepf("/%s", rest + len);
	return check_path(p->path);
}

/* A prefix ends where a segment of the path does. */
static bool
is_below(const struct parts *p, const struct parts *prefix)
{
	size_t	 len = strlen(prefix->path);

	if (p->tls != prefix->tls || p->port != prefix->port ||
	    p->bracket != prefix->bracket ||
	    strcasecmp(p->host, prefix->host) != 0 ||
	    strncmp(p->path, prefix->path, len) != 0)
		return false;
	return prefix->path[len - 1] == '/' || p->path[len] == '\0' ||
	    p->path[len] == '/' || p->path[len] == '?';
}

static bool
is_allowed(const struct runner *r, const struct parts *p)
{
	struct parts	 prefix;
	size_t		 i;

	for (i = 0; i < r->nallowed; i++)
		if (split(r->allowed[i], &prefix) == NULL &&
		    is_below(p, &prefix))
			return true;
	return false;
}

static const char *
find_token(const struct runner *r, const struct parts *p)
{
	struct parts	 prefix;
	const char	*found = NULL;
	size_t		 i, longest = 0;

	for (i = 0; i < r->ntokens; i++)
		if (split(r->token[i].prefix, &prefix) == NULL &&
		    is_below(p, &prefix) &&
		    strlen(prefix.path) > longest) {
			longest = strlen(prefix.path);
			found = r->token[i].file;
		}
	return found;
}

void
urls_judge(const struct runner *r, const char *text, struct url *u,
    struct refusal *refusal)
{
	struct parts	 p;
	const char	*why;
	bool		 usual;

	*u = (struct url){ .path = "/", .origin = "" };
	if ((why = split(text, &p)) != NULL) {
		refuse(refusal, "InvalidURL", "spec.needsSyncUrl \"%s\" is "
		    "not asked: %s", text, why);
		return;
	}
	if ((why = bars_host(&p, r->loopback)) != NULL) {
		refuse(refusal, "URLNotAllowed", "spec.needsSyncUrl \"%s\" "
		    "is not asked: its host is %s", text, why);
		return;
	}
	if (!is_allowed(r, &p)) {
		refuse(refusal, "URLNotAllowed", "spec.needsSyncUrl \"%s\" "
		    "is not below one of spec.allowedURLs of the runner",
		    text);
		return;
	}
	usual = p.port == (p.tls ? 443 : 80);
	u->origin = keepf("http%s://%s%s%s%s", p.tls ? "s" : "",
	    p.bracket ? "[" : "", p.host, p.bracket ? "]" : "",
	    usual ? "" : keepf(":%ld", p.port));
	u->path = p.path;
	u->token = find_token(r, &p);
	u->loopback = bars_host(&p, false) != NULL;
}
