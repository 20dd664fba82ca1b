#include <sys/file.h>
#include <sys/stat.h>

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/clear.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/temporary.h"

#define ATTEMPTS	8	/* to make a folder that stays ours */

/* Where temporary folders are; no links on the way. */
static const char *
parent(struct error *error)
{
	const char	*name = secure_getenv("TMPDIR");
	char		 full[PATH_MAX];

	if (name == NULL || *name == '\0')
		name = "/tmp";
	if (realpath(name, full) == NULL) {
		error_errno(error, BROKEN, "the folder for temporary files, "
		    "%s", name);
		return NULL;
	}
	return keepf("%s", full);
}

/* Held by whoever works below a folder, for as long as it lives; -1. */
static int
lock_folder(const char *path)
{
	struct stat	 st;
	int		 fd;

	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd == -1)
		return -1;
	if (fstat(fd, &st) == 0 && st.st_uid == geteuid() &&
	    flock(fd, LOCK_EX | LOCK_NB) == 0)
		return fd;
	close(fd);
	return -1;
}

/* What is not ours or resists is left: it is in nobody's way. */
void
temporary_sweep(const char *folder, const char *prefix)
{
	struct dirent	*d;
	struct error	 ignored;
	const char	*path;
	DIR		*dir;
	int		 fd;

	if ((dir = opendir(folder)) == NULL)
		return;
	while ((d = readdir(dir)) != NULL) {
		if (strncmp(d->d_name, prefix, strlen(prefix)) != 0)
			continue;
		path = keepf("%s/%s", folder, d->d_name);
		if ((fd = lock_folder(path)) == -1)
			continue;
		clear_tree(path, &ignored);
		close(fd);
	}
	closedir(dir);
}

/* Another run may take a folder for stale before we have its lock. */
int
temporary_make(const char *where, const char *prefix, const char **path,
    int *lock, struct error *error)
{
	struct stat	 st;
	char		*made;
	int		 i;

	if (where == NULL && (where = parent(error)) == NULL)
		return -1;
	temporary_sweep(where, prefix);
	for (i = 0; i < ATTEMPTS; i++) {
		made = keepf("%s/%sXXXXXX", where, prefix);
		if (mkdtemp(made) == NULL)
			return error_errno(error, BROKEN, "a folder in %s: "
			    "set TMPDIR to one that can be written to",
			    where);
		if ((*lock = lock_folder(made)) == -1)
			continue;
		if (fstat(*lock, &st) == 0 && st.st_nlink > 0) {
			*path = made;
			return 0;
		}
		close(*lock);
		*lock = -1;
	}
	return error_set(error, RETRY, "no folder in %s stays ours", where);
}
