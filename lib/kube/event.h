/*
 * Events of Kubernetes (events.k8s.io/v1) regarding a CronJob, beside those
 * its controller writes.  The same Event again becomes a series: its name is
 * made of what it says.
 */

#ifndef KUBE_EVENT_H
#define KUBE_EVENT_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>

struct error;
struct kube;

/* Strings are the caller's. */
struct kube_event {
	const char	*cronjob;	/* its name, in our namespace */
	const char	*tool;		/* who reports */
	const char	*verb;		/* "train"; NULL: the run as a whole */
	bool		 failed;
	const char	*note;		/* a sentence; cut when too long */
	time_t		 at;
};

/*
 * Whether a word can be the name of a CronJob: what stands in a path is not
 * to lead elsewhere.
 */
bool		 kube_event_names(const char *cronjob)
		    __attribute__((nonnull));

/*
 * Reads the CronJob for its uid and writes the Event, or adds one to the
 * series of the same Event.  -1: it is not told; no run fails of it.
 */
int		 kube_event_write(struct kube *, const struct kube_event *,
		    struct error *) __attribute__((nonnull));

/* The Event of a CronJob with a uid; a new reference, NULL: no memory. */
json_t		*kube_event_encode(const struct kube_event *,
		    const char *namespace, const char *uid)
		    __attribute__((nonnull));

/*
 * What makes one more of an Event that is there, as a merge patch; a new
 * reference, NULL: no memory.
 */
json_t		*kube_event_again(json_t *event, time_t)
		    __attribute__((nonnull));

#endif
