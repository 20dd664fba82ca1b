/*
 * What the files of lib/git share about libgit2 (1.5); for nobody else.
 */

#ifndef GIT_LIBGIT_H
#define GIT_LIBGIT_H

#include <stdbool.h>

#include <git2.h>

struct error;
struct remote;

struct repo {
	git_repository	*git;
	git_odb		*odb;
	const char	*where;		/* the common git folder, with a /; or
					   the URL */
	struct remote	*remote;	/* NULL: on this machine */
	const char	*head;		/* of the terms */
	bool		 more;
};

/*
 * Starts libgit2 once in a process, at first need: it takes 5 ms.  Objects
 * and refs are flushed to the disk, and no configuration but the
 * repository's own is read.
 */
int	libgit_start(struct error *) __attribute__((nonnull));

/*
 * Opens the repository at a path, or the one that a linked worktree there
 * belongs to: branches and objects are that one's.
 */
int	libgit_open(const char *path, git_repository **, struct error *)
	    __attribute__((nonnull));

/*
 * Records what libgit2 just failed with, behind words of ours.  RETRY when
 * a file could not be read or written for the moment; BROKEN when it may
 * not be, or what was read is wrong.  Returns -1.
 */
int	libgit_error(struct error *, const char *, ...)
	    __attribute__((nonnull, format(printf, 2, 3)));

/* Exactly 40 hexadecimal digits. */
int	libgit_oid(const char *hex, git_oid *, struct error *)
	    __attribute__((nonnull));

/*
 * An object of a type, whole and verified against its id; a blob of at most
 * 64 MiB.  The caller frees it with git_odb_object_free().  NULL with an
 * error that names it.
 */
git_odb_object	*libgit_object(const struct repo *, const git_oid *,
		    git_object_t, struct error *) __attribute__((nonnull));

/* Writes an object; what a push must send is noted. */
int	libgit_write(const struct repo *, const void *, size_t len,
	    git_object_t, git_oid *, struct error *) __attribute__((nonnull));

/* A commit; the caller frees it with git_commit_free(). */
git_commit	*libgit_commit(const struct repo *, const git_oid *,
		    struct error *) __attribute__((nonnull));

/* "Name <mail>"; kept for the run. */
const char	*libgit_person(const git_signature *)
		    __attribute__((nonnull));

#endif
