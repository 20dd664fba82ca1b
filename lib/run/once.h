/*
 * One whole run of a job: fresh reads, the decision, at most one action under
 * the Lease.  What run.c does for the one thing that a document is about, and
 * run-pipeline for each of many.
 */

#ifndef RUN_ONCE_H
#define RUN_ONCE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct config;
struct error;
struct google;
struct job;
struct lease_terms;
struct log;
struct settings;
struct step;

struct once {
	const struct settings	*set;
	struct job		*job;
	/* Of a run that is one of many: name, owner and hash alone. */
	const struct config	*config;
	const struct lease_terms *terms;
	struct google		*google;	/* NULL: not asked for */
	bool			 beside;	/* others run beside it: the
						   alarm is left alone */
};

/* How it ended, for the report. */
struct ended {
	const char	*how;		/* settled done held busy plan failed */
	int		 status;
	const char	*why;
	struct step	*step;
	time_t		 now;
	bool		 acted;		/* the step was done, whatever failed
					   after it */
	const struct log *log;		/* of the Lease; NULL: not read */
	time_t		 busy_since, model_time;	/* 0: not known */
};

/* Runs it.  Returns the status, which is also in *ended. */
int	once_run(const struct once *, struct ended *) __attribute__((nonnull));

/* What a process does first: signals, standard descriptors. */
void	once_prepare(void);

/* Ends it as failed before it began. */
int	once_fail(struct ended *, const struct error *)
	    __attribute__((nonnull));

/* Failures in a row. */
size_t	once_failures(const struct ended *) __attribute__((nonnull));

#endif
