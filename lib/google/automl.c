#include <string.h>

#include "google/automl.h"
#include "google/google.h"
#include "google/operation.h"
#include "model/config.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"

#define PAGE	"pageSize=1000"
#define NAME	32		/* bytes of a displayName */

static const char *
parent(const struct config *c)
{
	return keepf("/v1/projects/%s/locations/%s", c->cloud.project,
	    c->cloud.location);
}

static struct look
look_at(const struct config *c, const char *collection, const char *member)
{
	return (struct look){ .service = AUTOML, .member = member,
	    .owner = google_owner(c), .display_name = c->cloud.display_name,
	    .path = keepf("%s/%s?" PAGE, parent(c), collection),
	    .what = keepf("AutoML's %s of %s", collection,
	    c->cloud.project) };
}

struct look
automl_look_datasets(const struct config *c)
{
	return look_at(c, "datasets", "datasets");
}

/* The list's member is in the singular. */
struct look
automl_look_models(const struct config *c)
{
	return look_at(c, "models", "model");
}

/* A filter is required; this one lets everything through. */
struct look
automl_look_evaluations(const char *model)
{
	return (struct look){ .service = AUTOML, .member = "modelEvaluation",
	    .path = keepf("/v1/%s/modelEvaluations?filter=&" PAGE, model),
	    .what = keepf("evaluations of %s", model) };
}

struct look
automl_look_operations(const struct config *c, const char *detail,
    time_t since)
{
	return (struct look){ .service = AUTOML, .member = "operations",
	    .path = keepf("%s/operations?" PAGE, parent(c)),
	    .what = keepf("AutoML's operations of %s", c->cloud.project),
	    .detail = detail, .since = since };
}

struct look
automl_look_operation(const char *name)
{
	return (struct look){ .service = AUTOML, .may_be_absent = true,
	    .path = keepf("/v1/%s", name), .what = name };
}

static int
begin(struct google *g, struct guard *guard, const char *path, json_t *body,
    const char *what, const char **operation, struct error *error)
{
	const char	*text = keep_dump(keep_json(body));
	json_t		*json;
	int		 rv;

	rv = google_write(g, guard, &(struct writing){ .service = AUTOML,
	    .what = what, .request = &(struct request){ .method = "POST",
	    .path = path, .type = "application/json", .body = text,
	    .len = strlen(text) } }, &json, error);
	return rv != 0 ? rv : operation_name(guard, json, what, operation,
	    error);
}

/* Dashes are not allowed in it. */
static const char *
display_name(const char *generation)
{
	char	*name = keepf("%.*s", NAME, generation), *p;

	for (p = name; *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	return name;
}

int
automl_create_dataset(struct google *g, struct guard *guard,
    const struct config *c, const char *generation, const char **operation,
    struct error *error)
{
	return begin(g, guard, keepf("%s/datasets", parent(c)),
	    json_pack("{ss ss sO s{ss}}", "displayName",
	    display_name(generation), "description",
	    "In names of labels _5F stands for _ and _2F for /.", "labels",
	    google_labels(c, generation),
	    "textClassificationDatasetMetadata", "classificationType",
	    "MULTILABEL"), keepf("AutoML's dataset of %s", generation),
	    operation, error);
}

int
automl_import(struct google *g, struct guard *guard, const char *dataset,
    json_t *uris, const char **operation, struct error *error)
{
	return begin(g, guard, keepf("/v1/%s:importData", dataset),
	    json_pack("{s{s{sO}}}", "inputConfig", "gcsSource", "inputUris",
	    uris), keepf("the import into %s", dataset), operation, error);
}

int
automl_train(struct google *g, struct guard *guard, const struct training *t,
    const char **operation, struct error *error)
{
	const char	*id = strrchr(t->dataset, '/');

	return begin(g, guard, keepf("%s/models", parent(t->config)),
	    json_pack("{ss ss sO s{}}", "displayName",
	    display_name(t->generation), "datasetId",
	    id == NULL ? t->dataset : id + 1, "labels",
	    google_labels(t->config, t->generation),
	    "textClassificationModelMetadata"),
	    keepf("AutoML's training of %s", t->generation), operation,
	    error);
}

int
automl_deploy(struct google *g, struct guard *guard, const char *model,
    const char *verb, const char **operation, struct error *error)
{
	return begin(g, guard, keepf("/v1/%s:%s", model, verb),
	    json_object(), keepf("%s of %s", verb, model), operation, error);
}
