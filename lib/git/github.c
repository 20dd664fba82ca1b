#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "git/forge.h"
#include "git/github.h"
#include "net/http.h"
#include "net/jwt.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/replace.h"
#include "run/when.h"

#define PUBLIC		"https://github.com"
#define REMEMBERED	((size_t)8 << 20)	/* bytes of the cache's file */
#define CEILING		((size_t)32 << 20)	/* bytes of an answer: a page
				of 30 requests, each of 65,536 characters of
				12 bytes (escaped pairs) and 20 KB, has 24 MB */
#define A_MINUTE	60	/* s to wait where no time is told */

static const char *const	version[] = {
	"X-GitHub-Api-Version: 2022-11-28", NULL
};

const char *
github_text(const json_t *json, const char *path)
{
	size_t	 n = strcspn(path, ".");
	json_t	*at = json_object_get(json, keep_copy(path, n));

	return path[n] == '\0' ? json_string_value(at) :
	    github_text(at, path + n + 1);
}

static bool
is_public(const char *server)
{
	return server == NULL || strcasecmp(server, PUBLIC) == 0;
}

/* What the forge remembers from run to run; an empty one will do. */
static const char *
memory_path(const struct forge *f)
{
	const char	*what = keepf("%s %s %s", http_origin(f->http),
			    f->terms->repository, f->terms->head);

	return f->terms->cache == NULL ? NULL : keepf("%s/forge-%.16s.json",
	    f->terms->cache, hash_bytes(what, strlen(what)));
}

static void
read_memory(struct forge *f)
{
	const char	*path = memory_path(f);
	struct error	 error;
	struct bytes	 b;
	json_t		*json = NULL;

	if (path != NULL && bytes_read(path, REMEMBERED, &b, &error) == 0) {
		json = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES,
		    NULL);
		bytes_free(&b);
	}
	f->memory = keep_json(json_is_object(json) ? json : json_object());
}

/* That it could not be written costs the next run an answer. */
static void
write_memory(struct forge *f)
{
	const char	*path = memory_path(f);
	struct error	 error;

	if (path != NULL && f->learnt)
		replace_file(path, keep_dump(f->memory), &error);
}

struct forge *
forge_open(const struct forge_terms *terms, struct error *error)
{
	struct forge		*f = keep(sizeof(*f));
	struct forge_terms	*own = keep(sizeof(*own));
	bool			 pub = is_public(terms->server);
	struct http_terms	 h = { .ca = terms->ca, .header = version,
				    .accept = "application/vnd.github+json",
				    .token_file = terms->token_file,
				    .ceiling = CEILING, .dry = terms->dry };

	*own = *terms;
	f->terms = own;
	f->prefix = pub ? "" : "/api/v3";
	h.origin = pub ? "https://api.github.com" : terms->server;
	if ((f->http = http_open(&h, error)) == NULL)
		return NULL;
	read_memory(f);
	if (githubauth(f, error) == -1) {
		forge_close(f);
		return NULL;
	}
	return f;
}

void
forge_close(struct forge *f)
{
	write_memory(f);
	http_close(f->http);
	jwt_wipe(f->token);
	f->token = NULL;
}

const char *
forge_account(const struct forge *f)
{
	return f->account;
}

static bool
serves(const struct forge *f, const char *url)
{
	const char	*own = is_public(f->terms->server) ? PUBLIC :
			    f->terms->server;
	size_t		 n = strlen(own);

	return strncasecmp(url, own, n) == 0 && url[n] == '/';
}

const char *
forge_token(const struct forge *f, const char *url)
{
	return serves(f, url) ? f->token : NULL;
}

const char *
forge_token_file(const struct forge *f, const char *url)
{
	return serves(f, url) ? f->terms->token_file : NULL;
}

/* All that an error's body says. */
static const char *
said(const struct answer *a)
{
	struct error	 error;
	json_t		*json = http_json(a, &error), *item;
	const char	*message, *text, *field;
	size_t		 i;

	if (json == NULL)
		return "";
	message = github_text(json, "message");
	message = keepf(": %s", message == NULL ? "" : message);
	json_array_foreach(json_object_get(json, "errors"), i, item) {
		text = json_is_string(item) ? json_string_value(item) :
		    github_text(item, "message");
		field = github_text(item, "field");
		if (text == NULL && field != NULL)
			text = keepf("%s is %s", field,
			    github_text(item, "code"));
		if (text != NULL)
			message = keepf("%s; %s", message, text);
	}
	return message;
}

static bool
is_limit(const struct answer *a, const char *words)
{
	return a->status == 429 || a->left == 0 || a->retry_after >= 0 ||
	    strcasestr(words, "rate limit") != NULL;
}

/* Things moved on since they were looked at: the next run sees them. */
static bool
is_late(const char *words)
{
	return strstr(words, "already exists") != NULL ||
	    strstr(words, "No commits between") != NULL;
}

static int
limited(const struct forge *f, const struct answer *a, const char *words,
    struct error *error)
{
	time_t	 until = a->retry_after >= 0 ?
		    f->terms->now + a->retry_after :
		    a->left == 0 && a->reset > 0 ? a->reset :
		    f->terms->now + A_MINUTE;

	return error_set(error, RETRY, "%s: its limit is reached, runs after "
	    "%s may go on%s", http_origin(f->http), when_text(until), words);
}

int
github_refused(const struct forge *f, const char *what,
    const struct answer *a, struct error *error)
{
	const char	*origin = http_origin(f->http), *words = said(a);

	switch (a->status) {
	case 401:
		return error_set(error, BROKEN, "%s: %s: the %s is not "
		    "accepted (401)%s", origin, what,
		    f->terms->app_key != NULL && f->token == NULL ?
		    "App's key or the time" : "token", words);
	case 403:
	case 429:
		if (is_limit(a, words))
			return limited(f, a, words, error);
		return error_set(error, BROKEN, "%s: %s: not allowed (403)%s; "
		    "contents and pull requests must be writable", origin,
		    what, words);
	case 404:
		return error_set(error, BROKEN, "%s: %s: not there, or not "
		    "to be seen by %s (404)%s; is %s right, and the App "
		    "installed or the token allowed there?", origin, what,
		    f->account == NULL ? "us" : f->account, words,
		    f->terms->repository);
	case 301: case 302: case 307: case 308:
		return error_set(error, BROKEN, "%s: %s: the repository %s "
		    "was renamed (%ld): name it anew in the document",
		    origin, what, f->terms->repository, a->status);
	case 422:
		return error_set(error, is_late(words) ? RETRY : BROKEN,
		    "%s: %s: refused%s", origin, what, words);
	default:
		return error_set(error, a->status >= 500 ? RETRY : BROKEN,
		    "%s: %s: status %ld%s", origin, what, a->status, words);
	}
}

/* What was remembered of a path, if it still is so. */
static json_t *
remembered(const struct forge *f, const char *path, const char **etag)
{
	json_t	*entry = json_object_get(f->memory, path);

	*etag = github_text(entry, "etag");
	return *etag == NULL ? NULL : json_object_get(entry, "body");
}

static void
remember(struct forge *f, const char *path, const struct answer *a,
    json_t *json)
{
	if (a->etag[0] == '\0' || f->terms->cache == NULL)
		return;
	json_object_set_new(f->memory, path, json_pack("{ss sO}", "etag",
	    a->etag, "body", json));
	f->learnt = 1;
}

/* Returns 0; 1 with an error when it is not there; -1. */
static int
take(struct forge *f, const char *path, const struct answer *a,
    json_t **json, struct error *error)
{
	const char	*etag;

	if (a->status == 304) {
		if ((*json = remembered(f, path, &etag)) == NULL)
			return error_set(error, RETRY, "%s%s: 304 for what "
			    "is not known", http_origin(f->http), path);
		/* It may be asked for once more, and changed by then. */
		keep_json(json_incref(*json));
		return 0;
	}
	if (a->status != 200) {
		github_refused(f, keepf("GET %.*s",
		    (int)strcspn(path, "?"), path), a, error);
		return a->status == 404 ? 1 : -1;
	}
	if ((*json = http_json(a, error)) == NULL)
		return error_in(error, "%s%s", http_origin(f->http), path);
	remember(f, path, a, *json);
	return 0;
}

static int
get(struct forge *f, const char *const path[], json_t *json[], size_t n,
    struct error *error)
{
	struct fetch	*fetch = keep(n * sizeof(*fetch));
	const char	*etag;
	size_t		 i;
	int		 rv;

	for (i = 0; i < n; i++) {
		fetch[i].path = keepf("%s%s", f->prefix, path[i]);
		if (remembered(f, path[i], &etag) != NULL)
			fetch[i].also = keepf("If-None-Match: %s", etag);
	}
	rv = http_gather(f->http, fetch, n, error);
	for (i = 0; i < n; i++) {
		if (rv == 0)
			rv = take(f, path[i], &fetch[i].answer, &json[i],
			    error);
		http_free(&fetch[i].answer);
	}
	return rv;
}

int
github_get(struct forge *f, const char *const path[], json_t *json[],
    size_t n, struct error *error)
{
	return get(f, path, json, n, error) == 0 ? 0 : -1;
}

int
github_find(struct forge *f, const char *path, json_t **json,
    struct error *error)
{
	return get(f, &path, json, 1, error);
}
