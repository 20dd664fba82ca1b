#include <string.h>

#include "edit/edit.h"
#include "git/history.h"
#include "git/libgit.h"
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
	struct trail			 trail;
	struct memory			*memory;
	struct history			*history;
	size_t				 room;
	int				 older;	/* commits in a row */
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
 * Only now it is an error, which whoever reads the present file finds.
 */
static int
parse(const struct walk *w, const git_oid *oid, const char **value,
    struct error *error)
{
	const struct marked	*file = &w->query->file;
	struct bytes		 b;
	struct places		 places;
	int			 rv;

	*value = NULL;
	if (blob_of(w->repo, oid, &b, error) == -1)
		return -1;
	rv = edit_find(file->path, &b, file->marks, &places, error);
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
		if (parse(w, oid, &m->value, error) == -1)
			return -1;
		m->oid = *oid;
	}
	*value = m->value;
	return 0;
}

/* A value seen for the first time on the way back. */
static void
add(struct walk *w, const char *value)
{
	struct history	*h = w->history;

	h->standing = keep_more(h->standing, h->n, &w->room,
	    sizeof(*h->standing));
	h->standing[h->n++] = (struct standing){ .value = value };
}

/* Every older commit with the value takes the place of the one before. */
static void
date(struct standing *s, const git_commit *c)
{
	git_oid_tostr(s->oid, sizeof(s->oid), git_commit_id(c));
	s->time = (time_t)git_commit_time(c);
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

static int
visit(struct walk *w, const git_commit *c, struct error *error)
{
	struct history	*h = w->history;
	const git_oid	*blob;
	const char	*value;

	blob = trail_follow(&w->trail, git_commit_tree_id(c), error);
	if (blob == NULL || value_of(w, blob, &value, error) == -1)
		return -1;
	if (h->n == 0)
		add(w, value);
	else if (!same(h->standing[h->n - 1].value, value)) {
		h->standing[h->n - 1].begun = true;
		add(w, value);
	}
	date(&h->standing[h->n - 1], c);
	h->commits++;
	w->older = git_commit_time(c) < w->query->since ? w->older + 1 : 0;
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
	if (w->older >= OLDER && h->standing[0].begun)
		return 1;
	if (h->commits == HISTORY_COMMITS)
		return w->older > 0 ? 1 : error_set(error, BROKEN, "%s: more "
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

int
history_values(struct repo *repo, const struct history_query *query,
    struct history *history, struct error *error)
{
	struct walk	 w = { .repo = repo, .query = query,
			    .history = history };
	git_oid		 oid;
	size_t		 i;

	*history = (struct history){ .n = 0 };
	if (libgit_oid(query->commit, &oid, error) == -1)
		return -1;
	w.memory = keep(SLOTS * sizeof(*w.memory));
	trail_begin(&w.trail, repo, query->file.path);
	if (walk(&w, &oid, error) == -1)
		return error_in(error, "history of %s", query->file.path);
	for (i = 0; i < history->n; i++)
		if (name_author(repo, &history->standing[i], error) == -1)
			return -1;
	return 0;
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
