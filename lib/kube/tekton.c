#include <string.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "run/keep.h"

#define LONGEST_WORD	200	/* of a template, in a sentence about it */

static const char *
params_problem(const json_t *list)
{
	const json_t	*item;
	size_t		 i;

	if (list != NULL && !json_is_null(list) && !json_is_array(list))
		return "params of the template is no list";
	json_array_foreach(list, i, item)
		if (*content_text(item, "name") == '\0')
			return keepf("params[%zu] of the template has no "
			    "name", i);
	return NULL;
}

const char *
tekton_problem(const json_t *template)
{
	const json_t	*spec = json_object_get(template, "spec");
	const char	*group = content_text(template, "apiVersion");

	if (*group != '\0' && strcmp(group, PIPELINERUN_V1) != 0 &&
	    strcmp(group, PIPELINERUN_V1BETA1) != 0)
		return keepf("apiVersion of the template is \"%.*s\", "
		    "expected %s or %s", LONGEST_WORD, group, PIPELINERUN_V1,
		    PIPELINERUN_V1BETA1);
	if (!json_is_object(spec))
		return "the template has no spec";
	if (json_is_object(json_object_get(spec, "pipelineRef")) ==
	    json_is_object(json_object_get(spec, "pipelineSpec")))
		return "the template must have one of pipelineRef and "
		    "pipelineSpec";
	return params_problem(json_object_get(spec, "params"));
}

const char *
tekton_group(const json_t *template)
{
	return strcmp(content_text(template, "apiVersion"),
	    PIPELINERUN_V1BETA1) == 0 ? PIPELINERUN_V1BETA1 : PIPELINERUN_V1;
}

static json_t *
packed(const struct param *p)
{
	return json_pack("{ss ss}", "name", p->name, "value", p->value);
}

json_t *
tekton_params(const json_t *spec, const struct param *param, size_t n)
{
	json_t	*all = json_array(), *item;
	size_t	 i, j;
	bool	*used = keep((n + 1) * sizeof(*used));

	json_array_foreach(json_object_get(spec, "params"), i, item) {
		for (j = 0; j < n && strcmp(content_text(item, "name"),
		    param[j].name) != 0; j++)
			continue;
		if (j == n) {
			json_array_append(all, item);
			continue;
		}
		if (!used[j])
			json_array_append_new(all, packed(&param[j]));
		used[j] = true;
	}
	for (j = 0; j < n; j++)
		if (!used[j])
			json_array_append_new(all, packed(&param[j]));
	return all;
}

/* Moves a value in an object; what stands there already stays. */
static void
move(json_t *from, const char *was, json_t *into, const char *is)
{
	json_t	*value = json_object_get(from, was);

	if (value == NULL)
		return;
	if (json_object_get(into, is) == NULL)
		json_object_set(into, is, value);
	json_object_del(from, was);
}

/* An object's own mapping of a key, made when it is not there. */
static json_t *
inside(json_t *spec, const char *key)
{
	if (!json_is_object(json_object_get(spec, key)))
		json_object_set_new(spec, key, json_object());
	return json_object_get(spec, key);
}

void
tekton_modernise(json_t *spec)
{
	json_t	*item;
	size_t	 i;

	if (json_object_get(spec, "serviceAccountName") != NULL)
		move(spec, "serviceAccountName",
		    inside(spec, "taskRunTemplate"), "serviceAccountName");
	if (json_object_get(spec, "podTemplate") != NULL)
		move(spec, "podTemplate", inside(spec, "taskRunTemplate"),
		    "podTemplate");
	if (json_object_get(spec, "timeout") != NULL)
		move(spec, "timeout", inside(spec, "timeouts"), "pipeline");
	json_array_foreach(json_object_get(spec, "taskRunSpecs"), i, item) {
		if (!json_is_object(item))
			continue;
		move(item, "taskServiceAccountName", item,
		    "serviceAccountName");
		move(item, "taskPodTemplate", item, "podTemplate");
	}
}

int
tekton_succeeded(const json_t *run)
{
	const char	*text = content_text(content_condition(run,
			    "Succeeded"), "status");

	return strcmp(text, "True") == 0 ? 1 : strcmp(text, "False") == 0 ?
	    0 : -1;
}

/* v1beta1 calls them otherwise. */
const char *
tekton_result(const json_t *run, const char *name)
{
	const json_t	*status = json_object_get(run, "status"), *list, *item;
	size_t		 i;

	if ((list = json_object_get(status, "results")) == NULL)
		list = json_object_get(status, "pipelineResults");
	json_array_foreach(list, i, item)
		if (strcmp(content_text(item, "name"), name) == 0)
			return json_string_value(json_object_get(item,
			    "value"));
	return NULL;
}
