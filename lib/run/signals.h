/*
 * The ends that come from outside.  In its container the program is PID 1,
 * for which the kernel's default actions do nothing: these come first.
 */

#ifndef RUN_SIGNALS_H
#define RUN_SIGNALS_H

#include <stdbool.h>

/*
 * SIGALRM ends the process with 1 at once, and the program it runs ends with
 * it, as with any death of ours; SIGTERM and SIGINT are noted; SIGPIPE is
 * ignored.
 */
void	signals_catch(void);

/* Whether a SIGTERM or SIGINT came: begin nothing new. */
bool	signals_stopping(void);

/* Sets the alarm, in seconds from now.  0 takes it away. */
void	signals_alarm(long);

/*
 * What SIGALRM ends the process with from now on, in place of 1: a run that
 * is over and only has to be told of keeps its exit status.
 */
void	signals_status(int);

/* Milliseconds until the alarm rings; LONG_MAX when none is set. */
long	signals_left(void);

#endif
