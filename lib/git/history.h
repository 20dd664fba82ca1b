/*
 * What a branch said over time.  Judged by values and contents alone, so that
 * squashes, rebases, reverts and edits by hand all read as what they come
 * to.  Only reads; everything it gives is kept for the run.
 */

#ifndef GIT_HISTORY_H
#define GIT_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct error;
struct marks;
struct place;
struct places;
struct repo;

#define HISTORY_COMMITS	100000	/* looked at, at most: about a second */

/* A file and what marks a place in it (edit/edit.h). */
struct marked {
	const char		*path;
	const struct marks	*marks;
};

struct history_query {
	const char		*commit;	/* where the walk begins */
	struct marked		 file;
	const struct place	*place;		/* in the file as it is now */
	size_t			 nth;		/* from history_nth() */
	time_t			 since;		/* 0: to the first commit */
	/*
	 * Go behind it until it is known who set the first value; else that
	 * one's commit may be the oldest that was seen.
	 */
	bool			 who;
	/*
	 * Words without which no file holds the place under another name, to
	 * be told where it has to be looked for; NULL: it never has.
	 */
	const char		*sign;
};

/* A value for as long as it stood without a break, and who set it. */
struct standing {
	const char	*value;		/* NULL: no such place, or unreadable */
	char		 oid[41];	/* the commit that set it */
	time_t		 time;		/* that commit's, its committer's */
	const char	*author;	/* "Name <mail>" */
	size_t		 position;	/* of that commit, behind where the
					   walk began: 0 is that one */
	/*
	 * False in the last one only, when it stood already where the walk
	 * ended: the commit is then the oldest one that was seen.
	 */
	bool		 begun;
};

struct history {
	struct standing	*standing;	/* newest first; never empty */
	size_t		 n;
	size_t		 commits;	/* looked at */
	char		 lost[41];	/* see history_values(); "" otherwise */
	/* for history.c */
	size_t		 room;
	int		 older;
};

/*
 * Which one of the places like it in its file a place is, from 0: how it is
 * found again in an older version.  Alike are places of one field; or, off
 * any field, of one kind.
 */
size_t	history_nth(const struct places *, const struct place *)
	    __attribute__((nonnull));

/*
 * The values of a place along the first parents of a commit.  The walk ends
 * behind commits older than a time.  A branch that joined counts as its
 * merge.  A file that was moved is followed.  BROKEN when the commits at
 * hand end before that (a shallow clone), or are too many.
 *
 * With a sign, the walk also ends where the place is lost: at a commit that
 * has it not, after one that has it or that changed a file with the sign in
 * it.  Then that commit's id is in *lost: look for the place there, and go
 * on.
 */
int	history_values(struct repo *, const struct history_query *,
	    struct history *, struct error *) __attribute__((nonnull));

/*
 * Goes on where the place was lost, with another place or the same one; the
 * query's commit is not asked.  A value that stands on at another place is
 * the same standing.
 */
int	history_go_on(struct repo *, const struct history_query *,
	    struct history *, struct error *) __attribute__((nonnull));

/* Two commits, and files to be compared in them. */
struct history_pair {
	const char		*a, *b;
	const char *const	*path;
	size_t			 n;
};

/* Says of each file whether its content differs; so does being absent. */
int	history_touched(struct repo *, const struct history_pair *,
	    bool touched[], struct error *) __attribute__((nonnull));

#endif
