/*
 * What trains in the cluster: a Job of batch/v1, or a PipelineRun of Tekton.
 * Each says whether its template will do, what is made of it, and how one
 * that is there stands.
 */

#ifndef TRAIN_MODEL_WORKLOAD_H
#define TRAIN_MODEL_WORKLOAD_H

#include <jansson.h>

struct error;
struct job;
struct object;

/* Reads job->template and judges what can be before anything is begun. */
int		 workload_template(struct job *, struct error *);

/* Which object trains the open generation; kept. */
const struct object *workload_object(const struct job *);

/* Where a training finds and puts what it needs; in the store. */
struct places {
	const char	*store;		/* its absolute path */
	const char	*output;	/* the name of its folder in tmp/ */
};

/* What is wrong with a template that has a spec; NULL: nothing. */
const char	*kubejob_problem(const json_t *template);
const char	*kuberun_problem(const json_t *template);

/* The spec of the one for the open generation; kept. */
json_t		*kubejob_spec(const struct job *, const struct places *);
json_t		*kuberun_spec(const struct job *, const struct places *);

/*
 * How one ended, by its conditions' status: 1 well, 0 not, with what it says
 * of it, -1 not yet.
 */
int		 kubejob_ended(const json_t *, const char **message);
int		 kuberun_ended(const json_t *, const char **message);

/*
 * The name of the model that a run made, by its result; kept.  NULL with why
 * there is none that will do.
 */
const char	*kuberun_model(const struct job *, const json_t *,
		    const char **why);

#endif
