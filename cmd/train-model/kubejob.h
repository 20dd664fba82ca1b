/*
 * train-model where a Job of Kubernetes trains, and the store is a folder.
 */

#ifndef TRAIN_MODEL_KUBEJOB_H
#define TRAIN_MODEL_KUBEJOB_H

struct error;
struct guard;
struct job;
struct step;

/* The template, and how far the open generation is; the registry was read. */
int	kubejob_stages(struct job *, struct error *);

/* train, register and fail. */
int	kubejob_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *);

#endif
