#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "git/forge.h"
#include "git/github.h"
#include "net/http.h"
#include "net/jwt.h"
#include "net/secretjson.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define EARLIER		60	/* s before now: clocks differ */
#define LIFE		540	/* s from now; ten minutes are the most */
#define KEY_CEILING	((size_t)64 << 10)	/* bytes of a private key */
/* What a token may do, and nothing else; in a dry run it cannot write. */
#define RIGHTS(what)							\
	"\"contents\":\"" what "\",\"pull_requests\":\"" what "\""

static int
sign(struct forge *f, struct error *error)
{
	const char	*path = f->terms->app_key;
	struct bytes	 pem;
	json_t		*claims;
	char		*jwt;
	int		 rv;

	if ((rv = bytes_read(path, KEY_CEILING, &pem, error)) == 1)
		return error_set(error, BROKEN, "%s: no such file, expected "
		    "the private key of the App", path);
	if (rv == -1)
		return -1;
	claims = keep_json(json_pack("{sI sI ss}", "iat",
	    (json_int_t)f->terms->now - EARLIER, "exp",
	    (json_int_t)f->terms->now + LIFE, "iss", f->terms->app_id));
	jwt = jwt_make(claims, NULL, pem.data, error);
	explicit_bzero(pem.data, pem.len);
	bytes_free(&pem);
	if (jwt == NULL)
		return error_in(error, "%s", path);
	rv = http_token(f->http, jwt, error);
	jwt_wipe(jwt);
	return rv;
}

/* The number of the App's installation in the repository. */
static int
find_installation(struct forge *f, json_int_t *number, struct error *error)
{
	const char	*path = keepf("/repos/%s/installation",
			    f->terms->repository);
	const char	*slug;
	json_t		*json;

	if (github_get(f, &path, &json, 1, error) == -1)
		return -1;
	*number = json_integer_value(json_object_get(json, "id"));
	if ((slug = github_text(json, "app_slug")) == NULL || *number == 0)
		return error_set(error, RETRY, "%s%s: no installation in it",
		    http_origin(f->http), path);
	f->account = keepf("%s[bot]", slug);
	return 0;
}

static int
read_token(struct forge *f, const struct answer *a, struct error *error)
{
	json_error_t	 why;
	json_t		*json = secretjson_read(a->body == NULL ? "" :
			    a->body, a->len, &why);
	const char	*token = json == NULL ? NULL :
			    github_text(json, "token");
	int		 rv = 0;

	if (token == NULL)
		rv = error_set(error, RETRY, "%s: an answer without a token",
		    http_origin(f->http));
	else if ((f->token = strdup(token)) == NULL)
		rv = error_set(error, RETRY, "out of memory");
	else
		rv = http_token(f->http, f->token, error);
	secretjson_free(json);
	return rv;
}

/* A token for this repository alone, with the rights that are needed. */
static int
exchange(struct forge *f, json_int_t number, struct error *error)
{
	const char	*name = strchr(f->terms->repository, '/') + 1;
	const char	*rights = f->terms->dry ? RIGHTS("read") :
			    RIGHTS("write");
	const char	*body = keepf("{\"repositories\":[\"%s\"],"
			    "\"permissions\":{%s}}", name, rights);
	struct answer	 a;
	int		 rv;

	if (http_ask(f->http, ASK_GITHUB, &(struct request){
	    .method = "POST", .path = keepf("%s/app/installations/%lld/"
	    "access_tokens", f->prefix, (long long)number),
	    .type = "application/json", .body = body, .len = strlen(body) },
	    &a, error) == -1)
		return -1;
	rv = a.status == 201 ? read_token(f, &a, error) :
	    github_refused(f, keepf("a token for %s with %s",
	    f->terms->repository, rights), &a, error);
	if (a.body != NULL)
		explicit_bzero(a.body, a.len);
	http_free(&a);
	return rv;
}

static int
by_app(struct forge *f, struct error *error)
{
	json_int_t	 number;

	if (sign(f, error) == -1 ||
	    find_installation(f, &number, error) == -1 ||
	    exchange(f, number, error) == -1)
		return error_in(error, "App %s", f->terms->app_id);
	return 0;
}

/* Whose token that is. */
static int
by_token(struct forge *f, struct error *error)
{
	static const char *const	 path[] = { "/user" };
	const char			*login;
	json_t				*json;

	if (github_get(f, path, &json, 1, error) == -1)
		return error_in(error, "token %s", f->terms->token_file);
	if ((login = github_text(json, "login")) == NULL)
		return error_set(error, RETRY, "%s/user: no login in it",
		    http_origin(f->http));
	f->account = keepf("%s", login);
	return 0;
}

int
githubauth(struct forge *f, struct error *error)
{
	return f->terms->app_key != NULL ? by_app(f, error) :
	    by_token(f, error);
}
