/*
 * What the command line says: all tools have the same options.
 */

#ifndef RUN_SETTINGS_H
#define RUN_SETTINGS_H

#include <stdbool.h>
#include <time.h>

struct error;

/* s; of a run unless told otherwise: CronJobs start a pod in about ten. */
#define SETTINGS_DEADLINE	50

struct settings {
	const char	*file;		/* the Model document */
	bool		 dry, catch_up, held_ok, verbose;
	int		 form;		/* enum plan_form of plan.h */
	time_t		 now;		/* 0: the clock's */
	const char	*expect;	/* digest, 64 digits; NULL: any */
	long		 deadline;	/* s, of a run but its step */

	/* where else a run is told of; NULL: nowhere */
	int		 log;		/* enum line_form of line.h */
	const char	*termination;	/* file; NULL: the usual one */
	const char	*event_for;	/* CronJob */
	const char	*metrics;	/* file */
	const char	*gateway;	/* Pushgateway, an origin */
};

/*
 * Reads the command line, once.  Ends the process for --help and --version.
 * -1 with an error, BROKEN, when it makes no sense.
 */
int	settings_read(struct settings *, int argc, char *argv[],
	    struct error *) __attribute__((nonnull));

#endif
