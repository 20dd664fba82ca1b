/*
 * Vertex AI v1: custom jobs, models and endpoints.  A model's id and that of
 * a deployment are ours to choose; a custom job is found by its labels.
 */

#ifndef GOOGLE_VERTEX_H
#define GOOGLE_VERTEX_H

#include <jansson.h>

struct config;
struct error;
struct google;
struct guard;
struct look;

/* Our models by label, and those of the name we take over; each a list. */
struct look	 vertex_look_models(const struct config *)
		    __attribute__((nonnull));
struct look	 vertex_look_adopted(const struct config *)
		    __attribute__((nonnull));
struct look	 vertex_look_model(const struct config *, const char *id)
		    __attribute__((nonnull));
struct look	 vertex_look_jobs(const struct config *,
		    const char *generation) __attribute__((nonnull));
struct look	 vertex_look_operation(const char *name)
		    __attribute__((nonnull));
struct look	 vertex_look_evaluations(const char *model)
		    __attribute__((nonnull));
struct look	 vertex_look_slices(const char *evaluation)
		    __attribute__((nonnull));
struct look	 vertex_look_endpoint(const struct config *)
		    __attribute__((nonnull));

/* One environment variable of the container: ours are data, not secrets. */
struct variable {
	const char	*name, *value;
};

struct custom_job {
	const struct config	*config;
	const char		*generation;
	const struct variable	*variable;
	size_t			 nvariables;
};

/*
 * What can be begun.  Each returns as google_write() does; *name is that of
 * the job or the operation.
 */
int	vertex_run(struct google *, struct guard *, const struct custom_job *,
	    const char **name, struct error *) __attribute__((nonnull));
int	vertex_upload(struct google *, struct guard *, const struct config *,
	    const char *generation, const char *artifacts, const char **name,
	    struct error *) __attribute__((nonnull));

/*
 * Lets a model answer at the endpoint, under an id made of its name, with
 * all of the traffic when it has none yet, else with none; undeploy takes
 * such an id.  shift gives all traffic to an id.
 */
int	vertex_deploy(struct google *, struct guard *, const struct config *,
	    const char *model, int all, const char **name, struct error *)
	    __attribute__((nonnull));
int	vertex_shift(struct google *, struct guard *, const struct config *,
	    const char *id, const char **name, struct error *)
	    __attribute__((nonnull));
int	vertex_undeploy(struct google *, struct guard *,
	    const struct config *, const char *id, const char **name,
	    struct error *) __attribute__((nonnull));

/* The id under which a model is deployed: ten digits of its name's hash. */
const char	*vertex_deployment(const char *model) __attribute__((nonnull));

#endif
