/*
 * A round of a catch-up as a process of its own: what a run keeps until it
 * ends (keep.h) goes with it, so that many rounds need no more than one.
 */

#ifndef RUN_ROUND_H
#define RUN_ROUND_H

#include <stdbool.h>

/*
 * Calls run() in a child and waits for it; it dies with us, and is told to
 * end when we are.  run() returns an exit status (error.h) and whether there
 * is more to do.  Returns that status; RETRY, and no more, when the child
 * could not be made or was killed.  No alarm of ours is left set.
 */
int	round_run(int (*run)(bool *more), bool *more)
	    __attribute__((nonnull));

#endif
