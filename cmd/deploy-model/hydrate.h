/*
 * Files that are made anew from the marked values (config.hydrate), for the
 * same commit.
 */

#ifndef HYDRATE_H
#define HYDRATE_H

struct error;
struct guard;
struct job;
struct proposal;
struct step;

/*
 * Says in the step that a push runs the program, and for how long; runs
 * nothing.  A program that is not there is BROKEN.  Without config.hydrate,
 * nothing.
 */
int	hydrate_draft(const struct job *, struct step *, struct error *)
	    __attribute__((nonnull));

/*
 * repo_write() of a proposal whose changes are the marked values, with what
 * the program makes of them.  Every place that the commit marks must name the
 * model, and there must be those that base has: BROKEN otherwise, and when
 * the program failed.  RETRY when it was overdue.
 */
int	hydrate_write(const struct job *, const struct step *,
	    struct guard *, const struct proposal *, char oid[],
	    struct error *) __attribute__((nonnull));

#endif
