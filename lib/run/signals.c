#include <limits.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/error.h"
#include "run/signals.h"

#define STOP	20	/* s from being told to end */

static volatile sig_atomic_t	stopping;
static volatile sig_atomic_t	status = RETRY;
static volatile long		rings;		/* CLOCK_BOOTTIME, ms; 0 */

/* A pod is given 30 s; the run is over before that, whatever is slow. */
static void
on_stop(int signal)
{
	(void)signal;
	stopping = 1;
	if (rings == 0 || rings - boot_clock() > STOP * 1000L) {
		rings = boot_clock() + STOP * 1000L;
		alarm(STOP);
	}
}

static void
on_alarm(int signal)
{
	static const char	said[] = "the deadline of the run passed\n";

	(void)signal;
	/* Nobody is left to hear that it could not be said. */
	if (write(STDERR_FILENO, said, sizeof(said) - 1) != -1)
		_exit(status);
	_exit(status);
}

void
signals_catch(void)
{
	struct sigaction	 sa = { .sa_flags = 0 };

	sigemptyset(&sa.sa_mask);
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, NULL);
	sa.sa_handler = on_stop;
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGINT, &sa, NULL);
	sa.sa_handler = SIG_IGN;
	sigaction(SIGPIPE, &sa, NULL);
	/* Ignored as some parents leave it, nobody could be waited for. */
	sa.sa_handler = SIG_DFL;
	sigaction(SIGCHLD, &sa, NULL);
}

bool
signals_stopping(void)
{
	return stopping != 0;
}

void
signals_status(int how)
{
	status = how;
}

void
signals_alarm(long seconds)
{
	/* Told to end, nothing takes longer any more. */
	if (stopping && rings != 0 && (seconds == 0 ||
	    boot_clock() + seconds * 1000L > rings))
		return;
	alarm((unsigned)seconds);
	rings = seconds == 0 ? 0 : boot_clock() + seconds * 1000L;
}

long
signals_left(void)
{
	return rings == 0 ? LONG_MAX : rings - boot_clock();
}
