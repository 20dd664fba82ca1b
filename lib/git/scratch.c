#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "git/entry.h"
#include "git/libgit.h"
#include "git/listing.h"
#include "git/repo.h"
#include "git/scratch.h"
#include "run/bytes.h"
#include "run/clear.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/temporary.h"

#define PREFIX		"modelsync-tree-"
#define LONG_PAST	946684800	/* s: the year 2000 */

static int
by_path(const void *a, const void *b)
{
	const struct blob	*x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int
make_folders(struct scratch_tree *t, struct error *error)
{
	if (temporary_make(NULL, PREFIX, &t->root, &t->lock, error) == -1)
		return -1;
	t->files = keepf("%s/files", t->root);
	t->home = keepf("%s/home", t->root);
	t->log = keepf("%s/log", t->root);
	if (mkdir(t->files, 0755) == -1 || mkdir(t->home, 0755) == -1)
		return error_errno(error, BROKEN, "%s", t->root);
	return 0;
}

/* The folders on the way to a file, with names that stay below ours. */
static int
make_way(const struct scratch_tree *t, const char *path, struct error *error)
{
	const char	*name, *folder;
	size_t		 len;

	for (name = path;; name += len + 1) {
		len = strcspn(name, "/");
		if (!entry_is_name(name, len))
			return error_set(error, BROKEN, "%s: not a path that "
			    "git takes", path);
		if (name[len] == '\0')
			return 0;
		folder = keepf("%s/%.*s", t->files,
		    (int)(name + len - path), path);
		if (mkdir(folder, 0755) == -1 && errno != EEXIST)
			return error_errno(error, BROKEN, "%s", folder);
	}
}

static int
write_all(int fd, const struct bytes *b)
{
	size_t	 done = 0;
	ssize_t	 n;

	while (done < b->len) {
		n = write(fd, b->data + done, b->len - done);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return -1;
		done += (size_t)n;
	}
	return 0;
}

static int
write_file(const struct scratch_tree *t, const struct blob *blob,
    const struct bytes *b, bool old, struct error *error)
{
	const struct timespec	 times[] = { { LONG_PAST, 0 },
				    { LONG_PAST, 0 } };
	const char		*path = keepf("%s/%s", t->files, blob->path);
	int			 fd, rv = 0;

	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
	    0600);
	if (fd == -1)
		return error_errno(error, BROKEN, "%s", path);
	if (write_all(fd, b) == -1 ||
	    fchmod(fd, blob->mode & S_IXUSR ? 0755 : 0644) == -1 ||
	    (old && futimens(fd, times) == -1))
		rv = error_errno(error, BROKEN, "%s", path);
	if (close(fd) == -1 && rv == 0)
		rv = error_errno(error, RETRY, "%s", path);
	return rv;
}

static int
write_link(const struct scratch_tree *t, const struct blob *blob,
    const struct bytes *b, struct error *error)
{
	const char	*path = keepf("%s/%s", t->files, blob->path);

	if (memchr(b->data, '\0', b->len) != NULL)
		return error_set(error, BROKEN, "%s: a link with a NUL byte "
		    "in it", blob->path);
	if (symlink(b->data, path) == -1)
		return error_errno(error, BROKEN, "%s", path);
	return 0;
}

/* A file with the content of the commit. */
static int
write_blob(const struct scratch_tree *t, const struct blob *blob,
    struct error *error)
{
	struct bytes	 b;
	int		 rv;

	if (repo_blob(t->repo, blob->oid, &b, error) == -1)
		return -1;
	rv = S_ISLNK(blob->mode) ? write_link(t, blob, &b, error) :
	    write_file(t, blob, &b, true, error);
	bytes_free(&b);
	return rv;
}

static const struct change *
change_of(const struct scratch_terms *terms, const char *path)
{
	size_t	 i;

	for (i = 0; i < terms->nchanges; i++)
		if (strcmp(terms->change[i].path, path) == 0)
			return &terms->change[i];
	return NULL;
}

static int
write_changed(struct scratch_tree *t, struct blob *blob,
    const struct change *c, struct error *error)
{
	git_oid	 oid;

	if (git_odb_hash(&oid, c->content->len == 0 ? "" : c->content->data,
	    c->content->len, GIT_OBJECT_BLOB) < 0)
		return libgit_error(error, "%s", blob->path);
	git_oid_tostr(blob->oid, sizeof(blob->oid), &oid);
	return write_file(t, blob, c->content, false, error);
}

/* Links last, when nothing is written any more that could go through one. */
static int
write_out(struct scratch_tree *t, const struct scratch_terms *terms,
    struct error *error)
{
	const struct change	*c;
	size_t			 i, pass, changed = 0;
	int			 rv;

	if (repo_want(t->repo, t->put, t->nput, error) == -1)
		return -1;
	for (i = 0; i < t->nput; i++)
		if (make_way(t, t->put[i].path, error) == -1)
			return -1;
	for (pass = 0; pass < 2; pass++)
		for (i = 0; i < t->nput; i++) {
			if (S_ISLNK(t->put[i].mode) != (pass == 1))
				continue;
			c = change_of(terms, t->put[i].path);
			changed += c != NULL;
			rv = c == NULL ? write_blob(t, &t->put[i], error) :
			    write_changed(t, &t->put[i], c, error);
			if (rv == -1)
				return -1;
		}
	if (changed != terms->nchanges)
		return error_set(error, BROKEN, "a file to be changed is none "
		    "of those written out");
	return 0;
}

static int
list_files(struct scratch_tree *t, const struct scratch_terms *terms,
    struct error *error)
{
	struct tree	 tree;
	git_commit	*c;
	git_oid		 oid;
	int		 rv;

	if (libgit_oid(terms->commit, &oid, error) == -1 ||
	    (c = libgit_commit(t->repo, &oid, error)) == NULL)
		return -1;
	rv = listing_read(t->repo, git_commit_tree_id(c), &(struct listing){
	    .paths = terms->paths, .n = terms->npaths, .links = true },
	    &tree, error);
	git_commit_free(c);
	if (rv == -1)
		return -1;
	if (tree.n > 1)
		qsort(tree.blob, tree.n, sizeof(*tree.blob), by_path);
	t->was = tree.blob;
	t->nput = tree.n;
	t->put = keep((tree.n + 1) * sizeof(*t->put));
	if (tree.n > 0)
		memcpy(t->put, tree.blob, tree.n * sizeof(*t->put));
	return 0;
}

int
scratch_open(struct scratch_tree *t, struct repo *repo,
    const struct guard *guard, const struct scratch_terms *terms,
    struct error *error)
{
	*t = (struct scratch_tree){ .repo = repo, .lock = -1 };
	if (guard_check(guard, error) == -1 ||
	    list_files(t, terms, error) == -1 ||
	    make_folders(t, error) == -1)
		return -1;
	return write_out(t, terms, error);
}

void
scratch_close(struct scratch_tree *t)
{
	struct error	 ignored;	/* the next run tries again */
	size_t		 i;

	for (i = 0; i < t->nchanges; i++)
		if (t->change[i].content != NULL)
			bytes_free(t->change[i].content);
	if (t->root != NULL)
		clear_tree(t->root, &ignored);
	if (t->lock != -1)
		close(t->lock);
	*t = (struct scratch_tree){ .lock = -1 };
}
