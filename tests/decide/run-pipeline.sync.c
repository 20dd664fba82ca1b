/*
 * ModelSync objects as they are read, the original's samples among them.
 */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "cmd/run-pipeline/sync.h"
#include "run/keep.h"
#include "test.h"

static struct sync	sync;

#define METADATA(name)							\
	"\"metadata\":{\"name\":\"" name "\",\"namespace\":"		\
	"\"label-bot-prod\",\"uid\":\"u-1\","				\
	"\"resourceVersion\":\"7\",\"generation\":3}"

static void
read_text(const char *text)
{
	json_error_t	 error;
	json_t		*json = json_loads(text, 0, &error);

	if (json == NULL) {
		CHECK(!"the test is wrong");
		printf("     %s\n", error.text);
		json = json_object();
	}
	sync_read(keep_json(json), &sync);
}

/* An object of ours with one spec. */
static void
read_spec(const char *spec)
{
	read_text(keepf("{\"apiVersion\":\"modelsync.dev/v1alpha1\",\"kind\":"
	    "\"ModelSync\"," METADATA("x") ",\"spec\":%s}", spec));
}

static void
check_deploy(void)
{
	test("labelbot-deploy, as it was published");
	read_text("{\"apiVersion\":\"automl.cloudai.kubeflow.org/v1alpha1\","
	    "\"kind\":\"ModelSync\"," METADATA("labelbot-deploy") ",\"spec\":"
	    "{\"failedPipelineRunsHistoryLimit\":10,"
	    "\"successfulPipelineRunsHistoryLimit\":10,\"needsSyncUrl\":"
	    "\"http://labelbot-diff.label-bot-prod/needsSync\","
	    "\"parameters\":[{\"needsSyncName\":\"name\",\"pipelineName\":"
	    "\"automl-model\"}],\"pipelineRunTemplate\":{\"spec\":{"
	    "\"params\":[{\"name\":\"automl-model\",\"value\":"
	    "\"notavlidmodel\"}],\"resources\":[{\"name\":\"repo\","
	    "\"resourceSpec\":{\"type\":\"git\",\"params\":[]}}],"
	    "\"pipelineRef\":{\"name\":\"update-model-pr\"},"
	    "\"serviceAccountName\":\"auto-update\"}}}}");
	CHECK(sync.bad.reason == NULL);
	CHECK_STR(sync.group, SYNC_PUBLISHED);
	CHECK_STR(sync.name, "labelbot-deploy");
	CHECK_STR(sync.namespace, "label-bot-prod");
	CHECK_STR(sync.uid, "u-1");
	CHECK_STR(sync.version, "7");
	CHECK(sync.generation == 3 && !sync.suspend && !sync.deleting);
	CHECK(sync.successful == 10 && sync.failed == 10);
	CHECK_STR(sync.url, "http://labelbot-diff.label-bot-prod/needsSync");
	CHECK(sync.nmappings == 1 && sync.rule == RULE_NONE);
	CHECK_STR(sync.mapping[0].needs, "name");
	CHECK_STR(sync.mapping[0].pipeline, "automl-model");
	CHECK(json_is_object(sync.template) && sync.status == NULL);
}

static void
check_train(void)
{
	test("labelbot-train, as it was published");
	read_text("{\"apiVersion\":\"automl.cloudai.kubeflow.org/v1alpha1\","
	    "\"kind\":\"ModelSync\"," METADATA("labelbot-train") ",\"spec\":"
	    "{\"needsSyncUrl\":\"http://labelbot-diff.label-bot-prod/"
	    "needsTrain\",\"pipelineRunTemplate\":{\"spec\":{\"pipelineRef\":"
	    "{\"name\":\"run-notebook\"},\"serviceAccountName\":"
	    "\"default-editor\"}}},\"status\":{\"active\":[]}}");
	CHECK(sync.bad.reason == NULL && sync.nmappings == 0);
	CHECK(sync.successful == -1 && sync.failed == -1);
	CHECK(sync.status != NULL && sync.decided == 0 &&
	    sync.last.uid == NULL);
}

static void
check_mappings(void)
{
	static const char	*const bad[] = {
		"{}", "\"x\"", "[1]", "[{}]",
		"[{\"needsSyncName\":\"\",\"pipelineName\":\"\"}]",
		"[{\"needsSyncName\":1}]",
		"[{\"pipelineName\":\"a\"},{\"needsSyncName\":\"a\"}]"
	};
	size_t			 i;

	test("an empty name means the same name");
	read_spec("{\"needsSyncUrl\":\"http://h/\",\"parameters\":["
	    "{\"needsSyncName\":\"\",\"pipelineName\":\"a\"},"
	    "{\"needsSyncName\":\"b\"},{\"needsSyncName\":\"c\","
	    "\"pipelineName\":\"d\"},{\"needsSyncName\":\"c\","
	    "\"pipelineName\":\"e\"}],\"pipelineRunTemplate\":{}}");
	CHECK(sync.bad.reason == NULL && sync.nmappings == 4);
	CHECK_STR(sync.mapping[0].needs, "a");
	CHECK_STR(sync.mapping[1].pipeline, "b");
	CHECK_STR(sync.mapping[3].pipeline, "e");
	test("mappings that are none");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		read_spec(keepf("{\"needsSyncUrl\":\"http://h/\","
		    "\"pipelineRunTemplate\":{},\"parameters\":%s}", bad[i]));
		CHECK_STR(sync.bad.reason, "InvalidMapping");
		CHECK(sync.bad.why != NULL && strchr(sync.bad.why, '\n') ==
		    NULL);
	}
}

static void
check_bad(void)
{
	static const char *const	bad[][2] = {
		{ "1", "InvalidObject" },
		{ "{}", "InvalidURL" },
		{ "{\"needsSyncUrl\":7,\"pipelineRunTemplate\":{}}",
		    "InvalidURL" },
		{ "{\"needsSyncUrl\":\"\",\"pipelineRunTemplate\":{}}",
		    "InvalidURL" },
		{ "{\"needsSyncUrl\":\"http://h/\"}", "InvalidTemplate" },
		{ "{\"needsSyncUrl\":\"http://h/\",\"pipelineRunTemplate\":"
		    "[]}", "InvalidTemplate" },
		{ "{\"needsSyncUrl\":\"http://h/\",\"pipelineRunTemplate\":{}"
		    ",\"failedPipelineRunsHistoryLimit\":-1}",
		    "InvalidLimit" },
		{ "{\"needsSyncUrl\":\"http://h/\",\"pipelineRunTemplate\":{}"
		    ",\"successfulPipelineRunsHistoryLimit\":\"3\"}",
		    "InvalidLimit" },
		{ "{\"rule\":{\"kind\":\"x\",\"model\":\"m\"},"
		    "\"pipelineRunTemplate\":{}}", "InvalidRule" },
		{ "{\"rule\":{\"kind\":\"gitDiffers\"},"
		    "\"pipelineRunTemplate\":{}}", "InvalidRule" },
		{ "{\"rule\":\"gitDiffers\",\"pipelineRunTemplate\":{}}",
		    "InvalidRule" },
		{ "{\"rule\":{\"kind\":\"gitDiffers\",\"model\":\"m\"},"
		    "\"needsSyncUrl\":\"http://h/\","
		    "\"pipelineRunTemplate\":{}}", "InvalidRule" }
	};
	size_t				i;

	test("what is bad has a reason and a sentence");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		read_spec(bad[i][0]);
		CHECK_STR(sync.bad.reason, bad[i][1]);
		CHECK(sync.bad.why != NULL);
	}
	test("an object without a uid, of another version");
	read_text("{\"apiVersion\":\"modelsync.dev/v1alpha1\"}");
	CHECK_STR(sync.bad.reason, "InvalidObject");
	CHECK_STR(sync.name, "");
	read_text("{\"apiVersion\":\"modelsync.dev/v2\"," METADATA("x") "}");
	CHECK_STR(sync.bad.reason, "InvalidObject");
	read_text("{}");
	CHECK_STR(sync.bad.reason, "InvalidObject");
	test("suspended in an odd way is suspended, and bad");
	read_spec("{\"suspend\":\"yes\",\"needsSyncUrl\":\"http://h/\","
	    "\"pipelineRunTemplate\":{}}");
	CHECK(sync.suspend);
	CHECK_STR(sync.bad.reason, "InvalidObject");
}

static void
check_good(void)
{
	test("a rule in place of a URL");
	read_spec("{\"rule\":{\"kind\":\"modelFreshness\",\"model\":"
	    "\"issues\"},\"suspend\":true,\"pipelineRunTemplate\":{},"
	    "\"failedPipelineRunsHistoryLimit\":0}");
	CHECK(sync.bad.reason == NULL && sync.url == NULL);
	CHECK(sync.rule == RULE_FRESHNESS && sync.suspend &&
	    sync.failed == 0);
	CHECK_STR(sync.model, "issues");
	CHECK_STR(sync.group, SYNC_OURS);
	test("what an earlier run left in the status");
	read_text("{\"apiVersion\":\"modelsync.dev/v1alpha1\","
	    METADATA("x") ",\"status\":{\"lastDecision\":{\"time\":"
	    "\"2026-01-01T00:00:00Z\"},\"lastSuccess\":"
	    "\"2025-12-31T00:00:00Z\",\"lastRun\":{\"name\":\"x-1\",\"uid\":"
	    "\"r\",\"created\":\"2026-01-01T00:00:00Z\",\"finished\":"
	    "\"2026-01-01T00:00:05Z\",\"succeeded\":false,\"failures\":2,"
	    "\"generation\":3}}}");
	CHECK(sync.decided == 1767225600 && sync.success == 1767139200);
	CHECK_STR(sync.last.name, "x-1");
	CHECK(sync.last.finished == 1767225605 && !sync.last.succeeded &&
	    sync.last.failures == 2 && sync.last.generation == 3);
	test("a status that makes no sense is not believed");
	read_text("{\"apiVersion\":\"modelsync.dev/v1alpha1\","
	    METADATA("x") ",\"status\":{\"lastRun\":{\"name\":\"x-1\"},"
	    "\"lastDecision\":3}}");
	CHECK(sync.last.uid == NULL && sync.decided == 0);
}

int
main(void)
{
	check_deploy();
	check_train();
	check_mappings();
	check_bad();
	check_good();
	return test_end();
}
