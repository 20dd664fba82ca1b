/*
 * The JSON texts of a file, one at a time: lines of one text each, or the
 * elements of one array.  The file may be gzip.  Memory is bounded by the
 * longest text, not by the file.
 */

#ifndef DATA_READER_H
#define DATA_READER_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct reader;
struct slice;

#define READER_TEXT	(32 * 1024 * 1024)	/* GitHub's largest are 1 MB */

/* The path must outlive it.  NULL with an error. */
struct reader	*reader_open(const char *path, struct error *)
		    __attribute__((nonnull));

/*
 * Gives the next text, followed by a NUL and padded as walk_begin() asks;
 * it is gone with the next call.  Whether it is JSON remains to be seen.
 * Returns 1; 0 at the end; -1 with an error that names the place.
 */
int		 reader_next(struct reader *, struct slice *, struct error *)
		    __attribute__((nonnull));

/*
 * Puts file:line:column of a byte of the text given last in front of an
 * error, columns in bytes from 1.  Returns -1.
 */
int		 reader_place(const struct reader *, const char *at,
		    struct error *) __attribute__((nonnull));

/* How much content was read so far, in bytes. */
uint64_t	 reader_bytes(const struct reader *) __attribute__((nonnull));

void		 reader_close(struct reader *);

#endif
