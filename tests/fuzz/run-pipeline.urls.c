/*
 * Any URL and any prefixes: what may be asked is below one of them however
 * it is read, leads to no address that is barred, and is judged the same
 * when it is written as it will be asked.
 */

#include <arpa/inet.h>

#include "cmd/run-pipeline/sync.h"
#include "cmd/run-pipeline/urls.h"
#include "fuzz/fuzz.h"
#include "model/runner.h"
#include "net/address.h"

#define PREFIXES	3

static void
check_refusal(const struct refusal *r)
{
	MUST(strcmp(r->reason, "InvalidURL") == 0 ||
	    strcmp(r->reason, "URLNotAllowed") == 0);
	MUST(r->why != NULL && *r->why != '\0');
	MUST(strpbrk(r->why, "\n\r\033") == NULL);
}

/* A path that a server could take for another one. */
static void
check_path(const char *path)
{
	const char	*end = path + strcspn(path, "?"), *c, *next;
	size_t		 len;

	MUST(*path == '/');
	MUST(strpbrk(path, " \t\n\r\\#\x7f") == NULL);
	for (c = path; c < end; c = next) {
		c++;
		next = c + strcspn(c, "/?");
		len = strcspn(c, ";/?");
		MUST(!(len == 1 && c[0] == '.'));
		MUST(!(len == 2 && c[0] == '.' && c[1] == '.'));
		MUST(len > 0 || next == end);
	}
	for (c = path; c < end && *c != '\0'; c++)
		if (*c == '%')
			MUST(strncasecmp(c, "%2f", 3) != 0 &&
			    strncasecmp(c, "%2e", 3) != 0 &&
			    strncasecmp(c, "%5c", 3) != 0);
}

/* As the resolver of the C library reads a host, in all its forms. */
static void
check_host(const struct url *u, bool loopback)
{
	const char	*at = strstr(u->origin, "://") + 3;
	char		*host, text[INET6_ADDRSTRLEN];
	struct in_addr	 v4;

	MUST(*at != '\0' && strpbrk(at, "@/?# ") == NULL);
	if (*at == '[') {
		host = keep_copy(at + 1, strcspn(at, "]") - 1);
		MUST(address_bars(host, loopback) == NULL);
		return;
	}
	host = keep_copy(at, strcspn(at, ":"));
	if (inet_aton(host, &v4) == 0)
		return;
	MUST(inet_ntop(AF_INET, &v4, text, sizeof(text)) != NULL);
	MUST(strcmp(text, host) == 0);
	MUST(address_bars(text, loopback) == NULL);
	MUST(u->loopback == (address_bars(text, false) != NULL));
}

/* The text begins with the prefix, and goes on with a new part. */
static bool
is_below(const char *text, const char *prefix)
{
	size_t	 len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 && (len == 0 ||
	    prefix[len - 1] == '/' || text[len] == '\0' ||
	    strchr("/?", text[len]) != NULL);
}

/* As it will be asked: the same, and alone it is its own prefix. */
static void
check_again(const struct runner *r, const struct url *u)
{
	const char	*text = keepf("%s%s", u->origin, u->path), *prefix;
	struct runner	 one = *r;
	struct refusal	 bad = { NULL, NULL };
	struct url	 same;
	size_t		 i, below = 0;

	urls_judge(r, text, &same, &bad);
	MUST(bad.reason == NULL);
	MUST(strcmp(same.origin, u->origin) == 0);
	MUST(strcmp(same.path, u->path) == 0);
	MUST(same.token == u->token && same.loopback == u->loopback);
	/* A prefix that is judged like a URL, and so has its plain form. */
	for (i = 0; i < r->nallowed; i++) {
		one.allowed = &r->allowed[i];
		one.nallowed = 1;
		bad = (struct refusal){ NULL, NULL };
		urls_judge(&one, r->allowed[i], &same, &bad);
		prefix = keepf("%s%s", same.origin, same.path);
		below += bad.reason == NULL && is_below(text, prefix);
	}
	MUST(below > 0);
	one.nallowed = 0;
	bad = (struct refusal){ NULL, NULL };
	urls_judge(&one, text, &same, &bad);
	MUST(bad.reason != NULL);
}

/* What is allowed, up to three; a prefix of a token; then the URL. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes		 rest = fuzz_bytes(data, size);
	const char		*allowed[PREFIXES];
	struct runner_token	 token = { .file = "token" };
	struct runner		 r = { .allowed = allowed, .token = &token,
				    .ntokens = 1 };
	struct refusal		 bad = { NULL, NULL };
	struct url		 u;

	while (r.nallowed < PREFIXES)
		allowed[r.nallowed++] = fuzz_string(&rest);
	token.prefix = fuzz_string(&rest);
	r.loopback = *fuzz_string(&rest) == '1';
	urls_judge(&r, keep_copy(rest.data, rest.len), &u, &bad);
	if (bad.reason != NULL)
		check_refusal(&bad);
	else {
		check_path(u.path);
		check_host(&u, r.loopback);
		check_again(&r, &u);
	}
	keep_drop();
	return 0;
}
