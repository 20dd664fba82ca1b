/*
 * Temporary folders that are known to be somebody's: a killed run's is found
 * and taken away by the next.
 */

#ifndef RUN_TEMPORARY_H
#define RUN_TEMPORARY_H

struct error;

/*
 * Makes a folder PREFIXxxxxxx below `where', NULL: where temporary folders
 * are (TMPDIR, else /tmp), and takes away those with the prefix whose runs
 * are dead.  It is ours as long as *lock is open and no program we start
 * keeps it.
 */
int	temporary_make(const char *where, const char *prefix,
	    const char **path, int *lock, struct error *)
	    __attribute__((nonnull(2, 3, 4, 5)));

/* Takes away what has the prefix and is nobody's. */
void	temporary_sweep(const char *where, const char *prefix)
	    __attribute__((nonnull));

#endif
