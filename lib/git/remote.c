#include <stdlib.h>
#include <string.h>

#include "git/cache.h"
#include "git/heads.h"
#include "git/libgit.h"
#include "git/remote.h"
#include "git/repo.h"
#include "git/smart.h"
#include "git/ssh.h"
#include "git/url.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

#define AT_FIRST	32	/* commits fetched of each branch */
#define GROWTH		8	/* so many times more, each time */
#define MOST		32768	/* then the whole history */

/* Over http, or over ssh, and what is looked at there. */
struct server {
	struct smart	*smart;
	struct ssh	*ssh;
	struct heads	*heads;
};

struct remote {
	struct repo_terms	 terms;
	struct cache		 cache;
	struct server		 from, to;	/* the same but with a fork */
	bool			 forked;
	git_odb			*own;		/* asks nobody */
	git_repository		*git;
	unsigned		 depth;		/* of the next piece */
	git_oid			*made;
	size_t			 nmade, room;
	bool			 damaged, changed;
	bool			 doubted;	/* what servers can do */
};

static const char *
folder_of(const struct remote *r)
{
	return keepf("%s/objects/pack", r->cache.path);
}

static bool
is_here(const struct remote *r, const git_oid *oid)
{
	return git_odb_exists_ext(r->own, oid, GIT_ODB_LOOKUP_NO_REFRESH);
}

/*
 * A server that was believed to be as it was did not answer as it should: it
 * may be another now, or behind something else.  The next run asks again.
 * Returns -1.
 */
static int
doubt(struct remote *r)
{
	struct cache	*c = &r->cache;
	struct error	 error;

	if (c->temporary || (!c->from->known && !c->to->known))
		return -1;
	c->from->known = c->to->known = false;
	r->doubted = true;
	cache_save(c, &error);
	return -1;
}

static int
fetch(struct remote *r, struct smart *s, const struct smart_want *want,
    struct error *error)
{
	struct smart_edge	 edge;
	size_t			 i;

	if (smart_fetch(s, want, &edge, error) == -1)
		return doubt(r);
	for (i = 0; i < edge.n; i++)
		cache_add_edge(&r->cache, &edge.oid[i]);
	r->changed = true;
	git_odb_refresh(r->own);
	return 0;
}

/* What one server's branches point at, unless it is here. */
static int
fetch_tips(struct remote *r, const struct server *s, struct error *error)
{
	const struct heads	*h = s->heads;
	git_oid			*want = keep((h->n + 1) * sizeof(*want));
	struct cache		*c = &r->cache;
	size_t			 i, nwant = 0;

	for (i = 0; i < h->n; i++)
		if (!git_oid_is_zero(&h->head[i].at) &&
		    !is_here(r, &h->head[i].at))
			want[nwant++] = h->head[i].at;
	if (nwant == 0)
		return 0;
	return fetch(r, s->smart, &(struct smart_want){ .want = want,
	    .nwant = nwant, .have = c->tip, .nhave = c->ntips,
	    .shallow = c->edge, .nshallow = c->nedges, .depth = AT_FIRST,
	    .odb = r->own, .folder = folder_of(r) }, error);
}

/* What a server was known to do, if anything. */
static struct smart_means *
was(const struct remote *r, const struct server *s)
{
	return s == &r->to ? r->cache.to : r->cache.from;
}

/*
 * What was left out is asked for later, which version 2 alone can do: without
 * it, objects are all there or cannot be used.
 */
static int
check_means(struct remote *r, const struct server *s, struct error *error)
{
	if (!was(r, s)->v2 || smart_means(s->smart)->v2)
		return 0;
	r->damaged = true;
	return error_set(error, RETRY, "%s: the server answers without "
	    "version 2 of git's protocol now; %s, which needs it, is thrown "
	    "away, and the next run fetches all", smart_url(s->smart),
	    r->cache.path);
}

static int
look_at(struct remote *r, const struct server *s, struct error *error)
{
	if (s->ssh != NULL) {
		if (ssh_look(s->ssh, r->git, s->heads, error) == -1)
			return -1;
		git_odb_refresh(r->own);
		if (ssh_is_stale(s->ssh)) {
			r->cache.notice = keepf("%s is thrown away: a dead "
			    "run left a lock in it", r->cache.path);
			r->damaged = true;
		}
		return 0;
	}
	if (s->smart == NULL)
		return -1;
	if (smart_refs(s->smart, s->heads, error) == -1)
		return doubt(r);
	return check_means(r, s, error) == -1 ? -1 : fetch_tips(r, s, error);
}

static int
look(struct remote *r, struct error *error)
{
	if (look_at(r, &r->from, error) == -1)
		return -1;
	if (r->forked && look_at(r, &r->to, error) == -1)
		return error_in(error, "config.git.push");
	return 0;
}

/* Of ssh nothing is remembered: its refs in the cache say it all. */
static struct smart_means
means_of(const struct server *s)
{
	struct smart_means	 none = { .known = false };

	return s->smart == NULL ? none : *smart_means(s->smart);
}

/* The same for the next run. */
static struct smart_means
learnt(const struct remote *r, const struct server *s)
{
	struct smart_means	 m = means_of(s);

	m.known = m.known && !r->doubted;
	return m;
}

/* An edge is one no longer when all its parents came. */
static bool
is_edge(const struct remote *r, const git_oid *oid)
{
	git_odb_object	*object;
	const char	*p;
	git_oid		 parent;
	bool		 edge = false;

	if (git_odb_read(&object, r->own, oid) < 0)
		return false;
	p = strchr(git_odb_object_data(object), '\n');
	while (p != NULL && strncmp(p, "\nparent ", 8) == 0) {
		if (git_oid_fromstrn(&parent, p + 8, GIT_OID_HEXSZ) < 0 ||
		    !is_here(r, &parent))
			edge = true;
		p = strchr(p + 1, '\n');
	}
	git_odb_object_free(object);
	return edge;
}

static bool
same_means(const struct smart_means *a, const struct smart_means *b)
{
	return a->known == b->known && a->v2 == b->v2 &&
	    a->filter == b->filter && a->shallow == b->shallow;
}

/* Those that came: one that was not fetched must not count as had. */
static void
add_tips(struct remote *r, const struct heads *h)
{
	struct cache	*c = &r->cache;
	size_t		 i;

	for (i = 0; i < h->n; i++)
		if (!git_oid_is_zero(&h->head[i].at) &&
		    is_here(r, &h->head[i].at))
			c->tip[c->ntips++] = h->head[i].at;
}

/* What is here now, for the runs to come. */
static int
remember(struct remote *r, struct error *error)
{
	struct cache		*c = &r->cache;
	struct smart_means	 from = learnt(r, &r->from);
	struct smart_means	 to = learnt(r, &r->to);
	size_t			 i, n = 0;

	if (!r->changed && same_means(c->from, &from) &&
	    same_means(c->to, &to))
		return 0;
	*c->from = from;
	*c->to = to;
	c->tip = keep((r->from.heads->n + r->to.heads->n) *
	    sizeof(*c->tip));
	c->ntips = 0;
	add_tips(r, r->from.heads);
	if (r->forked)
		add_tips(r, r->to.heads);
	for (i = 0; i < c->nedges; i++)
		if (is_edge(r, &c->edge[i]))
			c->edge[n++] = c->edge[i];
	c->nedges = n;
	r->changed = false;
	return c->temporary ? 0 : cache_save(c, error);
}

static int
open_smart(const struct repo_server *server, bool dry, struct smart **s,
    struct error *error)
{
	bool	 named = server->password_file != NULL ||
		    server->token != NULL;

	*s = smart_open(&(struct smart_terms){ .url = server->url,
	    .user = named ? server->user : NULL,
	    .password_file = server->password_file, .ca = server->ca,
	    .dry = dry }, error);
	if (*s == NULL)
		return -1;
	return server->token == NULL ? 0 :
	    smart_token(*s, server->token, error);
}

static int
open_server(const struct repo_server *terms, bool dry, struct server *s,
    struct error *error)
{
	if (url_is_http(terms->url))
		return open_smart(terms, dry, &s->smart, error);
	s->ssh = ssh_open(&(struct ssh_terms){ .url = terms->url,
	    .key = terms->key, .host_key = terms->host_key, .dry = dry },
	    error);
	return s->ssh == NULL ? -1 : 0;
}

static void
watch(struct heads *h, const char *branch)
{
	static const git_oid	 nowhere;

	heads_set(h, branch, &nowhere);
}

static int
open_servers(struct remote *r, struct error *error)
{
	const struct repo_terms	*t = &r->terms;

	r->from.heads = r->to.heads = keep(sizeof(*r->from.heads));
	if (open_server(&t->from, t->dry, &r->from, error) == -1)
		return -1;
	r->forked = t->to.url != NULL;
	watch(r->from.heads, t->base);
	r->to = r->from;
	if (r->forked) {
		r->to = (struct server){ .heads =
		    keep(sizeof(*r->to.heads)) };
		if (open_server(&t->to, t->dry, &r->to, error) == -1)
			return error_in(error, "config.git.push");
	}
	watch(r->to.heads, t->head);
	r->to.heads->also = t->more ? keepf("%s-", t->head) : NULL;
	return 0;
}

static void
close_server(const struct server *s)
{
	if (s->smart != NULL)
		smart_close(s->smart);
}

static int
open_objects(struct remote *r, struct repo *repo, struct error *error)
{
	git_odb	*again;

	if (git_repository_open_ext(&repo->git, r->cache.path,
	    GIT_REPOSITORY_OPEN_NO_SEARCH, NULL) < 0 ||
	    git_repository_odb(&repo->odb, repo->git) < 0 ||
	    git_odb_open(&r->own, keepf("%s/objects", r->cache.path)) < 0 ||
	    git_odb_open(&again, keepf("%s/objects", r->cache.path)) < 0) {
		libgit_error(error, "%s", r->cache.path);
		remote_damaged(r);
		return -1;
	}
	r->git = repo->git;
	return promise_add(repo->odb, again, r, error);
}

struct remote *
remote_open(const struct repo_terms *terms, struct repo *repo,
    struct error *error)
{
	struct remote	*r = keep(sizeof(*r));
	const char	*both = terms->to.url == NULL ? terms->from.url :
			    keepf("%s %s", terms->from.url, terms->to.url);

	r->terms = *terms;
	r->depth = AT_FIRST * GROWTH;
	repo->remote = r;
	if (open_servers(r, error) == -1 ||
	    cache_open(&r->cache, terms->cache, both, error) == -1 ||
	    open_objects(r, repo, error) == -1)
		return NULL;
	repo->where = terms->from.url;
	if (r->from.smart != NULL)
		smart_trust(r->from.smart, r->cache.from);
	if (r->forked && r->to.smart != NULL)
		smart_trust(r->to.smart, r->cache.to);
	if (look(r, error) == -1 || remember(r, error) == -1)
		return NULL;
	return r;
}

void
remote_close(struct remote *r)
{
	struct error	 error;

	close_server(&r->from);
	close_server(&r->to);
	/* What was fetched on the way is as good as fetched before. */
	if (r->damaged)
		cache_discard(&r->cache);
	else if (r->changed)
		remember(r, &error);
	git_odb_free(r->own);
	cache_close(&r->cache);
}

const char *
remote_notice(const struct remote *r)
{
	return r->cache.notice;
}

int
remote_branch(const struct remote *r, const char *branch, git_oid *oid,
    struct error *error)
{
	const struct head	*head;

	head = heads_find(strcmp(branch, r->terms.base) == 0 ?
	    r->from.heads : r->to.heads, branch);
	if (head == NULL)
		return error_set(error, BROKEN, "%s was not asked for",
		    branch);
	*oid = head->at;
	return git_oid_is_zero(oid) ? 1 : 0;
}

const struct heads *
remote_heads(const struct remote *r)
{
	return r->to.heads;
}

int
remote_want(struct remote *r, const git_oid *oid, size_t n,
    struct error *error)
{
	git_oid	*want = keep((n + 1) * sizeof(*want));
	size_t	 i, nwant = 0;

	for (i = 0; i < n; i++)
		if (!is_here(r, &oid[i]))
			want[nwant++] = oid[i];
	if (nwant == 0 || !means_of(&r->from).v2)
		return 0;
	return fetch(r, r->from.smart, &(struct smart_want){ .want = want,
	    .nwant = nwant, .blobs = true, .odb = r->own,
	    .folder = folder_of(r) }, error);
}

/*
 * Nothing is said to be here already: a server would leave contents of
 * files out that belong to those commits.
 */
int
remote_fetch(struct remote *r, const git_oid *oid, struct error *error)
{
	struct cache	*c = &r->cache;

	if (!means_of(&r->from).v2)
		return 1;
	if (fetch(r, r->from.smart, &(struct smart_want){ .want = oid,
	    .nwant = 1, .shallow = c->edge, .nshallow = c->nedges,
	    .depth = r->depth > MOST ? 0 : r->depth, .odb = r->own,
	    .folder = folder_of(r) }, error) == -1)
		return -1;
	r->depth *= GROWTH;
	return is_here(r, oid) ? 0 : 1;
}

void
remote_made(struct remote *r, const git_oid *oid)
{
	r->made = keep_more(r->made, r->nmade, &r->room, sizeof(*r->made));
	r->made[r->nmade++] = *oid;
}

void
remote_damaged(struct remote *r)
{
	r->damaged = true;
}

/* All that was made, and nothing else: the server has the rest. */
static int
pack(const struct remote *r, git_buf *out, struct error *error)
{
	git_packbuilder	*builder = NULL;
	size_t		 i;
	int		 rc;

	rc = git_packbuilder_new(&builder, r->git);
	for (i = 0; i < r->nmade && rc >= 0; i++)
		rc = git_packbuilder_insert(builder, &r->made[i], NULL);
	if (rc >= 0)
		rc = git_packbuilder_write_buf(out, builder);
	git_packbuilder_free(builder);
	return rc < 0 ? libgit_error(error, "%s: a pack", r->cache.path) : 0;
}

static const char *
url_of(const struct server *s)
{
	return s->smart != NULL ? smart_url(s->smart) : ssh_url(s->ssh);
}

/* The branch as the server has it after the push. */
static int
verify(struct remote *r, const struct push *push, struct error *error)
{
	struct heads	 h = { .head = NULL };
	git_oid		 now;
	int		 rv;

	watch(&h, push->branch);
	rv = r->to.smart != NULL ? smart_refs(r->to.smart, &h, error) :
	    ssh_look(r->to.ssh, r->git, &h, error);
	if (rv == -1)
		return error_in(error, "after the push");
	now = h.head[0].at;
	if (push->to == NULL ? !git_oid_is_zero(&now) :
	    git_oid_streq(&now, push->to) != 0)
		return error_set(error, RETRY, "%s: refs/heads/%s was %s, "
		    "but is %s now: somebody else moved it again",
		    url_of(&r->to), push->branch, push->to == NULL ?
		    "deleted" : keepf("moved to %s", push->to),
		    git_oid_is_zero(&now) ? "gone" : git_oid_tostr_s(&now));
	heads_set(r->to.heads, push->branch, &now);
	r->changed = true;
	return 0;
}

static int
push_smart(struct remote *r, struct guard *guard, const struct push *push,
    struct error *error)
{
	struct smart_push	 p = { .ref = keepf("refs/heads/%s",
				    push->branch) };
	git_buf			 buf = { NULL, 0, 0 };
	int			 rv;

	if ((push->to != NULL && libgit_oid(push->to, &p.is, error) == -1) ||
	    (push->was != NULL &&
	    libgit_oid(push->was, &p.was, error) == -1) ||
	    (push->to != NULL && pack(r, &buf, error) == -1))
		return -1;
	p.pack = &(struct bytes){ buf.ptr, buf.size };
	rv = smart_push(r->to.smart, guard, &p, error);
	git_buf_dispose(&buf);
	return rv;
}

int
remote_push(struct remote *r, struct guard *guard, const struct push *push,
    struct error *error)
{
	int	 rv;

	rv = r->to.smart != NULL ? push_smart(r, guard, push, error) :
	    ssh_push(r->to.ssh, guard, r->git, push, error);
	return rv == -1 ? -1 : verify(r, push, error);
}
