/*
 * AutoML v1: datasets and models, found by our labels, because a create has
 * no name of ours.  Names, paths and bodies; the doors are google.h's.
 */

#ifndef GOOGLE_AUTOML_H
#define GOOGLE_AUTOML_H

#include <time.h>

#include <jansson.h>

struct config;
struct error;
struct google;
struct guard;
struct look;

/* Lists: of everything that has our owner, or the name we take over. */
struct look	 automl_look_datasets(const struct config *)
		    __attribute__((nonnull));
struct look	 automl_look_models(const struct config *)
		    __attribute__((nonnull));
struct look	 automl_look_evaluations(const char *model)
		    __attribute__((nonnull));

/*
 * Operations of a kind, begun at a time or later, or not over; and one of
 * them by its name, which may be forgotten.
 */
struct look	 automl_look_operations(const struct config *,
		    const char *detail, time_t since)
		    __attribute__((nonnull));
struct look	 automl_look_operation(const char *name)
		    __attribute__((nonnull));

/*
 * What can be begun.  Each returns as google_write() does, *operation being
 * its name.
 */
int	automl_create_dataset(struct google *, struct guard *,
	    const struct config *, const char *generation,
	    const char **operation, struct error *) __attribute__((nonnull));
int	automl_import(struct google *, struct guard *, const char *dataset,
	    json_t *uris, const char **operation, struct error *)
	    __attribute__((nonnull));

struct training {
	const struct config	*config;
	const char		*dataset;	/* resource name */
	const char		*generation;
};

int	automl_train(struct google *, struct guard *,
	    const struct training *, const char **operation, struct error *)
	    __attribute__((nonnull));

/* Lets a model answer, or not. */
int	automl_deploy(struct google *, struct guard *, const char *model,
	    const char *verb, const char **operation, struct error *)
	    __attribute__((nonnull));

#endif
