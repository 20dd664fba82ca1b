/*
 * A repository on another machine, and the objects of it that are at hand.
 * What is not at hand is fetched when it is asked for, whoever asks: history
 * in growing pieces, contents of files together where they are announced.
 * For the files of lib/git alone.
 */

#ifndef GIT_REMOTE_H
#define GIT_REMOTE_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct error;
struct guard;
struct heads;
struct push;
struct remote;
struct repo;
struct repo_terms;

/*
 * Opens the cache and the servers, and asks where the branches point; what
 * they reach is fetched.  Fills in the repo.  -1 with an error.
 */
struct remote	*remote_open(const struct repo_terms *, struct repo *,
		    struct error *) __attribute__((nonnull));
void		 remote_close(struct remote *) __attribute__((nonnull));

/* Why the cache was begun anew; NULL. */
const char	*remote_notice(const struct remote *)
		    __attribute__((nonnull));

/* As repo_branch(), from what was read when it was opened or pushed. */
int	remote_branch(const struct remote *, const char *branch, git_oid *,
	    struct error *) __attribute__((nonnull));

/* The branches that were looked at where it is pushed to. */
const struct heads	*remote_heads(const struct remote *)
			    __attribute__((nonnull));

/* Contents that will be asked for, fetched together. */
int	remote_want(struct remote *, const git_oid *, size_t n,
	    struct error *) __attribute__((nonnull));

/* An object that was made and that a push has to send. */
void	remote_made(struct remote *, const git_oid *)
	    __attribute__((nonnull));

/* An object of the cache is damaged: the next run begins a new one. */
void	remote_damaged(struct remote *) __attribute__((nonnull));

/* As repo_push(). */
int	remote_push(struct remote *, struct guard *, const struct push *,
	    struct error *) __attribute__((nonnull));

/*
 * Fetches an object that is not at hand, and history behind it when it is
 * a commit.  Returns 0; 1 when the server cannot give it alone; -1.
 */
int	remote_fetch(struct remote *, const git_oid *, struct error *)
	    __attribute__((nonnull));

/* Has an object database ask remote_fetch() for what it has not. */
int	promise_add(git_odb *, git_odb *own, struct remote *, struct error *)
	    __attribute__((nonnull));

#endif
