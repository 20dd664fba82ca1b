/*
 * A git repository behind an HTTP server: the smart protocol, version 2
 * (gitprotocol-v2(5)) where the server has it, else the first one
 * (gitprotocol-pack(5), gitprotocol-http(5)).  Every exchange goes through
 * net/http.h, so its rules of time, size, verification and credentials hold.
 */

#ifndef GIT_SMART_H
#define GIT_SMART_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct bytes;
struct error;
struct guard;
struct heads;
struct smart;

struct smart_terms {
	const char	*url;		/* http(s)://HOST[:PORT]/PATH */
	const char	*user;		/* of the password */
	const char	*password_file;	/* NULL: none */
	const char	*ca;		/* file; NULL: the system's */
	bool		 dry;
};

/* What a server can do, as it says; kept in the cache between runs. */
struct smart_means {
	bool		 known;
	bool		 v2, filter, shallow;
};

/* Kept for the run.  NULL, BROKEN: the URL is none. */
struct smart	*smart_open(const struct smart_terms *, struct error *)
		    __attribute__((nonnull));

/* Wipes what is secret. */
void		 smart_close(struct smart *) __attribute__((nonnull));

/* A password that stands in no file; -1 as http_token(). */
int		 smart_token(struct smart *, const char *, struct error *)
		    __attribute__((nonnull));

const char	*smart_url(const struct smart *) __attribute__((nonnull));

/* What is known of it from before, or what was learnt. */
void		 smart_trust(struct smart *, const struct smart_means *)
		    __attribute__((nonnull));
const struct smart_means *smart_means(const struct smart *)
		    __attribute__((nonnull));

/*
 * Where branches point, in one exchange (two where nothing is known of the
 * server).  Refs that were not asked for are not sent by version 2.
 */
int		 smart_refs(struct smart *, struct heads *, struct error *)
		    __attribute__((nonnull));

/* What is fetched, and what is there already. */
struct smart_want {
	const git_oid	*want, *have, *shallow;
	size_t		 nwant, nhave, nshallow;
	unsigned	 depth;		/* commits; 0: all */
	bool		 blobs;		/* the files' contents as well */
	git_odb		*odb;
	const char	*folder;	/* of packs */
};

/* Commits whose parents the server left out this time. */
struct smart_edge {
	git_oid		*oid;		/* kept for the run */
	size_t		 n;
};

/*
 * Fetches objects: a pack with its index appears in the folder by rename.
 * What the server cannot leave out comes as well.
 */
int		 smart_fetch(struct smart *, const struct smart_want *,
		    struct smart_edge *, struct error *)
		    __attribute__((nonnull));

struct smart_push {
	const char	*ref;
	git_oid		 was, is;	/* was: zero, it must not be there */
	const struct bytes *pack;
};

/*
 * Moves a ref from where it was seen; the server compares.  Spends the
 * guard.  RETRY when it is not there any more; BROKEN, with the server's own
 * words, when it is refused.
 */
int		 smart_push(struct smart *, struct guard *,
		    const struct smart_push *, struct error *)
		    __attribute__((nonnull));

#endif
