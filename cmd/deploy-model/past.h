/*
 * Where live stood in an older commit.
 */

#ifndef PAST_H
#define PAST_H

struct config;
struct error;
struct marks;
struct place;
struct places;
struct repo;

struct past {
	const char		*path;
	const struct marks	*marks;
	const struct places	*places;
	const struct place	*live;		/* one of them */
};

/*
 * Looks for it as survey_make() does, by today's document.  What cannot be
 * read in that commit, or was not yet there, is passed over: it is nobody's
 * to repair.  Returns 0; 1 when live is nowhere; -1.  Kept for the run.
 */
int	past_find(struct repo *, const struct config *, const char *commit,
	    struct past *, struct error *) __attribute__((nonnull));

#endif
