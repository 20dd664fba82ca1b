/*
 * The PipelineRunner document, decoded: which ModelSync objects run-pipeline
 * serves, and what they may ask for.  Absent keys have their defaults here.
 * Relative paths are made relative to the document's folder.  Everything is
 * kept for the run.
 */

#ifndef MODEL_RUNNER_H
#define MODEL_RUNNER_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct rules;

/* Which token is shown to URLs below a prefix. */
struct runner_token {
	const char	*prefix, *file;
};

/* A Model document that rules of objects may name. */
struct runner_model {
	const char	*name, *file;
};

struct runner {
	const char	*file;		/* where the document was read */
	const char	*hash;		/* of its bytes (design 9) */
	const char	*name;		/* metadata.name */
	/* Of the objects, runs and Leases; NULL: neither given nor a pod's. */
	const char	*namespace;
	const char	*owner;		/* "<namespace>/<name>" */
	bool		 suspend;

	const char	**allowed;	/* prefixes of URLs */
	size_t		 nallowed;
	bool		 loopback;	/* URLs of this machine may be asked */
	const char	*ca;		/* of the lambdas; NULL: the system's */
	long		 deadline;	/* s an answer may take */
	struct runner_token *token;
	size_t		 ntokens;
	struct runner_model *model;
	size_t		 nmodels;

	const char	**account;	/* that a run may name */
	size_t		 naccounts;
	long		 concurrency;	/* objects at once */
	long		 successful, failed;	/* history, where an object
						   says nothing */
	long		 maximum_failures;	/* in a row, then hold */

	/* the API server, as in struct config; NULL: the pod's */
	const char	*lease_namespace;	/* as it is given; NULL */
	const char	*server, *server_token, *server_ca;
	const char	*kubeconfig;
};

/* The keys of the document (rules.h); decodes into a struct runner. */
extern const struct rules	keys_runner;

/*
 * Reads a document; problems and errors are told as config_read() tells
 * them (config.h).
 */
int	runner_read(const char *path, struct runner *, const char **problems,
	    struct error *) __attribute__((nonnull));

/*
 * Whether the file is there and says `kind: PipelineRunner'.  Which document
 * a file is meant to be, before it is read as that.
 */
bool	runner_is_meant(const char *path) __attribute__((nonnull));

#endif
