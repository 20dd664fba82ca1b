#include <string.h>

#include "git/exchange.h"
#include "git/pkt.h"
#include "git/smart.h"
#include "net/http.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/version.h"

/* What receive-pack reports (gitprotocol-pack(5), "Report Status"). */
struct report {
	struct message	 lines;		/* of the first band */
	struct message	 words;		/* of the second: hooks speak there */
	const char	*fatal;		/* NULL: none */
	bool		 unpacked, moved;
	const char	*why;		/* it was not; NULL */
};

static void
take_band(struct report *r, const struct pkt *k)
{
	if (k->size == 0)
		return;
	if (k->data[0] == 1)
		pkt_bytes(&r->lines, k->data + 1, k->size - 1);
	else if (k->data[0] == 2)
		pkt_bytes(&r->words, k->data + 1, k->size - 1);
	else if (k->data[0] == 3)
		r->fatal = exchange_words(k->data + 1, k->size - 1);
	else	/* a server that has no bands */
		pkt_bytes(&r->lines, k->data - 4, k->size + 4);
}

static int
read_bands(struct report *r, struct pkts p, struct error *error)
{
	struct pkt	 k;

	for (;;) {
		if (pkt_next(&p, &k, error) == -1)
			return -1;
		if (k.kind == PKT_END)
			return 0;
		if (k.kind == PKT_LINE)
			take_band(r, &k);
	}
}

static int
read_lines(struct report *r, const char *ref, struct error *error)
{
	struct pkts	 p = { r->lines.data, r->lines.data +
			    r->lines.len };
	struct pkt	 k;
	const char	*rest;
	size_t		 len, n = strlen(ref);

	for (;;) {
		if (pkt_next(&p, &k, error) == -1)
			return -1;
		if (k.kind == PKT_END || k.kind == PKT_FLUSH)
			return 0;
		if (pkt_begins(&k, "unpack ", &rest, &len)) {
			r->unpacked = len == 2 && memcmp(rest, "ok", 2) == 0;
			if (!r->unpacked)
				r->why = exchange_words(rest, len);
		} else if (pkt_begins(&k, "ok ", &rest, &len))
			r->moved = len == n && memcmp(rest, ref, n) == 0;
		else if (pkt_begins(&k, "ng ", &rest, &len) && len > n &&
		    memcmp(rest, ref, n) == 0)
			r->why = exchange_words(rest + n, len - n);
	}
}

/* Whether a refusal means that the ref is not where it was seen. */
static bool
is_moved(const char *why, const char *words)
{
	static const char	*const signs[] = {
		"but expected", "reference already exists", "cannot lock ref",
		"failed to update ref", "failed to lock", "stale info",
		"fetch first"
	};
	size_t			 i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strstr(why, signs[i]) != NULL ||
		    strstr(words, signs[i]) != NULL)
			return true;
	return false;
}

const char *
exchange_remedy(const char *words)
{
	static const char	*const signs[] = {
		"non-fast-forward", "force-push", "force push"
	};
	size_t			 i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (strcasestr(words, signs[i]) != NULL)
			return ": where force is forbidden, set "
			    "spec.config.git.force to false";
	return "";
}

static int
tell(const struct smart *s, const struct smart_push *push,
    const struct report *r, struct error *error)
{
	const char	*words = r->words.len == 0 ? "" :
			    exchange_words(r->words.data,
			    r->words.len);
	const char	*why = r->fatal != NULL ? r->fatal :
			    r->why != NULL ? r->why : "it does not say why";
	/* A list of rules may be longer than what is told of it. */
	const char	*all = keepf("%s %s", why, r->words.len == 0 ? "" :
			    keep_copy(r->words.data, r->words.len));

	if (r->unpacked && r->why != NULL && is_moved(why, words))
		return error_set(error, RETRY, "%s: %s is no longer %s: "
		    "somebody moved it meanwhile, nothing was changed (%s)",
		    s->terms->url, push->ref, git_oid_is_zero(&push->was) ?
		    "absent" : git_oid_tostr_s(&push->was), why);
	return error_set(error, BROKEN, "%s: the push of %s was refused: "
	    "%s%s%s%s", s->terms->url, push->ref, why,
	    *words == '\0' ? "" : "; ", words, exchange_remedy(all));
}

static int
read_report(const struct smart *s, const struct smart_push *push,
    const struct answer *a, struct error *error)
{
	struct report	 r = { .fatal = NULL };
	int		 rv;

	rv = read_bands(&r, (struct pkts){ a->body, a->body + a->len },
	    error);
	if (rv == 0 && r.lines.data != NULL)
		rv = read_lines(&r, push->ref, error);
	if (rv == -1)
		error_in(error, "%s: after the push", s->terms->url);
	else if (!r.unpacked || !r.moved)
		rv = tell(s, push, &r, error);
	pkt_free(&r.lines);
	pkt_free(&r.words);
	return rv;
}

int
smart_push(struct smart *s, struct guard *guard,
    const struct smart_push *push, struct error *error)
{
	struct message	 m = { .lost = 0 };
	struct answer	 a = { .body = NULL };
	char		 was[GIT_OID_HEXSZ + 1], is[GIT_OID_HEXSZ + 1];
	int		 rv;

	git_oid_tostr(was, sizeof(was), &push->was);
	git_oid_tostr(is, sizeof(is), &push->is);
	pkt_line(&m, "%s %s %s%c report-status side-band-64k agent=modelsync/"
	    "%s\n", was, is, push->ref, '\0', MODELSYNC_VERSION);
	pkt_flush(&m);
	if (push->pack->len > 0)	/* nothing goes with a deletion */
		pkt_bytes(&m, push->pack->data, push->pack->len);
	rv = m.lost ? error_set(error, RETRY, "out of memory") :
	    http_send(s->http, guard, &(struct request){ .method = "POST",
	    .path = keepf("%s/" SERVICE_PUSH, s->path),
	    .type = "application/x-" SERVICE_PUSH "-request",
	    .body = m.data, .len = m.len }, &a, error);
	pkt_free(&m);
	if (rv == -1)
		return -1;
	rv = exchange_check(s, &a, a.body == NULL ? "" : a.body, a.len,
	    "application/x-" SERVICE_PUSH "-result", error);
	if (rv == 0)
		rv = a.len == 0 ? error_set(error, RETRY, "%s: an empty "
		    "answer to the push", s->terms->url) :
		    read_report(s, push, &a, error);
	http_free(&a);
	return rv;
}
