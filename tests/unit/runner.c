#include <glob.h>
#include <stdlib.h>

#include <jansson.h>

#include "model/runner.h"
#include "model/schema.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

#define CORPUS	"tests/unit/runner"
#define CEILING	65536

static struct runner	runner;
static struct error	error;
static const char	*problems;

static int
read_corpus(const char *name)
{
	return runner_read(keepf("%s/%s.yaml", CORPUS, name), &runner,
	    &problems, &error);
}

/* The problems of a file are those in the file beside it, or none. */
static void
check_file(const char *path)
{
	struct bytes	 b;
	const char	*line, *end, *want, *got = "";
	size_t		 n = 0;
	int		 rv;

	test(keepf("%s", path));	/* outlives the list of files */
	want = keepf("%.*sproblems", (int)strlen(path) - 4, path);
	rv = bytes_read(want, CEILING, &b, &error);
	CHECK(rv != -1);
	CHECK(runner_read(path, &runner, &problems, &error) ==
	    (rv == 0 ? -1 : 0));
	for (line = problems; (end = strchr(line, '\n')) != NULL;
	    line = end + 1, n++) {
		CHECK(strncmp(line, path, strlen(path)) == 0);
		line += strlen(path) + 1;
		got = keepf("%s%.*s\n", got, (int)(end - line), line);
	}
	CHECK_STR(got, rv == 0 ? b.data : "");
	if (rv == 0) {
		CHECK(error.verdict == BROKEN);
		CHECK_STR(error.text, keepf("%zu problem%s in %s", n,
		    n == 1 ? "" : "s", path));
	}
	bytes_free(&b);
}

static void
check_corpus(void)
{
	glob_t	 found;
	size_t	 i;

	test("the corpus is there");
	CHECK(glob(CORPUS "/*.yaml", 0, NULL, &found) == 0);
	CHECK(found.gl_pathc >= 7);
	for (i = 0; i < found.gl_pathc; i++)
		check_file(found.gl_pathv[i]);
	globfree(&found);
}

static void
check_defaults(void)
{
	test("defaults");
	CHECK(read_corpus("minimal") == 0);
	CHECK_STR(runner.name, "label-bot");
	CHECK_STR(runner.namespace, "label-bot-prod");
	CHECK_STR(runner.owner, "label-bot-prod/label-bot");
	CHECK(!runner.suspend && !runner.loopback && runner.deadline == 10 &&
	    runner.concurrency == 16 && runner.maximum_failures == 5);
	CHECK(runner.successful == 100 && runner.failed == 100);
	CHECK(runner.nallowed == 0 && runner.ntokens == 0 &&
	    runner.naccounts == 0 && runner.nmodels == 0);
	CHECK(runner.server == NULL && runner.kubeconfig == NULL);
}

static void
check_values(void)
{
	test("every value");
	CHECK(read_corpus("full") == 0);
	CHECK(runner.suspend && runner.loopback && runner.deadline == 5 &&
	    runner.concurrency == 64 && runner.maximum_failures == 2);
	CHECK(runner.successful == 3 && runner.failed == 0);
	CHECK(runner.nallowed == 2 && runner.ntokens == 2 &&
	    runner.naccounts == 2 && runner.nmodels == 1);
	CHECK_STR(runner.allowed[1], "https://lambda.example.com:8443");
	CHECK_STR(runner.account[0], "auto-update");
	test("paths are relative to the document");
	CHECK_STR(runner.ca, CORPUS "/ca.pem");
	CHECK_STR(runner.token[0].file, CORPUS "/a.token");
	CHECK_STR(runner.token[1].file, "/etc/b.token");
	CHECK_STR(runner.model[0].file, CORPUS "/model.yaml");
	CHECK_STR(runner.server_token, CORPUS "/server.token");
	CHECK_STR(runner.server_ca, "/etc/server.pem");
}

static void
check_kind(void)
{
	test("which document a file is meant to be");
	CHECK(runner_is_meant(CORPUS "/none.yaml"));
	CHECK(!runner_is_meant(CORPUS "/keys.yaml"));
	CHECK(!runner_is_meant(CORPUS "/there-is-none.yaml"));
	test("no file");
	CHECK(read_corpus("there-is-none") == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "expected a PipelineRunner") != NULL);
	CHECK_STR(problems, "");
}

static void
check_schema(void)
{
	json_t	*spec = json_object_get(json_object_get(
		    schema_make(&keys_runner), "properties"), "spec");

	test("the schema");
	CHECK(json_is_false(json_object_get(spec, "additionalProperties")));
	spec = json_object_get(json_object_get(spec, "properties"),
	    "concurrency");
	CHECK(json_integer_value(json_object_get(spec, "maximum")) == 64);
	CHECK(json_integer_value(json_object_get(spec, "default")) == 16);
}

int
main(void)
{
	check_corpus();
	check_defaults();
	check_values();
	check_kind();
	check_schema();
	return test_end();
}
