/*
 * What AutoML or Vertex AI and the store in Cloud Storage hold of one
 * document: the same registry that a directory gives.
 */

#ifndef GOOGLE_CATALOG_H
#define GOOGLE_CATALOG_H

struct config;
struct error;
struct google;
struct registry;

/*
 * Reads all manifests and lists all models.  A model that is not listed is
 * gone; it was trained all the same.  One without our labels that has the
 * document's displayName is taken over: it has neither data nor spec of ours.
 * Evaluations are left out.
 */
int	catalog_read(struct google *, const struct config *,
	    struct registry *, struct error *) __attribute__((nonnull));

#endif
