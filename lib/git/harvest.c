/*
 * What a program made of the files that were written out (git/scratch.h).
 */

#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "git/entry.h"
#include "git/libgit.h"
#include "git/repo.h"
#include "git/scratch.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define LAST_WORDS	240	/* bytes of the log that fit an error */

/* What stands there now; folders only when they may not. */
struct found {
	const char	*path;
	mode_t		 mode;
	off_t		 size;
};

/* The folder as it is now, to be compared. */
struct harvest {
	struct scratch_tree	*tree;
	const char *const	*paths;		/* that may change */
	size_t			 npaths;
	struct found		*found;
	size_t			 n, room, entries;
};

static int
by_path(const void *a, const void *b)
{
	const struct found	*x = a, *y = b;

	return strcmp(x->path, y->path);
}

static int
collect_one(struct harvest *h, const FTSENT *e, struct error *error)
{
	switch (e->fts_info) {
	case FTS_DNR:
	case FTS_ERR:
	case FTS_NS:
	case FTS_DC:
		errno = e->fts_errno;
		return error_errno(error, BROKEN, "%s", e->fts_path);
	case FTS_DP:
		return 0;
	case FTS_D:
		if (e->fts_level == 0 ||
		    entry_is_name(e->fts_name, e->fts_namelen))
			return 0;
		break;
	default:
		break;
	}
	if (e->fts_level == 0)
		return error_set(error, BROKEN, "%s is no folder any more",
		    e->fts_path);
	h->found = keep_more(h->found, h->n, &h->room, sizeof(*h->found));
	h->found[h->n++] = (struct found){
	    keepf("%s", e->fts_path + strlen(h->tree->files) + 1),
	    e->fts_statp->st_mode, e->fts_statp->st_size };
	return 0;
}

static int
collect(struct harvest *h, struct error *error)
{
	char	*root[] = { keepf("%s", h->tree->files), NULL };
	FTS	*fts;
	FTSENT	*e;
	int	 rv = 0;

	if ((fts = fts_open(root, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL)
		return error_errno(error, RETRY, "%s", root[0]);
	errno = 0;
	while (rv == 0 && (e = fts_read(fts)) != NULL) {
		rv = collect_one(h, e, error);
		if (rv == 0 && ++h->entries > SCRATCH_ENTRIES)
			rv = error_set(error, BROKEN, "more than %d files "
			    "and folders are there", SCRATCH_ENTRIES);
		errno = 0;
	}
	if (rv == 0 && errno != 0)
		rv = error_errno(error, BROKEN, "%s", root[0]);
	fts_close(fts);
	if (h->n > 1)
		qsort(h->found, h->n, sizeof(*h->found), by_path);
	return rv;
}

/* Whether a path may change. */
static int
permit(const struct harvest *h, const char *path, const char *what,
    struct error *error)
{
	size_t	 i, len;

	for (i = 0; i < h->npaths; i++) {
		len = strlen(h->paths[i]);
		if (strncmp(path, h->paths[i], len) == 0 &&
		    (path[len] == '\0' || path[len] == '/'))
			return 0;
	}
	return error_set(error, BROKEN, "%s %s, and is in none of the paths "
	    "that may change", path, what);
}

static const char *
kind_of(mode_t mode)
{
	return S_ISLNK(mode) ? "a symbolic link" : S_ISDIR(mode) ?
	    "a folder" : S_ISFIFO(mode) ? "a pipe" : S_ISSOCK(mode) ?
	    "a socket" : "a device";
}

/* Only a regular file, by a name that git takes, can be proposed. */
static int
check_kind(const struct found *f, struct error *error)
{
	const char	*name = strrchr(f->path, '/');

	name = name == NULL ? f->path : name + 1;
	if (!entry_is_name(name, strlen(name)))
		return error_set(error, BROKEN, "%s appeared: git takes no "
		    "file or folder of that name", f->path);
	if (!S_ISREG(f->mode))
		return error_set(error, BROKEN, "%s is %s now: only regular "
		    "files can be proposed", f->path, kind_of(f->mode));
	if ((size_t)f->size > SCRATCH_FILE)
		return error_set(error, BROKEN, "%s has %lld bytes, at most "
		    "%zu are proposed", f->path, (long long)f->size,
		    SCRATCH_FILE);
	return 0;
}

static int
add(struct scratch_tree *t, struct change change, struct error *error)
{
	t->change = keep_more(t->change, t->nchanges, &t->room,
	    sizeof(*t->change));
	t->change[t->nchanges++] = change;
	if (change.content != NULL)
		t->bytes += change.content->len;
	if (t->bytes > SCRATCH_ALL)
		return error_set(error, BROKEN, "the files that changed have "
		    "more than %zu bytes together", SCRATCH_ALL);
	return 0;
}

static int
read_file(const struct harvest *h, const struct found *f, struct bytes *b,
    char oid[REPO_OID], struct error *error)
{
	git_oid	 id;
	int	 rv;

	rv = bytes_read_plain(keepf("%s/%s", h->tree->files, f->path),
	    SCRATCH_FILE, b, error);
	if (rv != 0)
		return rv == -1 ? -1 : error_set(error, RETRY, "%s went "
		    "while it was read", f->path);
	if (git_odb_hash(&id, b->data, b->len, GIT_OBJECT_BLOB) < 0) {
		bytes_free(b);
		return libgit_error(error, "%s", f->path);
	}
	git_oid_tostr(oid, REPO_OID, &id);
	return 0;
}

static unsigned
mode_of(mode_t mode)
{
	return mode & S_IXUSR ? GIT_FILEMODE_BLOB_EXECUTABLE :
	    GIT_FILEMODE_BLOB;
}

static int
appeared(struct harvest *h, const struct found *f, struct error *error)
{
	struct bytes	*b = keep(sizeof(*b));
	char		 oid[REPO_OID];

	if (check_kind(f, error) == -1 ||
	    permit(h, f->path, "appeared", error) == -1 ||
	    read_file(h, f, b, oid, error) == -1)
		return -1;
	return add(h->tree, (struct change){ f->path, b, mode_of(f->mode) },
	    error);
}

static int
went(struct harvest *h, const struct blob *put, struct error *error)
{
	if (permit(h, put->path, "is gone", error) == -1)
		return -1;
	if (S_ISLNK(put->mode))
		return error_set(error, BROKEN, "%s is gone: only regular "
		    "files can be removed, not links", put->path);
	return add(h->tree, (struct change){ put->path, NULL, 0 }, error);
}

/* A link is to be the one it was. */
static int
compare_link(const struct harvest *h, const struct blob *put,
    const struct found *f, struct error *error)
{
	char	 to[REPO_PATH];
	char	 hex[REPO_OID] = "";
	git_oid	 oid;
	ssize_t	 n;

	n = readlink(keepf("%s/%s", h->tree->files, f->path), to, sizeof(to));
	if (n >= 0 && git_odb_hash(&oid, to, (size_t)n, GIT_OBJECT_BLOB) == 0)
		git_oid_tostr(hex, sizeof(hex), &oid);
	if (strcmp(hex, put->oid) == 0)
		return 0;
	return error_set(error, BROKEN, "%s was changed: it is a symbolic "
	    "link, and only regular files can be proposed", put->path);
}

/* A file that was put there, and what it was in the commit. */
static int
compare_file(struct harvest *h, size_t i, const struct found *f,
    struct error *error)
{
	const struct blob	*put = &h->tree->put[i];
	const struct blob	*was = &h->tree->was[i];
	struct bytes		*b;
	unsigned		 mode = mode_of(f->mode);
	char			 oid[REPO_OID];
	bool			 other = mode != mode_of(put->mode);

	if (check_kind(f, error) == -1)
		return -1;
	b = keep(sizeof(*b));
	if (read_file(h, f, b, oid, error) == -1)
		return -1;
	if ((other || strcmp(oid, put->oid) != 0) &&
	    permit(h, put->path, "was changed", error) == -1) {
		bytes_free(b);
		return -1;
	}
	if (!other && strcmp(oid, was->oid) == 0) {
		bytes_free(b);
		return 0;
	}
	return add(h->tree, (struct change){ put->path, b, other ? mode : 0 },
	    error);
}

static int
compare(struct harvest *h, struct error *error)
{
	struct scratch_tree	*t = h->tree;
	const struct found	*f;
	size_t			 i = 0, j = 0;
	int			 rc, rv = 0;

	while (rv == 0 && (i < t->nput || j < h->n)) {
		f = &h->found[j];
		rc = i == t->nput ? 1 : j == h->n ? -1 :
		    strcmp(t->put[i].path, f->path);
		if (rc < 0)
			rv = went(h, &t->put[i], error);
		else if (rc > 0)
			rv = appeared(h, f, error);
		else if (S_ISLNK(t->put[i].mode) && S_ISLNK(f->mode))
			rv = compare_link(h, &t->put[i], f, error);
		else if (S_ISLNK(t->put[i].mode))
			rv = error_set(error, BROKEN, "%s was changed: it is "
			    "a symbolic link, and only regular files can be "
			    "proposed", f->path);
		else
			rv = compare_file(h, i, f, error);
		i += rc <= 0;
		j += rc >= 0;
	}
	return rv;
}

int
scratch_read(struct scratch_tree *t, const char *const paths[],
    size_t npaths, const struct change **change, size_t *n,
    struct error *error)
{
	struct harvest	 h = { .tree = t, .paths = paths, .npaths = npaths };

	*n = 0;
	if (collect(&h, error) == -1 || compare(&h, error) == -1)
		return -1;
	*change = t->change;
	*n = t->nchanges;
	return 0;
}

/* Lines with a bar between them; dots for what is not to be printed. */
static const char *
one_line(const char *text, size_t len)
{
	char	*line = keep(len * 3 + 1), c;
	size_t	 i, n = 0;

	while (len > 0 && text[len - 1] == '\n')
		len--;
	for (i = 0; i < len; i++) {
		c = text[i];
		if (c == '\n') {
			line[n++] = ' ';
			line[n++] = '|';
		}
		if (c == '\n' || c == '\t')
			c = ' ';
		else if (c < ' ' || c > '~')
			c = '.';
		line[n++] = c;
	}
	return line;
}

const char *
scratch_said(const struct scratch_tree *t)
{
	struct stat	 st;
	char		 text[LAST_WORDS];
	const char	*cut;
	ssize_t		 n = 0;
	off_t		 from = 0;
	int		 fd;

	fd = open(t->log, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		return "";
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)) {
		from = st.st_size > LAST_WORDS ? st.st_size - LAST_WORDS : 0;
		n = pread(fd, text, sizeof(text), from);
	}
	close(fd);
	if (n <= 0)
		return "";
	/* Whole lines, unless the last one is longer. */
	cut = from == 0 ? NULL : memchr(text, '\n', (size_t)n - 1);
	if (cut == NULL)
		return one_line(text, (size_t)n);
	return one_line(cut + 1, (size_t)(text + n - cut - 1));
}
