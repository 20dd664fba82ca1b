/*
 * What all runs of a process look at, read once: the Leases first, so that
 * whatever another process does after that fails this one's, then the objects
 * and the runs of Tekton.
 */

#ifndef RUN_PIPELINE_LISTS_H
#define RUN_PIPELINE_LISTS_H

#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct error;
struct kube;
struct runs;
struct sync;

struct lists {
	json_t		*leases;	/* by name */
	time_t		 date;		/* of the server, then */
	long		 began;		/* boot_clock() before it was asked */
	struct sync	**sync;		/* as object_arrange() has it */
	size_t		 n;
	struct runs	*runs;
	const char	*absent;	/* that Tekton is, in words; NULL */
};

/*
 * Reads them, complete or -1.  BROKEN when the cluster knows no ModelSync.
 * Kept for the run.
 */
int	lists_read(struct kube *, struct lists *, struct error *)
	    __attribute__((nonnull));

#endif
