/*
 * An access token for Google's services (OAuth 2.0), for the length of a
 * run: of a service account's key, of a user, or of the metadata server that
 * a pod or machine of Google has.
 */

#ifndef NET_TOKEN_H
#define NET_TOKEN_H

#include <stdbool.h>

struct error;
struct http;
struct token;

struct token_terms {
	const char	*file;	/* of credentials; NULL: the one that
				   GOOGLE_APPLICATION_CREDENTIALS names,
				   else the metadata server */
	const char	*scope;	/* what it is for; one or more, by spaces */
	const char	*ca;	/* file; NULL: the system's */
};

/*
 * Reads the credentials and has the token asked for beside the next read.
 * Kept for the run.  NULL with an error that names the file.
 */
struct token	*token_begin(const struct token_terms *, struct error *)
		    __attribute__((nonnull));

/*
 * Waits for it.  0; -1 with an error that names where it was asked for, who
 * asked, and what to do.  The second time as the first.
 */
int		 token_get(struct token *, struct error *)
		    __attribute__((nonnull));

/* Gives it to a server, after token_get(). */
int		 token_lend(const struct token *, struct http *,
		    struct error *) __attribute__((nonnull));

/* Whether its scope counts; a user's token is for what he consented to. */
bool		 token_is_scoped(const struct token *)
		    __attribute__((nonnull));

/* Whose it is, in words. */
const char	*token_account(const struct token *) __attribute__((nonnull));

/* Wipes what is secret. */
void		 token_end(struct token *) __attribute__((nonnull));

#endif
