/*
 * The doors to servers.  Reading needs nothing; what changes the world
 * spends a guard; bookkeeping has a closed list of targets.  A server is
 * opened with its credential, which never goes anywhere else.
 */

#ifndef NET_HTTP_H
#define NET_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct error;
struct guard;
struct http;

#define HTTP_CEILING	((size_t)4 << 20)	/* bytes of a body, at most */
#define HTTP_WORD	128			/* of a header we keep */

/* Which server, and how it is spoken to.  Strings are kept for the run. */
struct http_terms {
	const char	*origin;	/* "https://host:port", no path */
	const char	*ca;		/* file; NULL: the system's */
	const char	*ca_text;	/* PEM in its place; NULL: none */
	/*
	 * The bearer token, read anew for each request; NULL: none.  It is
	 * not sent over plain http unless the host is this machine.
	 */
	const char	*token_file;
	const char	*user;		/* the token is his password (RFC 7617);
					   NULL: it is a bearer token */
	const char	*accept;	/* NULL: application/json */
	size_t		 ceiling;	/* bytes of a body; 0: HTTP_CEILING */
	const char *const *header;	/* more of them, "Name: value", NULL
					   behind the last; NULL: none */
	bool		 direct;	/* through no proxy */
	bool		 guarded;	/* a URL from outside: only addresses
					   that address_bars() lets pass */
	bool		 loopback;	/* this machine's as well */
	long		 most;		/* ms that an exchange may take; 0: as
					   usual */
	int		 tries;		/* of a read; 0: as usual */
	bool		 dry;		/* nothing is written, noted or sent */
};

/* What came.  The caller frees with http_free(), also when it is empty. */
struct answer {
	long	 status;
	char	*body;		/* a NUL stands behind the last byte */
	size_t	 len;
	time_t	 date;		/* of the server; 0: it told none */
	long	 retry_after;	/* s; -1: it told none */
	char	 type[HTTP_WORD];	/* Content-Type; "" */
	char	 etag[HTTP_WORD];	/* ""; also when it was longer */
	char	 flavor[HTTP_WORD];	/* Metadata-Flavor; "" */
	char	 location[HTTP_WORD];	/* Location; "", also when longer */
	long	 left;		/* X-RateLimit-Remaining; -1: it told none */
	time_t	 reset;		/* X-RateLimit-Reset; 0: it told none */
	bool	 over;		/* it did not come: its body goes on beyond
				   the ceiling */
};

struct request {
	const char	*method, *path;
	const char	*type;		/* of the body */
	const char	*body;		/* NULL: none */
	size_t		 len;
	/*
	 * A file that the answer's body is written to, of whatever status, in
	 * place of memory; NULL: none.  Such an exchange may take as long as
	 * the run, as long as something comes.
	 */
	const int	*into;
};

/* One read of several.  The answer is filled. */
struct fetch {
	const char	*path;
	const char	*also;		/* one more header; NULL */
	struct answer	 answer;
};

/* What bookkeeping may write: the closed list of design 2. */
enum note {
	NOTE_LEASE,	/* our own Lease */
	NOTE_EVENT,	/* an Event, or its series */
	NOTE_METRICS,	/* a group at a Pushgateway */
	NOTE_STATUS	/* the status of the object that is reconciled */
};

/* What may be asked by POST and changes nothing: the closed list. */
enum ask {
	ASK_TOKEN,	/* an access token, of OAuth 2 */
	ASK_DRY_RUN,	/* BigQuery, what a query would read */
	ASK_GIT,	/* git-upload-pack: refs and objects */
	ASK_GITHUB	/* a token of an installed App */
};

/* An exchange that is made beside the next read of any server. */
struct beside;

/* Kept for the run. */
struct http	*http_open(const struct http_terms *, struct error *)
		    __attribute__((nonnull));

/*
 * A token that stands in no file of its own: copied, and wiped by
 * http_close().  -1, BROKEN, where it would be sent in the clear.
 */
int		 http_token(struct http *, const char *, struct error *)
		    __attribute__((nonnull));

/* Wipes what is secret; the server is not to be used any more. */
void		 http_close(struct http *) __attribute__((nonnull));

const char	*http_origin(const struct http *) __attribute__((nonnull));

/*
 * Reads a path.  Tried again with growing pauses while that may help (a
 * lost connection, 429, 5xx), as the server's Retry-After says, inside the
 * deadline of the run.  Returns 0 with an answer of any status; -1, RETRY
 * or BROKEN, when none came, and then there is no body to free.
 */
int		 http_get(struct http *, const char *path, struct answer *,
		    struct error *) __attribute__((nonnull));

/*
 * Reads many paths of one server at once.  All answers or -1: no partial
 * view.  The caller frees each answer; after -1 there is none to free.
 */
int		 http_gather(struct http *, struct fetch *, size_t n,
		    struct error *) __attribute__((nonnull));

/*
 * A read that is a POST; it is tried again as one, and works in a dry run.
 * BROKEN when it is not what it is said to be.
 */
int		 http_ask(struct http *, enum ask, const struct request *,
		    struct answer *, struct error *) __attribute__((nonnull));

/*
 * A read (GET, or a token's POST) whose time is not to be waited for: it is
 * made beside the next http_gather(), of whatever server.  Kept for the run.
 */
struct beside	*http_beside(struct http *, const struct request *)
		    __attribute__((nonnull));

/*
 * Its answer, as http_get() gives one; made now if nothing was read
 * meanwhile, and again where that is worth it.  A server that may only just
 * be starting (patient) is asked for half a minute, also when it answers 404.
 * Once.
 */
int		 http_finish(struct beside *, bool patient, struct answer *,
		    struct error *) __attribute__((nonnull));

/*
 * The one write of a run, on a connection of its own and never repeated.
 * Spends the guard.  Returns 0 with an answer of any status; -1 when none
 * came: there is no body to free, and lease_drop() leaves the intent open
 * unless the server cannot have seen the request.
 */
int		 http_send(struct http *, struct guard *,
		    const struct request *, struct answer *, struct error *)
		    __attribute__((nonnull));

/*
 * Bookkeeping, which is no action; BROKEN in a dry run.  Returns as
 * http_send() does.
 */
int		 http_note(struct http *, enum note, const struct request *,
		    struct answer *, struct error *) __attribute__((nonnull));

/*
 * For a crew (run/crew.h): lets exchanges go on for at most so many ms; and
 * how many connections to a server it may have, before the first exchange.
 */
void		 http_turn(long ms);
void		 http_width(size_t);

/* Frees the body, which may be absent, and empties the answer. */
void		 http_free(struct answer *) __attribute__((nonnull));

/*
 * The answer as one JSON document that says so, without duplicate keys; kept
 * for the run.  NULL, RETRY: a proxy or a server in trouble answered.
 */
json_t		*http_json(const struct answer *, struct error *)
		    __attribute__((nonnull));

#endif
