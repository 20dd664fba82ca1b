/*
 * Where people review what is proposed: the requests of one repository that
 * are made from our branches.  The seam behind which GitHub is (github.c), and
 * others may be.
 */

#ifndef GIT_FORGE_H
#define GIT_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct error;
struct forge;
struct guard;

struct forge_terms {
	const char	*repository;	/* "OWNER/NAME" */
	const char	*server;	/* "https://HOST"; NULL: github.com */
	const char	*ca;		/* file; NULL: the system's */
	const char	*app_id;	/* of an App, with */
	const char	*app_key;	/* the file of its private key; or */
	const char	*token_file;	/* of a user's token */
	const char	*base, *head;	/* branches */
	bool		 more;		/* also those from "<head>-..." */
	const char	*head_repository;	/* where head is */
	const char	*cache;		/* folder; NULL: none */
	time_t		 now;		/* the one clock */
	bool		 dry;
};

/*
 * Opens the forge and proves who we are.  Kept for the run.  NULL with an
 * error: BROKEN where the App is not installed, its key is not accepted, or
 * rights are missing; RETRY where a limit is reached, until when.
 */
struct forge	*forge_open(const struct forge_terms *, struct error *)
		    __attribute__((nonnull));

/* Wipes what is secret. */
void		 forge_close(struct forge *) __attribute__((nonnull));

/*
 * The password for git of a URL that the forge itself serves; NULL: it does
 * not, or the token is in a file.  A secret, valid until forge_close().
 */
const char	*forge_token(const struct forge *, const char *url)
		    __attribute__((nonnull));
const char	*forge_token_file(const struct forge *, const char *url)
		    __attribute__((nonnull));

/* A request of ours; strings are kept for the run. */
struct forge_request {
	long		 number;
	const char	*url;		/* for people */
	const char	*id;		/* the forge's own; of auto-merge */
	bool		 open, merged;
	const char	*head;		/* branch */
	const char	*title, *body;	/* "" */
	const char	*sha;		/* what its head is, or was */
	time_t		 created, closed;	/* closed 0: it is open */
	bool		 conflict;	/* it cannot be merged; open ones */
};

/* An open one that stands in the way of one of ours. */
struct forge_other {
	const char	*head;		/* from that branch */
	bool		 ours;		/* into another base, or from a
					   repository of another name; else
					   somebody else's into ours */
	const char	*words;		/* of ours with what to do */
};

struct forge_requests {
	struct forge_request	*request;	/* newest first */
	size_t			 n;
	struct forge_other	*other;
	size_t			 nothers;
};

/* Whose closed requests are asked for. */
struct forge_query {
	time_t			 since;		/* last changed before: may be
						   left out */
	const char *const	*head;		/* branches */
	size_t			 n;
	/*
	 * One that was opened: where no list has it, it is asked for itself.
	 * Lists may be older.  0: none.
	 */
	long			 opened;
};

/*
 * The requests from our branches into base whose head repository is the
 * configured one and whose author is our own account: all open ones, and the
 * closed ones asked for, these from any repository of the same owner; and
 * what stands in the way of one.  All of them or -1.
 */
int	forge_requests(struct forge *, const struct forge_query *,
	    struct forge_requests *, struct error *)
	    __attribute__((nonnull));

/* Who we are there, in words. */
const char	*forge_account(const struct forge *) __attribute__((nonnull));

/*
 * The writes, each one request that spends the guard.  BROKEN: refused, with
 * what the forge says.
 */

/* Opens one with head, title and body; *name becomes "#NUMBER". */
int	forge_propose(struct forge *, struct guard *,
	    const struct forge_request *, bool draft, const char **name,
	    struct error *) __attribute__((nonnull));

/* Gives one another text, and closes it unless it is to be open. */
int	forge_edit(struct forge *, struct guard *,
	    const struct forge_request *, struct error *)
	    __attribute__((nonnull));

int	forge_label(struct forge *, struct guard *, long number,
	    const char *const label[], size_t n, struct error *)
	    __attribute__((nonnull));
int	forge_ask(struct forge *, struct guard *, long number,
	    const char *const reviewer[], size_t n, struct error *)
	    __attribute__((nonnull));

/* Has it merged, by "merge", "squash" or "rebase", when its checks pass. */
int	forge_automerge(struct forge *, struct guard *, const char *id,
	    const char *how, struct error *) __attribute__((nonnull));

#endif
