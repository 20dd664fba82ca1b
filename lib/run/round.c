#include <sys/prctl.h>
#include <sys/wait.h>

#include <err.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "run/error.h"
#include "run/round.h"
#include "run/signals.h"

#define MORE	8		/* beside the exit status of a run */
#define REST	20000000L	/* ns between two looks; a signal ends it */

static _Noreturn void
be_round(int (*run)(bool *more), pid_t parent)
{
	bool	 more = false;
	int	 status;

	/* A parent that was killed before this cannot be told apart later. */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1 || getppid() != parent)
		exit(RETRY);
	status = run(&more);
	exit(more ? status | MORE : status);
}

int
round_run(int (*run)(bool *more), bool *more)
{
	struct timespec	 rest = { 0, REST };
	bool		 told = false;
	pid_t		 parent = getpid(), pid;
	int		 status = SIGKILL;

	*more = false;
	signals_alarm(0);
	if ((pid = fork()) == 0)
		be_round(run, parent);
	if (pid == -1) {
		warn("a round of the catch-up could not begin");
		return RETRY;
	}
	while (waitpid(pid, &status, WNOHANG) == 0) {
		if (signals_stopping() && !told) {
			kill(pid, SIGTERM);
			told = true;
		}
		nanosleep(&rest, NULL);
	}
	if (!WIFEXITED(status)) {
		warnx("a round of the catch-up was killed by signal %d; the "
		    "next run goes on", WTERMSIG(status));
		return RETRY;
	}
	*more = (WEXITSTATUS(status) & MORE) != 0;
	return WEXITSTATUS(status) & ~MORE;
}
