/*
 * Our branches: which there are, which one proposes, and what is on it.
 */

#ifndef BRANCHES_H
#define BRANCHES_H

#include <stdbool.h>
#include <time.h>

struct error;
struct job;
struct own;

/* Lists them, once the repository is open and the models are known. */
int	branches_list(struct job *, struct error *) __attribute__((nonnull));

/*
 * Reads the one that matters, once the candidate can be told: after base, its
 * record, the requests and the evaluations.
 */
int	branches_read(struct job *, time_t now, struct error *)
	    __attribute__((nonnull));

/* The branch of a generation; kept for the run. */
const char	*branches_name(const struct job *, const char *generation)
		    __attribute__((nonnull));

/* Whether a branch of that name is ours. */
bool	branches_is_own(const struct job *, const char *name)
	    __attribute__((nonnull));

/* NULL: it is not there. */
const struct own	*branches_find(const struct job *, const char *name)
			    __attribute__((nonnull));

#endif
