#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/keeper.h"
#include "run/lease.h"
#include "run/program.h"
#include "run/signals.h"

#define GRACE		10000	/* ms for a keeper to kill what it keeps */

static bool
is_executable(const char *path)
{
	struct stat	 st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    access(path, X_OK) == 0;
}

static const char *
beside_us(const char *name)
{
	char	 self[PATH_MAX];
	char	*slash;
	ssize_t	 n;

	n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (n <= 0)
		return NULL;
	self[n] = '\0';
	if ((slash = strrchr(self, '/')) == NULL)
		return NULL;
	*slash = '\0';
	return keepf("%s/%s", self, name);
}

const char *
program_find(const char *name, struct error *error)
{
	const char	*path, *dir, *end;

	if (strchr(name, '/') != NULL) {
		if (is_executable(name))
			return name;
		error_set(error, BROKEN, "command %s: no executable file "
		    "there", name);
		return NULL;
	}
	path = beside_us(name);
	if (path != NULL && is_executable(path))
		return path;
	for (dir = PROGRAM_PATH; *dir != '\0'; dir = end + (*end == ':')) {
		end = strchrnul(dir, ':');
		path = keepf("%.*s/%s", (int)(end - dir), dir, name);
		if (is_executable(path))
			return path;
	}
	error_set(error, BROKEN, "command %s: not found beside this program "
	    "nor in %s; install it or give its path", name, PROGRAM_PATH);
	return NULL;
}

/* A keeper and the pipe it reports to. */
struct kept {
	pid_t	 pid;
	int	 pipe;
};

/* The child is born with all signals blocked, so that it misses none. */
static int
fork_keeper(struct keeping *keeping, struct kept *kept, struct error *error)
{
	const char	*path = keeping->program->path;
	sigset_t	 all, old;
	int		 fd[2], reason;

	if (pipe2(fd, O_CLOEXEC) == -1) {
		error_errno(error, RETRY, "%s: pipe", path);
		return -1;
	}
	keeping->report = fd[1];
	keeping->parent = getpid();
	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, &old);
	if ((kept->pid = fork()) == 0)
		keeper_run(keeping);
	reason = errno;
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fd[1]);
	kept->pipe = fd[0];
	if (kept->pid == -1) {
		close(fd[0]);
		errno = reason;
		error_errno(error, RETRY, "%s: fork", path);
		return -1;
	}
	return 0;
}

/*
 * Whether the keeper came to its end in time.  Told to stop, we tell it.
 */
static bool
wait_for(const struct kept *kept, long until)
{
	struct pollfd	 pfd = { .fd = kept->pipe, .events = POLLIN };
	sigset_t	 mask, old;
	struct timespec	 left;
	bool		 told = false;
	long		 ms;
	int		 n = 0;

	/* Blocked outside ppoll(), so that no signal slips in between. */
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, &old);
	while (n == 0) {
		if (signals_stopping() && !told) {
			kill(kept->pid, SIGTERM);
			until = boot_clock() + GRACE;
			told = true;
		}
		if ((ms = until - boot_clock()) <= 0)
			break;
		left = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
		n = ppoll(&pfd, 1, &left, &old);
		if (n == -1 && errno == EINTR)
			n = 0;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return n == 1;
}

/* What the keeper told; it may have been killed before it could. */
static int
hear(const struct kept *kept, struct report *report, struct error *error)
{
	ssize_t	 n;
	int	 status = 0;

	while ((n = read(kept->pipe, report, sizeof(*report))) == -1 &&
	    errno == EINTR)
		continue;
	while (waitpid(kept->pid, &status, 0) == -1 && errno == EINTR)
		continue;
	if (n == (ssize_t)sizeof(*report))
		return 0;
	*report = (struct report){ ENDED, status, NULL };
	return WIFSIGNALED(status) ? 0 : error_set(error, RETRY,
	    "out of descriptors");
}

static int
tell(const struct report *r, const struct program *p, struct ending *ending,
    struct error *error)
{
	int	 status = r->value;

	*ending = (struct ending){ .overdue = r->end == OVERDUE };
	if (r->end == STOPPED)
		return error_set(error, RETRY, "%s: stopped, because this "
		    "run was told to end", p->path);
	errno = r->value;
	if (r->end == NOT_STARTED && r->what == p->path)
		return error_errno(error, BROKEN, "%s, or the interpreter it "
		    "names, could not be started", p->path);
	if (r->end == NOT_STARTED)
		return error_errno(error, BROKEN, "%s could not be started: "
		    "%s", p->path, r->what);
	if (r->end == OVERDUE)
		ending->words = keepf("still running at its deadline of %lds",
		    p->deadline);
	else if (WIFSIGNALED(status))
		ending->words = keepf("killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else {
		ending->good = WEXITSTATUS(status) == 0;
		ending->words = keepf("exit %d", WEXITSTATUS(status));
	}
	return 0;
}

int
program_run(struct guard *guard, const struct program *p,
    struct ending *ending, struct error *error)
{
	struct keeping	 keeping = { .program = p, .lock = guard_lock(guard),
			    .until = boot_clock() + p->deadline * 1000 };
	struct kept	 kept;
	struct report	 report;
	int		 rv;

	if (guard_check(guard, error) == -1 ||
	    fork_keeper(&keeping, &kept, error) == -1)
		return -1;
	if (!wait_for(&kept, keeping.until + GRACE)) {
		close(kept.pipe);
		/* The lock of a file Lease stays with the keeper; else time. */
		guard_doubt(guard, true);
		error_set(error, RETRY, "%s: what it started cannot be "
		    "killed, or not in time; its end is awaited", p->path);
		return -1;
	}
	rv = hear(&kept, &report, error);
	close(kept.pipe);
	return rv == -1 ? -1 : tell(&report, p, ending, error);
}

bool
program_offline(void)
{
	static bool	 asked, can;
	pid_t		 pid;
	int		 status = -1;

	if (asked)
		return can;
	if ((pid = fork()) == 0)
		_exit(keeper_isolate() == 0 ? 0 : 1);
	while (pid > 0 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	asked = true;
	can = pid > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
	return can;
}
