#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "git/entry.h"
#include "git/graft.h"
#include "git/libgit.h"
#include "git/repo.h"
#include "run/bytes.h"
#include "run/error.h"

/* The changes below one folder: sorted by path, alike up to an offset. */
struct bough {
	const struct change	*change;
	size_t			 n;
	size_t			 skip;	/* the folder's part of each path */
};

static int	graft(const struct repo *, const git_oid *,
		    const struct bough *, git_oid *, struct error *);

static int
by_path(const void *a, const void *b)
{
	const struct change	*x = a, *y = b;

	return strcmp(x->path, y->path);
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

/* The new id behind an entry: of a blob or of a folder. */
static int
grow(const struct repo *repo, const struct entry *entry,
    const struct bough *b, git_oid *oid, struct error *error)
{
	const struct change	*c = b->change;
	struct bough		 below;
	bool			 leaf = rest(b, 0)[entry->len] == '\0';

	if (leaf ? !entry_is_file(entry) : !entry_is_folder(entry))
		return error_set(error, BROKEN, "%s: %.*s is not a %s in the "
		    "commit", c->path, (int)(b->skip + entry->len), c->path,
		    leaf ? "regular file" : "folder");
	if (leaf && b->n > 1)
		return error_set(error, BROKEN, "%s: named twice, or taken "
		    "for a folder", c->path);
	git_oid_fromraw(oid, entry->oid);
	if (!leaf) {
		below = *b;
		below.skip += entry->len + 1;
		return graft(repo, oid, &below, oid, error);
	}
	if (libgit_write(repo, c->content->len == 0 ? "" : c->content->data,
	    c->content->len, GIT_OBJECT_BLOB, oid, error) == -1)
		return error_in(error, "%s", c->path);
	return 0;
}

/* Puts the new id of the first change's next name in a copy of a tree. */
static int
graft_one(struct entries *e, unsigned char *copy, const struct bough *b,
    struct error *error)
{
	const unsigned char	*data = git_odb_object_data(e->object);
	struct entry		 entry;
	git_oid			 oid;
	size_t			 len = strcspn(rest(b, 0), "/");
	int			 rv;

	e->at = data;
	if ((rv = entry_find(e, rest(b, 0), len, &entry, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "%s: no such file in the "
		    "commit", b->change->path);
	if (grow(e->repo, &entry, b, &oid, error) == -1)
		return -1;
	memcpy(copy + (entry.oid - data), oid.id, GIT_OID_RAWSZ);
	return 0;
}

static int
graft_copy(struct entries *e, unsigned char *copy, const struct bough *all,
    git_oid *oid, struct error *error)
{
	struct bough	 b = *all;
	size_t		 i, len = git_odb_object_size(e->object);

	memcpy(copy, git_odb_object_data(e->object), len);
	for (i = 0; i < all->n; i += b.n) {
		b.change = all->change + i;
		b.n = all->n - i;
		b.n = alike(&b, strcspn(rest(&b, 0), "/"));
		if (graft_one(e, copy, &b, error) == -1)
			return -1;
	}
	return libgit_write(e->repo, copy, len, GIT_OBJECT_TREE, oid, error);
}

static int
graft(const struct repo *repo, const git_oid *tree, const struct bough *b,
    git_oid *oid, struct error *error)
{
	struct entries	 e;
	unsigned char	*copy;
	int		 rv = -1;

	if (entry_open(&e, repo, tree, error) == -1)
		return -1;
	copy = malloc(git_odb_object_size(e.object) + 1);
	if (copy == NULL)
		error_errno(error, RETRY, "%s", repo->where);
	else
		rv = graft_copy(&e, copy, b, oid, error);
	free(copy);
	entry_close(&e);
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
	return rv;
}
