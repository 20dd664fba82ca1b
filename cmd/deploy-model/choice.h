/*
 * Which model is to be proposed: rows 8 to 10 of the decision table.  Pure.
 * The observation asks it as well: where each generation has a branch of its
 * own, it says which of them matters.
 */

#ifndef CHOICE_H
#define CHOICE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct candidate;
struct job;

/* What was found while a candidate was looked for, in words. */
struct choice {
	const struct candidate	*model;		/* NULL: none */
	const struct candidate	*unread;	/* proposed, so that it had an
						   evaluation, and has none
						   today; NULL */
	const char	*figures;	/* of the candidate, against the gate */
	const char	*passed;	/* over, and why; "" */
	const char	*holds;		/* "" */
	size_t		 nholds;
	int		 gate;		/* enum step_gate (run/step.h), of
					   those that it was asked of */
};

/*
 * What the gate says of a model, as it was overridden, and its sentence.  An
 * enum gate (gate.h).
 */
int	choice_judge(const struct job *, const struct candidate *, time_t now,
	    const char **sentence) __attribute__((nonnull));

/* There must be a live value. */
void	choice_make(const struct job *, time_t now, struct choice *)
	    __attribute__((nonnull));

/* The model of an id; NULL: none is listed. */
const struct candidate	*choice_listed(const struct job *, const char *id)
			    __attribute__((nonnull(1)));

/* Whether it was merged just now, and base may have been read before that. */
bool	choice_is_merging(const struct candidate *, time_t now)
	    __attribute__((nonnull));

/* Whether a model is newer than live; equal times by name. */
bool	choice_is_newer(const struct job *, const struct candidate *)
	    __attribute__((nonnull));

#endif
