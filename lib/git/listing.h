/*
 * The files of a tree, found without reading folders that hold none of what
 * is asked for.
 */

#ifndef GIT_LISTING_H
#define GIT_LISTING_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct error;
struct repo;
struct tree;

/* What is asked for; no paths means all. */
struct listing {
	const char *const	*paths;
	size_t			 n;
	bool			 links;	/* symbolic links as well */
};

/* As repo_tree() tells it (git/repo.h), below a tree. */
int	listing_read(const struct repo *, const git_oid *root,
	    const struct listing *, struct tree *, struct error *)
	    __attribute__((nonnull));

#endif
