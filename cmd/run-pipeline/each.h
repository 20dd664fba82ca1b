/*
 * The run of one object: what it stands on and what it came to.
 */

#ifndef RUN_PIPELINE_EACH_H
#define RUN_PIPELINE_EACH_H

#include <stdbool.h>
#include <time.h>

struct error;
struct kube;
struct needs;
struct observation;
struct runner;
struct runs;
struct status;
struct sync;

struct job {
	const struct runner	*runner;
	const struct sync	*sync;
	struct kube		*kube;
	struct runs		*runs;		/* of all objects */
	const char		*absent;	/* of Tekton, in words; NULL */
	const char		*twin;		/* an object of the same name
						   that is served; NULL */
	long			 least;		/* ms that must be left to ask
						   a lambda or a rule */
	struct observation	*o;
	struct needs		*needs;
	struct status		*status;
	bool			 decided;	/* *status is to be written */
};

/*
 * Asks the object's URL or the plan of its rule: fills job->needs, whatever
 * comes.  -1, RETRY, without asking: too little of the run is left to wait for
 * an answer, and that there is none would not be the other side's fault.
 */
int	lambda_ask(struct job *, struct error *) __attribute__((nonnull));

/* Writes the status, when it differs from what stands there. */
int	status_write(const struct job *, time_t now, struct error *)
	    __attribute__((nonnull));

#endif
