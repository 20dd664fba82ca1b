/*
 * Points in time and lengths of time, as text and back.  Pure: no clock and
 * no time zone, so that decisions may use it.
 */

#ifndef RUN_WHEN_H
#define RUN_WHEN_H

#include <time.h>

/*
 * RFC 3339 in seconds since 1970.  Fractions of a second are cut off, an
 * offset is applied.  Returns -1 when the text is not exactly one time.
 */
int	 when_parse(const char *, time_t *) __attribute__((nonnull));

/* As "2021-07-21T09:00:03Z"; kept for the run (keep.h). */
char	*when_text(time_t);

/*
 * The same with the six digits of a fraction that MicroTime of Kubernetes
 * takes, no more and no fewer: "2021-07-21T09:00:03.000000Z".  Kept.
 */
char	*when_micro(time_t);

/*
 * A duration: one number and one of s m h d w, as "30m".  Seconds, at most
 * 100 years.  Returns -1 when the text is not that.
 */
int	 when_duration(const char *, long *) __attribute__((nonnull));

/* A duration for people, two units at most, as "3d 4h"; kept for the run. */
char	*when_length(long);

/* Day of the week of a time, 0 is Sunday, and seconds since its midnight. */
int	 when_weekday(time_t);
long	 when_seconds(time_t);

#endif
