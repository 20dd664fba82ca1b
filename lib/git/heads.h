/*
 * Branches of one server that are looked at, and where they point.  For the
 * files of lib/git alone.
 */

#ifndef GIT_HEADS_H
#define GIT_HEADS_H

#include <stddef.h>

#include <git2.h>

#define HEADS	"refs/heads/"

struct head {
	const char	*name;		/* without HEADS */
	git_oid		 at;		/* zero: it is not there */
};

struct heads {
	struct head	*head;		/* kept for the run */
	size_t		 n, room;
	/*
	 * Those that begin so are looked at as well, and added when they are
	 * there; it begins with a name that was added.  NULL: none.
	 */
	const char	*also;
};

/* Where a branch points; added when it is new. */
void	heads_set(struct heads *, const char *name, const git_oid *)
	    __attribute__((nonnull));

/* Nothing is known of any of them, before all are read anew. */
void	heads_clear(struct heads *) __attribute__((nonnull));

/* A branch that a server told of, of so many bytes, if it is looked at. */
void	heads_note(struct heads *, const char *name, size_t len,
	    const git_oid *) __attribute__((nonnull));

/* NULL: it was not looked at, or it is one of `also' that is not there. */
const struct head	*heads_find(const struct heads *, const char *name)
			    __attribute__((nonnull));

#endif
