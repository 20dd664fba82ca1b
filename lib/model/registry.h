/*
 * What a store holds of one owner: the models, the failed attempts and the
 * generations still open.
 */

#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include <stddef.h>

struct error;
struct evaluation;
struct manifest;

struct model {
	const struct manifest	*manifest;
	const struct evaluation	*evaluation;	/* NULL: none */
};

/* Kept for the run.  Sorted by the manifest's created, then by name. */
struct registry {
	struct model	 *model;
	size_t		  nmodels;
	struct manifest	**failed;
	size_t		  nfailed;
	struct manifest	**open;		/* dataset, neither model nor failure */
	size_t		  nopen;
};

/*
 * Reads the whole store.  Entries of other owners are left out; one that
 * cannot be read is an error, because what is not understood is not absent.
 */
int	registry_read(const char *store, const char *owner,
	    struct registry *, struct error *) __attribute__((nonnull));

#endif
