#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/program.h"
#include "run/signals.h"

#define LOCK_FD		3	/* the lock of the Lease, in the program */
#define EXEC_FAILED	126	/* as shells say it */

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

/* In the child: only what is async-signal safe, and out by _exit(). */
static void
become(const struct program *p, int lock, pid_t parent)
{
	struct sigaction	 sa = { .sa_handler = SIG_DFL };
	sigset_t		 none;
	int			 in, out, signal;

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(EXEC_FAILED);	/* it died before we could be told */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	for (signal = 1; signal < NSIG; signal++)
		sigaction(signal, &sa, NULL);
	in = open("/dev/null", O_RDONLY);
	out = open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0644);
	if (in == -1 || out == -1 || chdir(p->folder) == -1 ||
	    dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    dup2(out, STDERR_FILENO) == -1 || dup2(lock, LOCK_FD) == -1 ||
	    fcntl(LOCK_FD, F_SETFD, 0) == -1 ||
	    close_range(LOCK_FD + 1, UINT_MAX, 0) == -1)
		_exit(EXEC_FAILED);
	execve(p->path, (char *const *)(uintptr_t)p->argv,
	    (char *const *)(uintptr_t)p->env);
	_exit(EXEC_FAILED);
}

static long
milliseconds(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

enum end { ENDED, OVERDUE, STOPPED };

static enum end
watch(int pidfd, long until)
{
	struct pollfd	 pfd = { .fd = pidfd, .events = POLLIN };
	sigset_t	 mask, old;
	struct timespec	 left;
	long		 ms;
	int		 n;
	enum end	 end = ENDED;

	/* Blocked outside ppoll(), so that no signal slips in between. */
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigaddset(&mask, SIGINT);
	sigprocmask(SIG_BLOCK, &mask, &old);
	for (n = 0; n == 0;) {
		ms = until - milliseconds();
		if (signals_stopping())
			end = STOPPED;
		else if (ms <= 0)
			end = OVERDUE;
		if (end != ENDED)
			break;
		left = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
		n = ppoll(&pfd, 1, &left, &old);
		if (n == -1 && errno == EINTR)
			n = 0;
	}
	sigprocmask(SIG_SETMASK, &old, NULL);
	return end;
}

static void
tell(int status, enum end end, const struct program *p,
    struct ending *ending)
{
	*ending = (struct ending){ 0, NULL };
	if (end == OVERDUE)
		ending->words = keepf("still running at its deadline of %lds",
		    p->deadline);
	else if (WIFSIGNALED(status))
		ending->words = keepf("killed by signal %d (%s)",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else {
		ending->good = WEXITSTATUS(status) == 0;
		ending->words = keepf("exit %d", WEXITSTATUS(status));
	}
}

int
program_run(const struct guard *guard, const struct program *p,
    struct ending *ending, struct error *error)
{
	long		 until = milliseconds() + p->deadline * 1000;
	enum end	 end;
	pid_t		 parent = getpid(), pid;
	int		 pidfd, status;

	if (guard_check(guard, error) == -1)
		return -1;
	if ((pid = fork()) == -1)
		return error_errno(error, RETRY, "%s: fork", p->path);
	if (pid == 0)
		become(p, guard_lock(guard), parent);
	setpgid(pid, pid);	/* as the child does: whoever comes first */
	signals_group(pid);
	if ((pidfd = pidfd_open(pid, 0)) == -1) {
		end = STOPPED;
		error_errno(error, RETRY, "%s: pidfd_open", p->path);
	} else if ((end = watch(pidfd, until)) == STOPPED)
		error_set(error, RETRY, "%s: stopped, because this run was "
		    "told to end", p->path);
	/* The group first: what it left behind must not outlive the Lease. */
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	signals_group(0);
	if (pidfd != -1)
		close(pidfd);
	if (end == STOPPED)
		return -1;
	tell(status, end, p, ending);
	return 0;
}

static int
spawn_plan(const char *path, const char *const argv[], int out, pid_t *pid)
{
	posix_spawn_file_actions_t	 actions;
	const char			**all;
	size_t				 n;
	int				 rc;

	for (n = 0; argv[n] != NULL; n++)
		continue;
	all = keep((n + 3) * sizeof(*all));
	all[0] = path;
	all[1] = "-n";
	memcpy(all + 2, argv, n * sizeof(*all));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	rc = posix_spawn(pid, path, &actions, NULL,
	    (char *const *)(uintptr_t)all, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

/* To its end, so that it is never stopped by a full pipe. */
static int
drain(int fd, size_t ceiling, struct bytes *b, struct error *error)
{
	ssize_t	 n;
	char	 rest[4096];

	if ((b->data = calloc(1, ceiling + 1)) == NULL)
		return error_errno(error, RETRY, "a plan");
	while ((n = b->len < ceiling ?
	    read(fd, b->data + b->len, ceiling - b->len) :
	    read(fd, rest, sizeof(rest))) != 0) {
		if (n == -1 && errno != EINTR)
			return error_errno(error, RETRY, "a plan");
		if (n > 0 && b->len < ceiling)
			b->len += (size_t)n;
	}
	return 0;
}

int
program_plan(const char *name, const char *const argv[], size_t ceiling,
    struct bytes *b, struct error *error)
{
	const char	*path;
	pid_t		 pid;
	int		 fd[2], rc, rv, status = 0;

	*b = (struct bytes){ NULL, 0 };
	if ((path = program_find(name, error)) == NULL)
		return -1;
	if (pipe2(fd, O_CLOEXEC) == -1)
		return error_errno(error, RETRY, "%s", name);
	rc = spawn_plan(path, argv, fd[1], &pid);
	close(fd[1]);
	errno = rc;
	rv = rc == 0 ? drain(fd[0], ceiling, b, error) :
	    error_errno(error, RETRY, "%s", path);
	close(fd[0]);
	while (rc == 0 && waitpid(pid, &status, 0) == -1 && errno == EINTR)
		continue;
	if (rv == 0 && !WIFEXITED(status))
		rv = error_set(error, RETRY, "%s was killed by signal %d",
		    name, WTERMSIG(status));
	if (rv == -1)
		bytes_free(b);
	return rv == -1 ? -1 : WEXITSTATUS(status);
}
