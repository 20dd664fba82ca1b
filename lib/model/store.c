#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "model/config.h"
#include "model/store.h"
#include "run/bytes.h"
#include "run/clear.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"

#define OWNER_DIGITS	12	/* of the hash that stands for an owner */

static int
compare(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void
collect(DIR *dir, struct strings *names)
{
	struct dirent	*d;
	size_t		 room = 0;

	errno = 0;
	while ((d = readdir(dir)) != NULL) {
		if (d->d_name[0] == '.')
			continue;
		names->item = keep_more(names->item, names->n, &room,
		    sizeof(*names->item));
		names->item[names->n++] = keepf("%s", d->d_name);
	}
}

int
store_list(const char *store, const char *folder, struct strings *names,
    struct error *error)
{
	DIR	*dir;
	int	 rv = 0;

	*names = (struct strings){ NULL, 0 };
	if ((dir = opendir(keepf("%s/%s", store, folder))) == NULL) {
		if (errno == ENOENT)
			return 0;
		return error_errno(error, BROKEN, "store %s/%s", store,
		    folder);
	}
	collect(dir, names);
	if (errno != 0)		/* half a list is no list */
		rv = error_errno(error, RETRY, "store %s/%s", store, folder);
	closedir(dir);
	if (names->n > 1)
		qsort(names->item, names->n, sizeof(*names->item), compare);
	return rv;
}

static int
make_folder(const char *path, struct error *error)
{
	if (mkdir(path, 0755) == -1 && errno != EEXIST)
		return error_errno(error, BROKEN, "store %s", path);
	return 0;
}

/* What the owner's earlier runs left; other owners share the folder. */
static int
clear_stale(const char *store, const char *prefix, struct error *error)
{
	struct strings	 names;
	size_t		 i;

	if (store_list(store, "tmp", &names, error) == -1)
		return -1;
	for (i = 0; i < names.n; i++)
		if (strncmp(names.item[i], prefix, strlen(prefix)) == 0 &&
		    clear_tree(keepf("%s/tmp/%s", store, names.item[i]),
		    error) == -1)
			return -1;
	return 0;
}

static const char *
prefix_of(const struct scratch *s)
{
	return keepf("%.*s.", OWNER_DIGITS,
	    hash_bytes(s->owner, strlen(s->owner)));
}

int
store_scratch(const struct scratch *s, const struct guard *guard,
    const char **path, struct error *error)
{
	static const char	*const folder[] = {
		"", "/datasets", "/models", "/failed", "/tmp"
	};
	const char		*prefix;
	size_t			 i;

	if (guard_check(guard, error) == -1)
		return -1;
	for (i = 0; i < sizeof(folder) / sizeof(folder[0]); i++)
		if (make_folder(keepf("%s%s", s->store, folder[i]),
		    error) == -1)
			return -1;
	prefix = prefix_of(s);
	if (clear_stale(s->store, prefix, error) == -1)
		return -1;
	*path = keepf("%s/tmp/%s%s.%08x", s->store, prefix, s->generation,
	    arc4random());
	if (mkdir(*path, 0755) == -1)
		return error_errno(error, BROKEN, "store %s", *path);
	return 0;
}

const char *
store_found(const struct scratch *s, const char *name)
{
	const char	*begin = keepf("%s%s.", prefix_of(s), s->generation);
	const char	*path = keepf("%s/tmp/%s", s->store, name);
	struct stat	 st;

	if (strncmp(name, begin, strlen(begin)) != 0 ||
	    strchr(name, '/') != NULL || lstat(path, &st) == -1 ||
	    !S_ISDIR(st.st_mode))
		return NULL;
	return path;
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

int
store_write(const struct guard *guard, const char *path,
    const struct bytes *b, struct error *error)
{
	int	 fd;
	bool	 good;

	if (guard_check(guard, error) == -1)
		return -1;
	/* What stands there may be a link that a trainer left: not through. */
	if (unlink(path) == -1 && errno != ENOENT)
		return error_errno(error, RETRY, "%s", path);
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd == -1)
		return error_errno(error, RETRY, "%s", path);
	good = write_all(fd, b) == 0;
	if (close(fd) == -1 || !good)
		return error_errno(error, RETRY, "%s", path);
	return 0;
}

static int
sync_one(const char *path, int flags, struct error *error)
{
	int	 fd, rv = 0;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | flags);
	if (fd == -1 || fsync(fd) == -1)
		rv = error_errno(error, RETRY, "%s", path);
	if (fd != -1)
		close(fd);
	return rv;
}

/* Every file and folder below, before the name that makes them count. */
static int
sync_tree(const char *path, struct error *error)
{
	char	*root[] = { keepf("%s", path), NULL };
	FTS	*fts;
	FTSENT	*e;
	int	 rv = 0;

	if ((fts = fts_open(root, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL)
		return error_errno(error, RETRY, "%s", path);
	while (rv == 0 && (e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_F)
			rv = sync_one(e->fts_accpath, 0, error);
		else if (e->fts_info == FTS_DP)
			rv = sync_one(e->fts_accpath, O_DIRECTORY, error);
	}
	fts_close(fts);
	return rv;
}

/*
 * One rename that replaces nothing.  NFS and others cannot be asked for that:
 * there we look first, with the Lease to keep others of ours away, and what
 * a stranger puts there meanwhile is refused unless it is an empty folder.
 */
static int
move(const char *from, const char *to)
{
	struct stat	 st;

	if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP)
		return -1;
	if (lstat(to, &st) == 0)
		errno = EEXIST;
	else if (errno == ENOENT)
		return rename(from, to);
	return -1;
}

int
store_publish(const struct publication *p, struct guard *guard,
    struct error *error)
{
	const char	*folder = keepf("%s/%s", p->store, p->folder);
	const char	*to = keepf("%s/%s", folder, p->name);

	if (sync_tree(p->scratch, error) == -1 ||
	    guard_spend(guard, error) == -1)
		return -1;
	if (move(p->scratch, to) == -1)
		return error_errno(error, RETRY, "store %s", to);
	return sync_one(folder, O_DIRECTORY, error);
}
