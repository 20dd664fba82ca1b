#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git/entry.h"
#include "git/graft.h"
#include "git/libgit.h"
#include "git/repo.h"
#include "run/bytes.h"
#include "run/error.h"

#define OVERHEAD	(7 + 1 + GIT_OID_RAWSZ)	/* "100644 ", NUL, id */

/* The changes below one folder: sorted by path, alike up to an offset. */
struct bough {
	const struct change	*change;
	size_t			 n;
	size_t			 skip;	/* the folder's part of each path */
};

/* One name of a folder at or below which something changes. */
struct shoot {
	struct bough	 bough;
	const char	*name;		/* len bytes */
	size_t		 len;
	struct entry	 was;		/* name NULL: not there */
	unsigned	 mode;		/* to be; 0: not there */
	git_oid		 oid;
};

/* A folder on its way to another. */
struct folder {
	const struct repo	*repo;
	struct entries		 old;	/* object NULL: it is new */
	struct shoot		*shoot;	/* by name */
	size_t			 nshoots;
	unsigned char		*data;	/* the tree that is written */
	size_t			 len;
};

static int	graft(const struct repo *, const git_oid *,
		    const struct bough *, git_oid *, struct error *);

/* Folders before their neighbours, so that each stays together. */
static int
by_path(const void *a, const void *b)
{
	const struct change	*x = a, *y = b;
	const unsigned char	*p = (const unsigned char *)x->path;
	const unsigned char	*q = (const unsigned char *)y->path;

	for (; *p == *q && *p != '\0'; p++, q++)
		continue;
	return (*p == '/' ? 1 : *p * 2) - (*q == '/' ? 1 : *q * 2);
}

static const char *
rest(const struct bough *b, size_t i)
{
	return b->change[i].path + b->skip;
}

/* How many changes from the first on share its next name. */
static size_t
alike(const struct bough *b, size_t len)
{
	size_t	 i;

	for (i = 1; i < b->n; i++)
		if (strncmp(rest(b, i), rest(b, 0), len) != 0 ||
		    (rest(b, i)[len] != '/' && rest(b, i)[len] != '\0'))
			break;
	return i;
}

static int
split(struct folder *f, const struct bough *all)
{
	struct bough	 b = *all;
	struct shoot	*s;
	size_t		 i;

	if ((f->shoot = calloc(all->n, sizeof(*f->shoot))) == NULL)
		return -1;
	for (i = 0; i < all->n; i += b.n) {
		s = &f->shoot[f->nshoots++];
		b.change = all->change + i;
		b.n = all->n - i;
		s->name = rest(&b, 0);
		s->len = strcspn(s->name, "/");
		b.n = alike(&b, s->len);
		s->bough = b;
	}
	return 0;
}

static struct shoot *
shoot_at(const struct folder *f, const struct entry *e)
{
	size_t	 low = 0, high = f->nshoots, at;
	int	 rc;

	while (low < high) {
		at = low + (high - low) / 2;
		rc = strncmp(e->name, f->shoot[at].name, f->shoot[at].len);
		if (rc == 0)
			rc = e->len > f->shoot[at].len;
		if (rc == 0)
			return &f->shoot[at];
		if (rc < 0)
			high = at;
		else
			low = at + 1;
	}
	return NULL;
}

/* What stands at the names now. */
static int
meet(struct folder *f, struct error *error)
{
	struct entries	 all = f->old;
	struct entry	 e;
	struct shoot	*s;
	int		 rv;

	while ((rv = entry_next(&all, &e, error)) == 0)
		if ((s = shoot_at(f, &e)) != NULL && s->was.name == NULL)
			s->was = e;
	return rv == 1 ? 0 : -1;
}

static int
refuse(const struct shoot *s, const char *expected, struct error *error)
{
	const char	*path = s->bough.change->path;

	if (s->was.name == NULL)
		return error_set(error, BROKEN, "%s: no such file in the "
		    "commit", path);
	return error_set(error, BROKEN, "%s: %.*s is not a %s in the commit",
	    path, (int)(s->bough.skip + s->len), path, expected);
}

/* The changes below a name, where a file may have made room for a folder. */
static int
grow_folder(const struct repo *repo, struct shoot *s, const struct bough *b,
    bool cleared, struct error *error)
{
	git_oid	 was;
	int	 rv;

	if (s->was.name != NULL && !cleared && !entry_is_folder(&s->was))
		return refuse(s, "folder", error);
	if (s->was.name != NULL && entry_is_folder(&s->was)) {
		git_oid_fromraw(&was, s->was.oid);
		rv = graft(repo, &was, b, &s->oid, error);
	} else
		rv = graft(repo, NULL, b, &s->oid, error);
	s->mode = rv == 0 ? GIT_FILEMODE_TREE : 0;
	return rv == -1 ? -1 : 0;
}

/* A file where none was, or with another mode. */
static int
check_mode(const struct shoot *s, const struct change *c, struct error *error)
{
	if (c->mode == 0)
		return refuse(s, "regular file", error);
	if (c->mode != GIT_FILEMODE_BLOB &&
	    c->mode != GIT_FILEMODE_BLOB_EXECUTABLE)
		return error_set(error, BROKEN, "%s: %o is not the mode of a "
		    "file", c->path, c->mode);
	return 0;
}

static int
grow_file(const struct repo *repo, struct shoot *s, struct error *error)
{
	const struct change	*c = s->bough.change;
	const struct bytes	*b = c->content;

	if (s->mode != 0)
		return error_set(error, BROKEN, "%s: named twice, or taken "
		    "for a folder", c->path);
	if ((!entry_is_file(&s->was) || c->mode != 0) &&
	    check_mode(s, c, error) == -1)
		return -1;
	s->mode = c->mode != 0 ? c->mode : s->was.mode;
	if (libgit_write(repo, b->len == 0 ? "" : b->data, b->len,
	    GIT_OBJECT_BLOB, &s->oid, error) == -1)
		return error_in(error, "%s", c->path);
	return 0;
}

/* Whether what stands there now is what a change of the name takes it for. */
static bool
is_apt(const struct shoot *s, bool below)
{
	bool	 writes = s->bough.change->content != NULL;

	if (s->was.name == NULL)
		return writes;		/* there is nothing to remove */
	if (entry_is_file(&s->was))
		return true;
	/* A folder makes room for a file when what is below it changes. */
	return writes && below && entry_is_folder(&s->was);
}

/*
 * What becomes of a name: a change of the file itself comes first, then
 * those below it.  A file may make room for a folder, and a folder for a
 * file.
 */
static int
grow(const struct repo *repo, struct shoot *s, struct error *error)
{
	const struct change	*c = s->bough.change;
	bool			 leaf = s->name[s->len] == '\0';
	struct bough		 below = { .change = c + leaf,
				    .n = s->bough.n - leaf,
				    .skip = s->bough.skip + s->len };

	if (s->was.name == NULL && !entry_is_name(s->name, s->len))
		return error_set(error, BROKEN, "%s: not a path that git "
		    "takes", c->path);
	if (below.n > 0 && rest(&below, 0)[0] == '\0')
		return error_set(error, BROKEN, "%s: named twice", c->path);
	below.skip++;	/* the slash */
	if (leaf && !is_apt(s, below.n > 0))
		return refuse(s, "regular file", error);
	if (below.n > 0 && grow_folder(repo, s, &below, leaf &&
	    c->content == NULL, error) == -1)
		return -1;
	return leaf && c->content != NULL ? grow_file(repo, s, error) : 0;
}

/* Behind everything that was written so far. */
static void
put(struct folder *f, const void *data, size_t len)
{
	memcpy(f->data + f->len, data, len);
	f->len += len;
}

static void
put_shoot(struct folder *f, const struct shoot *s)
{
	char	 mode[16];
	int	 n;

	n = snprintf(mode, sizeof(mode), "%o ", s->mode);
	put(f, mode, (size_t)n);
	put(f, s->name, s->len);
	put(f, "", 1);
	put(f, s->oid.id, GIT_OID_RAWSZ);
}

/* A folder's name counts as if a slash followed it (git's tree order). */
static int
by_name(const char *a, size_t alen, bool afolder, const struct shoot *s)
{
	size_t		 n = alen < s->len ? alen : s->len;
	int		 rc = memcmp(a, s->name, n);
	unsigned char	 x, y;

	if (rc != 0)
		return rc;
	x = alen > n ? (unsigned char)a[n] : afolder ? '/' : '\0';
	y = s->len > n ? (unsigned char)s->name[n] :
	    s->mode == GIT_FILEMODE_TREE ? '/' : '\0';
	return x - y;
}

static int
by_order(const void *a, const void *b)
{
	const struct shoot	*x = a;

	return by_name(x->name, x->len, x->mode == GIT_FILEMODE_TREE, b);
}

/* Whether it takes the place of what was there, and so keeps it. */
static bool
stays(const struct shoot *s)
{
	return s->mode != 0 && s->was.name != NULL &&
	    entry_is_folder(&s->was) == (s->mode == GIT_FILEMODE_TREE);
}

/* An old entry: as it was, with another id, or not at all. */
static void
put_entry(struct folder *f, const unsigned char *from, const struct entry *e)
{
	const struct shoot	*s = shoot_at(f, e);

	if (s != NULL && s->was.name == e->name && !stays(s))
		return;
	if (s == NULL || s->was.name != e->name)
		put(f, from, (size_t)(e->oid - from) + GIT_OID_RAWSZ);
	else if (s->mode == e->mode || s->mode == GIT_FILEMODE_TREE) {
		put(f, from, (size_t)(e->oid - from));
		put(f, s->oid.id, GIT_OID_RAWSZ);
	} else
		put_shoot(f, s);
}

/* The old entries in their order, with what is new between them. */
static int
merge(struct folder *f, const struct shoot *fresh, size_t n,
    struct error *error)
{
	const unsigned char	*from = f->old.at;
	struct entry		 e;
	size_t			 i = 0;
	int			 rv;

	while ((rv = entry_next(&f->old, &e, error)) == 0) {
		for (; i < n && by_name(e.name, e.len, entry_is_folder(&e),
		    &fresh[i]) > 0; i++)
			put_shoot(f, &fresh[i]);
		put_entry(f, from, &e);
		from = f->old.at;
	}
	for (; i < n; i++)
		put_shoot(f, &fresh[i]);
	return rv == 1 ? 0 : -1;
}

static int
write_folder(struct folder *f, git_oid *oid, struct error *error)
{
	struct shoot	*fresh = calloc(f->nshoots + 1,
			    sizeof(*fresh));
	size_t		 i, n = 0, room = f->old.object == NULL ? 0 :
			    git_odb_object_size(f->old.object);
	int		 rv = -1;

	for (i = 0; i < f->nshoots; i++)
		room += OVERHEAD + f->shoot[i].len;
	for (i = 0; fresh != NULL && i < f->nshoots; i++)
		if (f->shoot[i].mode != 0 && !stays(&f->shoot[i]))
			fresh[n++] = f->shoot[i];
	if (fresh == NULL || (f->data = malloc(room + 1)) == NULL)
		error_errno(error, RETRY, "%s", f->repo->where);
	else {
		if (n > 1)
			qsort(fresh, n, sizeof(*fresh), by_order);
		rv = merge(f, fresh, n, error);
	}
	free(fresh);
	if (rv == 0 && f->len == 0)
		return 1;
	return rv == -1 ? -1 : libgit_write(f->repo, f->data, f->len,
	    GIT_OBJECT_TREE, oid, error);
}

static int
graft_folder(struct folder *f, git_oid *oid, struct error *error)
{
	size_t	 i;

	if (meet(f, error) == -1)
		return -1;
	for (i = 0; i < f->nshoots; i++)
		if (grow(f->repo, &f->shoot[i], error) == -1)
			return -1;
	return write_folder(f, oid, error);
}

/* Returns 0; 1 when the folder is empty now; -1. */
static int
graft(const struct repo *repo, const git_oid *tree, const struct bough *b,
    git_oid *oid, struct error *error)
{
	struct folder	 f = { .repo = repo, .old = { .repo = repo } };
	int		 rv = -1;

	if (tree != NULL && entry_open(&f.old, repo, tree, error) == -1)
		return -1;
	if (split(&f, b) == -1)
		error_errno(error, RETRY, "%s", repo->where);
	else
		rv = graft_folder(&f, oid, error);
	free(f.data);
	free(f.shoot);
	entry_close(&f.old);
	return rv;
}

int
graft_write(const struct repo *repo, const git_oid *tree,
    const struct change *change, size_t n, git_oid *oid, struct error *error)
{
	struct change	*sorted;
	int		 rv;

	git_oid_cpy(oid, tree);
	if (n == 0)
		return 0;
	if ((sorted = calloc(n, sizeof(*sorted))) == NULL)
		return error_errno(error, RETRY, "%s", repo->where);
	memcpy(sorted, change, n * sizeof(*sorted));
	qsort(sorted, n, sizeof(*sorted), by_path);
	rv = graft(repo, tree, &(struct bough){ sorted, n, 0 }, oid, error);
	free(sorted);
	return rv != 1 ? rv :
	    libgit_write(repo, "", 0, GIT_OBJECT_TREE, oid, error);
}
