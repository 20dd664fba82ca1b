#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include <jansson.h>

#include "net/http.h"
#include "net/jwt.h"
#include "net/secretjson.h"
#include "net/token.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define VARIABLE	"GOOGLE_APPLICATION_CREDENTIALS"
#define CEILING		((size_t)64 << 10)	/* bytes of a file: 3 KiB */
#define LONGEST		((size_t)64 << 10)	/* bytes of a token */
#define LIFE		3600	/* s that a grant is asked for, at most */
#define SKEW		60	/* s our clock may be ahead of Google's */

struct token {
	struct http	*http;		/* where it is asked for */
	struct beside	*beside;
	const char	*where;		/* for people: file and server */
	const char	*account;
	const char	*scope;
	char		*body;		/* secret; NULL: a GET */
	char		*value;		/* NULL: not there yet */
	bool		 metadata;
	bool		 scoped;	/* it asks for its scope */
};

void
token_end(struct token *t)
{
	jwt_wipe(t->body);
	jwt_wipe(t->value);
	t->body = t->value = NULL;
	if (t->beside != NULL)
		http_forget(t->beside);
	http_close(t->http);
}

bool
token_is_scoped(const struct token *t)
{
	return t->scoped;
}

const char *
token_account(const struct token *t)
{
	return t->account;
}

static const char *
text_of(json_t *json, const char *key)
{
	const char	*text = json_string_value(json_object_get(json, key));

	return text != NULL && *text != '\0' ? text : NULL;
}

/* What a form may carry as it is: of tokens and JWTs nearly everything. */
static char *
form_quote(const char *text)
{
	char	*out = malloc(strlen(text) * 3 + 1), *p = out;

	for (; out != NULL && *text != '\0'; text++) {
		if (isalnum((unsigned char)*text) ||
		    strchr("-_.~", *text) != NULL)
			*p++ = *text;
		else
			p += sprintf(p, "%%%02X", (unsigned char)*text);
	}
	if (out != NULL)
		*p = '\0';
	return out;
}

static char *
form_add(char *form, const char *key, const char *value)
{
	char	*quoted = form_quote(value);

	form = jwt_joined(form, keepf("%s%s=", form == NULL ? "" : "&", key));
	if (form != NULL && quoted != NULL)
		form = jwt_joined(form, quoted);
	jwt_wipe(quoted);
	return form;
}

/* The assertion of a service account (RFC 7523, 2.1). */
static char *
assertion(const struct token *t, json_t *key, const char *uri,
    struct error *error)
{
	time_t	 now = time(NULL) - SKEW;
	json_t	*claims = keep_json(json_pack("{ss ss ss sI sI}", "iss",
		    t->account, "scope", t->scope, "aud", uri, "iat",
		    (json_int_t)now, "exp", (json_int_t)now + LIFE));

	return jwt_make(claims, text_of(key, "private_key_id"),
	    text_of(key, "private_key"), error);
}

/* A server and the path behind it. */
static int
open_server(struct token *t, const struct token_terms *terms,
    const char *uri, const char **path, struct error *error)
{
	const char	*host = strstr(uri, "://");
	size_t		 n;

	if (host == NULL)
		return error_set(error, BROKEN, "token_uri: \"%s\", expected "
		    "an https URL", uri);
	n = (size_t)(host - uri) + 3 + strcspn(host + 3, "/?");
	*path = uri[n] == '\0' ? "/" : keepf("%s", uri + n);
	t->http = http_open(&(struct http_terms){
	    .origin = keep_copy(uri, n), .ca = terms->ca }, error);
	if (t->http == NULL)
		return error_in(error, "token_uri");
	/* The assertion or refresh token is a secret as a token is. */
	return http_token(t->http, "-", error) == -1 ? -1 :
	    (http_close(t->http), 0);
}

static int
need(json_t *json, const char *key, struct error *error)
{
	return text_of(json, key) != NULL ? 0 : error_set(error, BROKEN,
	    "no \"%s\" in it, expected a text", key);
}

static int
by_service_account(struct token *t, json_t *json, const char *uri,
    struct error *error)
{
	char	*jwt;

	if (need(json, "client_email", error) == -1 ||
	    need(json, "private_key", error) == -1)
		return -1;
	t->account = keepf("%s", text_of(json, "client_email"));
	t->scoped = true;
	if ((jwt = assertion(t, json, uri, error)) == NULL)
		return error_in(error, "private_key");
	t->body = form_add(form_add(NULL, "grant_type",
	    "urn:ietf:params:oauth:grant-type:jwt-bearer"), "assertion", jwt);
	jwt_wipe(jwt);
	return 0;
}

static int
by_user(struct token *t, json_t *json, struct error *error)
{
	if (need(json, "client_id", error) == -1 ||
	    need(json, "client_secret", error) == -1 ||
	    need(json, "refresh_token", error) == -1)
		return -1;
	t->account = "the user of these credentials";
	t->body = form_add(form_add(form_add(form_add(NULL, "grant_type",
	    "refresh_token"), "client_id", text_of(json, "client_id")),
	    "client_secret", text_of(json, "client_secret")),
	    "refresh_token", text_of(json, "refresh_token"));
	return 0;
}

static int
refuse(const char *type, struct error *error)
{
	if (strcmp(type, "external_account") == 0)
		return error_set(error, BROKEN, "credentials of type "
		    "external_account are not built yet; use workload "
		    "identity of GKE, or the key of a service account");
	return error_set(error, BROKEN, "credentials of type \"%.60s\", "
	    "expected service_account or authorized_user", type);
}

static int
by_credentials(struct token *t, const struct token_terms *terms,
    json_t *json, struct error *error)
{
	const char	*type = text_of(json, "type");
	const char	*uri = text_of(json, "token_uri"), *path = "/";
	bool		 user;
	int		 rv;

	if (type == NULL)
		return need(json, "type", error);
	user = strcmp(type, "authorized_user") == 0;
	if (!user && strcmp(type, "service_account") != 0)
		return refuse(type, error);
	if (uri == NULL)
		uri = "https://oauth2.googleapis.com/token";
	if (open_server(t, terms, uri, &path, error) == -1)
		return -1;
	rv = user ? by_user(t, json, error) :
	    by_service_account(t, json, uri, error);
	if (rv == -1)
		return -1;
	if (t->body == NULL)
		return error_set(error, RETRY, "out of memory");
	t->where = keepf("%s, asked at %s", t->where, http_origin(t->http));
	t->beside = http_beside(t->http, &(struct request){ .method = "POST",
	    .path = path, .type = "application/x-www-form-urlencoded",
	    .body = t->body, .len = strlen(t->body) });
	return 0;
}

static int
by_file(struct token *t, const struct token_terms *terms, const char *file,
    struct error *error)
{
	struct bytes	 b;
	json_error_t	 why;
	json_t		*json;
	int		 rv;

	t->where = keepf("credentials %s", file);
	if ((rv = bytes_read(file, CEILING, &b, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "there is no such file; is "
		    "it mounted?");
	json = secretjson_read(b.data, b.len, &why);
	explicit_bzero(b.data, b.len);
	bytes_free(&b);
	/* why.text would show a piece of what is there. */
	rv = json == NULL ? error_set(error, BROKEN, "%d:%d: no JSON, "
	    "expected the key of a service account", why.line, why.column) :
	    by_credentials(t, terms, json, error);
	secretjson_free(json);
	return rv;
}

/* Scopes as the metadata server takes them: by commas, in a query. */
static char *
scope_list(const char *scope)
{
	char	*list = keepf("%s", scope), *p;

	for (p = list; (p = strchr(p, ' ')) != NULL;)
		*p = ',';
	return form_quote(list);
}

/* Never through a proxy: it is the machine's own. */
static int
by_metadata(struct token *t, struct error *error)
{
	static const char *const	 header[] = {
		"Metadata-Flavor: Google", NULL
	};
	const char	*host = getenv("GCE_METADATA_HOST");
	char		*scope = scope_list(t->scope);

	if (host == NULL || *host == '\0')
		host = "metadata.google.internal";
	t->metadata = t->scoped = true;
	t->account = "the account of the metadata server";
	t->where = keepf("the metadata server %s", host);
	t->http = http_open(&(struct http_terms){ .direct = true,
	    .origin = keepf("http://%s", host), .header = header }, error);
	if (t->http != NULL)
		t->beside = http_beside(t->http, &(struct request){
		    .method = "GET", .path = keepf("/computeMetadata/v1/"
		    "instance/service-accounts/default/token?scopes=%s",
		    scope == NULL ? "" : scope) });
	free(scope);
	return t->http == NULL ? error_in(error, "GCE_METADATA_HOST") : 0;
}

struct token *
token_begin(const struct token_terms *terms, struct error *error)
{
	struct token	*t = keep(sizeof(*t));
	const char	*file = terms->file;
	int		 rv;

	t->scope = terms->scope;
	if (file == NULL && (file = getenv(VARIABLE)) != NULL &&
	    *file == '\0')
		file = NULL;
	rv = file != NULL ? by_file(t, terms, file, error) :
	    by_metadata(t, error);
	if (rv == 0)
		return t;
	error_in(error, "%s", t->where);
	jwt_wipe(t->body);
	return NULL;
}

/* What a person has to do about a refusal; "" when nothing. */
static const char *
remedy(const struct token *t, const char *word)
{
	if (strcmp(word, "invalid_grant") == 0)
		return keepf("; was the key of %s deleted or its account "
		    "disabled, or is this node's clock wrong?", t->account);
	if (strcmp(word, "unauthorized_client") == 0 ||
	    strcmp(word, "invalid_client") == 0 ||
	    strcmp(word, "invalid_scope") == 0)
		return keepf("; may %s have a token for %s?", t->account,
		    t->scope);
	return "";
}

static bool
may_pass(const char *word)
{
	return strcmp(word, "internal_failure") == 0 ||
	    strcmp(word, "server_error") == 0 ||
	    strcmp(word, "temporarily_unavailable") == 0;
}

/* A word of the server's, without what could break a line. */
static const char *
shown(const char *text)
{
	char	*line = keepf("%.200s", text), *p;

	for (p = line; *p != '\0'; p++)
		if (iscntrl((unsigned char)*p))
			*p = ' ';
	return line;
}

/* RFC 6749, 5.2. */
static int
refusal(const struct token *t, const struct answer *a, json_t *json,
    struct error *error)
{
	const char	*word = text_of(json, "error");
	const char	*words = text_of(json, "error_description");

	if (t->metadata)
		return error_set(error, a->status == 404 ||
		    a->status >= 500 || a->status == 429 ? RETRY : BROKEN,
		    "status %ld; has this pod a service account with "
		    "workload identity?", a->status);
	if (word == NULL)
		return error_set(error, RETRY, "status %ld without an error "
		    "of OAuth; is something else answering there?",
		    a->status);
	return error_set(error, may_pass(word) || a->status == 429 ||
	    a->status >= 500 ? RETRY : BROKEN, "%s refused: %s%s%s%s",
	    t->account, shown(word), words == NULL ? "" : ": ",
	    words == NULL ? "" : shown(words), remedy(t, word));
}

static int
take(struct token *t, const struct answer *a, struct error *error)
{
	json_error_t	 why;
	json_t		*json = NULL;
	const char	*value;
	int		 rv = 0;

	if (t->metadata && strcasecmp(a->flavor, "Google") != 0)
		return error_set(error, RETRY, "status %ld without "
		    "Metadata-Flavor: Google; is something else answering "
		    "there?", a->status);
	if (strncasecmp(a->type, "application/json", 16) == 0)
		json = secretjson_read(a->body == NULL ? "" : a->body,
		    a->len, &why);
	value = text_of(json, "access_token");
	if (a->status != 200)
		rv = refusal(t, a, json, error);
	else if (value == NULL || strlen(value) > LONGEST)
		rv = error_set(error, RETRY, "status 200 without an "
		    "access_token that is a text");
	else if ((t->value = strdup(value)) == NULL)
		rv = error_set(error, RETRY, "out of memory");
	secretjson_free(json);
	return rv;
}

int
token_get(struct token *t, struct error *error)
{
	struct answer	 a;
	int		 rv;

	if (t->value != NULL)
		return 0;
	if (t->beside == NULL)
		return error_set(error, RETRY, "%s: gave no token",
		    t->where);
	rv = http_finish(t->beside, t->metadata, &a, error);
	t->beside = NULL;
	if (rv == 0)
		rv = take(t, &a, error);
	if (a.body != NULL)
		explicit_bzero(a.body, a.len);
	http_free(&a);
	jwt_wipe(t->body);
	t->body = NULL;
	return rv == -1 ? error_in(error, "%s", t->where) : 0;
}

int
token_lend(const struct token *t, struct http *h, struct error *error)
{
	return http_token(h, t->value, error);
}
