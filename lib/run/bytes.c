#include <sys/stat.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/bytes.h"
#include "run/error.h"

static int
fill(int fd, const char *path, struct bytes *b, struct error *error)
{
	ssize_t	 n;
	size_t	 len = 0;

	while (len < b->len) {
		n = read(fd, b->data + len, b->len - len);
		if (n == -1 && errno == EINTR)
			continue;
		if (n == -1)
			return error_errno(error, RETRY, "%s", path);
		if (n == 0)
			break;		/* it shrank while it was read */
		len += (size_t)n;
	}
	b->len = len;
	return 0;
}

/* What a person must mend; anything else may pass by itself. */
static enum verdict
open_verdict(int reason)
{
	switch (reason) {
	case EACCES:
	case EPERM:
	case ELOOP:
	case ENXIO:		/* a socket */
	case ENOTDIR:
	case ENAMETOOLONG:
		return BROKEN;
	default:
		return RETRY;
	}
}

static int
read_file(const char *path, int flags, size_t ceiling, struct bytes *b,
    struct error *error)
{
	struct stat	 st;
	int		 fd, rv = -1;

	*b = (struct bytes){ NULL, 0 };
	/* A pipe would hold the run up until somebody wrote to it. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags);
	if (fd == -1) {
		if (errno == ENOENT)
			return 1;
		if (errno == ELOOP && flags & O_NOFOLLOW)
			return error_set(error, BROKEN, "%s: a symbolic "
			    "link; a regular file is expected here", path);
		return error_errno(error, open_verdict(errno), "%s", path);
	}
	if (fstat(fd, &st) == -1)
		error_errno(error, RETRY, "%s", path);
	else if (!S_ISREG(st.st_mode))
		error_set(error, BROKEN, "%s: not a regular file",
		    path);
	else if ((size_t)st.st_size > ceiling)
		error_set(error, BROKEN, "%s: %lld bytes, at most %zu are "
		    "read here", path, (long long)st.st_size, ceiling);
	else {
		b->len = (size_t)st.st_size;
		if ((b->data = calloc(1, b->len + 1)) == NULL)
			error_errno(error, RETRY, "%s", path);
		else
			rv = fill(fd, path, b, error);
	}
	close(fd);
	if (rv == -1)
		bytes_free(b);
	return rv;
}

int
bytes_read(const char *path, size_t ceiling, struct bytes *b,
    struct error *error)
{
	return read_file(path, 0, ceiling, b, error);
}

int
bytes_read_plain(const char *path, size_t ceiling, struct bytes *b,
    struct error *error)
{
	return read_file(path, O_NOFOLLOW, ceiling, b, error);
}

void
bytes_free(struct bytes *b)
{
	free(b->data);
	*b = (struct bytes){ NULL, 0 };
}
