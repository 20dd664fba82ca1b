/*
 * Time zones of the IANA database: hours as clocks on a wall show them, in
 * UTC.  A time of a zone's clock is written here as the seconds since
 * 1970-01-01T00:00:00 on that clock.
 *
 * The C library reads the zone (tzset(3), localtime_r(3)): it knows the file
 * format and the rules of years the file does not list, and the process has
 * one thread.  It is asked only for the offset at an instant: what mktime(3)
 * makes of an hour that is missing or comes twice is not specified.
 */

#ifndef RUN_ZONE_H
#define RUN_ZONE_H

#include <stdbool.h>
#include <time.h>

struct error;
struct zone;

/*
 * Where tzdata is.  TZDIR has no say: one document means the same hours
 * whatever the environment is.
 */
#define ZONE_FOLDER	"/usr/share/zoneinfo"

/*
 * Makes a zone the one of this process until zone_close(); one at a time.
 * "UTC" needs no tzdata.  Other names consist of letters, digits, "_", "+",
 * "-" and "/" and begin with a capital, which leaves out what else lies in
 * tzdata's folder (localtime, posix/, right/).  Kept for the run; NULL with
 * an error, BROKEN when there is no such zone or its file is not whole
 * (RFC 8536).
 */
struct zone	*zone_open(const char *name, struct error *)
		    __attribute__((nonnull));

/* Makes the zone that of the environment again, as it was. */
void		 zone_close(struct zone *) __attribute__((nonnull));

/* The midnight that begins the zone's day an instant lies in: clock time. */
time_t		 zone_midnight(const struct zone *, time_t)
		    __attribute__((nonnull));

/*
 * A stretch of one day, in times of the zone's clock, as instants.  An hour
 * that the clock shows twice begins the stretch the first time and ends it
 * the second; one that it leaves out is the instant after the gap.  A
 * stretch wholly in a gap begins after it and keeps its length.  False, and
 * nothing is stored, when the zone has left out that whole day.
 */
bool		 zone_span(const struct zone *, time_t from, time_t to,
		    time_t *first, time_t *end) __attribute__((nonnull));

#endif
