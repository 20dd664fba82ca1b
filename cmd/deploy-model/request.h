/*
 * The pull request, where a forge is configured.
 */

#ifndef REQUEST_H
#define REQUEST_H

#include <time.h>

struct candidate;
struct error;
struct forge;
struct forge_request;
struct guard;
struct job;
struct step;

/* Opens the forge; job->forge stays NULL when none is configured. */
int	request_open(struct job *, time_t now, struct error *)
	    __attribute__((nonnull));

/*
 * Reads the requests, and fills in which models were rejected or merged.
 * After our branches were listed.
 */
int	request_read(struct job *, struct error *) __attribute__((nonnull));

/*
 * Fills in job->request with the one that matters: an open one that is not
 * from job->head_name comes first.
 */
void	request_pick(struct job *) __attribute__((nonnull));

/* How the request for a branch as it is ended. */
enum over { OVER_NOT, OVER_MERGED, OVER_WITHDRAWN, OVER_REJECTED };

/*
 * OVER_NOT also where one is open from the branch, or it moved on; and which
 * it was, unless that is NULL.
 */
enum over	request_over(const struct job *, const char *branch,
		    const char *oid, const struct forge_request **which)
		    __attribute__((nonnull(1, 2, 3)));

/* Notes that a request for a model was merged. */
void	request_merged(struct candidate *, const struct forge_request *)
	    __attribute__((nonnull));

/* What became of an open intent that is about a request: job->effect. */
int	request_is_meant(const char *verb) __attribute__((nonnull));
void	request_effect(struct job *) __attribute__((nonnull));

/* The step to the forge: one write. */
int	request_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *) __attribute__((nonnull));

#endif
