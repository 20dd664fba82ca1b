#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "google/google.h"
#include "google/operation.h"
#include "google/status.h"
#include "model/config.h"
#include "net/http.h"
#include "net/token.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/when.h"

#define SCOPE		"https://www.googleapis.com/auth/cloud-platform"
#define OWNER_DIGITS	12
#define PAGES		10000	/* of a list: then it has no end */

struct google {
	const struct config	*config;
	bool			 dry;
	struct token		*token;
	struct http		*server[SERVICES];
};

bool
google_is_asked(const struct config *c)
{
	return c->bigquery.given || c->automl || c->vertex;
}

struct google *
google_begin(const struct config *c, bool dry, struct error *error)
{
	struct google	*g = keep(sizeof(*g));

	g->config = c;
	g->dry = dry;
	g->token = token_begin(&(struct token_terms){
	    .file = c->google.credentials, .scope = SCOPE,
	    .ca = c->google.ca }, error);
	return g->token == NULL ? NULL : g;
}

void
google_end(struct google *g)
{
	size_t	 i;

	for (i = 0; i < SERVICES; i++)
		if (g->server[i] != NULL)
			http_close(g->server[i]);
	token_end(g->token);
}

const char *
google_account(const struct google *g)
{
	return token_account(g->token);
}

static const char *
origin_of(const struct config *c, enum service service)
{
	const char	*own[] = {
		[BIGQUERY] = c->google.bigquery,
		[STORAGE] = c->google.storage,
		[AUTOML] = c->google.automl,
		[VERTEX] = c->google.vertex
	};
	const char	*theirs[] = {
		[BIGQUERY] = "https://bigquery.googleapis.com",
		[STORAGE] = "https://storage.googleapis.com",
		[AUTOML] = "https://automl.googleapis.com",
		[VERTEX] = keepf("https://%s-aiplatform.googleapis.com",
		    c->cloud.location)
	};

	return own[service] != NULL ? own[service] : theirs[service];
}

/* Whose quota is used, where the account's own project is not meant. */
static const char *const *
extra_headers(const struct config *c)
{
	const char	**line = keep(2 * sizeof(*line));

	if (c->google.quota_project == NULL)
		return NULL;
	line[0] = keepf("x-goog-user-project: %s", c->google.quota_project);
	return line;
}

struct http *
google_server(struct google *g, enum service service, struct error *error)
{
	struct http	**h = &g->server[service];

	if (*h != NULL)
		return *h;
	if (token_get(g->token, error) == -1)
		return NULL;
	*h = http_open(&(struct http_terms){
	    .origin = origin_of(g->config, service),
	    .ca = g->config->google.ca, .dry = g->dry,
	    .header = extra_headers(g->config) }, error);
	if (*h != NULL && token_lend(g->token, *h, error) == -1)
		*h = NULL;
	return *h;
}

const char *
google_owner(const struct config *c)
{
	return keepf("%.*s", OWNER_DIGITS, hash_bytes(c->owner,
	    strlen(c->owner)));
}

json_t *
google_labels(const struct config *c, const char *generation)
{
	return keep_json(json_pack("{ss ss}", GOOGLE_OWNER, google_owner(c),
	    GOOGLE_GENERATION, generation));
}

const char *
google_text(json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}

const char *
google_label(json_t *resource, const char *key)
{
	return google_text(json_object_get(resource, "labels"), key);
}

time_t
google_time(json_t *json, const char *key)
{
	const char	*text = google_text(json, key);
	time_t		 t;

	return text != NULL && when_parse(text, &t) == 0 ? t : 0;
}

long
google_count(json_t *json, const char *key)
{
	json_t		*value = json_object_get(json, key);
	const char	*text = json_string_value(value);
	char		*end;
	long		 n;

	if (json_is_integer(value))
		return (long)json_integer_value(value);
	if (text == NULL || !isdigit((unsigned char)*text))
		return -1;
	errno = 0;
	n = strtol(text, &end, 10);
	return *end == '\0' && errno == 0 ? n : -1;
}

const char *
google_quote(const char *text)
{
	char	*out = keep(strlen(text) * 3 + 1), *p = out;

	for (; *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) ||
		    strchr("-_.~", *text) != NULL)
			*p++ = *text;
		else
			p += sprintf(p, "%%%02X", (unsigned char)*text);
	}
	return out;
}

/* Whether a list's item is one that was asked for. */
static bool
is_wanted(const struct look *l, json_t *item)
{
	const char	*owner, *name;

	if (l->detail != NULL)
		return operation_may_be(item, l->detail, l->since);
	if (l->owner == NULL)
		return true;
	owner = google_label(item, GOOGLE_OWNER);
	name = google_text(item, "displayName");
	if (owner != NULL)
		return strcmp(owner, l->owner) == 0;
	return l->display_name != NULL && name != NULL &&
	    strcmp(name, l->display_name) == 0;
}

/* The page's items that are wanted, onto the list. */
static int
take_items(struct look *l, json_t *page, struct error *error)
{
	json_t	*items = json_object_get(page, l->member), *item;
	size_t	 i;

	if (items != NULL && !json_is_array(items))
		return error_set(error, RETRY, "%s: %s is no list", l->what,
		    l->member);
	json_array_foreach(items, i, item) {
		if (!json_is_object(item))
			return error_set(error, RETRY, "%s: an item of %s is "
			    "no object", l->what, l->member);
		if (is_wanted(l, item))
			json_array_append(l->json, item);
	}
	return 0;
}

/* Like http_json(), and the caller's: it goes as soon as it was read. */
static json_t *
parse(const struct answer *a, const char *what, struct error *error)
{
	json_error_t	 why;
	json_t		*json;

	if (strncasecmp(a->type, "application/json", 16) != 0) {
		error_set(error, RETRY, "%s: status %ld with %s, expected "
		    "application/json: is something else answering there?",
		    what, a->status, a->type[0] == '\0' ?
		    "no Content-Type" : a->type);
		return NULL;
	}
	json = json_loadb(a->body == NULL ? "" : a->body, a->len,
	    JSON_REJECT_DUPLICATES, &why);
	if (json == NULL || !json_is_object(json)) {
		error_set(error, RETRY, "%s: status %ld with JSON that "
		    "cannot be read: %d:%d: %s", what, a->status,
		    json == NULL ? why.line : 1, json == NULL ? why.column :
		    1, json == NULL ? why.text : "no object");
		json_decref(json);
		return NULL;
	}
	return json;
}

/*
 * One answer into its look.  *next is what the path of the next page has
 * more than the first one's; NULL: there is none.
 */
static int
take(const struct google *g, struct look *l, const struct answer *a,
    const char **next, struct error *error)
{
	json_t		*page, *token;
	int		 rv = 0;

	*next = NULL;
	if (a->status == 404 && l->may_be_absent)
		return 0;
	if (a->status != 200)
		return status_error(a, l->what, google_account(g), error);
	if ((page = parse(a, l->what, error)) == NULL)
		return -1;
	if (l->member == NULL) {
		l->json = keep_json(page);
		l->etag = keepf("%s", a->etag);
		return 0;
	}
	if (l->json == NULL)
		l->json = keep_json(json_array());
	rv = take_items(l, page, error);
	token = json_object_get(page, "nextPageToken");
	/* What cannot be read is not the end of a list. */
	if (rv == 0 && token != NULL && !json_is_string(token))
		rv = error_set(error, RETRY, "%s: nextPageToken is no text",
		    l->what);
	if (json_string_length(token) > 0)
		*next = keepf("%cpageToken=%s",
		    strchr(l->path, '?') == NULL ? '?' : '&',
		    google_quote(json_string_value(token)));
	json_decref(page);
	return rv;
}

/* A page of each look of one service that has one to come. */
static int
gather(struct google *g, enum service service, struct look *look, size_t n,
    const char **next, struct error *error)
{
	struct fetch	*f = keep(n * sizeof(*f));
	struct look	**of = keep(n * sizeof(struct look *));
	struct http	*h;
	const char	*more;
	size_t		 i, m = 0;
	int		 rv = 0;

	for (i = 0; i < n; i++) {
		if (look[i].service != service || next[i] == NULL)
			continue;
		of[m] = &look[i];
		f[m++].path = keepf("%s%s", look[i].path, next[i]);
	}
	if (m == 0)
		return 0;
	if ((h = google_server(g, service, error)) == NULL)
		return -1;
	if (http_gather(h, f, m, error) == -1)
		rv = -1;
	for (i = 0; i < m; i++) {
		more = NULL;
		if (rv == 0)
			rv = take(g, of[i], &f[i].answer, &more, error);
		if (rv == 0 && more != NULL &&
		    strcmp(more, next[of[i] - look]) == 0)
			rv = error_set(error, RETRY, "%s: the next page is "
			    "the same page", of[i]->what);
		next[of[i] - look] = more;
		http_free(&f[i].answer);
	}
	return rv;
}

static bool
is_over(const char *const *next, size_t n)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (next[i] != NULL)
			return false;
	return true;
}

int
google_look(struct google *g, struct look *look, size_t n,
    struct error *error)
{
	const char	**next = keep((n + 1) * sizeof(*next));
	size_t		  i, s, page;

	for (i = 0; i < n; i++)
		next[i] = "";
	for (page = 0; page < PAGES && !is_over(next, n); page++)
		for (s = 0; s < SERVICES; s++)
			if (gather(g, (enum service)s, look, n, next,
			    error) == -1)
				return -1;
	return is_over(next, n) ? 0 : error_set(error, RETRY, "a list of "
	    "more than %d pages", PAGES);
}

static bool
is_precondition(const struct answer *a, const char *words)
{
	return a->status == 400 && a->body != NULL &&
	    strcasestr(a->body, words) != NULL &&
	    status_is(a, "FAILED_PRECONDITION");
}

/*
 * What is deployed, or taken off, is so already.  Other preconditions have
 * "already" in their words as well: an operation that goes on.
 */
static bool
is_deployed_already(const struct answer *a)
{
	return is_precondition(a, "already deployed") ||
	    is_precondition(a, "already_deployed") ||
	    is_precondition(a, "already undeployed") ||
	    is_precondition(a, "already_undeployed");
}

/* Somebody, a run of ours before this one too, was first. */
static bool
is_there_already(const struct answer *a)
{
	return (a->status == 409 && (status_is(a, "ALREADY_EXISTS") ||
	    status_is(a, "duplicate"))) || a->status == 412 ||
	    is_deployed_already(a);
}

int
google_write(struct google *g, struct guard *guard, const struct writing *w,
    json_t **json, struct error *error)
{
	struct http	*h;
	struct answer	 a;
	int		 rv;

	*json = NULL;
	if ((h = google_server(g, w->service, error)) == NULL)
		return -1;
	if ((rv = http_send(h, guard, w->request, &a, error)) == -1)
		error_in(error, "%s", w->what);
	else if (a.status == 200 || a.status == 201) {
		/* It was done, whatever came of the answer on its way. */
		if ((*json = http_json(&a, error)) == NULL) {
			guard_doubt(guard, true);
			rv = error_in(error, "%s", w->what);
		}
	} else {
		rv = is_there_already(&a) ? 1 : -1;
		status_error(&a, w->what, google_account(g), error);
		if (is_precondition(&a, "already"))
			error->verdict = RETRY;	/* it ends by itself */
	}
	http_free(&a);
	return rv;
}
