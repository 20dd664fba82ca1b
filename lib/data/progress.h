/*
 * How far a long reading has come, told to a person at a terminal: one line
 * of standard error, written over itself and wiped at the end.
 */

#ifndef DATA_PROGRESS_H
#define DATA_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct progress {
	bool		 on;		/* off: says nothing */
	size_t		 file, nfiles;	/* files done, of so many */
	uint64_t	 bytes;		/* of content, in the files done */
	struct timespec	 told;		/* when last, CLOCK_MONOTONIC */
	int		 width;		/* of what stands there */
};

/* Tells, unless it did less than 200 ms ago.  Bytes: of the file at hand. */
void	progress_tell(struct progress *, uint64_t bytes, size_t issues)
	    __attribute__((nonnull));

void	progress_wipe(struct progress *) __attribute__((nonnull));

#endif
