#include <string.h>

#include "google/google.h"
#include "google/operation.h"
#include "google/vertex.h"
#include "model/config.h"
#include "net/http.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"

#define PAGE	"pageSize=1000"

static const char *
parent(const struct config *c)
{
	return keepf("/v1/projects/%s/locations/%s", c->cloud.project,
	    c->cloud.location);
}

static struct look
look_at(const struct config *c, const char *collection, const char *member,
    const char *filter)
{
	return (struct look){ .service = VERTEX, .member = member,
	    .path = keepf("%s/%s?" PAGE "&filter=%s", parent(c), collection,
	    google_quote(filter)),
	    .what = keepf("Vertex AI's %s of %s", collection,
	    c->cloud.project) };
}

struct look
vertex_look_models(const struct config *c)
{
	return look_at(c, "models", "models", keepf("labels." GOOGLE_OWNER
	    "=\"%s\"", google_owner(c)));
}

/* Ours have another display name, so that none is told twice. */
struct look
vertex_look_adopted(const struct config *c)
{
	struct look	 l = look_at(c, "models", "models",
			    keepf("display_name=\"%s\"",
			    c->cloud.display_name));

	l.owner = "";
	l.display_name = c->cloud.display_name;
	return l;
}

struct look
vertex_look_model(const struct config *c, const char *id)
{
	return (struct look){ .service = VERTEX, .may_be_absent = true,
	    .path = keepf("%s/models/%s", parent(c), id),
	    .what = keepf("model %s of Vertex AI", id) };
}

struct look
vertex_look_jobs(const struct config *c, const char *generation)
{
	return look_at(c, "customJobs", "customJobs",
	    keepf("labels." GOOGLE_GENERATION "=\"%s\"", generation));
}

struct look
vertex_look_operation(const char *name)
{
	return (struct look){ .service = VERTEX, .may_be_absent = true,
	    .path = keepf("/v1/%s", name), .what = name };
}

struct look
vertex_look_evaluations(const char *model)
{
	return (struct look){ .service = VERTEX, .member = "modelEvaluations",
	    .path = keepf("/v1/%s/evaluations?" PAGE, model),
	    .what = keepf("evaluations of %s", model) };
}

struct look
vertex_look_slices(const char *evaluation)
{
	return (struct look){ .service = VERTEX,
	    .member = "modelEvaluationSlices",
	    .path = keepf("/v1/%s/slices?" PAGE "&filter=%s", evaluation,
	    google_quote("slice.dimension=\"annotationSpec\"")),
	    .what = keepf("slices of %s", evaluation) };
}

static const char *
endpoint(const struct config *c)
{
	return keepf("%s/endpoints/%s", parent(c), c->serving.endpoint);
}

struct look
vertex_look_endpoint(const struct config *c)
{
	return (struct look){ .service = VERTEX, .path = endpoint(c),
	    .what = keepf("endpoint %s of Vertex AI",
	    c->serving.endpoint) };
}

struct call {
	const char	*method, *path;
	json_t		*body;
	const char	*what;
};

static int
begin(struct google *g, struct guard *guard, const struct call *call,
    const char **name, struct error *error)
{
	const char	*text = keep_dump(keep_json(call->body));
	json_t		*json;
	int		 rv;

	rv = google_write(g, guard, &(struct writing){ .service = VERTEX,
	    .what = call->what, .request = &(struct request){
	    .method = call->method, .path = call->path,
	    .type = "application/json", .body = text,
	    .len = strlen(text) } }, &json, error);
	return rv != 0 ? rv : operation_name(guard, json, call->what, name,
	    error);
}

static json_t *
container(const struct custom_job *j)
{
	const struct strings	*command = &j->config->cloud.command;
	json_t			*env = json_array(), *argv = json_array();
	size_t			 i;

	for (i = 0; i < j->nvariables; i++)
		json_array_append_new(env, json_pack("{ss ss}", "name",
		    j->variable[i].name, "value", j->variable[i].value));
	for (i = 0; i < command->n; i++)
		json_array_append_new(argv, json_string(command->item[i]));
	return json_pack("{ss so so}", "imageUri", j->config->cloud.image,
	    "command", argv, "env", env);
}

/* It is not begun again by itself: that would be a second training. */
int
vertex_run(struct google *g, struct guard *guard, const struct custom_job *j,
    const char **name, struct error *error)
{
	const struct cloud_config	*c = &j->config->cloud;
	json_t				*spec;

	spec = json_pack("{s[{s{ss} ss so}] s{ss sb} ss*}",
	    "workerPoolSpecs", "machineSpec", "machineType", c->machine,
	    "replicaCount", "1", "containerSpec", container(j),
	    "scheduling", "timeout", keepf("%lds", c->deadline),
	    "disableRetries", 1, "serviceAccount", c->account);
	return begin(g, guard, &(struct call){ .method = "POST",
	    .path = keepf("%s/customJobs", parent(j->config)),
	    .what = keepf("the custom job of %s", j->generation),
	    .body = json_pack("{ss sO so}", "displayName", j->generation,
	    "labels", google_labels(j->config, j->generation), "jobSpec",
	    spec) }, name, error);
}

int
vertex_upload(struct google *g, struct guard *guard, const struct config *c,
    const char *generation, const char *artifacts, const char **name,
    struct error *error)
{
	json_t	*model = json_pack("{ss sO ss s{ss}}", "displayName",
		    generation, "labels", google_labels(c, generation),
		    "artifactUri", artifacts, "containerSpec", "imageUri",
		    c->cloud.serving_image != NULL ?
		    c->cloud.serving_image : c->cloud.image);

	return begin(g, guard, &(struct call){ .method = "POST",
	    .path = keepf("%s/models:upload", parent(c)),
	    .what = keepf("the upload of %s", generation),
	    .body = json_pack("{ss so}", "modelId", generation, "model",
	    model) }, name, error);
}

const char *
vertex_deployment(const char *model)
{
	const char	*hash = hash_bytes(model, strlen(model));
	char		*id = keep(11);
	size_t		 i;

	for (i = 0; i < 10; i++)
		id[i] = (char)('0' + hash[i] % 10);
	if (id[0] == '0')
		id[0] = '1';
	return id;
}

int
vertex_deploy(struct google *g, struct guard *guard, const struct config *c,
    const char *model, int all, const char **name, struct error *error)
{
	json_t	*body = json_pack("{s{ss ss s{s{ss} si si}}}",
		    "deployedModel", "model", model, "id",
		    vertex_deployment(model), "dedicatedResources",
		    "machineSpec", "machineType", c->serving.machine,
		    "minReplicaCount", 1, "maxReplicaCount", 1);

	if (all)
		json_object_set_new(body, "trafficSplit",
		    json_pack("{si}", "0", 100));
	return begin(g, guard, &(struct call){ .method = "POST",
	    .path = keepf("%s:deployModel", endpoint(c)),
	    .what = keepf("the deployment of %s", model), .body = body },
	    name, error);
}

int
vertex_shift(struct google *g, struct guard *guard, const struct config *c,
    const char *id, const char **name, struct error *error)
{
	return begin(g, guard, &(struct call){ .method = "PATCH",
	    .path = keepf("%s?updateMask=trafficSplit", endpoint(c)),
	    .what = keepf("the traffic of endpoint %s",
	    c->serving.endpoint),
	    .body = json_pack("{s{si}}", "trafficSplit", id, 100) }, name,
	    error);
}

int
vertex_undeploy(struct google *g, struct guard *guard,
    const struct config *c, const char *id, const char **name,
    struct error *error)
{
	return begin(g, guard, &(struct call){ .method = "POST",
	    .path = keepf("%s:undeployModel", endpoint(c)),
	    .what = keepf("taking %s off endpoint %s", id,
	    c->serving.endpoint),
	    .body = json_pack("{ss}", "deployedModelId", id) }, name, error);
}
