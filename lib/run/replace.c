#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/replace.h"

int
replace_file(const char *path, const char *text, struct error *error)
{
	char	*temporary = keepf("%s.XXXXXX", path);
	size_t	 len = strlen(text);
	int	 fd, good;

	if ((fd = mkstemp(temporary)) == -1)
		return error_errno(error, RETRY, "%s", path);
	good = write(fd, text, len) == (ssize_t)len && fsync(fd) == 0;
	good = close(fd) == 0 && good;
	if (good && rename(temporary, path) == 0)
		return 0;
	error_errno(error, RETRY, "%s", temporary);
	unlink(temporary);
	return -1;
}
