/*
 * A directory of datasets and models (design 9).  Each entry appears whole,
 * by one rename: datasets/<generation>, models/<generation>,
 * failed/<generation>.  Work in progress is below tmp/.
 */

#ifndef MODEL_STORE_H
#define MODEL_STORE_H

#include <stddef.h>

struct bytes;
struct error;
struct guard;
struct strings;

/*
 * The names in one of the store's folders, sorted; none when the store or
 * the folder is not there yet.  Kept for the run.
 */
int	store_list(const char *store, const char *folder, struct strings *,
	    struct error *) __attribute__((nonnull));

/*
 * An empty folder below tmp/ for work on a generation, under a name that it
 * never had before: who still writes to an earlier one cannot write here.
 * What earlier runs of the owner left in tmp/ is removed, and the store's own
 * folders are made when missing.  The path is kept for the run.  Needs an
 * unspent guard, which says that no other run of the owner is at work.
 */
struct scratch {
	const char	*store, *owner, *generation;
};

int	store_scratch(const struct scratch *, const struct guard *,
	    const char **path, struct error *) __attribute__((nonnull));

/*
 * The path of a scratch folder by the last part of it, as it was noted
 * elsewhere; kept.  NULL when it is none of that work's, or not there.
 */
const char	*store_found(const struct scratch *, const char *name)
		    __attribute__((nonnull));

/* Writes a file in a scratch folder.  Needs an unspent guard. */
int	store_write(const struct guard *, const char *path,
	    const struct bytes *, struct error *) __attribute__((nonnull));

/*
 * Moves a scratch folder to <store>/<folder>/<name>: everything in it on the
 * disk first, then one rename, which never replaces anything, then the
 * folder.  Spends the guard.
 */
struct publication {
	const char	*store, *scratch, *folder, *name;
};

int	store_publish(const struct publication *, struct guard *,
	    struct error *) __attribute__((nonnull));

#endif
