/*
 * Where branches are checked out.  Moving such a branch would make the
 * files that lie there look like somebody's edits (git's own
 * receive.denyCurrentBranch, and git-worktree(1)).
 */

#ifndef GIT_HEAD_H
#define GIT_HEAD_H

struct error;
struct repo;

/* BROKEN when a checkout's HEAD names the ref, born or not. */
int	head_refuse(const struct repo *, const char *ref, struct error *)
	    __attribute__((nonnull));

#endif
