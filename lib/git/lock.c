#include <sys/stat.h>

#include <errno.h>
#include <stdbool.h>
#include <unistd.h>

#include "git/libgit.h"
#include "git/lock.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

int
lock_find(struct repo *repo, const char *branch, struct lock *lock,
    struct error *error)
{
	const char	*ref = keepf("%srefs/heads/%s", repo->where, branch);
	struct stat	 st, at;

	*lock = (struct lock){ .path = keepf("%s.lock", ref) };
	if (lstat(lock->path, &st) == -1) {
		if (errno == ENOENT || errno == ENOTDIR)
			return 1;
		return error_errno(error, RETRY, "%s", lock->path);
	}
	lock->made = st.st_mtime;
	lock->over = lstat(ref, &at) == 0 && st.st_dev == at.st_dev &&
	    st.st_ino == at.st_ino;
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
