#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/plain.h"
#include "run/termination.h"

int
termination_write(const char *path, const char *text, struct error *error)
{
	const char	*name = path == NULL ? TERMINATION_LOG : path;
	const char	*s;
	ssize_t		 n;
	int		 fd;

	/* A pipe that nobody reads would keep us. */
	fd = open(name, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY |
	    O_NONBLOCK | (path == NULL ? 0 : O_CREAT), 0644);
	if (fd == -1 && path == NULL && errno == ENOENT)
		return 0;
	if (fd == -1)
		return error_errno(error, RETRY, "%s", name);
	s = plain_text(keep_copy(text, strcspn(text, "\n")),
	    TERMINATION_CEILING);
	n = write(fd, s, strlen(s));
	if (n == -1)
		error_errno(error, RETRY, "%s", name);
	else if ((size_t)n < strlen(s))
		error_set(error, RETRY, "%s: written in part", name);
	close(fd);
	return n == (ssize_t)strlen(s) ? 0 : -1;
}
