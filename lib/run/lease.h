/*
 * The guard of a run (design 4).  One Lease per tool and model says who is
 * at work, what was begun and not yet accounted for, and what the last runs
 * came to.  Reading it is the first exchange of every run; taking it is the
 * only way to a guard, and every function that changes the world needs one.
 *
 * The file Lease is two files in a directory.  <name>.lock carries a lock of
 * the kernel (an open file description lock, fcntl(2)), held exactly while
 * the Lease is, by the run and by the program it started; <name>.json is
 * the state, replaced by rename.
 */

#ifndef RUN_LEASE_H
#define RUN_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct error;
struct lease;
struct guard;

#define LEASE_OUTCOMES	10	/* remembered, newest last */

/* What a run is about to do, written before it does it. */
struct intent {
	const char	*verb, *target;
	const char	*generation;	/* NULL: none */
	const char	*base;		/* the revision it was decided on */
	const char	*document;	/* hash of the Model document's bytes */
	time_t		 at;
	long		 duration;	/* seconds the step may take */
};

/* How a step ended. */
struct outcome {
	const char	*verb, *target;
	const char	*generation;	/* NULL: none */
	const char	*result;	/* "done", "failed", "unknown", "lost" */
	const char	*name;		/* what the other side called it; NULL */
	time_t		 at;
};

/* The memory that lives only in the Lease. */
struct log {
	struct intent	*intent;	/* open; NULL: none */
	struct outcome	 outcome[LEASE_OUTCOMES];
	size_t		 noutcomes;
	const char	*stem;		/* whose failures are counted; NULL */
	size_t		 failures;	/* in a row */
	json_t		*memo;		/* an object, never NULL */
};
#endif
