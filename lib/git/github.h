/*
 * What the files behind the seam forge.h share about GitHub's REST API,
 * version 2022-11-28 (docs.github.com/rest); for nobody else.
 */

#ifndef GIT_GITHUB_H
#define GIT_GITHUB_H

#include <stddef.h>

#include <jansson.h>

struct answer;
struct error;
struct fetch;
struct forge_terms;
struct http;

struct forge {
	const struct forge_terms *terms;
	struct http		*http;
	const char		*prefix;	/* of paths: "" or "/api/v3" */
	const char		*account;	/* login of our own */
	char			*token;		/* of an App; a secret; NULL */
	json_t			*memory;	/* path to {etag, body}; NULL */
	int			 learnt;	/* something that is not in the
						   file yet */
};

/* Who we are, and the token of an App.  Fills in account and token. */
int	 githubauth(struct forge *, struct error *) __attribute__((nonnull));

/*
 * Reads several paths below the prefix at once: the answers' JSON, kept for
 * the run.  What did not change since the last run is not sent again, where
 * there is a cache.
 */
int	 github_get(struct forge *, const char *const path[], json_t *json[],
	    size_t n, struct error *) __attribute__((nonnull));

/* The same of one that may not be there.  Returns 0; 1: it is not; -1. */
int	 github_find(struct forge *, const char *path, json_t **,
	    struct error *) __attribute__((nonnull));

/* What an answer that is no success says; -1. */
int	 github_refused(const struct forge *, const char *what,
	    const struct answer *, struct error *) __attribute__((nonnull));

/* The text of "key" or "key.key"; NULL when it is none. */
const char	*github_text(const json_t *, const char *path)
		    __attribute__((nonnull(2)));

#endif
