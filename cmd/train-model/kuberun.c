#include <stdbool.h>
#include <string.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/keep.h"

#include "train-model.h"
#include "workload.h"

#define LONGEST_MODEL	500	/* bytes of a name that a run gives */

const char *
kuberun_problem(const json_t *template)
{
	return tekton_problem(template);
}

/* Paths below the store: a workspace has a path of its own in each task. */
json_t *
kuberun_spec(const struct job *job, const struct places *p)
{
	const char		*name = job->open->generation;
	json_t			*spec = keep_json(json_deep_copy(
				    json_object_get(job->template, "spec")));
	const struct param	 param[] = {
		{ "generation", name }, { "name", job->config->name },
		{ "dataset", keepf("datasets/%s", name) },
		{ "output", keepf("tmp/%s", p->output) },
		{ "previous", previous_models(job, "models") }
	};

	json_object_set_new(spec, "params", tekton_params(spec, param,
	    sizeof(param) / sizeof(param[0])));
	if (strcmp(tekton_group(job->template), PIPELINERUN_V1) == 0)
		tekton_modernise(spec);
	return spec;
}

int
kuberun_ended(const json_t *object, const char **message)
{
	*message = content_text(content_condition(object, "Succeeded"),
	    "message");
	return tekton_succeeded(object);
}

/* What stands in git as it is: one word. */
static bool
is_word(const char *text, size_t len)
{
	size_t	 i;

	for (i = 0; i < len && text[i] > ' ' && text[i] <= '~'; i++)
		continue;
	return len > 0 && i == len && len <= LONGEST_MODEL;
}

/* Whose model has a name already; NULL: nobody's. */
static const char *
taken_by(const struct job *job, const char *model)
{
	const struct registry	*r = job->registry;
	size_t			 i;

	for (i = 0; i < job->config->placeholder.n; i++)
		if (strcmp(job->config->placeholder.item[i], model) == 0)
			return "spec.config.placeholder";
	for (i = 0; i < r->nmodels; i++)
		if (strcmp(r->model[i].manifest->model, model) == 0)
			return r->model[i].manifest->generation;
	return NULL;
}

const char *
kuberun_model(const struct job *job, const json_t *object,
    const char **why)
{
	const char	*result = job->config->cluster.result, *text, *owner;
	size_t		 len;

	if ((text = tekton_result(object, result)) == NULL) {
		*why = keepf("it has no result %s that is a text", result);
		return NULL;
	}
	/* A file that a shell wrote ends with a newline. */
	for (len = strlen(text); len > 0 && text[len - 1] == '\n'; len--)
		continue;
	if (!is_word(text, len)) {
		*why = keepf("its result %s is no word of 1 to %d printable "
		    "characters", result, LONGEST_MODEL);
		return NULL;
	}
	text = keep_copy(text, len);
	if ((owner = taken_by(job, text)) != NULL) {
		*why = keepf("its result %s is %s, which is in %s already",
		    result, text, owner);
		return NULL;
	}
	return text;
}
