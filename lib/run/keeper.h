/*
 * The process between a run and the program it started.  Whatever the
 * program starts in its turn, in whatever group or session, has the keeper
 * for an ancestor that it cannot get rid of: orphans are given to it.  When
 * the program ends, its time is over, the run is told to stop or dies, the
 * keeper kills all of them, and only when the last is gone does it end
 * itself and let the lock of the Lease go.
 */

#ifndef RUN_KEEPER_H
#define RUN_KEEPER_H

#include <sys/types.h>

struct program;

enum end {
	NOT_STARTED,	/* value is errno, about what */
	ENDED,		/* value as waitpid() gives it */
	OVERDUE,	/* killed at its deadline */
	STOPPED		/* killed because the run was told to stop */
};

/* What a keeper has to tell, written to a pipe before it ends. */
struct report {
	enum end	 end;
	int		 value;
	const char	*what;		/* a string from before the fork */
};

struct keeping {
	const struct program	*program;
	int			 lock;		/* descriptor of the Lease */
	int			 report;	/* of the pipe */
	pid_t			 parent;	/* the run */
	long			 until;		/* of boot_clock() */
};

/*
 * In the child that a run has just forked with all signals blocked: starts
 * the program, keeps it, reports and ends.  SIGTERM tells it to stop.
 */
void	keeper_run(const struct keeping *) __attribute__((nonnull, noreturn));

/*
 * Gives a child that has only one thread a network of its own in which there
 * is nothing, with the user it had.  Returns -1 with errno where the kernel
 * does not allow that.
 */
int	keeper_isolate(void);

#endif
