/*
 * Where a Lease stands: in a file, or in an object of Kubernetes.  Only
 * lease.c, which has the rules, uses these.
 */

#ifndef RUN_LEASESTATE_H
#define RUN_LEASESTATE_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>

struct error;
struct kube;
struct leasefile;
struct leasekube;
struct log;

/* What a Lease says. */
struct lease_state {
	const char	*holder;	/* "": free */
	time_t		 acquired, renewed;
	long		 duration;	/* s */
	json_int_t	 transitions;
	struct log	*log;		/* never NULL */
};

/*
 * The file Lease.  Reading creates nothing; *held says whether the kernel's
 * lock is.  Kept for the run; NULL with an error.
 */
struct leasefile *leasefile_read(const char *directory, const char *name,
		    struct lease_state *, bool *held, struct error *)
		    __attribute__((nonnull));

/* Its state file, for people. */
const char	*leasefile_path(const struct leasefile *)
		    __attribute__((nonnull));

/*
 * Locks it if nobody acted since it was read.  0; 1 when somebody did or
 * holds it, with the reason as the error's text; -1.
 */
int		 leasefile_lock(struct leasefile *, struct error *)
		    __attribute__((nonnull));
void		 leasefile_unlock(struct leasefile *) __attribute__((nonnull));

/* The descriptor with the lock; -1 when it is not locked. */
int		 leasefile_fd(const struct leasefile *)
		    __attribute__((nonnull));

/* Whether the lock is still the one others see: its file was not removed. */
bool		 leasefile_stands(const struct leasefile *)
		    __attribute__((nonnull));

/* Replaces the state, locked. */
int		 leasefile_write(struct leasefile *,
		    const struct lease_state *, struct error *)
		    __attribute__((nonnull));

/*
 * The Lease object of Kubernetes: one GET.  *now is the server's Date.
 * Absent is BROKEN, or with create an empty state.  Kept for the run; NULL
 * with an error.
 */
struct leasekube_terms {
	struct kube	*kube;
	const char	*name;
	bool		 create;
	/* As in struct lease_terms: then nothing is read. */
	bool		 listed;
	json_t		*object, *owner;
	time_t		 date;
};

struct leasekube *leasekube_read(const struct leasekube_terms *,
		    struct lease_state *, time_t *now, struct error *)
		    __attribute__((nonnull));

/* "ns/name", for people. */
const char	*leasekube_path(const struct leasekube *)
		    __attribute__((nonnull));

/* Whether there is an object. */
bool		 leasekube_exists(const struct leasekube *)
		    __attribute__((nonnull));

/*
 * One PUT with the resourceVersion that was read or written last, or the
 * POST that makes the object.  0; 1 when it is another one now, with the
 * reason as the error's text; -1.
 */
int		 leasekube_write(struct leasekube *,
		    const struct lease_state *, struct error *)
		    __attribute__((nonnull));

/*
 * The log as text for its place: at most 8 KiB, for which the oldest
 * outcomes go.  Kept for the run; NULL with an error.
 */
const char	*lease_log_text(struct log *, struct error *)
		    __attribute__((nonnull));

#endif
