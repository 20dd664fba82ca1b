/*
 * A small file of ours, replaced whole: whoever reads it sees the old one or
 * the new one.
 */

#ifndef RUN_REPLACE_H
#define RUN_REPLACE_H

struct error;

/*
 * Writes a text beside the file, flushes it to the disk and renames it over.
 * Only its owner may read it.
 */
int	replace_file(const char *path, const char *text, struct error *)
	    __attribute__((nonnull));

#endif
