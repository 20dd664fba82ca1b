/*
 * What a run saw and what it decided, for people: the plan of a dry run.
 */

#ifndef RUN_PLAN_H
#define RUN_PLAN_H

#include <stddef.h>
#include <stdio.h>
#include <time.h>

struct config;
struct error;
struct step;

enum plan_form { PLAN_TEXT, PLAN_MARKDOWN, PLAN_JSON };

struct fact {
	const char	*name, *value;
};

struct plan {
	const char		*tool;
	const struct config	*config;
	time_t			 now;
	struct fact		*fact;
	size_t			 nfacts, room;
};

/* Adds something observed, in words; kept for the run. */
void		 plan_fact(struct plan *, const char *name, const char *, ...)
		    __attribute__((nonnull, format(printf, 3, 4)));

/*
 * SHA-256 over tool, owner, model name, document, verb, target, generation,
 * blob ids and diff: over what would be done, not over times, ages, prose
 * or the base commit.  The same plan has the same digest.
 */
const char	*plan_digest(const struct plan *, const struct step *)
		    __attribute__((nonnull));

/*
 * Writes the plan; strings from outside cannot break its form.  Only the diff
 * has lines of its own.
 */
void		 plan_print(const struct plan *, const struct step *,
		    enum plan_form, FILE *) __attribute__((nonnull));

#endif
