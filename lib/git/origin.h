/*
 * What a tree has that the one after it has not: where a file may have come
 * from that was moved, and whether there is anything to look for.
 */

#ifndef GIT_ORIGIN_H
#define GIT_ORIGIN_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct error;
struct repo;

/* Trees of a commit and of the one after it on its way. */
struct origin_pair {
	git_oid	 was, is;
};

/* A file of the first tree; its path is kept for the run. */
struct origin {
	const char	*path;
	git_oid		 oid;
	size_t		 likeness;	/* to the one that came; for origin.c */
};

#define ORIGINS	64	/* of one file, at most */

/* Most likely first. */
struct origins {
	struct origin	 origin[ORIGINS];
	size_t		 n;
};

/*
 * The files that went away between the trees, as origins of one that came.
 * Those with the same content first, then those whose paths end as its path
 * does for the greatest length; of more than ORIGINS the best.
 */
int	origin_find(struct repo *, const struct origin_pair *,
	    const struct origin *of, struct origins *, struct error *)
	    __attribute__((nonnull));

/*
 * Whether a file with these words in it went away between the trees, or was
 * changed.
 */
int	origin_says(struct repo *, const struct origin_pair *,
	    const char *words, bool *, struct error *)
	    __attribute__((nonnull));

#endif
