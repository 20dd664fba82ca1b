/*
 * A tree with other contents in some of its files, with more or fewer.
 */

#ifndef GIT_GRAFT_H
#define GIT_GRAFT_H

#include <stddef.h>

#include <git2.h>

struct change;
struct error;
struct repo;

/*
 * Writes the blobs, and the trees on the way to them, with every other byte
 * of those trees as it was: modes, order and neighbours stay.  A change
 * without a mode is of a regular file that is there; with one, the file may
 * be new; without content it goes, and a folder that has nothing left goes
 * with it.  Each path is named once, BROKEN otherwise.
 */
int	graft_write(const struct repo *, const git_oid *tree,
	    const struct change *, size_t n, git_oid *, struct error *)
	    __attribute__((nonnull(1, 2, 5, 6)));

#endif
