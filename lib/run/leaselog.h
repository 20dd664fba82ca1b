/*
 * The log in a Lease as JSON (design 9): the same for a file and for an
 * annotation.
 */

#ifndef RUN_LEASELOG_H
#define RUN_LEASELOG_H

#include <time.h>

#include <jansson.h>

struct error;
struct log;

/* From JSON that the caller keeps; strictly, BROKEN otherwise. */
int	 leaselog_decode(json_t *, struct log *, struct error *)
	    __attribute__((nonnull));

/* A new reference, or NULL when something in it is not UTF-8. */
json_t	*leaselog_encode(const struct log *) __attribute__((nonnull));

/*
 * Turns the open intent into an outcome; an "unknown" one leaves it open.
 * Failures of a stem are counted, and forgotten when it is done.
 */
void	 leaselog_end(struct log *, const char *result, const char *name,
	    time_t now) __attribute__((nonnull(1, 2)));

#endif
