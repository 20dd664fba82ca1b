/*
 * Folders of work that is over.
 */

#ifndef RUN_CLEAR_H
#define RUN_CLEAR_H

struct error;

/*
 * Removes a folder and all below it, also where a program took its own
 * rights away.  Links are removed and not followed.  What is gone already is
 * no error.
 */
int	clear_folder(const char *path, struct error *)
	    __attribute__((nonnull));

#endif
