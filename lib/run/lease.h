/*
 * The guard of a run (design 4).  One Lease per tool and model says who is
 * at work, what was begun and not yet accounted for, and what the last runs
 * came to.  Reading it is the first exchange of every run; taking it is the
 * only way to a guard, and every function that changes the world needs one.
 *
 * The Lease object of Kubernetes carries the log in an annotation and lapses
 * by the server's clock; its resourceVersion, read before everything else, is
 * the precondition of taking it.
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
struct guard;
struct kube;
struct lease;

#define LEASE_OUTCOMES	10	/* remembered, newest last */
#define LEASE_MARGIN	15	/* s from a step's end to the Lease's */

/* What a run is about to do, written before it does it. */
struct intent {
	const char	*verb, *target;
	const char	*generation;	/* NULL: none */
	const char	*stem;		/* whose failures a failure adds to */
	const char	*base;		/* the revision it was decided on */
	const char	*document;	/* hash of the Model document */
	time_t		 at;
	long		 duration;	/* seconds the step may take */
};

/*
 * How a step ended: "done"; "failed"; "lost" (begun, and its effect ruled
 * out afterwards); "undone" (failed before anything that counts against its
 * stem); "unknown" (the intent stays open).
 */
struct outcome {
	const char	*verb, *target;
	const char	*generation;	/* NULL: none */
	const char	*result;
	const char	*name;		/* what the other side calls it */
	time_t		 at;
};

/* The memory that lives only in the Lease. */
struct log {
	struct intent	*intent;	/* open; NULL: none */
	struct outcome	 outcome[LEASE_OUTCOMES];
	size_t		 noutcomes;
	const char	*stem;		/* whose failures are counted; NULL */
	size_t		 failures;	/* of that stem, in a row */
	json_t		*memo;		/* an object, never NULL */
	/*
	 * Whoever announced the open intent can do nothing any more: its
	 * effect, when it is not to be seen, is ruled out.
	 */
	bool		 orphaned;
};

/* Which Lease, and how this run means to use it. */
struct lease_terms {
	const char	*directory;	/* of the file Lease, or */
	struct kube	*kube;		/* where the object is; NULL: a file */
	bool		 create;	/* an object that is not there may be
					   made */
	/*
	 * For many Leases that one list has: the object, NULL when the list
	 * has none, and when it was read.  An object that is not there is
	 * made when it is first taken, owned by another (an ownerReference).
	 */
	bool		 listed;
	json_t		*object, *owner;
	time_t		 date;
	long		 began;		/* boot_clock() before that */
	const char	*tool, *model;
	time_t		 now;		/* --now; 0: the server's clock, or
					   the node's with a file */
	long		 longest;	/* s a step may take; a Lease that
					   says more lapses after these */
	bool		 dry;		/* lease_take() will refuse */
};

/*
 * Reads the Lease; creates nothing.  Kept for the run; NULL with an error,
 * BROKEN when what stands there is not ours to understand: it is never
 * overwritten.  RETRY when the node's clock is more than five minutes from
 * the server's.
 */
struct lease	*lease_read(const struct lease_terms *, struct error *)
		    __attribute__((nonnull));

/* As it stood when it was read. */
const struct log *lease_log(const struct lease *) __attribute__((nonnull));
time_t		 lease_now(const struct lease *) __attribute__((nonnull));
const char	*lease_name(const struct lease *) __attribute__((nonnull));

/*
 * Who holds it, in words for a person, or NULL.  Since when it is overdue
 * when *overdue is set: longer than its step may take.
 */
const char	*lease_holder(const struct lease *, bool *overdue)
		    __attribute__((nonnull));

/* When whoever holds it took it; 0: it is free. */
time_t		 lease_since(const struct lease *) __attribute__((nonnull));

/* Whether the object is not there and terms.create lets it be made. */
bool		 lease_is_missing(const struct lease *)
		    __attribute__((nonnull));

/*
 * Makes the missing object.  It is held by nobody for the longest step, so
 * that a run that knew the old one is over before another acts.  Returns as
 * lease_take() does.
 */
int		 lease_make(struct lease *, struct error *)
		    __attribute__((nonnull));

/*
 * Takes the Lease and writes the intent: the only maker of guards.  Returns
 * 0; 1 when another run holds it or acted since it was read, with the reason
 * as the error's text; -1.
 */
int	lease_take(struct lease *, const struct intent *, struct guard **,
	    struct error *) __attribute__((nonnull));

/*
 * Writes how the step ended and lets the Lease go; the guard is gone
 * whatever is returned.
 */
int	lease_drop(struct guard *, const char *result, const char *name,
	    struct error *) __attribute__((nonnull(1, 2, 4)));

/*
 * Takes the Lease for the open intent itself, to clear away what its dead
 * run left, in so many seconds; lease_drop() then ends the intent.  Returns
 * as lease_take() does.
 */
int	lease_resume(struct lease *, long duration, struct guard **,
	    struct error *) __attribute__((nonnull));

/*
 * Closes the open intent with a result: the one write of a run that found or
 * ruled out what an earlier run had begun, and the name the other side gave
 * it, or NULL.  Returns as lease_take() does.
 */
int	lease_close(struct lease *, const char *result, const char *name,
	    struct error *) __attribute__((nonnull(1, 2, 4)));

/*
 * Whether the guard is unspent, in time, and nobody told us to end.  -1:
 * BROKEN, or RETRY.
 */
int	guard_check(const struct guard *, struct error *)
	    __attribute__((nonnull));

/* The same, and spends it: call it right before the one write. */
int	guard_spend(struct guard *, struct error *) __attribute__((nonnull));

bool	guard_is_spent(const struct guard *) __attribute__((nonnull));

/*
 * Says that nobody knows whether the action happened, or that it is known
 * after all.  While it is in doubt, lease_drop() leaves the intent open.
 */
void	guard_doubt(struct guard *, bool) __attribute__((nonnull));
bool	guard_is_in_doubt(const struct guard *) __attribute__((nonnull));

/* Seconds until the Lease lapses for its holder; not positive: it has. */
long	guard_left(const struct guard *) __attribute__((nonnull));

/*
 * The descriptor whose lock is the file Lease; -1 with an object.  A program
 * that inherits it keeps the Lease held for as long as it lives.
 */
int	guard_lock(const struct guard *) __attribute__((nonnull));

#endif
