/*
 * The status of an object, as it is to stand.
 */

#ifndef RUN_PIPELINE_STATUS_H
#define RUN_PIPELINE_STATUS_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct sync;

enum truth { TRUTH_FALSE, TRUTH_TRUE, TRUTH_UNKNOWN };

/* A condition as the decision has it; status_json() adds the times. */
struct condition {
	enum truth	 status;
	const char	*reason;	/* CamelCase, never NULL */
	const char	*message;	/* one line */
};

struct status {
	/* Runs that are active, oldest first; NULL and 0: none. */
	const struct run **active;
	size_t		 nactive;

	/* lastDecision: the row of the table and its sentence. */
	const char	*row, *why;

	/* lastSuccess: when the newest run that succeeded ended; 0: none. */
	time_t		 success;

	/* lastRun: see struct last of sync.h; name NULL: none. */
	const char	*last_name, *last_uid;
	time_t		 last_created, last_finished;
	bool		 last_succeeded;
	long		 last_failures, last_generation;

	struct condition ready;		/* type Ready */
	struct condition stalled;	/* type Stalled: a person must act */
};

/*
 * A decision that stays is told again after so many seconds, so that objects
 * can be taken in the order in which they were last looked at without a
 * write at every look.
 */
#define STATUS_REFRESH	3600

/*
 * The step of a verb that was decided on failed: the condition of the status
 * says so in place of what it would have come to, and Stalled if a person
 * must act (BROKEN of error.h).
 */
void	 status_failed(struct status *, const char *verb, int verdict,
	    const char *why) __attribute__((nonnull));

/*
 * The status as JSON, kept: observedGeneration, active, lastDecision {time,
 * row, message}, lastSuccess, lastRun and conditions.  lastDecision.time is
 * that of the one that stands when row and message are the same and it is
 * younger than an hour, else now; lastTransitionTime moves only when the
 * status of its condition does.  Conditions of other types stay.
 */
json_t	*status_json(const struct sync *, const struct status *, time_t now)
	    __attribute__((nonnull));

/*
 * Whether what stands differs from what is to stand in any key of the
 * latter: only then it is written, as a merge patch {"status": ...} of the
 * status subresource with metadata.resourceVersion in it.
 */
bool	 status_differs(const struct sync *, json_t *)
	    __attribute__((nonnull));

#endif
