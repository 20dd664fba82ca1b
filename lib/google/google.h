/*
 * Google's services for one run: an account, and the servers it is known to.
 * Reads are complete or an error; what is written goes through http_send()
 * or is listed with why not.
 */

#ifndef GOOGLE_GOOGLE_H
#define GOOGLE_GOOGLE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct config;
struct error;
struct google;
struct guard;
struct http;
struct request;

enum service { BIGQUERY, STORAGE, AUTOML, VERTEX };
#define SERVICES	(VERTEX + 1)

/*
 * Whether a document speaks of Google at all.  Pure.
 */
bool		 google_is_asked(const struct config *)
		    __attribute__((nonnull));

/*
 * Reads the credentials and asks for tokens, beside the next read of any
 * server: one for BigQuery and Cloud Storage, with their scopes only (with
 * dry, to read only), and one for AutoML and Vertex AI where they are asked
 * for (cloud-platform).  A user's token is one for all.  Kept for the run;
 * NULL with an error.  With dry, no server takes a write.
 */
struct google	*google_begin(const struct config *, bool dry,
		    struct error *) __attribute__((nonnull));

/* Wipes what is secret. */
void		 google_end(struct google *) __attribute__((nonnull));

/* The e-mail address of the account, or what stands for it. */
const char	*google_account(const struct google *)
		    __attribute__((nonnull));

/* The roles that a service asks of the account, in words. */
const char	*google_role(enum service);

/* The server of a service, with its token.  NULL with an error. */
struct http	*google_server(struct google *, enum service, struct error *)
		    __attribute__((nonnull));

/*
 * One thing to read.  What is not there is an error unless it may be absent.
 * Of a list every page is read; an answer without the member is an empty
 * one, as Google writes it.  Items that are not wanted are dropped as their
 * page comes, so that memory does not grow with what others have.
 */
struct look {
	enum service	 service;
	const char	*path;		/* and query */
	const char	*what;		/* in words: "models of project p" */
	const char	*member;	/* the list's; NULL: one object */
	bool		 may_be_absent;
	/* Of a list: labels that an item has; or its displayName. */
	const char	*owner;		/* modelsync-owner; NULL: all items */
	const char	*display_name;	/* of those without an owner; NULL */
	/*
	 * Or of operations: those of a kind ("createModelDetails"), and those
	 * whose kind cannot be read, begun at or after a time or not done.
	 */
	const char	*detail;	/* NULL: they are no operations */
	time_t		 since;

	json_t		*json;		/* object or array; NULL: absent */
	const char	*etag;		/* of an object; "" */
};

/* Makes all of them, those of one server at once.  0 or -1. */
int		 google_look(struct google *, struct look *, size_t n,
		    struct error *) __attribute__((nonnull));

/*
 * The one write of a run.  Returns 0 with the answer's JSON; 1 when the
 * server refuses because it is there already or a precondition fails
 * (ALREADY_EXISTS, duplicate, conditionNotMet, already deployed), with its
 * words as the error; -1.
 */
struct writing {
	enum service		 service;
	const struct request	*request;
	const char		*what;	/* in words: "model x" */
};

int		 google_write(struct google *, struct guard *,
		    const struct writing *, json_t **, struct error *)
		    __attribute__((nonnull));

/* The labels everything of ours carries. */
#define GOOGLE_OWNER		"modelsync-owner"
#define GOOGLE_GENERATION	"modelsync-generation"

/* The value of GOOGLE_OWNER: 12 hex digits of the owner's hash. */
const char	*google_owner(const struct config *) __attribute__((nonnull));

/* {modelsync-owner, modelsync-generation}; kept for the run. */
json_t		*google_labels(const struct config *, const char *generation)
		    __attribute__((nonnull));

/* A label of a resource; NULL: it has none. */
const char	*google_label(json_t *resource, const char *key)
		    __attribute__((nonnull(2)));

/* A string member; NULL when it is absent or no string. */
const char	*google_text(json_t *, const char *key)
		    __attribute__((nonnull(2)));

/* An RFC 3339 time member, 0 when it is absent or none. */
time_t		 google_time(json_t *, const char *key)
		    __attribute__((nonnull(2)));

/* A number member that comes as a string or as a number; -1: neither. */
long		 google_count(json_t *, const char *key)
		    __attribute__((nonnull(2)));

/* Percent-encoded whole, "/" too; kept for the run. */
const char	*google_quote(const char *) __attribute__((nonnull));

#endif
