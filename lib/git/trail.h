/*
 * One path followed through the trees of many commits: a folder on the way
 * to it is read again only when it is another one than in the tree before.
 */

#ifndef GIT_TRAIL_H
#define GIT_TRAIL_H

#include <stddef.h>

#include <git2.h>

struct error;
struct repo;

struct trail {
	const struct repo	*repo;
	const char		*path;
	size_t			 depth;	/* names in the path */
	git_oid			*level;	/* 0 the root; depth the file */
};

/* Kept for the run; the path is as in struct blob (git/repo.h). */
void	 trail_begin(struct trail *, const struct repo *, const char *path)
	    __attribute__((nonnull));

/*
 * Goes on to a tree.  The blob at the path, or NULL with an error.  The zero
 * id is no regular file.
 */
const git_oid	*trail_follow(struct trail *, const git_oid *root,
		    struct error *) __attribute__((nonnull));

#endif
