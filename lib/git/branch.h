/*
 * A branch: the ref it is, where it points, and moving it.
 */

#ifndef GIT_BRANCH_H
#define GIT_BRANCH_H

#include <git2.h>

struct error;
struct guard;
struct heads;
struct push;
struct repo;

/* The commit it points at.  Returns 0; 1 when it is not there; -1. */
int	branch_read(const struct repo *, const char *branch, git_oid *,
	    struct error *) __attribute__((nonnull));

/* Adds the branches whose names begin so.  0 or -1. */
int	branch_list(const struct repo *, const char *prefix, struct heads *,
	    struct error *) __attribute__((nonnull));

/* As repo_push() tells it (git/repo.h).  Spends the guard. */
int	branch_move(const struct repo *, struct guard *, const struct push *,
	    struct error *) __attribute__((nonnull));

#endif
