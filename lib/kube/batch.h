/*
 * Jobs of batch/v1: looked at, and made.
 */

#ifndef KUBE_BATCH_H
#define KUBE_BATCH_H

#include <jansson.h>

struct error;
struct guard;
struct kube;

/* The Job of a name, kept.  Returns 0; 1 when there is none; -1. */
int	batch_get(struct kube *, const char *name, json_t **, struct error *)
	    __attribute__((nonnull));

/*
 * Makes one.  Spends the guard.  Returns 0; 1 when its name is taken; -1 with
 * an error otherwise.
 */
int	batch_create(struct kube *, struct guard *, const char *name,
	    const json_t *, struct error *) __attribute__((nonnull));

#endif
