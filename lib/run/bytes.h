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
 * Reads a whole regular file of at most so many bytes; a link to one
 * is followed, and nothing else is waited for.  The caller frees
 * with bytes_free().  Returns 0; 1 when there is no such file (and nothing
 * is recorded); -1 with an error that names the file.
 */
int	bytes_read(const char *path, size_t ceiling, struct bytes *,
	    struct error *) __attribute__((nonnull));

/*
 * The same for a file that a trainer may have made: it must stand there
 * itself, so that what is read is what was published.  A link is an error.
 */
int	bytes_read_plain(const char *path, size_t ceiling, struct bytes *,
	    struct error *) __attribute__((nonnull));

/* Frees the content, which may be absent, and empties the struct. */
void	bytes_free(struct bytes *) __attribute__((nonnull));

#endif
