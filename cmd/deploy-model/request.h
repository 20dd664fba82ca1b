/*
 * The pull request, where a forge is configured.
 */

#ifndef REQUEST_H
#define REQUEST_H

#include <time.h>

struct error;
struct forge;
struct guard;
struct job;
struct step;

/* Opens the forge; job->forge stays NULL when none is configured. */
int	request_open(struct job *, time_t now, struct error *)
	    __attribute__((nonnull));

/*
 * Fills in job->request, which models were rejected, and whether the branch
 * is done with.  After the branches were read.
 */
int	request_read(struct job *, struct error *) __attribute__((nonnull));

/* What became of an open intent that is about a request: job->effect. */
int	request_is_meant(const char *verb) __attribute__((nonnull));
void	request_effect(struct job *) __attribute__((nonnull));

/* The step to the forge: one write. */
int	request_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *) __attribute__((nonnull));

#endif
