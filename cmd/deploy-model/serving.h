/*
 * Which models answer, and where: AutoML's by themselves, those of Vertex AI
 * at an endpoint that shares its traffic out.
 */

#ifndef SERVING_H
#define SERVING_H

struct error;
struct guard;
struct job;
struct step;

/* Fills in how each model serves.  The live model is known. */
int	serving_read(struct job *, struct error *) __attribute__((nonnull));

/* What became of an open intent that was about serving. */
void	serving_effect(struct job *) __attribute__((nonnull));

/* Carries out "serve", "shift" or "undeploy". */
int	serving_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *) __attribute__((nonnull));

#endif
