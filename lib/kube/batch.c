#include <string.h>

#include "kube/batch.h"
#include "kube/kube.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"

#define STRICT	"?fieldManager=modelsync&fieldValidation=Strict"

static const char *
what(const struct kube *k, const char *name)
{
	return keepf("Job %s/%s", kube_namespace(k), name);
}

int
batch_get(struct kube *k, const char *name, json_t **job,
    struct error *error)
{
	struct answer	 a;
	int		 rv = 0;

	if (http_get(kube_http(k), kube_path(k, KUBE_BATCH, "jobs", name),
	    &a, error) == -1)
		return error_in(error, "%s", what(k, name));
	if (a.status == 404 && strcmp(kube_reason(&a), "NotFound") == 0)
		rv = 1;
	else if ((*job = kube_object(&a, what(k, name), error)) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}

int
batch_create(struct kube *k, struct guard *guard, const char *name,
    const json_t *job, struct error *error)
{
	const char	*body = keep_dump(job);
	struct answer	 a;
	int		 rv = 0;

	if (http_send(kube_http(k), guard, &(struct request){
	    .method = "POST", .path = keepf("%s" STRICT, kube_path(k,
	    KUBE_BATCH, "jobs", NULL)), .type = "application/json",
	    .body = body, .len = strlen(body) }, &a, error) == -1)
		return error_in(error, "%s", what(k, name));
	if (a.status == 409 && strcmp(kube_reason(&a), "AlreadyExists") == 0)
		rv = 1;
	else if (kube_object(&a, what(k, name), error) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}
