/*
 * PipelineRuns: what is made of a template, and what is read of a list.
 */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "cmd/run-pipeline/needs.h"
#include "cmd/run-pipeline/pipelinerun.h"
#include "cmd/run-pipeline/sync.h"
#include "kube/tekton.h"
#include "model/runner.h"
#include "run/keep.h"
#include "test.h"

static const char	*accounts[] = { "auto-update", "default-editor" };
static struct runner	 runner = { .account = accounts, .naccounts = 2 };
static struct sync	 sync;
static struct refusal	 bad;
static struct making	 making;
static struct pipelinerun run;
static struct param	 model[] = { { "automl-model", "projects/1/m" },
			    { "zone", "eu" } };

static json_t *
parse(const char *text)
{
	json_error_t	 error;
	json_t		*json = json_loads(text, 0, &error);

	if (json == NULL) {
		CHECK(!"the test is wrong");
		printf("     %s: %s\n", error.text, text);
		json = json_object();
	}
	return keep_json(json);
}

static void
template(const char *text)
{
	sync = (struct sync){ .group = SYNC_PUBLISHED,
	    .name = "labelbot-deploy", .namespace = "label-bot-prod",
	    .uid = "u-1", .version = "7", .generation = 3 };
	sync.template = parse(text);
	bad = (struct refusal){ NULL, NULL };
	making = (struct making){ .sync = &sync, .last = "" };
}

static const char *
check(const char *text)
{
	template(text);
	pipelinerun_check(&sync, &runner, &bad);
	if (bad.reason != NULL)
		CHECK(bad.why != NULL && strchr(bad.why, '\n') == NULL);
	return bad.reason == NULL ? "" : bad.reason;
}

static json_t *
make(void)
{
	pipelinerun_make(&making, &run, &bad);
	return run.body;
}

/* A value by keys and indices. */
static json_t *
at(const char *path)
{
	json_t	*j = run.body;
	size_t	 len;

	for (; *path != '\0'; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		j = json_is_array(j) ?
		    json_array_get(j, (size_t)(*path - '0')) :
		    json_object_get(j, keep_copy(path, len));
	}
	return j;
}

static const char *
text_at(const char *path)
{
	return json_string_value(at(path));
}

#define REF	"\"pipelineRef\":{\"name\":\"update-model-pr\"}"

static void
check_refusals(void)
{
	static const char *const	cases[][2] = {
		{ "{\"spec\":{" REF "}}", "" },
		{ "{\"spec\":{\"pipelineSpec\":{}}}", "" },
		{ "{\"spec\":{" REF ",\"serviceAccountName\":"
		    "\"auto-update\"}}", "" },
		{ "{\"metadata\":{\"namespace\":\"label-bot-prod\"},\"spec\":"
		    "{" REF "}}", "" },
		{ "{\"spec\":{" REF ",\"params\":[{\"name\":\"a\",\"value\":"
		    "{\"serviceAccountName\":\"x\"}}],\"resources\":[]}}",
		    "" },
		{ "{}", "InvalidTemplate" },
		{ "{\"spec\":{}}", "InvalidTemplate" },
		{ "{\"spec\":{" REF ",\"pipelineSpec\":{}}}",
		    "InvalidTemplate" },
		{ "{\"apiVersion\":\"tekton.dev/v1alpha1\",\"spec\":{" REF
		    "}}", "InvalidTemplate" },
		{ "{\"spec\":{" REF ",\"params\":{}}}", "InvalidTemplate" },
		{ "{\"spec\":{" REF ",\"params\":[{\"value\":1}]}}",
		    "InvalidTemplate" },
		{ "{\"metadata\":{\"namespace\":\"kube-system\"},\"spec\":{"
		    REF "}}", "NamespaceRefused" },
		{ "{\"spec\":{" REF ",\"serviceAccountName\":\"admin\"}}",
		    "ServiceAccountRefused" },
		{ "{\"spec\":{" REF ",\"taskRunTemplate\":{"
		    "\"serviceAccountName\":\"admin\"}}}",
		    "ServiceAccountRefused" },
		{ "{\"spec\":{" REF ",\"taskRunSpecs\":[{"
		    "\"serviceAccountName\":\"auto-update\"},{"
		    "\"serviceAccountName\":\"admin\"}]}}",
		    "ServiceAccountRefused" },
		{ "{\"spec\":{" REF ",\"taskRunSpecs\":[{"
		    "\"taskServiceAccountName\":\"admin\"}]}}",
		    "ServiceAccountRefused" },
		{ "{\"spec\":{" REF ",\"serviceAccountName\":[\"admin\"]}}",
		    "ServiceAccountRefused" },
		{ "{\"spec\":{" REF ",\"serviceAccountNames\":[{"
		    "\"serviceAccountName\":\"admin\"}]}}",
		    "ServiceAccountRefused" }
	};
	size_t				i;

	test("templates that are refused, and that are not");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		CHECK_STR(check(cases[i][0]), cases[i][1]);
}

#define GIT(name, url)							\
	"{\"name\":\"" name "\",\"resourceSpec\":{\"type\":\"git\","	\
	"\"params\":[{\"name\":\"url\",\"value\":\"" url "\"},"		\
	"{\"name\":\"revision\",\"value\":\"master\"}]}}"

static void
says(const char *part)
{
	CHECK(bad.why != NULL && strstr(bad.why, part) != NULL);
	if (bad.why != NULL && strstr(bad.why, part) == NULL)
		printf("     %s\n", bad.why);
}

static void
check_resources(void)
{
	test("spec.resources: the parameters to write in their place");
	CHECK_STR(check("{\"spec\":{" REF ",\"resources\":["
	    GIT("repo", "https://github.com/kubeflow/code-intelligence.git")
	    "]}}"), "ResourcesGone");
	says("add to params [{name: url, value: \"https://github.com/"
	    "kubeflow/code-intelligence.git\"}, {name: revision, value: "
	    "\"master\"}]");
	test("several, and a name that is taken");
	CHECK_STR(check("{\"spec\":{" REF ",\"resources\":[" GIT("a", "x")
	    "," GIT("b", "y") "]}}"), "ResourcesGone");
	says("{name: a-url, value: \"x\"}");
	says("{name: b-revision, value: \"master\"}");
	check("{\"spec\":{" REF ",\"params\":[{\"name\":\"url\"}],"
	    "\"resources\":[" GIT("a", "x") "]}}");
	says("{name: a-url, value: \"x\"}, {name: revision,");
	test("what is no git resource");
	CHECK_STR(check("{\"spec\":{" REF ",\"resources\":[{\"name\":\"i\","
	    "\"resourceRef\":{\"name\":\"z\"}}]}}"), "ResourcesGone");
	says("\"i\" is no git resource");
	CHECK_STR(check("{\"spec\":{" REF ",\"resources\":\"x\"}}"),
	    "ResourcesGone");
}

static void
check_body(void)
{
	test("a run: ours in the template's places");
	template("{\"metadata\":{\"name\":\"n\",\"labels\":{\"team\":\"a\","
	    "\"modelsync.dev/owner\":\"fake\"},\"annotations\":{\"x\":"
	    "\"y\"}},\"spec\":{" REF ",\"params\":[{\"name\":\"automl-model\""
	    ",\"value\":\"notavlidmodel\"},{\"name\":\"branchName\","
	    "\"value\":\"auto-update\"}],\"serviceAccountName\":"
	    "\"auto-update\",\"timeout\":\"1h\",\"taskRunSpecs\":["
	    "{\"taskServiceAccountName\":\"auto-update\"}]}}");
	making.param = model;
	making.n = 2;
	making.failures = 2;
	CHECK(make() != NULL && bad.reason == NULL);
	CHECK_STR(run.group, PIPELINERUN_V1);
	CHECK_STR(text_at("apiVersion"), PIPELINERUN_V1);
	CHECK_STR(text_at("kind"), "PipelineRun");
	CHECK_STR(text_at("metadata/name"), run.name);
	CHECK_STR(text_at("metadata/namespace"), "label-bot-prod");
	CHECK_STR(text_at("spec/params/0/value"), "projects/1/m");
	CHECK_STR(text_at("spec/params/1/value"), "auto-update");
	CHECK_STR(text_at("spec/params/2/name"), "zone");
	CHECK(json_array_size(at("spec/params")) == 3);
	test("who it belongs to, and what it is labelled");
	CHECK_STR(text_at("metadata/ownerReferences/0/uid"), "u-1");
	CHECK_STR(text_at("metadata/ownerReferences/0/kind"), "ModelSync");
	CHECK_STR(text_at("metadata/ownerReferences/0/apiVersion"),
	    SYNC_PUBLISHED);
	CHECK(json_is_true(at("metadata/ownerReferences/0/controller")) &&
	    json_is_true(at("metadata/ownerReferences/0/"
	    "blockOwnerDeletion")));
	CHECK_STR(text_at("metadata/labels/team"), "a");
	CHECK_STR(json_string_value(json_object_get(at("metadata/labels"),
	    LABEL_OWNER)), pipelinerun_owner(&sync));
	CHECK(strlen(pipelinerun_owner(&sync)) == 12);
	CHECK_STR(json_string_value(json_object_get(
	    at("metadata/annotations"), NOTE_FAILURES)), "2");
	CHECK_STR(json_string_value(json_object_get(
	    at("metadata/annotations"), NOTE_GENERATION)), "3");
	test("a template of old in the words of v1, and itself unchanged");
	CHECK_STR(text_at("spec/taskRunTemplate/serviceAccountName"),
	    "auto-update");
	CHECK_STR(text_at("spec/timeouts/pipeline"), "1h");
	CHECK_STR(text_at("spec/taskRunSpecs/0/serviceAccountName"),
	    "auto-update");
	CHECK(at("spec/serviceAccountName") == NULL &&
	    at("spec/timeout") == NULL);
	CHECK(json_object_get(json_object_get(sync.template, "spec"),
	    "serviceAccountName") != NULL);
	test("v1beta1 as it is written");
	json_object_set_new(sync.template, "apiVersion",
	    json_string(PIPELINERUN_V1BETA1));
	make();
	CHECK_STR(text_at("apiVersion"), PIPELINERUN_V1BETA1);
	CHECK_STR(text_at("spec/serviceAccountName"), "auto-update");
	CHECK(at("spec/taskRunTemplate") == NULL);
}

static void
check_names(void)
{
	const char	*first, *again;
	size_t		 i;

	test("the same decision has the same name");
	template("{\"spec\":{" REF "}}");
	making.param = model;
	making.n = 1;
	make();
	first = run.name;
	CHECK(strncmp(first, "labelbot-deploy-", 16) == 0 &&
	    strlen(first) == 28);
	make();
	CHECK_STR(run.name, first);
	test("another parameter, last run, count or generation: another");
	for (i = 0; i < 5; i++) {
		if (i == 0)
			making.n = 2;
		else if (i == 1)
			making.last = "r-1";
		else if (i == 2)
			making.failures = 1;
		else if (i == 3)
			sync.generation = 4;
		else
			sync.uid = "u-2";
		again = run.name;
		make();
		CHECK(strcmp(run.name, again) != 0 &&
		    strcmp(run.name, first) != 0);
	}
	test("a long name is cut to what a label takes");
	sync.name = "a23456789.123456789.123456789.123456789.123456789."
	    "123456789";
	make();
	CHECK(strlen(run.name) == 62);
	CHECK(strncmp(run.name + 48, "9-", 2) == 0);
}

static void
check_sizes(void)
{
	struct param	*many = keep(1001 * sizeof(*many));
	size_t		 i;

	template("{\"spec\":{" REF "}}");
	for (i = 0; i < 1001; i++)
		many[i] = (struct param){ keepf("p%04zu", i), "v" };
	making.param = many;
	making.n = 1000;
	test("1,000 parameters are enough");
	CHECK(make() != NULL && bad.reason == NULL);
	making.n = 1001;
	CHECK(make() == NULL);
	CHECK_STR(bad.reason, "TooManyParameters");
	test("1 MiB is enough");
	bad = (struct refusal){ NULL, NULL };
	many[0].value = keepf("%*s", 1 << 20, "");
	making.n = 1;
	CHECK(make() == NULL);
	CHECK_STR(bad.reason, "RunTooLarge");
}

#define RUN(name, uid, label, rest)					\
	"{\"metadata\":{\"name\":\"" name "\",\"uid\":\"r-" name "\","	\
	"\"resourceVersion\":\"9\",\"ownerReferences\":[{\"uid\":\"" uid \
	"\"}],\"labels\":{\"modelsync.dev/owner\":\"" label "\"}," rest

static void
check_list(void)
{
	struct run	*r;
	struct runs	*all;
	json_t		*list;
	size_t		 n;
	const char	*text;

	test("runs of an object: by owner, ours by label, oldest first");
	template("{\"spec\":{" REF "}}");
	text = keepf("[%s%s%s,%s%s]",
	    RUN("b", "u-1", "", "\"creationTimestamp\":"
	    "\"2026-01-02T00:00:00Z\"},\"status\":{\"conditions\":[{\"type\":"
	    "\"Other\",\"status\":\"False\"},{\"type\":\"Succeeded\","
	    "\"status\":\"True\",\"reason\":\"Failed\",\"lastTransitionTime\""
	    ":\"2026-01-02T00:10:00Z\"}]}},"),
	    RUN("z", "u-2", "", "\"creationTimestamp\":"
	    "\"2026-01-01T00:00:00Z\"}},"),
	    keepf("{\"metadata\":{\"name\":\"a\",\"uid\":\"r-a\","
	    "\"creationTimestamp\":\"2026-01-01T00:00:00Z\","
	    "\"ownerReferences\":[{\"uid\":\"q\"},{\"uid\":\"u-1\"}],"
	    "\"labels\":{\"modelsync.dev/owner\":\"%s\"},\"annotations\":{"
	    "\"modelsync.dev/object-generation\":\"3\","
	    "\"modelsync.dev/failures-before\":\"2\"}},\"status\":{"
	    "\"completionTime\":\"2026-01-01T00:05:00Z\",\"conditions\":[{"
	    "\"type\":\"Succeeded\",\"status\":\"False\",\"reason\":"
	    "\"Succeeded\"}]}}", pipelinerun_owner(&sync)),
	    RUN("d", "u-1", "x", "\"creationTimestamp\":"
	    "\"2026-01-04T00:00:00Z\"}},"),
	    RUN("c", "u-1", "x", "\"creationTimestamp\":"
	    "\"2026-01-03T00:00:00Z\",\"deletionTimestamp\":"
	    "\"2026-01-03T00:00:00Z\"},\"status\":{\"conditions\":[{\"type\":"
	    "\"Succeeded\",\"status\":\"Unknown\"}]}}"));
	all = runs_new();
	list = json_loads(text, 0, NULL);
	CHECK(json_array_size(list) == 5);
	runs_add(all, list);
	json_decref(list);		/* what is needed was copied */
	runs_of(all, &sync, &r, &n, &bad);
	CHECK(bad.reason == NULL && n == 4);
	if (n != 4)
		return;
	CHECK_STR(r[0].name, "a");
	CHECK(r[0].ours && r[0].state == RUN_FAILED && r[0].failures == 2 &&
	    r[0].generation == 3 && r[0].seen);
	CHECK(r[0].finished == 1767225900);
	CHECK_STR(r[1].name, "b");
	CHECK(!r[1].ours && r[1].state == RUN_SUCCEEDED &&
	    r[1].generation == 0 && r[1].finished == 1767312600);
	CHECK_STR(r[2].name, "c");
	CHECK(r[2].state == RUN_ACTIVE && r[2].seen && r[2].deleting);
	CHECK(r[3].state == RUN_ACTIVE && !r[3].seen && r[3].finished == 0);
	test("no runs, and one that says nothing of itself");
	sync.uid = "u-3";
	runs_of(all, &sync, &r, &n, &bad);
	CHECK(bad.reason == NULL && n == 0);
	runs_add(all, parse("[{\"metadata\":{\"ownerReferences\":[{"
	    "\"uid\":\"u-3\"}]}},{}]"));
	runs_of(all, &sync, &r, &n, &bad);
	CHECK_STR(bad.reason, "UnreadableRun");
}

int
main(void)
{
	check_refusals();
	check_resources();
	check_body();
	check_names();
	check_sizes();
	check_list();
	return test_end();
}
