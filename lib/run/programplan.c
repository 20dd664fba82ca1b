#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/bytes.h"
#include "run/crew.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/program.h"
#include "run/signals.h"

#define REST		20	/* ms between two looks */
#define LINES		((size_t)64 << 10)	/* bytes of standard error */

/* What one of its outputs brings; beyond the ceiling it is read and lost. */
struct output {
	int		 fd;		/* -1: it is at its end */
	size_t		 ceiling;
	struct bytes	 bytes;
};

enum { PLAN, LOG, OUTPUTS };

struct asking {
	const char	*name;
	pid_t		 pid;
	struct output	 output[OUTPUTS];
	long		 until;		/* boot_clock() */
	bool		 killed;	/* because its time was over */
};

static int
open_output(struct output *o, size_t ceiling, int *theirs)
{
	int	 fd[2];

	if ((o->bytes.data = calloc(1, ceiling + 1)) == NULL ||
	    pipe2(fd, O_CLOEXEC) == -1)
		return -1;
	o->ceiling = ceiling;
	o->fd = fd[0];
	*theirs = fd[1];
	return fcntl(o->fd, F_SETFL, O_NONBLOCK);
}

static int
spawn(struct asking *a, const struct question *q, const char *path,
    const int theirs[OUTPUTS])
{
	posix_spawn_file_actions_t	 actions;
	const char			**all;
	size_t				 n;
	int				 rc;

	for (n = 0; q->argv[n] != NULL; n++)
		continue;
	all = keep((n + 3) * sizeof(*all));
	all[0] = path;
	all[1] = "-n";
	memcpy(all + 2, q->argv, n * sizeof(*all));
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, theirs[PLAN],
	    STDOUT_FILENO);
	if (theirs[LOG] != -1)
		posix_spawn_file_actions_adddup2(&actions, theirs[LOG],
		    STDERR_FILENO);
	rc = posix_spawn(&a->pid, path, &actions, NULL,
	    (char *const *)(uintptr_t)all, environ);
	posix_spawn_file_actions_destroy(&actions);
	return rc;
}

static void
drain(struct output *o)
{
	char	 rest[4096];
	ssize_t	 n = 1;

	while (o->fd != -1 && n > 0) {
		n = o->bytes.len < o->ceiling ? read(o->fd, o->bytes.data +
		    o->bytes.len, o->ceiling - o->bytes.len) :
		    read(o->fd, rest, sizeof(rest));
		if (n > 0 && o->bytes.len < o->ceiling)
			o->bytes.len += (size_t)n;
		else if (n == 0 || (n == -1 && errno != EAGAIN &&
		    errno != EINTR)) {
			close(o->fd);
			o->fd = -1;
		}
	}
}

/* Others of a crew go on meanwhile. */
static void
wait_a_little(const struct asking *a)
{
	struct pollfd	 pfd[OUTPUTS];
	size_t		 i;

	for (i = 0; i < OUTPUTS; i++)
		pfd[i] = (struct pollfd){ .fd = a->output[i].fd,
		    .events = POLLIN };
	if (poll(pfd, OUTPUTS, crew_inside() ? 0 : REST) == 0 &&
	    crew_inside())
		crew_rest(REST);
}

/*
 * To its end, so that it is never stopped by a full pipe.  It writes nothing,
 * so it may be killed at any moment: when its time is over, or ours.
 */
static int
hear(struct asking *a, struct error *error)
{
	pid_t	 pid;
	int	 status = 0;
	bool	 stopped = false;

	do {
		if (!a->killed && !stopped && (signals_stopping() ||
		    boot_clock() >= a->until)) {
			stopped = signals_stopping();
			a->killed = !stopped;
			kill(a->pid, SIGKILL);
		}
		if ((pid = waitpid(a->pid, &status, WNOHANG)) == 0)
			wait_a_little(a);
		drain(&a->output[PLAN]);
		drain(&a->output[LOG]);
	} while (pid == 0 || (pid == -1 && errno == EINTR));
	if (a->killed)
		return error_set(error, RETRY, "%s took too long and was "
		    "killed", a->name);
	if (stopped)
		return error_set(error, RETRY, "%s: told to end", a->name);
	return WIFEXITED(status) ? WEXITSTATUS(status) : error_set(error,
	    RETRY, "%s was killed by signal %d", a->name, WTERMSIG(status));
}

/* The last line that says something; "" when none does. */
static const char *
last_line(const struct bytes *b)
{
	size_t	 end = b->len, at;

	while (end > 0 && b->data[end - 1] == '\n')
		end--;
	for (at = end; at > 0 && b->data[at - 1] != '\n'; at--)
		continue;
	return keep_copy(b->data + at, end - at);
}

static int
ask(struct asking *a, const struct question *q, const char *path,
    struct error *error)
{
	int	 theirs[OUTPUTS] = { -1, -1 }, rc = -1, rv;

	rv = open_output(&a->output[PLAN], q->ceiling, &theirs[PLAN]);
	if (rv == 0 && q->said != NULL)
		rv = open_output(&a->output[LOG], LINES, &theirs[LOG]);
	if (rv == 0 && (rc = spawn(a, q, path, theirs)) != 0)
		errno = rc;
	if (rc != 0)
		rv = error_errno(error, RETRY, "%s", path);
	if (theirs[PLAN] != -1)
		close(theirs[PLAN]);
	if (theirs[LOG] != -1)
		close(theirs[LOG]);
	return rc != 0 ? rv : hear(a, error);
}

int
program_plan(const struct question *q, struct bytes *b, struct error *error)
{
	struct asking	 a = { .name = q->name,
			    .output = { { .fd = -1 }, { .fd = -1 } },
			    .until = q->most == 0 ? LONG_MAX :
			    boot_clock() + q->most * 1000 };
	const char	*path;
	size_t		 i;
	int		 rv;

	*b = (struct bytes){ NULL, 0 };
	if (q->said != NULL)
		*q->said = "";
	if ((path = program_find(q->name, error)) == NULL)
		return -1;
	rv = ask(&a, q, path, error);
	for (i = 0; i < OUTPUTS; i++)
		if (a.output[i].fd != -1)
			close(a.output[i].fd);
	if (rv != -1 && q->said != NULL)
		*q->said = last_line(&a.output[LOG].bytes);
	if (rv == -1)
		bytes_free(&a.output[PLAN].bytes);
	else
		*b = a.output[PLAN].bytes;
	bytes_free(&a.output[LOG].bytes);
	return rv;
}
