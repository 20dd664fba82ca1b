/*
 * Operations of AutoML that may be ours: a create whose answer was lost, or
 * one that a Lease whose memory is gone does not know.
 */

#ifndef TRAIN_MODEL_SUSPECT_H
#define TRAIN_MODEL_SUSPECT_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>

struct error;
struct job;
struct stage;

struct suspicion {
	time_t	 from, to;	/* when it may have been begun */
	time_t	 known;		/* when whatever began would be listed; 0:
				   settle after it began */
	bool	 unlabelled;	/* nothing of this kind has a result that
				   could tell whose it is */
};

/*
 * What came of them, so that they can be told from others: a result carries
 * labels, and its operation need not.  -1 when one could not be read.
 */
int	suspect_results(const struct job *, json_t *operations,
	    struct error *);

/*
 * How the stage stands by them.  It is left as it is when none may be ours.
 * Returns whether all that may be ours is over.
 */
bool	suspect_judge(const struct job *, struct stage *, json_t *operations,
	    const struct suspicion *);

#endif
