/*
 * A folder for a test to make git repositories in, with the real git and
 * nothing of the user's configuration, and guards to change them with.
 */

#ifndef SCRATCH_H
#define SCRATCH_H

#include <sys/wait.h>

#include <err.h>
#include <limits.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

#define SCRATCH_OUTPUT	((size_t)1024 * 1024)	/* of a command, at most */

extern char	**environ;

static char	scratch[PATH_MAX];

/* Runs a shell command in the folder.  Returns its exit status. */
static inline int
scratch_run(const char *command)
{
	char	 sh[] = "sh", c[] = "-ec";
	char	*line = keepf("cd '%s'\n%s", scratch, command);
	char	*argv[] = { sh, c, line, NULL };
	pid_t	 pid;
	int	 status;

	if (posix_spawnp(&pid, sh, NULL, NULL, argv, environ) != 0 ||
	    waitpid(pid, &status, 0) == -1)
		err(1, "sh");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* The same for one that must succeed. */
static inline void __attribute__((format(printf, 1, 2)))
sh(const char *fmt, ...)
{
	char	 line[8192];
	va_list	 ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (scratch_run(line) != 0)
		errx(1, "failed: %s", line);
}

/* What a command writes, without the last newline; kept for the run. */
static inline const char * __attribute__((format(printf, 1, 2)))
output(const char *fmt, ...)
{
	char		 line[8192];
	const char	*text;
	struct bytes	 b;
	struct error	 error;
	va_list		 ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	sh("{ %s\n} >.output", line);
	if (bytes_read(keepf("%s/.output", scratch), SCRATCH_OUTPUT, &b,
	    &error) != 0)
		errx(1, "no output: %s", line);
	if (b.len > 0 && b.data[b.len - 1] == '\n')
		b.data[b.len - 1] = '\0';
	text = keepf("%s", b.data);
	bytes_free(&b);
	return text;
}

/* A path below the folder; kept for the run. */
static inline const char *
below(const char *path)
{
	return keepf("%s/%s", scratch, path);
}

static inline void
scratch_end(void)
{
	scratch_run(keepf("cd / && chmod -R u+w '%s' && rm -rf '%s'", scratch,
	    scratch));
}

/* Makes the folder, which goes away with the process. */
static inline void
scratch_begin(void)
{
	const char	*tmp = getenv("TMPDIR");

	snprintf(scratch, sizeof(scratch), "%s/modelsync.XXXXXX",
	    tmp == NULL ? "/tmp" : tmp);
	if (mkdtemp(scratch) == NULL)
		err(1, "%s", scratch);
	atexit(scratch_end);
	setenv("HOME", scratch, 1);
	unsetenv("XDG_CONFIG_HOME");
	setenv("GIT_CONFIG_GLOBAL", "/dev/null", 1);
	setenv("GIT_CONFIG_NOSYSTEM", "1", 1);
	setenv("GIT_AUTHOR_NAME", "Ann Author", 1);
	setenv("GIT_AUTHOR_EMAIL", "ann@example.org", 1);
	setenv("GIT_AUTHOR_DATE", "1600000000 +0000", 1);
	setenv("GIT_COMMITTER_NAME", "Carl Committer", 1);
	setenv("GIT_COMMITTER_EMAIL", "carl@example.org", 1);
	setenv("GIT_COMMITTER_DATE", "1600000100 +0000", 1);
	unsetenv("GIT_DIR");
	sh("git config --file .defaults init.defaultBranch main");
	setenv("GIT_CONFIG_GLOBAL", below(".defaults"), 1);
}

/* An unspent guard of a Lease of its own. */
static inline struct guard *
scratch_guard(void)
{
	static int		 n;
	struct lease_terms	 terms = { .tool = "test", .now = 1600000000 };
	struct intent		 intent = { .verb = "test", .target = "test",
				    .base = "", .document = "",
				    .at = 1600000000, .duration = 600 };
	struct error		 error = { .text = "" };
	struct lease		*lease;
	struct guard		*guard;

	terms.directory = below("leases");
	terms.model = keepf("m%ld-%d", (long)getpid(), n++);
	if ((lease = lease_read(&terms, &error)) == NULL ||
	    lease_take(lease, &intent, &guard, &error) != 0)
		errx(1, "no guard: %s", error.text);
	return guard;
}

#endif
