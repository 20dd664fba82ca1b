/*
 * How a run ended, for all who hear of it: the line, the termination log,
 * the Event, the metrics.
 */

#ifndef RUN_SUMMARY_H
#define RUN_SUMMARY_H

#include <stddef.h>
#include <time.h>

struct step;

/* Strings are kept for the run. */
struct summary {
	const char		*tool;
	const char		*model;		/* its owner; NULL: not known */
	const char		*how;		/* settled done held busy plan
						   failed */
	int			 status;	/* enum verdict of error.h */
	const char		*why;		/* one sentence */
	const struct step	*step;
	time_t			 now;		/* of the run; 0: not known */
	long			 ms;		/* it took; -1: not known */

	/* for the metrics */
	size_t			 exchanges;
	time_t			 model_time;	/* 0: not known */
	time_t			 busy_since;	/* 0: nobody else is at it */
	size_t			 failures;	/* in a row */
};

#endif
