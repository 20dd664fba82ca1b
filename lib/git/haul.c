#include <sys/mman.h>
#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "git/exchange.h"
#include "git/libgit.h"
#include "git/pkt.h"
#include "git/smart.h"
#include "net/http.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define MODE		0444	/* of packs, as git's own */

/* Where the bands of an answer lead (gitprotocol-pack(5)). */
enum band { BAND_PACK = 1, BAND_PROGRESS, BAND_ERROR };

static void
write_oids(struct message *m, const char *what, const git_oid *oid, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		pkt_line(m, "%s %s\n", what, git_oid_tostr_s(&oid[i]));
}

static void
write_v2(struct message *m, const struct smart *s, const struct smart_want *w)
{
	exchange_command(m, "fetch");
	pkt_line(m, "no-progress\n");
	pkt_line(m, "ofs-delta\n");
	if (s->means->filter && !w->blobs)
		pkt_line(m, "filter blob:none\n");
	if (s->means->shallow) {
		write_oids(m, "shallow", w->shallow, w->nshallow);
		if (w->depth > 0)
			pkt_line(m, "deepen %u\n", w->depth);
	}
	write_oids(m, "want", w->want, w->nwant);
	write_oids(m, "have", w->have, w->nhave);
	pkt_line(m, "done\n");
	pkt_flush(m);
}

/* All at once: nothing is left out, nothing is negotiated about. */
static void
write_v1(struct message *m, const struct smart_want *w)
{
	size_t	 i;

	for (i = 0; i < w->nwant; i++)
		pkt_line(m, "want %s%s\n", git_oid_tostr_s(&w->want[i]),
		    i == 0 ? " side-band-64k ofs-delta no-progress" : "");
	pkt_flush(m);
	write_oids(m, "have", w->have, w->nhave);
	pkt_line(m, "done\n");
}

/* A pack on its way into the folder. */
struct haul {
	const struct smart	*smart;
	const struct smart_want	*want;
	struct smart_edge	*edge;
	git_indexer		*indexer;
	size_t			 room, packed;
};

static int
feed(struct haul *h, const char *data, size_t len, struct error *error)
{
	git_indexer_progress	 progress;

	if (git_indexer_append(h->indexer, data, len, &progress) < 0)
		return libgit_error(error, "%s: a pack that cannot be used",
		    h->smart->terms->url);
	h->packed += len;
	return 0;
}

static int
fatal(const struct haul *h, const char *words, size_t len,
    struct error *error)
{
	return error_set(error, RETRY, "%s: the server gave up: %s",
	    h->smart->terms->url, exchange_words(words, len));
}

/* A line of the pack's section. */
static int
take_band(struct haul *h, const struct pkt *k, struct error *error)
{
	if (k->size == 0)
		return 0;
	switch (k->data[0]) {
	case BAND_PACK:
		return feed(h, k->data + 1, k->size - 1, error);
	case BAND_PROGRESS:
		return 0;
	case BAND_ERROR:
		return fatal(h, k->data + 1, k->len - 1, error);
	default:
		return error_set(error, RETRY, "%s: a line of no band",
		    h->smart->terms->url);
	}
}

static void
note_edge(struct haul *h, const char *hex, size_t len)
{
	struct smart_edge	*e = h->edge;
	git_oid			 oid;

	if (len != GIT_OID_HEXSZ ||
	    git_oid_fromstr(&oid, keep_copy(hex, len)) < 0)
		return;
	e->oid = keep_more(e->oid, e->n, &h->room, sizeof(*e->oid));
	e->oid[e->n++] = oid;
}

/* The lines before the pack, and then it. */
static int
read_answer(struct haul *h, struct pkts p, struct error *error)
{
	struct pkt	 k;
	const char	*rest;
	size_t		 len;
	bool		 packing = false;

	for (;;) {
		if (pkt_next(&p, &k, error) == -1)
			return error_in(error, "%s", h->smart->terms->url);
		if (k.kind == PKT_END || (k.kind == PKT_FLUSH && packing))
			break;
		if (k.kind != PKT_LINE)
			continue;
		if (packing) {
			if (take_band(h, &k, error) == -1)
				return -1;
		} else if (pkt_begins(&k, "ERR ", &rest, &len))
			return fatal(h, rest, len, error);
		else if (pkt_begins(&k, "shallow ", &rest, &len))
			note_edge(h, rest, len);
		else if (pkt_begins(&k, "packfile", &rest, &len) ||
		    pkt_begins(&k, "NAK", &rest, &len) ||
		    pkt_begins(&k, "ACK ", &rest, &len))
			packing = true;
	}
	return h->packed > 0 ? 0 : error_set(error, RETRY, "%s: no pack came",
	    h->smart->terms->url);
}

static int
index_answer(struct haul *h, const char *data, size_t len,
    struct error *error)
{
	git_indexer_progress	 progress;
	int			 rv;

	if (git_indexer_new(&h->indexer, h->want->folder, MODE,
	    h->want->odb, NULL) < 0)
		return libgit_error(error, "%s", h->want->folder);
	rv = read_answer(h, (struct pkts){ data, data + len }, error);
	if (rv == 0 && git_indexer_commit(h->indexer, &progress) < 0)
		rv = libgit_error(error, "%s: the pack is not whole",
		    h->smart->terms->url);
	git_indexer_free(h->indexer);
	return rv;
}

static int
read_file(struct haul *h, int fd, const struct answer *a, struct error *error)
{
	void	*data = NULL;
	int	 rv;

	if (a->len > 0 && (data = mmap(NULL, a->len, PROT_READ, MAP_PRIVATE,
	    fd, 0)) == MAP_FAILED)
		return error_errno(error, RETRY, "%s", h->want->folder);
	rv = exchange_check(h->smart, a, data == NULL ? "" : data, a->len,
	    "application/x-" SERVICE_FETCH "-result", error);
	if (rv == 0)
		rv = index_answer(h, data == NULL ? "" : data, a->len, error);
	if (data != NULL)
		munmap(data, a->len);
	return rv;
}

static int
ask(struct smart *s, const struct smart_want *w, const int *into,
    struct answer *a, struct error *error)
{
	struct message	 m = { .lost = 0 };
	int		 rv;

	if (s->means->v2)
		write_v2(&m, s, w);
	else
		write_v1(&m, w);
	rv = m.lost ? error_set(error, RETRY, "out of memory") :
	    http_ask(s->http, ASK_GIT, &(struct request){ .method = "POST",
	    .path = keepf("%s/" SERVICE_FETCH, s->path), .into = into,
	    .type = "application/x-" SERVICE_FETCH "-request",
	    .body = m.data, .len = m.len }, a, error);
	pkt_free(&m);
	return rv;
}

int
smart_fetch(struct smart *s, const struct smart_want *w,
    struct smart_edge *edge, struct error *error)
{
	struct haul	 h = { .smart = s, .want = w, .edge = edge };
	struct answer	 a = { .body = NULL };
	int		 fd, rv;

	*edge = (struct smart_edge){ NULL, 0 };
	/* What comes may be larger than memory: it goes through a file. */
	fd = open(w->folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	if (fd == -1)
		return error_errno(error, RETRY, "%s", w->folder);
	rv = ask(s, w, &fd, &a, error);
	if (rv == 0) {
		rv = read_file(&h, fd, &a, error);
		http_free(&a);
	}
	close(fd);
	return rv;
}
