#include <string.h>

#include "kube/content.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/keep.h"

#include "train-model.h"
#include "workload.h"

#define VARIABLES	5

static json_t *
first_container(const json_t *template)
{
	return json_array_get(json_object_get(json_object_get(
	    json_object_get(json_object_get(template, "spec"), "template"),
	    "spec"), "containers"), 0);
}

const char *
kubejob_problem(const json_t *template)
{
	return json_is_object(first_container(template)) ? NULL :
	    "no container in spec.template.spec.containers, expected a Job "
	    "or its spec";
}

/* Ours first: $(NAME) in what stands behind them is what it says. */
static void
set_environment(const struct job *job, json_t *container,
    const struct places *p)
{
	const char	*name = job->open->generation;
	const char	*ours[VARIABLES][2] = {
		{ "MODELSYNC_DATASET", keepf("%s/datasets/%s", p->store,
		    name) },
		{ "MODELSYNC_OUTPUT", keepf("%s/tmp/%s", p->store,
		    p->output) },
		{ "MODELSYNC_GENERATION", name },
		{ "MODELSYNC_NAME", job->config->name },
		{ "MODELSYNC_PREVIOUS", previous_models(job,
		    keepf("%s/models", p->store)) }
	};
	json_t		*env = json_array(), *item;
	size_t		 i, j;

	for (i = 0; i < VARIABLES; i++)
		json_array_append_new(env, json_pack("{ss ss}", "name",
		    ours[i][0], "value", ours[i][1]));
	json_array_foreach(json_object_get(container, "env"), i, item) {
		for (j = 0; j < VARIABLES &&
		    strcmp(content_text(item, "name"), ours[j][0]) != 0; j++)
			continue;
		if (j == VARIABLES)
			json_array_append(env, item);
	}
	json_object_set_new(container, "env", env);
}

json_t *
kubejob_spec(const struct job *job, const struct places *p)
{
	json_t	*copy = keep_json(json_deep_copy(job->template));

	set_environment(job, first_container(copy), p);
	return json_object_get(copy, "spec");
}

static const json_t *
holds(const json_t *object, const char *type)
{
	const json_t	*c = content_condition(object, type);

	return strcmp(content_text(c, "status"), "True") == 0 ? c : NULL;
}

int
kubejob_ended(const json_t *object, const char **message)
{
	const json_t	*failed = holds(object, "Failed");

	if (holds(object, "Complete") != NULL)
		return 1;
	*message = content_text(failed, "message");
	return failed != NULL ? 0 : -1;
}
