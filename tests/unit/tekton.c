/*
 * PipelineRuns: templates, parameters, versions, ends and results.
 */

#include <jansson.h>

#include "kube/content.h"
#include "kube/tekton.h"
#include "run/keep.h"
#include "test.h"

static json_t *
json(const char *text)
{
	return keep_json(json_loads(text, 0, NULL));
}

static const char *
problem(const char *text)
{
	return tekton_problem(json(text));
}

static void
templates(void)
{
	test("a template that will do");
	CHECK(problem("{\"spec\":{\"pipelineRef\":{}}}") == NULL);
	CHECK(problem("{\"apiVersion\":\"tekton.dev/v1beta1\",\"spec\":"
	    "{\"pipelineSpec\":{},\"params\":[{\"name\":\"a\"}]}}") == NULL);
	CHECK(problem("{\"spec\":{\"pipelineRef\":{},\"params\":null}}") ==
	    NULL);

	test("one that will not, told in a sentence");
	CHECK_STR(problem("{}"), "the template has no spec");
	CHECK_STR(problem("{\"apiVersion\":\"batch/v1\",\"spec\":{}}"),
	    "apiVersion of the template is \"batch/v1\", expected "
	    "tekton.dev/v1 or tekton.dev/v1beta1");
	CHECK_STR(problem("{\"spec\":{}}"), "the template must have one of "
	    "pipelineRef and pipelineSpec");
	CHECK_STR(problem("{\"spec\":{\"pipelineRef\":{},\"pipelineSpec\":"
	    "{}}}"), "the template must have one of pipelineRef and "
	    "pipelineSpec");
	CHECK_STR(problem("{\"spec\":{\"pipelineRef\":{},\"params\":{}}}"),
	    "params of the template is no list");
	CHECK_STR(problem("{\"spec\":{\"pipelineRef\":{},\"params\":"
	    "[{\"name\":\"a\"},{}]}}"), "params[1] of the template has no "
	    "name");

	test("the version that a template says, else v1");
	CHECK_STR(tekton_group(json("{}")), "tekton.dev/v1");
	CHECK_STR(tekton_group(json("{\"apiVersion\":"
	    "\"tekton.dev/v1beta1\"}")), "tekton.dev/v1beta1");
}

static void
parameters(void)
{
	const struct param	 ours[] = { { "b", "ours" }, { "d", "new" } };

	test("ours in their places, once, the others behind");
	CHECK_STR(keep_dump(keep_json(tekton_params(json("{\"params\":["
	    "{\"name\":\"a\",\"value\":[1]},{\"name\":\"b\",\"value\":\"x\"},"
	    "{\"name\":\"b\",\"value\":\"y\"},{\"name\":\"c\","
	    "\"value\":\"z\"}]}"), ours, 2))),
	    "[{\"name\":\"a\",\"value\":[1]},{\"name\":\"b\",\"value\":"
	    "\"ours\"},{\"name\":\"c\",\"value\":\"z\"},{\"name\":\"d\","
	    "\"value\":\"new\"}]");
	test("no parameters at all");
	CHECK_STR(keep_dump(keep_json(tekton_params(json("{}"), NULL, 0))),
	    "[]");
}

static const char *
modern(const char *text)
{
	json_t	*spec = json(text);

	tekton_modernise(spec);
	return keep_dump(spec);
}

static void
versions(void)
{
	test("what v1 calls otherwise is renamed");
	CHECK_STR(modern("{\"serviceAccountName\":\"a\",\"podTemplate\":{},"
	    "\"timeout\":\"1h\"}"), "{\"taskRunTemplate\":{"
	    "\"podTemplate\":{},\"serviceAccountName\":\"a\"},"
	    "\"timeouts\":{\"pipeline\":\"1h\"}}");
	CHECK_STR(modern("{\"taskRunSpecs\":[{\"taskServiceAccountName\":"
	    "\"a\",\"taskPodTemplate\":{}}]}"), "{\"taskRunSpecs\":[{"
	    "\"podTemplate\":{},\"serviceAccountName\":\"a\"}]}");
	test("what stands there under its new name stays");
	CHECK_STR(modern("{\"taskRunTemplate\":{\"serviceAccountName\":"
	    "\"new\"},\"serviceAccountName\":\"old\"}"),
	    "{\"taskRunTemplate\":{\"serviceAccountName\":\"new\"}}");
	CHECK_STR(modern("{\"params\":[]}"), "{\"params\":[]}");
}

/* How a run ended whose condition of a type has a status and a reason. */
static int
ended(const char *type, const char *status, const char *reason)
{
	return tekton_succeeded(json(keepf("{\"status\":{\"conditions\":["
	    "{\"type\":\"%s\",\"status\":\"%s\",\"reason\":\"%s\"}]}}", type,
	    status, reason)));
}

static void
ends(void)
{
	test("the status of Succeeded says how a run ended, no reason does");
	CHECK(ended("Succeeded", "True", "Failed") == 1);
	CHECK(ended("Succeeded", "True", "Completed") == 1);
	CHECK(ended("Succeeded", "False", "Succeeded") == 0);
	CHECK(ended("Succeeded", "False", "Cancelled") == 0);
	CHECK(ended("Succeeded", "Unknown", "Failed") == -1);
	CHECK(ended("Succeeded", "", "Succeeded") == -1);
	CHECK(ended("Succeeded", "true", "Succeeded") == -1);
	CHECK(ended("Ready", "True", "Succeeded") == -1);
	CHECK(tekton_succeeded(json("{}")) == -1);
	CHECK(tekton_succeeded(json("{\"status\":{\"conditions\":{}}}")) ==
	    -1);
	CHECK(tekton_succeeded(json("{\"status\":{\"conditions\":[{\"type\":"
	    "\"Succeeded\",\"status\":true}]}}")) == -1);

	test("results of either version, texts only");
	CHECK_STR(tekton_result(json("{\"status\":{\"results\":[{\"name\":"
	    "\"x\",\"value\":\"1\"},{\"name\":\"model\",\"value\":\"m\"}]}}"),
	    "model"), "m");
	CHECK_STR(tekton_result(json("{\"status\":{\"pipelineResults\":[{"
	    "\"name\":\"model\",\"value\":\"m\"}]}}"), "model"), "m");
	CHECK(tekton_result(json("{\"status\":{\"results\":[{\"name\":"
	    "\"model\",\"value\":[\"m\"]}]}}"), "model") == NULL);
	CHECK(tekton_result(json("{\"status\":{\"results\":[]}}"), "model") ==
	    NULL);
	CHECK(tekton_result(json("{}"), "model") == NULL);
}

static void
contents(void)
{
	json_t	*o = json("{\"metadata\":{\"labels\":{\"team\":\"ml\","
		    "\"modelsync.dev/owner\":\"x\",\"tekton.dev/y\":\"z\","
		    "\"n\":1}},\"at\":\"2026-09-21T14:13:20Z\"}");

	test("members: texts, times, conditions; what is none is nothing");
	CHECK_STR(content_text(NULL, "a"), "");
	CHECK_STR(content_text(json("{\"a\":1}"), "a"), "");
	CHECK(content_time(o, "at") == 1790000000);
	CHECK(content_time(o, "metadata") == 0);
	CHECK(content_condition(NULL, "Ready") == NULL);
	test("labels of a template, but not those that others set");
	CHECK_STR(keep_dump(keep_json(content_copied(o, "labels"))),
	    "{\"team\":\"ml\"}");
	CHECK_STR(keep_dump(keep_json(content_copied(o, "annotations"))),
	    "{}");
	CHECK_STR(keep_dump(keep_json(content_copied(json(
	    "{\"metadata\":{\"labels\":[]}}"), "labels"))), "{}");
}

int
main(void)
{
	templates();
	parameters();
	versions();
	ends();
	contents();
	return test_end();
}
