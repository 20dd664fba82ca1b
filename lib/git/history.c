#include <string.h>

#include "edit/edit.h"
#include "git/history.h"
#include "git/libgit.h"
#include "git/origin.h"
#include "git/repo.h"
#include "git/trail.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/*
 * So many commits in a row must be older than the time asked for: one clock
 * that was wrong must not hide what lies behind its commit.
 */
#define OLDER		16

#define SLOTS		256	/* of remembered blobs, by first byte of id */

struct memory {
	git_oid		 oid;
	const char	*value;
};

struct walk {
	struct repo			*repo;
	const struct history_query	*query;
	struct marks			 own;	/* what marks just the place */
	const char			*path;	/* at the commit at hand */
	struct trail			 trail;
	struct memory			*memory;
	struct history			*history;
	/* Of the commit after the one at hand; not yet one at first. */
	bool				 begun;
	bool				 there;	/* the place */
	git_oid				 tree, blob;
};

static git_commit *
commit_of(struct repo *repo, const char *hex, struct error *error)
{
	git_oid	 oid;

	if (libgit_oid(hex, &oid, error) == -1)
		return NULL;
	return libgit_commit(repo, &oid, error);
}

static int
blob_of(struct repo *repo, const git_oid *oid, struct bytes *b,
    struct error *error)
{
	char	 hex[REPO_OID];

	return repo_blob(repo, git_oid_tostr(hex, sizeof(hex), oid), b,
	    error);
}

static bool
same(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

/* A field leads to the same place in every version, however it is marked. */
static bool
alike(const struct place *a, const struct place *b)
{
	return same(a->field, b->field) &&
	    (a->field != NULL || a->kind == b->kind);
}

size_t
history_nth(const struct places *places, const struct place *place)
{
	const struct place	*p;
	size_t			 nth = 0;

	for (p = places->place; p != place; p++)
		nth += alike(p, place);
	return nth;
}

static const char *
pick(const struct history_query *q, const struct places *places)
{
	const struct place	*p = places->place;
	size_t			 i, nth = 0;

	for (i = 0; i < places->n; i++)
		if (alike(&p[i], q->place) && nth++ == q->nth)
			return p[i].value;
	return NULL;
}

/*
 * What cannot be parsed named no model: nobody could have read one there.
 * Only now it is an error, which whoever reads the present file finds.  A
 * mark of today that leads nowhere yet is no reason to miss the others.
 */
static int
parse(const struct walk *w, const struct origin *file, const char **value,
    struct error *error)
{
	struct bytes	 b;
	struct places	 places;
	int		 rv;

	*value = NULL;
	if (blob_of(w->repo, &file->oid, &b, error) == -1)
		return -1;
	rv = edit_find(file->path, &b, w->query->file.marks, &places, error);
	if (rv == -1 && error->verdict == BROKEN)
		rv = edit_find(file->path, &b, &w->own, &places, error);
	bytes_free(&b);
	if (rv == -1)
		return error->verdict == BROKEN ? 0 : -1;
	*value = pick(w->query, &places);
	return 0;
}

static int
value_of(struct walk *w, const git_oid *oid, const char **value,
    struct error *error)
{
	struct memory	*m = &w->memory[oid->id[0]];

	*value = NULL;
	if (git_oid_is_zero(oid))
		return 0;
	if (!git_oid_equal(&m->oid, oid)) {
		if (parse(w, &(struct origin){ .path = w->path,
		    .oid = *oid }, &m->value, error) == -1)
			return -1;
		m->oid = *oid;
	}
	*value = m->value;
	return 0;
}

/* Follows a file from here on; its name says how it is read. */
static void
follow(struct walk *w, const char *path)
{
	w->path = path;
	w->memory = keep(SLOTS * sizeof(*w->memory));
	trail_begin(&w->trail, w->repo, path);
}

/* The file came with the commit after this one: from which that went? */
static int
find_origin(struct walk *w, const git_oid *tree, const char **value,
    struct error *error)
{
	struct origin_pair	 pair = { *tree, w->tree };
	struct origin		 of = { .path = w->path, .oid = w->blob };
	struct origins		 all;
	size_t			 i;

	*value = NULL;
	if (origin_find(w->repo, &pair, &of, &all, error) == -1)
		return -1;
	for (i = 0; i < all.n; i++) {
		if (parse(w, &all.origin[i], value, error) == -1)
			return -1;
		if (*value == NULL)
			continue;
		follow(w, all.origin[i].path);
		w->blob = all.origin[i].oid;
		return 0;
	}
	w->blob = (git_oid){ { 0 } };
	return 0;
}

static int
look(struct walk *w, const git_oid *tree, const char **value,
    struct error *error)
{
	const git_oid	*blob;

	if ((blob = trail_follow(&w->trail, tree, error)) == NULL)
		return -1;
	if (git_oid_is_zero(blob) && w->begun && !git_oid_is_zero(&w->blob))
		return find_origin(w, tree, value, error);
	w->blob = *blob;
	return value_of(w, blob, value, error);
}

/* Whether the place, which this commit has not, may be elsewhere in it. */
static int
is_lost(struct walk *w, const git_oid *tree, bool *lost, struct error *error)
{
	struct origin_pair	 pair = { *tree, w->tree };

	*lost = w->there;
	if (w->query->sign == NULL || !w->begun)
		*lost = false;
	else if (!w->there)
		return origin_says(w->repo, &pair, w->query->sign, lost,
		    error);
	return 0;
}

/* A value seen for the first time on the way back. */
static void
add(struct walk *w, const char *value)
{
	struct history	*h = w->history;

	h->standing = keep_more(h->standing, h->n, &h->room,
	    sizeof(*h->standing));
	h->standing[h->n++] = (struct standing){ .value = value };
}

/* Every older commit with the value takes the place of the one before. */
static void
date(struct standing *s, const git_commit *c, size_t position)
{
	git_oid_tostr(s->oid, sizeof(s->oid), git_commit_id(c));
	s->time = (time_t)git_commit_time(c);
	s->position = position;
}

static int
name_author(struct repo *repo, struct standing *s, struct error *error)
{
	git_commit	*c;

	if ((c = commit_of(repo, s->oid, error)) == NULL)
		return -1;
	s->author = libgit_person(git_commit_author(c));
	git_commit_free(c);
	return 0;
}

static void
note(struct walk *w, const git_commit *c, const char *value)
{
	struct history	*h = w->history;

	if (h->n == 0)
		add(w, value);
	else if (!same(h->standing[h->n - 1].value, value)) {
		h->standing[h->n - 1].begun = true;
		add(w, value);
	}
	date(&h->standing[h->n - 1], c, h->commits++);
	h->older = git_commit_time(c) < w->query->since ? h->older + 1 : 0;
}

/* Returns 0; 1 when the place is lost; -1. */
static int
visit(struct walk *w, const git_commit *c, struct error *error)
{
	const git_oid	*tree = git_commit_tree_id(c);
	const char	*value;
	bool		 lost = false;

	if (look(w, tree, &value, error) == -1 ||
	    (value == NULL && is_lost(w, tree, &lost, error) == -1))
		return -1;
	if (lost) {
		git_oid_tostr(w->history->lost, sizeof(w->history->lost),
		    git_commit_id(c));
		return 1;
	}
	note(w, c, value);
	w->begun = true;
	w->there = value != NULL;
	w->tree = *tree;
	return 0;
}

/* Returns 0 with the next commit; 1 when the walk is over; -1. */
static int
next(struct walk *w, const git_commit *c, git_oid *oid, struct error *error)
{
	struct history	*h = w->history;

	if (git_commit_parentcount(c) == 0) {
		h->standing[h->n - 1].begun = true;
		return 1;
	}
	if (h->older >= OLDER &&
	    (h->standing[0].begun || !w->query->who))
		return 1;
	if (h->commits == HISTORY_COMMITS)
		return h->older > 0 ? 1 : error_set(error, BROKEN, "%s: more "
		    "than %d commits since the time asked for", w->repo->where,
		    HISTORY_COMMITS);
	*oid = *git_commit_parent_id(c, 0);
	return 0;
}

static int
walk(struct walk *w, git_oid *oid, struct error *error)
{
	git_commit	*c;
	int		 rv;

	do {
		if ((c = libgit_commit(w->repo, oid, error)) == NULL)
			return -1;
		if ((rv = visit(w, c, error)) == 0)
			rv = next(w, c, oid, error);
		git_commit_free(c);
	} while (rv == 0);
	return rv;
}

static int
walk_from(struct repo *repo, const char *commit,
    const struct history_query *query, struct history *h,
    struct error *error)
{
	const struct place	*p = query->place;
	const struct marks	*m = query->file.marks;
	struct walk		 w = { .repo = repo, .query = query,
				    .history = h };
	git_oid			 oid;
	size_t			 i;

	if (libgit_oid(commit, &oid, error) == -1)
		return -1;
	if (p->field != NULL)
		w.own = (struct marks){ .fields = &p->field, .nfields = 1 };
	else
		w.own = (struct marks){ .setter = m->setter,
		    .definitions = m->definitions };
	h->lost[0] = '\0';
	follow(&w, query->file.path);
	if (walk(&w, &oid, error) == -1)
		return error_in(error, "history of %s", query->file.path);
	for (i = 0; i < h->n; i++)
		if (name_author(repo, &h->standing[i], error) == -1)
			return -1;
	return 0;
}

int
history_values(struct repo *repo, const struct history_query *query,
    struct history *history, struct error *error)
{
	*history = (struct history){ .n = 0 };
	return walk_from(repo, query->commit, query, history, error);
}

int
history_go_on(struct repo *repo, const struct history_query *query,
    struct history *history, struct error *error)
{
	return walk_from(repo, keepf("%s", history->lost), query, history,
	    error);
}

int
history_touched(struct repo *repo, const struct history_pair *pair,
    bool touched[], struct error *error)
{
	git_commit	*a, *b = NULL;
	const git_oid	*blob;
	git_oid		 was;
	struct trail	 t;
	size_t		 i = 0;

	if ((a = commit_of(repo, pair->a, error)) != NULL &&
	    (b = commit_of(repo, pair->b, error)) != NULL)
		for (; i < pair->n; i++) {
			trail_begin(&t, repo, pair->path[i]);
			blob = trail_follow(&t, git_commit_tree_id(a), error);
			if (blob == NULL)
				break;
			was = *blob;
			blob = trail_follow(&t, git_commit_tree_id(b), error);
			if (blob == NULL)
				break;
			touched[i] = !git_oid_equal(&was, blob);
		}
	git_commit_free(a);
	git_commit_free(b);
	return b != NULL && i == pair->n ? 0 : -1;
}
