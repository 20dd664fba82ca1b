/*
 * What a run decided: the one action it may take, in words that a person
 * can check, or why it takes none.
 */

#ifndef RUN_STEP_H
#define RUN_STEP_H

#include <stddef.h>

/* What the gate said of the models that might be proposed. */
enum step_gate { STEP_GATE_NONE, STEP_GATE_PASSED, STEP_GATE_FAILED };

/*
 * Strings are kept for the run.  A step without verb takes no action; then
 * a hold says what a person must look at, or the verdict says that the run
 * failed (RETRY, BROKEN), or all is settled.
 */
struct step {
	int		 verdict;	/* enum verdict of error.h */
	const char	*row;		/* of the decision table, in words */
	const char	*why;		/* one sentence */
	const char	*verb;		/* "train", "push", ...; STEP_CLOSE */
	const char	*target;	/* what is acted on */
	const char	*generation;	/* NULL: none */
	const char	*candidate;	/* the model's id that git is to name;
					   NULL: none */
	const char	*stem;		/* whose failures a failure adds to */
	const char	*base;		/* the revision it was decided on */
	int		 again;		/* the same step's effect was seen, and
					   it is to be done anew */
	const char	*hold;		/* why a person must look; NULL: go */
	const char	*result;	/* of STEP_CLOSE: "done" or "lost" */
	const char	*name;		/* of STEP_CLOSE: what the other side
					   calls what was begun; NULL */
	const char	*sweep;		/* of STEP_CLOSE: a file the dead run
					   left in the way; NULL: none */
	const char	*blobs;		/* ids of the files an edit touches */
	const char	*diff;		/* for the reviewer; NULL: none */
	long		 deadline;	/* s its program may run; 0: none */

	/* for the metrics */
	enum step_gate	 gate;		/* NONE: it was asked nothing */
	size_t		 holds;		/* models that a hold stops */
};

/* The bookkeeping step: account for an intent that an earlier run left. */
#define STEP_CLOSE	"close"

#endif
