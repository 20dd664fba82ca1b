/*
 * Files of a commit, written out to a temporary folder for a program to work
 * on, and what became of them.  No git folder is there and nothing is read
 * from one: what counts is the bytes of regular files and whether they are
 * executable.
 */

#ifndef GIT_SCRATCH_H
#define GIT_SCRATCH_H

#include <stddef.h>

struct blob;
struct change;
struct error;
struct guard;
struct repo;

#define SCRATCH_FILE	((size_t)64 * 1024 * 1024)	/* bytes of a file */
#define SCRATCH_ALL	((size_t)256 * 1024 * 1024)	/* of all changed */
#define SCRATCH_ENTRIES	200000		/* files and folders found, at most */

/* What is written out. */
struct scratch_terms {
	const char		*commit;
	const char *const	*paths;		/* as repo_tree() takes them */
	size_t			 npaths;	/* 0: the whole tree */
	const struct change	*change;	/* contents to be instead */
	size_t			 nchanges;
};

struct scratch_tree {
	const char	*root;		/* everything is below it */
	const char	*files;		/* the folder of the files */
	const char	*home;		/* an empty one for the program */
	const char	*log;		/* no file yet, for its outputs */

	/* for lib/git alone */
	struct repo		*repo;
	const struct blob	*was;	/* in the commit, by path */
	struct blob		*put;	/* as they were written, beside */
	size_t			 nput;
	struct change		*change;
	size_t			 nchanges, room;
	size_t			 bytes;	/* of the changes */
	int			 lock;	/* held while we live */
};

/*
 * Writes the files out, below TMPDIR or /tmp, for this user alone.  Regular
 * files have the mode 0755 or 0644; symbolic links are links, and nothing is
 * written through one; submodules are left out.  What is not in the changes
 * has a time long past, so that make(1) sees what is newer.  What runs that
 * were killed left there is removed.  To be closed also after -1.
 */
int	scratch_open(struct scratch_tree *, struct repo *,
	    const struct guard *, const struct scratch_terms *,
	    struct error *) __attribute__((nonnull));

/*
 * What the commit's files are now, as changes of it in path order: also
 * those they were written out with.  Only what lies at or below one of the
 * paths may differ from what was written out; anything else, and whatever is
 * no regular file of at most SCRATCH_FILE bytes with a name that git takes,
 * is BROKEN and named, the first in path order.  The changes live until
 * scratch_close().
 */
int	scratch_read(struct scratch_tree *, const char *const paths[],
	    size_t npaths, const struct change **, size_t *n, struct error *)
	    __attribute__((nonnull(1, 4, 5, 6)));

/* The last words of the log, on one line; "" when there are none. */
const char	*scratch_said(const struct scratch_tree *)
		    __attribute__((nonnull));

/* Removes all of it and frees the contents of the changes. */
void	scratch_close(struct scratch_tree *) __attribute__((nonnull));

#endif
