/*
 * train-model where the cluster trains, by a Job or a PipelineRun, and the
 * store is a folder.
 */

#ifndef TRAIN_MODEL_CLUSTER_H
#define TRAIN_MODEL_CLUSTER_H

struct error;
struct guard;
struct job;
struct step;

/* The template, and how far the open generation is; the registry was read. */
int	cluster_stages(struct job *, struct error *);

/* train, register and fail. */
int	cluster_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *);

#endif
