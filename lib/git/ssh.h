/*
 * A git repository behind an ssh server, by libgit2: the whole history of
 * the branches is fetched, and the run's deadline is the only end that an
 * exchange has.
 */

#ifndef GIT_SSH_H
#define GIT_SSH_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct error;
struct guard;
struct heads;
struct push;
struct ssh;

struct ssh_terms {
	const char	*url;		/* ssh://USER@HOST[:PORT]/PATH */
	const char	*key;		/* file of a private key, which has no
					   passphrase; NULL: none */
	const char	*host_key;	/* "TYPE BASE64", the server's; NULL:
					   as ~/.ssh/known_hosts has it */
	bool		 dry;
};

/* Kept for the run.  NULL, BROKEN: the key is none that will do. */
struct ssh	*ssh_open(const struct ssh_terms *, struct error *)
		    __attribute__((nonnull));

/* Whether a dead run left a ref of the cache locked. */
bool		 ssh_is_stale(const struct ssh *) __attribute__((nonnull));

const char	*ssh_url(const struct ssh *) __attribute__((nonnull));

/*
 * Where branches point.  What is not in the repository yet is fetched into
 * it.
 */
int		 ssh_look(struct ssh *, git_repository *, struct heads *,
		    struct error *) __attribute__((nonnull));

/*
 * Moves a branch from where it was seen: libgit2 tells the server, which
 * compares.  Spends the guard.
 */
int		 ssh_push(struct ssh *, struct guard *, git_repository *,
		    const struct push *, struct error *)
		    __attribute__((nonnull));

#endif
