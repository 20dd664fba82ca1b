#include <sys/stat.h>

#include <errno.h>
#include <unistd.h>

#include "git/libgit.h"
#include "git/lock.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

int
lock_find(struct repo *repo, const char *branch, const char **path,
    time_t *made, struct error *error)
{
	struct stat	 st;

	*path = keepf("%srefs/heads/%s.lock",
	    repo->where, branch);
	if (lstat(*path, &st) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 1;
		return error_errno(error, RETRY, "%s", *path);
	}
	*made = st.st_mtime;
	return 0;
}

int
lock_remove(struct guard *guard, const char *path, struct error *error)
{
	if (guard_spend(guard, error) == -1)
		return -1;
	if (unlink(path) == -1 && errno != ENOENT)
		return error_errno(error, BROKEN, "%s: left by a run that "
		    "was killed; remove it", path);
	return 0;
}
