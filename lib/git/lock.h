/*
 * The lock file that git makes beside a branch to move it.  Who is killed
 * while he has it leaves it behind, and then nobody can move the branch.
 */

#ifndef GIT_LOCK_H
#define GIT_LOCK_H

#include <stdbool.h>
#include <time.h>

struct error;
struct guard;
struct repo;

struct lock {
	const char	*path;		/* kept for the run */
	time_t		 made;		/* or last written */
	/*
	 * It is the file of the branch under a second name: whoever made it
	 * has moved the branch and died before he could remove it.
	 */
	bool		 over;
};

/*
 * Looks for the lock of a branch.  Returns 0 with it; 1 when there is none;
 * -1.
 */
int	lock_find(struct repo *, const char *branch, struct lock *,
	    struct error *) __attribute__((nonnull));

/*
 * Removes one that a run of ours left which is known to be dead; that it is
 * gone already is as good.  Spends the guard.
 */
int	lock_remove(struct guard *, const char *path, struct error *)
	    __attribute__((nonnull));

#endif
