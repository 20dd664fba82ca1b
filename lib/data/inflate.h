/*
 * The content of a file: its bytes as they are, or inflated when they are
 * gzip (RFC 1952) of any number of members.  The content decides, not the
 * name.  Checksums and lengths are checked; nothing may follow the last
 * member.
 */

#ifndef DATA_INFLATE_H
#define DATA_INFLATE_H

#include <stddef.h>

struct error;
struct inflate;

/*
 * Opens a regular file.  The path must outlive it.  NULL: BROKEN, or RETRY
 * when it could not be read just now.
 */
struct inflate	*inflate_open(const char *path, struct error *)
		    __attribute__((nonnull));

/*
 * Gives the next bytes, at most so many as there is room, and how many: 0 at
 * the end.  -1 when the file is damaged or cut short, with the member and
 * the byte of the file.  Large rooms are quicker.
 */
int		 inflate_read(struct inflate *, char *, size_t room,
		    size_t *n, struct error *) __attribute__((nonnull));

void		 inflate_close(struct inflate *);

#endif
