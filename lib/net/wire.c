#include <sys/socket.h>

#include <errno.h>
#include <malloc.h>
#include <netdb.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "net/address.h"
#include "net/http.h"
#include "net/journal.h"
#include "net/libcurl.h"
#include "net/wire.h"
#include "run/crew.h"
#include "run/keep.h"
#include "run/signals.h"
#include "run/version.h"

#define EXCHANGE	10000L	/* ms that one may take */
#define LEAST		50L	/* ms worth beginning with */
#define GRACE		500L	/* ms before the alarm, to say why */
#define HEADERS		((size_t)64 << 10)	/* bytes of an answer's */
#define HEADER_LINES	200	/* of an answer: proxies add some */
#define LONGEST_WAIT	86400L	/* s that a Retry-After is believed */
#define NOT_YET_VALID	9	/* of OpenSSL: X509_V_ERR_CERT_... */
#define HAS_EXPIRED	10
#define AT_ONCE		8L	/* connections to one server */
#define FIRST_ROOM	4096	/* bytes of a body's buffer at first */

/* An exchange while it lasts. */
struct call {
	struct call		*next, *before;
	struct exchange		*x;
	CURL			*easy;
	struct curl_slist	*header;
	size_t			 room;		/* of the body's buffer */
	size_t			 headers;	/* bytes of them so far */
	size_t			 lines;
	bool			 over;
	size_t			*left;	/* of those begun with it */
	const char		*why;		/* we ended it; NULL */
	char			 words[CURL_ERROR_SIZE];
};

static const struct libcurl	*curl;
static CURLM			*multi;
static struct call		*calls;		/* that are not ended */
static long			 at_once = AT_ONCE;

/* libcurl's options by the type of their value. */
static void
set_number(CURL *e, CURLoption option, long value)
{
	curl->easy_setopt(e, option, value);
}

static void
set_text(CURL *e, CURLoption option, const char *value)
{
	curl->easy_setopt(e, option, value);
}

static void
set_pointer(CURL *e, CURLoption option, void *value)
{
	curl->easy_setopt(e, option, value);
}

/* Requests and headers that libcurl frees have carried tokens. */
static void
wipe_and_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

static void *
wipe_and_move(void *p, size_t size)
{
	size_t	 had = p == NULL ? 0 : malloc_usable_size(p);
	void	*to;

	if ((to = malloc(size)) == NULL)
		return NULL;
	if (had > 0)
		memcpy(to, p, had < size ? had : size);
	wipe_and_free(p);
	return to;
}

/* What only a run that needs the network pays for.  NULL, or why not. */
static const char *
start(void)
{
	const char	*why;

	if (multi != NULL)
		return NULL;
	if ((curl = libcurl_load(&why)) == NULL)
		return why;
	if (curl->global_init_mem(CURL_GLOBAL_DEFAULT, malloc, wipe_and_free,
	    wipe_and_move, strdup, calloc) != 0 ||
	    (multi = curl->multi_init()) == NULL)
		return "libcurl could not be started";
	curl->multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS, at_once);
	return NULL;
}

static void
keep_word(char *to, const char *value, size_t len)
{
	while (len > 0 && strchr(" \t\r\n", value[len - 1]) != NULL)
		len--;
	/* A word cut short would be another word. */
	if (len >= HTTP_WORD)
		len = 0;
	memcpy(to, value, len);
	to[len] = '\0';
}

/* Seconds, or a date (RFC 9110, 10.2.3), which needs the server's own. */
static long
retry_seconds(const char *word, time_t date)
{
	char	*end;
	long	 n = strtol(word, &end, 10);
	time_t	 t;

	if (end != word && *end == '\0')
		return n < 0 ? -1 : n < LONGEST_WAIT ? n : LONGEST_WAIT;
	if ((t = curl->getdate(word, NULL)) == -1 || date == 0)
		return -1;
	return t > date ? (long)(t - date) : 0;
}

/* What GitHub says beside an answer. */
static void
note_limit(struct answer *a, const char *line, size_t name, const char *word)
{
	if (name == 21 && strncasecmp(line, "X-RateLimit-Remaining",
	    name) == 0)
		a->left = strtol(word, NULL, 10);
	else if (name == 17 && strncasecmp(line, "X-RateLimit-Reset",
	    name) == 0)
		a->reset = (time_t)strtoll(word, NULL, 10);
	else if (name == 8 && strncasecmp(line, "Location", name) == 0)
		strlcpy(a->location, word, sizeof(a->location));
}

static void
note_header(struct answer *a, const char *line, size_t len)
{
	const char	*colon = memchr(line, ':', len);
	const char	*value;
	char		 word[HTTP_WORD];
	size_t		 name;

	if (colon == NULL)
		return;
	name = (size_t)(colon - line);
	for (value = colon + 1; value < line + len &&
	    (*value == ' ' || *value == '\t'); value++)
		continue;
	keep_word(word, value, (size_t)(line + len - value));
	if (name == 4 && strncasecmp(line, "Date", name) == 0) {
		if ((a->date = curl->getdate(word, NULL)) == -1)
			a->date = 0;
	} else if (name == 4 && strncasecmp(line, "ETag", name) == 0)
		strlcpy(a->etag, word, sizeof(a->etag));
	else if (name == 15 && strncasecmp(line, "Metadata-Flavor",
	    name) == 0)
		strlcpy(a->flavor, word, sizeof(a->flavor));
	else if (name == 12 && strncasecmp(line, "Content-Type", name) == 0)
		strlcpy(a->type, word, sizeof(a->type));
	else if (name == 11 && strncasecmp(line, "Retry-After", name) == 0)
		a->retry_after = retry_seconds(word, a->date);
	else
		note_limit(a, line, name, word);
}

static size_t
on_header(char *data, size_t size, size_t n, void *arg)
{
	struct call	*c = arg;

	c->headers += size * n;
	if (c->headers > HEADERS || ++c->lines > HEADER_LINES) {
		c->why = keepf("more than %d headers or %zu bytes of them",
		    HEADER_LINES, HEADERS);
		return 0;
	}
	/* An interim answer or a proxy's own begins anew. */
	if (n > 5 && strncasecmp(data, "HTTP/", 5) == 0)
		c->x->answer->retry_after = -1;
	note_header(c->x->answer, data, size * n);
	return size * n;
}

static size_t
write_body(struct call *c, const char *data, size_t len)
{
	size_t	 at;
	ssize_t	 n;

	for (at = 0; at < len; at += (size_t)n)
		if ((n = write(*c->x->into, data + at, len - at)) == -1) {
			c->why = keepf("the answer cannot be written: %s",
			    strerror(errno));
			return 0;
		}
	c->x->answer->len += len;
	return len;
}

static size_t
on_body(char *data, size_t size, size_t n, void *arg)
{
	struct call	*c = arg;
	struct answer	*a = c->x->answer;
	size_t		 more = size * n;
	char		*larger;

	if (more > c->x->ceiling - a->len) {
		a->over = true;
		c->why = keepf("more than %zu bytes, which nothing we ask "
		    "for has", c->x->ceiling);
		return 0;
	}
	if (c->x->into != NULL)
		return write_body(c, data, more);
	if (a->len + more >= c->room) {
		c->room = c->room == 0 ? FIRST_ROOM : c->room;
		while (a->len + more >= c->room)
			c->room *= 2;
		if ((larger = realloc(a->body, c->room)) == NULL)
			return 0;
		a->body = larger;
	}
	memcpy(a->body + a->len, data, more);
	a->len += more;
	a->body[a->len] = '\0';
	return more;
}

static const char *
agent(void)
{
	static const char	*name;

	if (name == NULL)
		name = keepf("modelsync/%s %s/%ld", MODELSYNC_VERSION,
		    program_invocation_short_name, (long)getpid());
	return name;
}

static long
time_left(const struct exchange *x)
{
	long	 left = signals_left() - GRACE;
	long	 most = x->peer->most > 0 ? x->peer->most : EXCHANGE;

	if (left > most && x->into == NULL)
		return most;
	return left < LEAST ? LEAST : left;
}

static void
set_limits(struct call *c)
{
	CURL	*e = c->easy;

	set_number(e, CURLOPT_TIMEOUT_MS, time_left(c->x));
	if (c->x->into != NULL) {
		set_number(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
		set_number(e, CURLOPT_LOW_SPEED_TIME, EXCHANGE / 1000);
	}
	set_number(e, CURLOPT_NOSIGNAL, 1L);
	/* A resolver that hangs is not waited for. */
	set_number(e, CURLOPT_QUICK_EXIT, 1L);
	set_number(e, CURLOPT_FOLLOWLOCATION, 0L);
	set_text(e, CURLOPT_PROTOCOLS_STR, "http,https");
	set_number(e, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	set_number(e, CURLOPT_HTTP09_ALLOWED, 0L);
	set_number(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	set_number(e, CURLOPT_NETRC, CURL_NETRC_IGNORED);
	curl->easy_setopt(e, CURLOPT_HEADERFUNCTION, on_header);
	set_pointer(e, CURLOPT_HEADERDATA, c);
	curl->easy_setopt(e, CURLOPT_WRITEFUNCTION, on_body);
	set_pointer(e, CURLOPT_WRITEDATA, c);
	set_pointer(e, CURLOPT_ERRORBUFFER, c->words);
	set_pointer(e, CURLOPT_PRIVATE, c);
}

/*
 * A name may lead to any address, and to another one the next time: only
 * what is about to be connected to can be judged.
 */
static curl_socket_t
on_socket(void *arg, curlsocktype purpose, struct curl_sockaddr *a)
{
	struct call	*c = arg;
	char		 host[NI_MAXHOST];
	const char	*what;

	(void)purpose;
	if (getnameinfo(&a->addr, a->addrlen, host, sizeof(host), NULL, 0,
	    NI_NUMERICHOST) != 0)
		return CURL_SOCKET_BAD;
	what = address_bars(host, c->x->peer->loopback);
	if (what != NULL) {
		c->why = keepf("its address, %s, is %s", host, what);
		return CURL_SOCKET_BAD;
	}
	return socket(a->family, a->socktype | SOCK_CLOEXEC, a->protocol);
}

static void
set_peer(struct call *c)
{
	CURL			*e = c->easy;
	const struct peer	*p = c->x->peer;
	struct curl_blob	 blob;

	set_number(e, CURLOPT_SSL_VERIFYPEER, 1L);
	set_number(e, CURLOPT_SSL_VERIFYHOST, 2L);
	set_number(e, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
	if (p->ca != NULL || p->ca_text != NULL)
		set_text(e, CURLOPT_CAPATH, NULL);
	if (p->ca != NULL)
		set_text(e, CURLOPT_CAINFO, p->ca);
	if (p->ca_text != NULL) {
		blob = (struct curl_blob){
		    .data = (void *)(uintptr_t)p->ca_text,
		    .len = strlen(p->ca_text), .flags = CURL_BLOB_COPY };
		set_pointer(e, CURLOPT_CAINFO_BLOB, &blob);
	}
	if (p->direct)
		set_text(e, CURLOPT_NOPROXY, "*");
	if (p->guarded) {
		curl->easy_setopt(e, CURLOPT_OPENSOCKETFUNCTION, on_socket);
		set_pointer(e, CURLOPT_OPENSOCKETDATA, c);
	}
}

static void
set_request(struct call *c)
{
	const struct exchange	*x = c->x;
	CURL			*e = c->easy;
	size_t			 i;

	for (i = 0; x->header[i] != NULL; i++)
		c->header = curl->slist_append(c->header, x->header[i]);
	/* An answer in two round trips gains nothing for small bodies. */
	c->header = curl->slist_append(c->header, "Expect:");
	set_text(e, CURLOPT_URL, x->url);
	set_pointer(e, CURLOPT_HTTPHEADER, c->header);
	set_text(e, CURLOPT_USERAGENT, agent());
	if (x->body != NULL) {
		curl->easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE,
		    (curl_off_t)x->len);
		set_text(e, CURLOPT_POSTFIELDS, x->body);
	}
	set_text(e, CURLOPT_CUSTOMREQUEST, x->method);
	/*
	 * On a connection that died unseen, libcurl sends a request a second
	 * time by itself.  What changes something gets a new one, once.
	 */
	set_number(e, CURLOPT_FRESH_CONNECT, x->fresh ? 1L : 0L);
	set_number(e, CURLOPT_FORBID_REUSE, x->fresh ? 1L : 0L);
}

/* What the verification of the server's certificate came to; 0: nothing. */
static long
verified(const struct call *c, CURLcode code)
{
	long	 result = 0;

	if (code == CURLE_PEER_FAILED_VERIFICATION)
		curl->easy_getinfo(c->easy, CURLINFO_SSL_VERIFYRESULT,
		    &result);
	return result;
}

static bool
is_about_time(long result)
{
	return result == NOT_YET_VALID || result == HAS_EXPIRED;
}

/* "... after 3 ms: ...": every time it would be another text. */
static const char *
timeless(const char *words)
{
	const char	*after = strstr(words, " after "), *end;

	if (after == NULL)
		return words;
	end = after + 7 + strspn(after + 7, "0123456789");
	return strncmp(end, " ms", 3) != 0 ? words :
	    keepf("%.*s%s", (int)(after - words), words, end + 3);
}

static const char *
words(const struct call *c, CURLcode code)
{
	long	 result = verified(c, code);

	if (c->why != NULL)
		return c->why;
	if (code == CURLE_OPERATION_TIMEDOUT)
		return "no whole answer came in time";
	return keepf("%s%s", c->words[0] != '\0' ? timeless(c->words) :
	    curl->easy_strerror(code), result == 0 ? "" :
	    is_about_time(result) ? " (or is this node's clock wrong?)" :
	    " (is it the right CA file?)");
}

/* Whether another try may end otherwise, without anybody doing anything. */
static bool
may_pass(const struct call *c, CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
		return is_about_time(verified(c, code));
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_URL_MALFORMAT:
	case CURLE_UNSUPPORTED_PROTOCOL:
		return false;
	default:
		return c->why == NULL;
	}
}

static void
finish(struct call *c, CURLcode code)
{
	struct exchange	*x = c->x;
	long		 sent = 0;
	curl_off_t	 us = 0;

	curl->easy_getinfo(c->easy, CURLINFO_RESPONSE_CODE,
	    &x->answer->status);
	curl->easy_getinfo(c->easy, CURLINFO_REQUEST_SIZE, &sent);
	curl->easy_getinfo(c->easy, CURLINFO_TOTAL_TIME_T, &us);
	c->over = true;
	(*c->left)--;
	if (code == CURLE_OK && x->answer->status >= 200)
		x->reach = REACH_DONE;
	else {
		x->reach = sent > 0 ? REACH_SENT : REACH_NONE;
		x->why = code == CURLE_OK ? "no HTTP status" :
		    words(c, code);
		x->again = may_pass(c, code);
		x->answer->status = 0;
	}
	journal_add(x->method, x->url, x->answer->status, us / 1000);
}

static void
begin(struct call *c, struct exchange *x, size_t *left)
{
	*c = (struct call){ .x = x, .left = left,
	    .easy = curl->easy_init() };
	*x->answer = (struct answer){ .retry_after = -1, .left = -1 };
	x->reach = REACH_NONE;
	x->why = "out of memory";
	if (x->into != NULL && (ftruncate(*x->into, 0) == -1 ||
	    lseek(*x->into, 0, SEEK_SET) == -1))
		x->why = strerror(errno);
	x->again = true;
	if (c->easy == NULL)
		return;
	c->next = calls;
	if (calls != NULL)
		calls->before = c;
	calls = c;
	set_limits(c);
	set_peer(c);
	set_request(c);
	curl->multi_add_handle(multi, c->easy);
	(*left)++;
}

static void
end(struct call *c)
{
	if (c->easy == NULL)
		return;
	if (!c->over)	/* libcurl itself gave up: it may have been sent */
		finish(c, CURLE_OUT_OF_MEMORY);
	if (c->before != NULL)
		c->before->next = c->next;
	else
		calls = c->next;
	if (c->next != NULL)
		c->next->before = c->before;
	curl->multi_remove_handle(multi, c->easy);
	curl->easy_cleanup(c->easy);
	curl->slist_free_all(c->header);
}

/* Those that are over. */
static void
reap(void)
{
	CURLMsg		*m;
	struct call	*c;
	int		 left;

	while ((m = curl->multi_info_read(multi, &left)) != NULL)
		if (m->msg == CURLMSG_DONE && curl->easy_getinfo(
		    m->easy_handle, CURLINFO_PRIVATE, &c) == CURLE_OK)
			finish(c, m->data.result);
}

/* Lets exchanges go on; waits for at most so many ms.  Whether they can. */
static bool
turn(long ms)
{
	int	 running;

	if (curl->multi_perform(multi, &running) != CURLM_OK)
		return false;
	reap();
	if (running > 0)
		curl->multi_poll(multi, NULL, 0, (int)ms, NULL);
	return true;
}

/* What cannot go on ends, for whoever waits for it. */
static void
give_up(void)
{
	struct call	*c;

	for (c = calls; c != NULL; c = c->next)
		if (!c->over)
			finish(c, CURLE_FAILED_INIT);
}

void
wire_turn(long ms)
{
	struct timespec	 t = { ms / 1000, ms % 1000 * 1000000 };

	if (calls == NULL)
		nanosleep(&t, NULL);
	else if (!turn(ms))
		give_up();
}

void
wire_width(size_t n)
{
	at_once = (long)n;
}

void
wire_exchange(struct exchange *x, size_t n)
{
	struct call	*call = keep(n * sizeof(*call));
	const char	*why;
	size_t		 i, left = 0;

	if ((why = start()) != NULL) {
		for (i = 0; i < n; i++)
			x[i].why = why;
		return;
	}
	for (i = 0; i < n; i++)
		begin(&call[i], &x[i], &left);
	if (crew_inside())
		crew_wait(&left);
	else
		while (left > 0 && turn(EXCHANGE))
			continue;
	for (i = 0; i < n; i++)
		end(&call[i]);
}
