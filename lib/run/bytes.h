/*
 * Bytes and how many: the content of a file or a blob.
 */

#ifndef RUN_BYTES_H
#define RUN_BYTES_H

#include <stddef.h>

struct error;

struct bytes {
	char	*data;	/* a NUL stands behind the last byte, uncounted */
	size_t	 len;
};

/*
 * Reads a whole regular file of at most so many bytes.  The caller frees
 * with bytes_free().  Returns 0; 1 when there is no such file (and nothing
 * is recorded); -1 with an error that names the file.
 */
int	bytes_read(const char *path, size_t ceiling, struct bytes *,
	    struct error *) __attribute__((nonnull));

/* Frees the content, which may be absent, and empties the struct. */
void	bytes_free(struct bytes *) __attribute__((nonnull));

#endif
