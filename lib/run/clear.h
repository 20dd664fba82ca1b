/*
 * Taking away a tree of files that is ours.
 */

#ifndef RUN_CLEAR_H
#define RUN_CLEAR_H

struct error;

/*
 * The file or the tree at a path, gone; that there is none is as good.
 * Links are not followed, and folders whose rights were taken away are
 * entered all the same.
 */
int	clear_tree(const char *path, struct error *) __attribute__((nonnull));

#endif
