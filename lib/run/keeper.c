#include <sys/prctl.h>
#include <sys/wait.h>

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/keeper.h"
#include "run/program.h"

#define LOCK_FD		3	/* the lock of the Lease, in the program */
#define REPORT_FD	4	/* the pipe to the run; not in the program */
#define CANNOT_RUN	126	/* as shells say it */
#define LOOK		1000	/* ms from one look at the clock to the next */
#define PAUSE		5	/* ms to the second round of killing */

static void
tell(enum end end, int value, const char *what)
{
	struct report	 report = { end, value, what };

	/* The run may be dead; then nobody is left to hear it. */
	if (write(REPORT_FD, &report, sizeof(report)) == -1)
		return;
}

static void __attribute__((noreturn))
give_up(const char *what)
{
	tell(NOT_STARTED, errno, what);
	_exit(CANNOT_RUN);
}

/* The keeper's descriptors are the program's, and the pipe. */
static void
set_up(const struct keeping *k)
{
	const struct program	*p = k->program;
	struct sigaction	 sa = { .sa_handler = SIG_DFL };
	int			 in, out, report, lock, signal;

	/* Out of the way of the numbers they get. */
	/* A Lease object has no lock; nothing else may stand there then. */
	lock = k->lock == -1 ? open("/dev/null", O_RDONLY) :
	    fcntl(k->lock, F_DUPFD, REPORT_FD + 1);
	report = fcntl(k->report, F_DUPFD, REPORT_FD + 1);
	if (lock == -1 || report == -1 || dup2(report, REPORT_FD) == -1)
		_exit(CANNOT_RUN);
	/* Who kills the run by its group or name is not to kill us too. */
	setpgid(0, 0);
	prctl(PR_SET_NAME, "keeper");
	for (signal = 1; signal < NSIG; signal++)
		sigaction(signal, &sa, NULL);
	if (fcntl(REPORT_FD, F_SETFD, FD_CLOEXEC) == -1 ||
	    dup2(lock, LOCK_FD) == -1 ||
	    prctl(PR_SET_CHILD_SUBREAPER, 1) == -1)
		give_up(p->path);
	if ((in = open("/dev/null", O_RDONLY)) == -1)
		give_up("/dev/null");
	if ((out = open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW,
	    0644)) == -1)
		give_up(p->log);
	if (chdir(p->folder) == -1)
		give_up(p->folder);
	if (dup2(in, STDIN_FILENO) == -1 || dup2(out, STDOUT_FILENO) == -1 ||
	    dup2(out, STDERR_FILENO) == -1 ||
	    close_range(REPORT_FD + 1, UINT_MAX, 0) == -1)
		give_up(p->path);
}

static int
write_proc(const char *path, const char *text)
{
	size_t	 len = strlen(text);
	ssize_t	 n;
	int	 fd;

	if ((fd = open(path, O_WRONLY | O_CLOEXEC)) == -1)
		return -1;
	n = write(fd, text, len);
	close(fd);
	return n == (ssize_t)len ? 0 : -1;
}

/*
 * Only in a user namespace of its own may anybody have a network namespace;
 * there the user is mapped to itself, or its files would seem a stranger's.
 */
int
keeper_isolate(void)
{
	unsigned	 uid = geteuid(), gid = getegid();
	char		 users[32], groups[32];

	snprintf(users, sizeof(users), "%u %u 1\n", uid, uid);
	snprintf(groups, sizeof(groups), "%u %u 1\n", gid, gid);
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == -1 ||
	    write_proc("/proc/self/uid_map", users) == -1 ||
	    write_proc("/proc/self/setgroups", "deny") == -1 ||
	    write_proc("/proc/self/gid_map", groups) == -1)
		return -1;
	return 0;
}

/* In the child of the keeper. */
static void __attribute__((noreturn))
become(const struct program *p, pid_t keeper)
{
	sigset_t	 none;

	setpgid(0, 0);
	if (p->offline && keeper_isolate() == -1)
		give_up("a network of its own");
	/* New rights would take this back, so it comes behind them. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != keeper)
		_exit(CANNOT_RUN);	/* it died before we could be told */
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	execve(p->path, (char *const *)(uintptr_t)p->argv,
	    (char *const *)(uintptr_t)p->env);
	give_up(p->path);
}

/* Whether a process, by its folder in /proc, is a child of ours. */
static bool
is_child(const char *pid)
{
	char	 path[64], text[512];
	char	*s;
	ssize_t	 n;
	int	 fd;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (n <= 0)
		return false;
	text[n] = '\0';
	/* pid (name) state ppid; the name may hold what it likes. */
	if ((s = strrchr(text, ')')) == NULL || strlen(s) < 4)
		return false;
	return strtol(s + 3, NULL, 10) == (long)getpid();
}

/*
 * Kills the children of ours that there are; theirs become ours then.  Only
 * we can reap a child, so that no number means another process meanwhile.
 */
static void
kill_children(void)
{
	struct dirent	*d;
	DIR		*dir = opendir("/proc");

	if (dir == NULL)
		return;
	while ((d = readdir(dir)) != NULL)
		if (isdigit((unsigned char)d->d_name[0]) &&
		    is_child(d->d_name))
			kill((pid_t)strtol(d->d_name, NULL, 10), SIGKILL);
	closedir(dir);
}

/* Until the last one is gone; returns how the program itself ended. */
static int
end_all(pid_t program)
{
	long		 ms = PAUSE;
	struct timespec	 pause;
	pid_t		 pid;
	int		 one, status = 0;

	/* Its group at once: all there is where /proc is not mounted. */
	kill(-program, SIGKILL);
	for (;;) {
		kill_children();
		while ((pid = waitpid(-1, &one, WNOHANG)) > 0)
			if (pid == program)
				status = one;
		if (pid == -1 && errno != EINTR)
			return status;
		pause = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
		nanosleep(&pause, NULL);
		/* One that stays has other rights or waits for a disk. */
		ms = ms * 2 < LOOK ? ms * 2 : LOOK;
	}
}

/*
 * Orphans that end meanwhile are reaped; the program itself is not yet, so
 * that its group keeps its number until all in it are killed.
 */
static bool
has_ended(pid_t program)
{
	siginfo_t	 info;

	for (;;) {
		info.si_pid = 0;
		if (waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) ==
		    -1 || info.si_pid == 0)
			return false;
		if (info.si_pid == program)
			return true;
		waitpid(info.si_pid, NULL, 0);
	}
}

static enum end
watch(const struct keeping *k, pid_t program)
{
	struct timespec	 wait;
	sigset_t	 set;
	long		 ms;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	for (;;) {
		if (has_ended(program))
			return ENDED;
		if (getppid() != k->parent)
			return STOPPED;
		if ((ms = k->until - boot_clock()) <= 0)
			return OVERDUE;
		/* In steps, because this clock stands while we sleep. */
		ms = ms < LOOK ? ms : LOOK;
		wait = (struct timespec){ ms / 1000, ms % 1000 * 1000000 };
		if (sigtimedwait(&set, NULL, &wait) == SIGTERM)
			return STOPPED;
	}
}

void
keeper_run(const struct keeping *k)
{
	enum end	 end;
	pid_t		 self = getpid(), program;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != k->parent)
		_exit(CANNOT_RUN);
	set_up(k);
	if ((program = fork()) == -1)
		give_up(k->program->path);
	if (program == 0)
		become(k->program, self);
	setpgid(program, program);	/* as it does: whoever comes first */
	end = watch(k, program);
	tell(end, end_all(program), k->program->path);
	_exit(0);
}
