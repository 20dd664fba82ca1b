#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "git/exchange.h"
#include "git/heads.h"
#include "git/libgit.h"
#include "git/pkt.h"
#include "git/smart.h"
#include "net/http.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/version.h"

#define CEILING		((size_t)512 << 20)	/* bytes of one answer */
#define WORDS		240	/* bytes of a server's words that are told */

static const char *const	version_2[] = {
	"Git-Protocol: version=2", NULL
};

struct smart *
smart_open(const struct smart_terms *terms, struct error *error)
{
	struct smart		*s = keep(sizeof(*s));
	const char		*host = strstr(terms->url, "://");
	size_t			 n;
	struct http_terms	 h = { .ca = terms->ca, .user = terms->user,
				    .token_file = terms->password_file,
				    .accept = "*/*", .ceiling = CEILING,
				    .header = version_2, .dry = terms->dry };

	struct smart_terms	*own = keep(sizeof(*own));

	*own = *terms;
	s->terms = own;
	s->means = keep(sizeof(*s->means));
	n = host == NULL ? 0 : strcspn(host + 3, "/?#");
	if (n == 0 || host[3 + n] != '/' || host[4 + n] == '\0' ||
	    strpbrk(host + 3 + n, "?#") != NULL) {
		error_set(error, BROKEN, "git repository \"%s\": expected "
		    "https://HOST/PATH", terms->url);
		return NULL;
	}
	s->path = keepf("%s", host + 3 + n);
	for (n = strlen(s->path); n > 1 && s->path[n - 1] == '/'; n--)
		continue;
	s->path = keep_copy(s->path, n);
	h.origin = keep_copy(terms->url, (size_t)(strstr(host + 3, "/") -
	    terms->url));
	s->http = http_open(&h, error);
	return s->http == NULL ? NULL : s;
}

void
smart_close(struct smart *s)
{
	http_close(s->http);
}

int
smart_token(struct smart *s, const char *token, struct error *error)
{
	return http_token(s->http, token, error);
}

const char *
smart_url(const struct smart *s)
{
	return s->terms->url;
}

void
smart_trust(struct smart *s, const struct smart_means *means)
{
	*s->means = *means;
}

const struct smart_means *
smart_means(const struct smart *s)
{
	return s->means;
}

const char *
exchange_words(const char *text, size_t len)
{
	char	*out = keep(WORDS + 1);
	size_t	 i, n = 0;
	bool	 gap = false;

	for (i = 0; i < len && n < WORDS; i++) {
		if (isspace((unsigned char)text[i]) ||
		    iscntrl((unsigned char)text[i])) {
			gap = n > 0;
			continue;
		}
		if (gap && n < WORDS - 1)
			out[n++] = ' ';
		gap = false;
		out[n++] = text[i];
	}
	return out;
}

static bool
is_page(const struct answer *a)
{
	return strncasecmp(a->type, "text/html", 9) == 0;
}

/* What a refusal says, unless it is a page for a browser. */
static const char *
said(const struct answer *a, const char *body, size_t len)
{
	const char	*words = is_page(a) ? "" : exchange_words(body, len);

	return *words == '\0' ? "" : keepf(": %s", words);
}

static int
refused(const struct smart *s, const struct answer *a, const char *body,
    size_t len, struct error *error)
{
	const char	*url = s->terms->url, *words = said(a, body, len);
	bool		 named = s->terms->user != NULL;

	switch (a->status) {
	case 301: case 302: case 303: case 307: case 308:
		return error_set(error, BROKEN, "%s: the repository has "
		    "moved%s%s: name its new place in the document", url,
		    a->location[0] == '\0' ? "" : " to ", a->location);
	case 401:
		return error_set(error, BROKEN, "%s: %s (401)%s", url, named ?
		    "the server does not accept the user and password that "
		    "it was given; are they expired?" : "the server asks for "
		    "a user and a password: set passwordFile", words);
	case 403:
		return error_set(error, BROKEN, "%s: the account may not do "
		    "this (403)%s", url, words);
	case 404:
		return error_set(error, BROKEN, "%s: no such repository, or "
		    "the account may not see it (404)%s", url, words);
	default:
		return error_set(error, a->status >= 500 ||
		    a->status == 429 ? RETRY : BROKEN, "%s: status %ld%s",
		    url, a->status, words);
	}
}

int
exchange_check(const struct smart *s, const struct answer *a,
    const char *body, size_t len, const char *type, struct error *error)
{
	if (a->status != 200)
		return refused(s, a, body, len, error);
	if (strcasecmp(a->type, type) == 0)
		return 0;
	if (strncasecmp(a->type, "text/plain", 10) == 0)
		return error_set(error, BROKEN, "%s: the server has only "
		    "files of git's (the dumb protocol); one that runs git "
		    "is needed", s->terms->url);
	return error_set(error, RETRY, "%s: %s came in place of %s: is "
	    "something else answering there?", s->terms->url,
	    a->type[0] == '\0' ? "nothing" : a->type, type);
}

void
exchange_command(struct message *m, const char *command)
{
	pkt_line(m, "command=%s\n", command);
	pkt_line(m, "agent=modelsync/%s\n", MODELSYNC_VERSION);
	pkt_line(m, "object-format=sha1\n");
	pkt_delimit(m);
}

/* Whether a list of words, ended by a space or the end, has one. */
static bool
has_word(const char *list, size_t len, const char *word)
{
	size_t	 n = strlen(word), i, w;

	for (i = 0; i < len; i += w + 1) {
		for (w = 0; i + w < len && list[i + w] != ' '; w++)
			continue;
		if (w == n && memcmp(list + i, word, n) == 0)
			return true;
	}
	return false;
}

static int
no_sha256(const struct smart *s, struct error *error)
{
	return error_set(error, BROKEN, "%s has SHA-256 object ids; only "
	    "those with SHA-1 can be read", s->terms->url);
}

/* The lines of version 2's greeting, behind its first. */
static int
read_means(struct smart *s, struct pkts *p, struct error *error)
{
	struct pkt	 k;
	const char	*rest;
	size_t		 len;

	*s->means = (struct smart_means){ .known = true, .v2 = true };
	for (;;) {
		if (pkt_next(p, &k, error) == -1)
			return error_in(error, "%s", s->terms->url);
		if (k.kind != PKT_LINE)
			return 0;
		if (pkt_begins(&k, "fetch=", &rest, &len)) {
			s->means->filter = has_word(rest, len, "filter");
			s->means->shallow = has_word(rest, len, "shallow");
		} else if (pkt_begins(&k, "object-format=", &rest, &len) &&
		    (len != 4 || memcmp(rest, "sha1", 4) != 0))
			return no_sha256(s, error);
	}
}

/* A greeting: version 2, or the refs themselves. */
static int
read_greeting(struct smart *s, const struct answer *a, struct error *error)
{
	struct pkts	 p = { a->body, a->body + a->len };
	struct pkts	 first;
	struct pkt	 k;
	const char	*rest;
	size_t		 len;

	/* "# service=git-upload-pack", which some leave out before v2. */
	do {
		first = p;
		if (pkt_next(&p, &k, error) == -1)
			return error_in(error, "%s", s->terms->url);
		if (k.kind == PKT_LINE && pkt_begins(&k, "ERR ", &rest, &len))
			return error_set(error, BROKEN, "%s: %s",
			    s->terms->url, exchange_words(rest, len));
	} while (k.kind == PKT_FLUSH || pkt_begins(&k, "# ", &rest, &len));
	if (pkt_begins(&k, "version 2", &rest, &len))
		return read_means(s, &p, error);
	*s->means = (struct smart_means){ .known = true };
	s->advert = keep_copy(first.at, (size_t)(first.end - first.at));
	s->advert_len = (size_t)(first.end - first.at);
	return 0;
}

int
exchange_greet(struct smart *s, struct error *error)
{
	struct answer	 a;
	int		 rv;

	rv = http_get(s->http, keepf("%s/info/refs?service=" SERVICE_FETCH,
	    s->path), &a, error);
	if (rv == 0 && exchange_check(s, &a, a.body == NULL ? "" : a.body,
	    a.len, "application/x-" SERVICE_FETCH "-advertisement",
	    error) == -1)
		rv = -1;
	if (rv == 0)
		rv = a.len == 0 ? error_set(error, RETRY, "%s: an empty "
		    "answer", s->terms->url) : read_greeting(s, &a, error);
	http_free(&a);
	return rv;
}

/* One line, "<id> refs/heads/<branch>" and perhaps more behind. */
static int
note_ref(const struct smart *s, const struct pkt *k, struct heads *h,
    struct error *error)
{
	const char	*name = k->data + GIT_OID_HEXSZ + 1, *end;
	git_oid		 oid;
	size_t		 len;

	if (k->len <= GIT_OID_HEXSZ + 1 || k->data[GIT_OID_HEXSZ] != ' ')
		return k->len > GIT_OID_HEXSZ + 1 ? no_sha256(s, error) :
		    error_set(error, RETRY, "%s: a line that names no ref",
		    s->terms->url);
	len = k->len - GIT_OID_HEXSZ - 1;
	if ((end = memchr(name, '\0', len)) != NULL)
		len = (size_t)(end - name);	/* version 1's means */
	if ((end = memchr(name, ' ', len)) != NULL)
		len = (size_t)(end - name);
	if (len <= strlen(HEADS) || memcmp(name, HEADS, strlen(HEADS)) != 0)
		return 0;
	if (git_oid_fromstrn(&oid, k->data, GIT_OID_HEXSZ) < 0)
		return error_set(error, RETRY, "%s: a ref without an id",
		    s->terms->url);
	heads_note(h, name + strlen(HEADS), len - strlen(HEADS), &oid);
	return 0;
}

/*
 * All lines up to the flush that ends them: fewer are no answer, and an
 * absent branch would be believed.
 */
static int
read_refs(const struct smart *s, struct pkts p, struct heads *h,
    struct error *error)
{
	struct pkt	 k;
	const char	*rest;
	size_t		 len;

	for (;;) {
		if (pkt_next(&p, &k, error) == -1)
			return error_in(error, "%s", s->terms->url);
		if (k.kind == PKT_FLUSH)
			return 0;
		if (k.kind == PKT_END)
			return error_set(error, RETRY, "%s: the list of refs "
			    "was cut short", s->terms->url);
		if (pkt_begins(&k, "ERR ", &rest, &len))
			return error_set(error, BROKEN, "%s: %s",
			    s->terms->url, exchange_words(rest, len));
		if (k.kind == PKT_LINE &&
		    note_ref(s, &k, h, error) == -1)
			return -1;
	}
}

static int
ask_refs(struct smart *s, struct heads *h, struct error *error)
{
	struct message	 m = { .lost = 0 };
	struct answer	 a = { .body = NULL };
	size_t		 i;
	int		 rv;

	exchange_command(&m, "ls-refs");
	for (i = 0; i < h->n; i++)
		pkt_line(&m, "ref-prefix " HEADS "%s\n", h->head[i].name);
	pkt_flush(&m);
	rv = m.lost ? error_set(error, RETRY, "out of memory") :
	    http_ask(s->http, ASK_GIT, &(struct request){ .method = "POST",
	    .path = keepf("%s/" SERVICE_FETCH, s->path),
	    .type = "application/x-" SERVICE_FETCH "-request",
	    .body = m.data, .len = m.len }, &a, error);
	pkt_free(&m);
	if (rv == -1)
		return -1;
	rv = exchange_check(s, &a, a.body == NULL ? "" : a.body, a.len,
	    "application/x-" SERVICE_FETCH "-result", error);
	if (rv == 0)
		rv = read_refs(s, (struct pkts){ a.body, a.body + a.len }, h,
		    error);
	http_free(&a);
	return rv;
}

int
smart_refs(struct smart *s, struct heads *h, struct error *error)
{
	heads_clear(h);
	s->advert = NULL;
	if ((!s->means->known || !s->means->v2) &&
	    exchange_greet(s, error) == -1)
		return -1;
	if (!s->means->v2)
		return read_refs(s, (struct pkts){ s->advert, s->advert +
		    s->advert_len }, h, error);
	return ask_refs(s, h, error);
}
