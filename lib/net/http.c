#include <ctype.h>
#include <limits.h>
#include <netinet/in.h>
#include <resolv.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "net/http.h"
#include "net/wire.h"
#include "run/boot.h"
#include "run/bytes.h"
#include "run/crew.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/signals.h"

#define TRIES		4	/* of a read */
#define PAUSE		200L	/* ms before the second; doubled each time */
#define WORTH		1000L	/* ms that must be left for another try */
#define TOKEN_CEILING	((size_t)64 << 10)	/* bytes; real ones: 2 KiB */
#define MANY_REQUESTS	429
#define PATIENCE	30000L	/* ms for a server that is starting */
#define NO_ANSWER	((struct answer){ .retry_after = -1, .left = -1 })
#define LONGEST		4	/* pauses grow until there have been so many */

struct http {
	struct http_terms	 terms;
	struct peer		 peer;
	char			*token;		/* not from a file; NULL */
	bool			 open;		/* what it is sent can be read
						   on the way */
};

#define HEADERS		4	/* of a server's own, at most */

/* The headers of a request; the first is a secret. */
struct headers {
	char		*authorization;		/* NULL: none */
	const char	*line[HEADERS + 5];
};

/* What waits for the next read. */
struct beside {
	struct http	*http;
	struct request	 request;
	struct headers	 headers;
	struct answer	 answer;
	struct exchange	 exchange;
	bool		 made;
};

static struct beside	*waiting;	/* at most one */

static bool
is_this_machine(const char *host)
{
	static const char	*const names[] = {
		"127.0.0.1", "localhost", "[::1]"
	};
	size_t			 i, n;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		n = strlen(names[i]);
		if (strncasecmp(host, names[i], n) == 0 &&
		    (host[n] == '\0' || host[n] == ':'))
			return true;
	}
	/* RFC 6761, 6.3: libcurl takes these to the loopback by itself. */
	n = strcspn(host, ":");
	return n > 10 && strncasecmp(host + n - 10, ".localhost", 10) == 0;
}

/* RFC 6750 2.1: what a token consists of; nothing that ends a header. */
static bool
is_token(const char *s, size_t len)
{
	size_t	 i;

	for (i = 0; i < len; i++)
		if (!isgraph((unsigned char)s[i]))
			return false;
	return len > 0;
}

static int
refuse_token(const char *origin, struct error *error)
{
	return error_set(error, BROKEN, "%s: a token is sent over https "
	    "only", origin);
}

struct http *
http_open(const struct http_terms *terms, struct error *error)
{
	const char	*origin = terms->origin, *host;
	struct http	*h;
	bool		 plain;

	host = strncasecmp(origin, "https://", 8) == 0 ? origin + 8 :
	    strncasecmp(origin, "http://", 7) == 0 ? origin + 7 : NULL;
	if (host == NULL || *host == '\0' || strpbrk(host, "/?#@ ") != NULL) {
		error_set(error, BROKEN, "%s: expected https://HOST or "
		    "https://HOST:PORT", origin);
		return NULL;
	}
	plain = host == origin + 7;
	h = keep(sizeof(*h));
	h->terms = *terms;
	h->open = plain && !is_this_machine(host);
	if (terms->token_file != NULL && h->open) {
		refuse_token(origin, error);
		return NULL;
	}
	/* What is for this machine does not leave it for a proxy either. */
	h->peer = (struct peer){ terms->ca, terms->ca_text,
	    terms->direct || (plain && !h->open), terms->guarded,
	    terms->loopback, terms->most };
	return h;
}

int
http_token(struct http *h, const char *token, struct error *error)
{
	if (h->open)
		return refuse_token(h->terms.origin, error);
	if (!is_token(token, strlen(token)))
		return error_set(error, BROKEN, "the token for %s: expected "
		    "one word", h->terms.origin);
	http_close(h);
	h->token = strdup(token);
	return h->token != NULL ? 0 : error_set(error, RETRY,
	    "out of memory");
}

void
http_close(struct http *h)
{
	if (h->token != NULL)
		explicit_bzero(h->token, strlen(h->token));
	free(h->token);
	h->token = NULL;
}

const char *
http_origin(const struct http *h)
{
	return h->terms.origin;
}

void
http_turn(long ms)
{
	wire_turn(ms);
}

void
http_width(size_t n)
{
	wire_width(n);
}

void
http_free(struct answer *a)
{
	free(a->body);
	*a = NO_ANSWER;
}

static int
make_bearer(const char *token, size_t len, char **authorization,
    struct error *error)
{
	static const char	 prefix[] = "Authorization: Bearer ";
	size_t			 size = sizeof(prefix) + len;

	/* In one piece of memory, so that there is one to wipe. */
	if ((*authorization = malloc(size)) == NULL)
		return error_set(error, RETRY, "out of memory");
	snprintf(*authorization, size, "%s%.*s", prefix, (int)len, token);
	return 0;
}

/* RFC 7617, 2. */
static int
make_basic(const char *user, const char *password, size_t len,
    char **authorization, struct error *error)
{
	static const char	 prefix[] = "Authorization: Basic ";
	size_t			 both = strlen(user) + 1 + len;
	size_t			 size = sizeof(prefix) + both * 2 + 4;
	char			*plain = malloc(both + 1);

	*authorization = malloc(size);
	if (plain != NULL && *authorization != NULL) {
		snprintf(plain, both + 1, "%s:%.*s", user, (int)len,
		    password);
		strlcpy(*authorization, prefix, size);
		b64_ntop((const unsigned char *)plain, both,
		    *authorization + sizeof(prefix) - 1,
		    size - sizeof(prefix));
		explicit_bzero(plain, both);
	} else {
		free(*authorization);
		*authorization = NULL;
	}
	free(plain);
	return *authorization != NULL ? 0 : error_set(error, RETRY,
	    "out of memory");
}

static int
make_authorization(const struct http *h, const char *token, size_t len,
    char **authorization, struct error *error)
{
	return h->terms.user == NULL ?
	    make_bearer(token, len, authorization, error) :
	    make_basic(h->terms.user, token, len, authorization, error);
}

static int
read_token(const struct http *h, char **authorization, struct error *error)
{
	const char	*path = h->terms.token_file;
	struct bytes	 b;
	size_t		 n;
	int		 rv;

	if ((rv = bytes_read(path, TOKEN_CEILING, &b, error)) == -1)
		return error_in(error, "token");
	if (rv == 1)
		return error_set(error, BROKEN, "token %s: no such file; is "
		    "it mounted?", path);
	for (n = b.len; n > 0 && isspace((unsigned char)b.data[n - 1]); n--)
		continue;
	rv = is_token(b.data, n) ?
	    make_authorization(h, b.data, n, authorization, error) :
	    error_set(error, BROKEN, "token %s: expected one word and "
	    "nothing else", path);
	explicit_bzero(b.data, b.len);
	bytes_free(&b);
	return rv;
}

/* From the file each time: tokens are renewed while we run. */
static int
headers_make(const struct http *h, const char *type, const char *also,
    struct headers *hs, struct error *error)
{
	size_t	 i, n = 0;

	*hs = (struct headers){ NULL, { NULL } };
	if (h->token == NULL && h->terms.token_file != NULL &&
	    read_token(h, &hs->authorization, error) == -1)
		return -1;
	if (h->token != NULL && make_authorization(h, h->token,
	    strlen(h->token), &hs->authorization, error) == -1)
		return -1;
	if (hs->authorization != NULL)
		hs->line[n++] = hs->authorization;
	hs->line[n++] = keepf("Accept: %s", h->terms.accept == NULL ?
	    "application/json" : h->terms.accept);
	if (type != NULL)
		hs->line[n++] = keepf("Content-Type: %s", type);
	if (also != NULL)
		hs->line[n++] = also;
	for (i = 0; h->terms.header != NULL && i < HEADERS &&
	    h->terms.header[i] != NULL; i++)
		hs->line[n++] = h->terms.header[i];
	return 0;
}

static void
headers_drop(struct headers *hs)
{
	if (hs->authorization != NULL)
		explicit_bzero(hs->authorization, strlen(hs->authorization));
	free(hs->authorization);
}

static size_t
ceiling(const struct http *h)
{
	return h->terms.ceiling == 0 ? HTTP_CEILING : h->terms.ceiling;
}

static const char *
url_of(const struct http *h, const char *path)
{
	return keepf("%s%s", h->terms.origin, path);
}

/* Whether the same read may be answered otherwise in a moment. */
static bool
worth_again(const struct exchange *x)
{
	if (x->reach != REACH_DONE)
		return x->again;
	return x->answer->status == MANY_REQUESTS ||
	    x->answer->status >= 500;
}

/* What is to be waited before the next try, in ms; -1: there is no time. */
static long
pause_before(const struct exchange *x, int try)
{
	long	 ms = PAUSE << (try - 1);

	ms += arc4random_uniform((uint32_t)ms);
	if (x->reach == REACH_DONE && x->answer->retry_after * 1000 > ms)
		ms = x->answer->retry_after * 1000;
	return ms + WORTH > signals_left() ? -1 : ms;
}

static void
rest(long ms)
{
	struct timespec	 t = { ms / 1000, ms % 1000 * 1000000 };

	if (crew_inside())
		crew_rest(ms);
	else
		nanosleep(&t, NULL);	/* a signal ends it: we are stopping */
}

/* Reads once more what is worth it.  Returns how many were. */
static size_t
read_again(struct exchange *x, size_t n, int try)
{
	struct exchange	*again = keep(n * sizeof(*again));
	size_t		*index = keep(n * sizeof(*index));
	size_t		 i, m = 0;
	long		 ms, longest = 0;

	for (i = 0; i < n; i++) {
		if (!worth_again(&x[i]) || (ms = pause_before(&x[i],
		    try)) == -1)
			continue;
		longest = ms > longest ? ms : longest;
		index[m++] = i;
	}
	if (m > 0)
		rest(longest);
	if (m == 0 || signals_stopping())
		return 0;
	for (i = 0; i < m; i++) {
		http_free(x[index[i]].answer);
		again[i] = x[index[i]];
	}
	wire_exchange(again, m);
	for (i = 0; i < m; i++)
		x[index[i]] = again[i];
	return m;
}

/* What came of an answer that is not whole is nobody's, and may be secret. */
/* What came of an answer that is of no use, but for why it is of none. */
static void
drop(struct answer *a)
{
	bool	 over = a->over;

	http_free(a);
	a->over = over;
}

static int
tell_lost(const struct exchange *x, struct error *error)
{
	if (x->answer->body != NULL)
		explicit_bzero(x->answer->body, x->answer->len);
	drop(x->answer);
	return error_set(error, x->again || x->reach == REACH_SENT ? RETRY :
	    BROKEN, "%s %.*s: %s", x->method, (int)strcspn(x->url, "?"),
	    x->url, x->why);
}

static int
tries(const struct http *h)
{
	return h->terms.tries == 0 ? TRIES : h->terms.tries;
}

/* What waited goes along, whatever becomes of it. */
static void
exchange_beside(struct exchange *x, size_t n)
{
	struct exchange	*all = keep((n + 1) * sizeof(*all));
	struct beside	*b = waiting;

	waiting = NULL;
	memcpy(all, x, n * sizeof(*all));
	all[n] = b->exchange;
	wire_exchange(all, n + 1);
	memcpy(x, all, n * sizeof(*all));
	b->exchange = all[n];
	b->made = true;
}

int
http_gather(struct http *h, struct fetch *f, size_t n, struct error *error)
{
	struct exchange	*x = keep(n * sizeof(*x));
	struct headers	*hs = keep(n * sizeof(*hs));
	size_t		 i;
	int		 try, rv = 0;

	for (i = 0; i < n; i++)
		f[i].answer = NO_ANSWER;
	for (i = 0; i < n && rv == 0; i++) {
		rv = headers_make(h, NULL, f[i].also, &hs[i], error);
		x[i] = (struct exchange){ .peer = &h->peer, .method = "GET",
		    .url = url_of(h, f[i].path), .header = hs[i].line,
		    .ceiling = ceiling(h), .answer = &f[i].answer };
	}
	if (rv == -1) {
		while (i > 0)
			headers_drop(&hs[--i]);
		return -1;
	}
	if (waiting != NULL)
		exchange_beside(x, n);
	else
		wire_exchange(x, n);
	for (try = 1; try < tries(h) && read_again(x, n, try) > 0; try++)
		continue;
	for (i = 0; i < n; i++)
		headers_drop(&hs[i]);
	for (i = 0; i < n && rv == 0; i++)
		if (x[i].reach != REACH_DONE)
			rv = tell_lost(&x[i], error);
	for (i = 0; i < n && rv == -1; i++)
		drop(&f[i].answer);
	return rv;
}

int
http_get(struct http *h, const char *path, struct answer *answer,
    struct error *error)
{
	struct fetch	 f = { .path = path };
	int		 rv;

	rv = http_gather(h, &f, 1, error);
	*answer = f.answer;
	return rv;
}

/* One request, once.  The reach tells what the caller must assume. */
static int
write_once(struct http *h, const struct request *r, struct answer *answer,
    enum reach *reach, struct error *error)
{
	struct headers	 hs;
	struct exchange	 x;

	*answer = NO_ANSWER;
	*reach = REACH_NONE;
	if (headers_make(h, r->type, NULL, &hs, error) == -1)
		return -1;
	x = (struct exchange){ .peer = &h->peer, .method = r->method,
	    .url = url_of(h, r->path), .header = hs.line, .body = r->body,
	    .len = r->len, .ceiling = ceiling(h), .fresh = true,
	    .answer = answer };
	wire_exchange(&x, 1);
	headers_drop(&hs);
	*reach = x.reach;
	return x.reach == REACH_DONE ? 0 : tell_lost(&x, error);
}

/* Whether a body is that of a query which BigQuery only looks at. */
static bool
is_dry_run(const struct request *r)
{
	size_t	 n = strlen(r->path);
	json_t	*json = json_loadb(r->body, r->len, JSON_REJECT_DUPLICATES,
		    NULL);
	bool	 dry = n > 5 && strcmp(r->path + n - 5, "/jobs") == 0 &&
		    json_is_true(json_object_get(json_object_get(json,
		    "configuration"), "dryRun"));

	json_decref(json);
	return dry;
}

static bool
is_form(const struct request *r)
{
	return r->type != NULL && strcmp(r->type,
	    "application/x-www-form-urlencoded") == 0;
}

static bool
ends_with(const char *s, const char *end)
{
	size_t	 n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

static bool
is_question(enum ask ask, const struct request *r)
{
	switch (ask) {
	case ASK_TOKEN:
		return is_form(r);
	case ASK_DRY_RUN:
		return is_dry_run(r);
	case ASK_GIT:
		return ends_with(r->path, "/git-upload-pack");
	case ASK_GITHUB:
		return strstr(r->path, "/app/installations/") != NULL &&
		    ends_with(r->path, "/access_tokens");
	}
	return false;
}

int
http_ask(struct http *h, enum ask ask, const struct request *r,
    struct answer *answer, struct error *error)
{
	struct headers	 hs;
	struct exchange	 x;
	int		 try;

	*answer = NO_ANSWER;
	if (!is_question(ask, r))
		return error_set(error, BROKEN, "%s%s: this is no question",
		    h->terms.origin, r->path);
	if (headers_make(h, r->type, NULL, &hs, error) == -1)
		return -1;
	x = (struct exchange){ .peer = &h->peer, .method = "POST",
	    .url = url_of(h, r->path), .header = hs.line, .body = r->body,
	    .len = r->len, .ceiling = ceiling(h), .answer = answer,
	    .into = r->into };
	wire_exchange(&x, 1);
	for (try = 1; try < TRIES && read_again(&x, 1, try) > 0; try++)
		continue;
	headers_drop(&hs);
	return x.reach == REACH_DONE ? 0 : tell_lost(&x, error);
}

struct beside *
http_beside(struct http *h, const struct request *r)
{
	struct beside	*b = keep(sizeof(*b));
	struct error	 error;

	b->http = h;
	b->request = *r;
	b->answer.retry_after = -1;
	/* What cannot be made now is told by http_finish(). */
	if ((r->body != NULL && !is_form(r)) ||
	    headers_make(h, r->type, NULL, &b->headers, &error) == -1)
		return b;
	b->exchange = (struct exchange){ .peer = &h->peer,
	    .method = r->method, .url = url_of(h, r->path),
	    .header = b->headers.line, .body = r->body, .len = r->len,
	    .ceiling = ceiling(h), .answer = &b->answer };
	waiting = b;
	return b;
}

/* Whether a server that is only starting would answer so. */
static bool
may_be_starting(const struct exchange *x)
{
	return x->reach == REACH_DONE && x->answer->status == 404;
}

int
http_finish(struct beside *b, bool patient, struct answer *answer,
    struct error *error)
{
	struct exchange	*x = &b->exchange;
	long		 until = boot_clock() + PATIENCE, ms;
	int		 try, tries = patient ? INT_MAX : TRIES;

	*answer = NO_ANSWER;
	if (waiting == b)
		waiting = NULL;
	if (x->method == NULL)
		return error_set(error, BROKEN, "%s%s: this is no question",
		    b->http->terms.origin, b->request.path);
	if (!b->made)
		wire_exchange(x, 1);
	for (try = 1; try < tries && (worth_again(x) ||
	    (patient && may_be_starting(x))); try++) {
		ms = pause_before(x, try < LONGEST ? try : LONGEST);
		if (ms == -1 || signals_stopping() ||
		    (patient && boot_clock() + ms > until))
			break;
		rest(ms);
		http_free(x->answer);
		wire_exchange(x, 1);
	}
	headers_drop(&b->headers);
	if (x->reach != REACH_DONE)
		return tell_lost(x, error);
	*answer = b->answer;
	b->answer = NO_ANSWER;
	return 0;
}

int
http_send(struct http *h, struct guard *guard, const struct request *r,
    struct answer *answer, struct error *error)
{
	enum reach	 reach;
	int		 rv;

	*answer = NO_ANSWER;
	if (h->terms.dry)
		return error_set(error, BROKEN, "a dry run sends nothing");
	if (guard_spend(guard, error) == -1)
		return -1;
	/* Until an answer says otherwise, it may have happened. */
	guard_doubt(guard, true);
	rv = write_once(h, r, answer, &reach, error);
	/* A server error may come after the effect as well as before it. */
	guard_doubt(guard, reach == REACH_SENT ||
	    (reach == REACH_DONE && answer->status >= 500));
	return rv;
}

/*
 * "/apis/GROUP/VERSION/namespaces/NAMESPACE/RESOURCE/NAME/status", and perhaps
 * a query: any of them may be named "status" itself.
 */
static bool
is_status(const char *path)
{
	size_t	 i, len = strcspn(path, "?"), slashes = 0;

	for (i = 0; i < len; i++)
		slashes += path[i] == '/';
	return slashes == 8 && len > 7 &&
	    strncmp(path + len - 7, "/status", 7) == 0;
}

int
http_note(struct http *h, enum note note, const struct request *r,
    struct answer *answer, struct error *error)
{
	static const char	*const target[] = {
		[NOTE_LEASE] = "/apis/coordination.k8s.io/v1/namespaces/",
		[NOTE_EVENT] = "/apis/events.k8s.io/v1/namespaces/",
		[NOTE_METRICS] = "/metrics/job/",
		[NOTE_STATUS] = "/apis/"
	};
	enum reach		 reach;

	*answer = NO_ANSWER;
	if (h->terms.dry)
		return error_set(error, BROKEN, "a dry run notes nothing");
	if (strncmp(r->path, target[note], strlen(target[note])) != 0 ||
	    (note == NOTE_STATUS && !is_status(r->path)))
		return error_set(error, BROKEN, "%s is no place of "
		    "bookkeeping", r->path);
	return write_once(h, r, answer, &reach, error);
}

json_t *
http_json(const struct answer *a, struct error *error)
{
	json_error_t	 why;
	json_t		*json;

	if (strncasecmp(a->type, "application/json", 16) != 0) {
		error_set(error, RETRY, "status %ld with %s, expected "
		    "application/json: is something else answering there?",
		    a->status, a->type[0] == '\0' ? "no Content-Type" :
		    a->type);
		return NULL;
	}
	json = json_loadb(a->body == NULL ? "" : a->body, a->len,
	    JSON_REJECT_DUPLICATES, &why);
	if (json == NULL) {
		error_set(error, RETRY, "status %ld with JSON that cannot be "
		    "read: %d:%d: %s", a->status, why.line, why.column,
		    why.text);
		return NULL;
	}
	return keep_json(json);
}
