#include "google/google.h"
#include "model/config.h"
#include "net/http.h"
#include "net/token.h"
#include "run/error.h"
#include "run/keep.h"

#define SCOPE		"https://www.googleapis.com/auth/"

struct google {
	const struct config	*config;
	bool			 dry;
	struct token		*token[SERVICES];	/* some are the same */
	struct http		*server[SERVICES];
};

bool
google_is_asked(const struct config *c)
{
	return c->bigquery.given || c->automl || c->vertex;
}

static struct token *
token_for(const struct config *c, const char *scope, struct error *error)
{
	return token_begin(&(struct token_terms){
	    .file = c->google.credentials, .scope = scope,
	    .ca = c->google.ca }, error);
}

/*
 * What reads and exports the data has a token for no more than that (an
 * export is written with the rights of its query).  AutoML and Vertex AI have
 * no narrower scope than all of it.
 */
struct google *
google_begin(const struct config *c, bool dry, struct error *error)
{
	struct google	*g = keep(sizeof(*g));
	struct token	*narrow, *wide;

	g->config = c;
	g->dry = dry;
	if ((narrow = token_for(c, dry ? SCOPE "bigquery " SCOPE
	    "devstorage.read_only" : SCOPE "bigquery " SCOPE
	    "devstorage.read_write", error)) == NULL)
		return NULL;
	g->token[BIGQUERY] = g->token[STORAGE] = wide = narrow;
	if (token_is_scoped(narrow) && (c->automl || c->vertex) && (wide =
	    token_for(c, SCOPE "cloud-platform", error)) == NULL) {
		token_end(narrow);
		return NULL;
	}
	g->token[AUTOML] = g->token[VERTEX] = wide;
	return g;
}

void
google_end(struct google *g)
{
	size_t	 i;

	for (i = 0; i < SERVICES; i++)
		if (g->server[i] != NULL)
			http_close(g->server[i]);
	if (g->token[VERTEX] != g->token[BIGQUERY])
		token_end(g->token[VERTEX]);
	token_end(g->token[BIGQUERY]);
}

const char *
google_account(const struct google *g)
{
	return token_account(g->token[BIGQUERY]);
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
	struct token	*token = g->token[service];

	if (*h != NULL)
		return *h;
	if (token_get(token, error) == -1)
		return NULL;
	*h = http_open(&(struct http_terms){
	    .origin = origin_of(g->config, service),
	    .ca = g->config->google.ca, .dry = g->dry,
	    .header = extra_headers(g->config) }, error);
	if (*h != NULL && token_lend(token, *h, error) == -1)
		*h = NULL;
	return *h;
}

const char *
google_role(enum service service)
{
	static const char	*const role[] = {
		[BIGQUERY] = "roles/bigquery.jobUser on the project and "
		    "roles/bigquery.dataViewer on its tables",
		[STORAGE] = "roles/storage.objectUser on the bucket",
		[AUTOML] = "roles/automl.editor on the project",
		[VERTEX] = "roles/aiplatform.user on the project"
	};

	return role[service];
}
