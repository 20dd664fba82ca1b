#include <string.h>

#include "kube/content.h"
#include "kube/kube.h"
#include "kube/object.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"

#define STRICT	"?fieldManager=modelsync&fieldValidation=Strict"

const char *
object_words(const struct kube *k, const struct object *o)
{
	return keepf("%s %s/%s", o->kind, kube_namespace(k), o->name);
}

/*
 * The object of a good answer.  A server without the kind has a page for it;
 * a Status that cannot be read tells nothing.
 */
static json_t *
read_answer(struct kube *k, const struct object *o, const struct answer *a,
    struct error *error)
{
	if (a->status == 404 && strncmp(a->type, "text/plain", 10) == 0) {
		error_set(error, BROKEN, "%s: the cluster knows no %s of %s",
		    object_words(k, o), o->kind, o->group);
		return NULL;
	}
	if (a->status == 404 && http_json(a, error) == NULL) {
		error_in(error, "%s", object_words(k, o));
		return NULL;
	}
	return kube_object(a, object_words(k, o), error);
}

bool
object_absent(const struct object *o, const struct answer *a)
{
	struct error	 none;

	return a->status == 404 && strcmp(kube_reason(a), "NotFound") == 0 &&
	    strcmp(content_text(json_object_get(http_json(a, &none),
	    "details"), "name"), o->name) == 0;
}

static int
check_name(struct kube *k, const struct object *o, const json_t *json,
    struct error *error)
{
	return strcmp(content_text(json_object_get(json, "metadata"), "name"),
	    o->name) == 0 ? 0 : error_set(error, RETRY, "%s: the answer is "
	    "another object", object_words(k, o));
}

int
object_get(struct kube *k, const struct object *o, json_t **json,
    struct error *error)
{
	struct answer	 a;
	int		 rv;

	if (http_get(kube_http(k), kube_path(k, o->group, o->resource,
	    o->name), &a, error) == -1)
		return error_in(error, "%s", object_words(k, o));
	if (object_absent(o, &a))
		rv = 1;
	else if ((*json = read_answer(k, o, &a, error)) == NULL)
		rv = -1;
	else
		rv = check_name(k, o, *json, error);
	http_free(&a);
	return rv;
}

int
object_create(struct kube *k, struct guard *guard, const struct object *o,
    const json_t *body, struct error *error)
{
	const char	*text = keep_dump(body);
	struct answer	 a;
	int		 rv = 0;

	if (http_send(kube_http(k), guard, &(struct request){
	    .method = "POST", .path = keepf("%s" STRICT, kube_path(k,
	    o->group, o->resource, NULL)), .type = "application/json",
	    .body = text, .len = strlen(text) }, &a, error) == -1)
		return error_in(error, "%s", object_words(k, o));
	if (a.status == 409 && strcmp(kube_reason(&a), "AlreadyExists") == 0)
		rv = 1;
	else if (read_answer(k, o, &a, error) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}
