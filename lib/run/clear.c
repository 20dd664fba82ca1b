#include <sys/stat.h>

#include <errno.h>
#include <fts.h>
#include <unistd.h>

#include "run/clear.h"
#include "run/error.h"
#include "run/keep.h"

int
clear_tree(const char *path, struct error *error)
{
	char	*root[] = { keepf("%s", path), NULL };
	FTS	*fts;
	FTSENT	*e;
	int	 rv = 0;

	if ((fts = fts_open(root, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL)
		return error_errno(error, RETRY, "%s", path);
	while (rv == 0 && (e = fts_read(fts)) != NULL) {
		if (e->fts_info == FTS_D) {
			/* A program may have taken its own rights away. */
			if ((e->fts_statp->st_mode & 0700) != 0700)
				chmod(e->fts_accpath, 0700);
		} else if (e->fts_info == FTS_DP ||
		    e->fts_info == FTS_DNR) {
			if (rmdir(e->fts_accpath) == -1)
				rv = error_errno(error, BROKEN, "%s",
				    e->fts_path);
		} else if (unlink(e->fts_accpath) == -1 && errno != ENOENT)
			rv = error_errno(error, BROKEN, "%s", e->fts_path);
	}
	fts_close(fts);
	return rv;
}
