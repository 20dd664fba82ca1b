#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "git/head.h"
#include "git/libgit.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define SYMBOLIC	"ref:"

/*
 * Read as a file: libgit2 opens a worktree only while its folder is there,
 * but git keeps the branch reserved until the worktree is pruned.
 */
static int
names(const char *path, const char *ref, bool *is, struct error *error)
{
	struct bytes	 head;
	char		*s;
	int		 rv;

	*is = false;
	if ((rv = bytes_read(path, PATH_MAX, &head, error)) != 0)
		return rv == 1 ? 0 : -1;
	s = head.data;
	if (strncmp(s, SYMBOLIC, strlen(SYMBOLIC)) == 0) {
		s += strlen(SYMBOLIC);
		while (isspace((unsigned char)*s))
			s++;
		s[strcspn(s, "\r\n")] = '\0';
		*is = strcmp(s, ref) == 0;
	}
	bytes_free(&head);
	return 0;
}

static int
refuse(const char *path, const char *ref, const char *what,
    struct error *error)
{
	bool	 is;

	if (names(path, ref, &is, error) == -1)
		return -1;
	if (is)
		return error_set(error, BROKEN, "%s is checked out in %s; "
		    "moving it would pull it away from under the files "
		    "there: check out another branch, or give a bare "
		    "repository", ref, what);
	return 0;
}

int
head_refuse(const struct repo *repo, const char *ref, struct error *error)
{
	git_strarray	 trees;
	size_t		 i;
	int		 rv = 0;

	if (!git_repository_is_bare(repo->git))
		rv = refuse(keepf("%sHEAD", repo->where), ref,
		    git_repository_workdir(repo->git), error);
	if (rv == -1)
		return -1;
	if (git_worktree_list(&trees, repo->git) < 0)
		return libgit_error(error, "%s: worktrees", repo->where);
	for (i = 0; i < trees.count && rv == 0; i++)
		rv = refuse(keepf("%sworktrees/%s/HEAD", repo->where,
		    trees.strings[i]), ref,
		    keepf("the worktree \"%s\"", trees.strings[i]), error);
	git_strarray_dispose(&trees);
	return rv;
}
