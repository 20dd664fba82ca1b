/*
 * What a store holds of one owner (a folder; google/catalog.h gives the same
 * of a cloud): the models, the failed attempts and the
 * generations still open.
 */

#ifndef MODEL_REGISTRY_H
#define MODEL_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

struct error;
struct evaluation;
struct manifest;

struct model {
	const struct manifest	*manifest;
	const struct evaluation	*evaluation;	/* NULL: none */
	/* Of a cloud: as it lists the model; whether it does not any more;
	   whether it was not made by us, but taken over; and, where it was
	   asked for its evaluation and gave none, what it said. */
	json_t			*resource;	/* NULL: it does not */
	bool			 gone;
	bool			 adopted;
	const char		*unread;	/* why it has no evaluation */
};

/* Kept for the run.  Sorted by the manifest's created, then by name. */
struct registry {
	struct model	 *model;
	size_t		  nmodels;
	struct manifest	**failed;
	size_t		  nfailed;
	struct manifest	**open;		/* dataset, neither model nor failure */
	size_t		  nopen;
	/* Of a cloud: everything of ours that it lists, also what is not yet
	   a model here. */
	json_t		 *listed;
};

/*
 * Reads the whole store.  Entries of other owners are left out; one that
 * cannot be read is an error, because what is not understood is not absent.
 */
int	registry_read(const char *store, const char *owner,
	    struct registry *, struct error *) __attribute__((nonnull));

#endif
