/*
 * Where the Model document says that the Lease is.
 */

#ifndef RUN_LEASETERMS_H
#define RUN_LEASETERMS_H

struct config;
struct error;
struct lease_terms;

/*
 * Fills directory, or kube (opened; kube_close() ends it) and create, and
 * longest for runs of so many seconds; dry and now must be set.  -1: BROKEN.
 */
int	lease_terms(const struct config *, long deadline,
	    struct lease_terms *, struct error *) __attribute__((nonnull));

#endif
