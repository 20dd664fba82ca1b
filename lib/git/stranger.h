/*
 * Commits of other people on our branch: they hold it.
 */

#ifndef GIT_STRANGER_H
#define GIT_STRANGER_H

#include <stddef.h>

struct commit;
struct error;
struct marked;		/* git/history.h */
struct repo;

/* Where to look, and how ours is known. */
struct ours {
	const char		*base, *head;	/* commits */
	const char		*author;	/* "Name <mail>" */
	const struct marked	*file;		/* all we edit */
	size_t			 nfiles;
	/* Where files are made anew from those; none: nowhere. */
	const char *const	*hydrated;
	size_t			 nhydrated;
};

/*
 * The newest commit on head and not on base that is not ours.  Ours are
 * those with our author as author and committer and a "Generation:" trailer,
 * and merges of base into our branch ("Update branch") that are what we
 * would have made of that base: our value in our files, where files are made
 * anew those of our side, and nothing else.
 * Returns 0; 1 when all are ours; -1.
 */
int	stranger_find(struct repo *, const struct ours *, struct commit *,
	    struct error *) __attribute__((nonnull));

#endif
