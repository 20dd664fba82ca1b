#include <sys/stat.h>

#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "model/config.h"
#include "model/keys.h"
#include "model/schema.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "test.h"

#define CORPUS	"tests/unit/config"
#define CEILING	65536

static struct config	config;
static struct error	error;
static const char	*problems, *folder;

static int
read_corpus(const char *name)
{
	return config_read(keepf("%s/%s.yaml", CORPUS, name), &config,
	    &problems, &error);
}

/* The least document, with one text in it replaced. */
static int
read_with(const char *was, const char *is)
{
	const char	*path = keepf("%s/model.yaml", folder), *at;
	struct bytes	 b;
	FILE		*f;

	if (bytes_read(CORPUS "/minimal.yaml", CEILING, &b, &error) != 0 ||
	    (at = strstr(b.data, was)) == NULL ||
	    (f = fopen(path, "w")) == NULL) {
		bytes_free(&b);
		return error_set(&error, BROKEN, "the test is wrong");
	}
	fprintf(f, "%.*s%s%s", (int)(at - b.data), b.data, is,
	    at + strlen(was));
	fclose(f);
	bytes_free(&b);
	return config_read(path, &config, &problems, &error);
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
	CHECK(config_read(path, &config, &problems, &error) ==
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
	for (i = 0; i < found.gl_pathc; i++)
		check_file(found.gl_pathv[i]);
	globfree(&found);
}

static void
check_defaults(void)
{
	test("defaults");
	CHECK(read_corpus("minimal") == 0);
	CHECK_STR(problems, "");
	CHECK_STR(config.name, "kubeflow-issues");
	CHECK_STR(config.owner, "local/kubeflow-issues");
	CHECK(!config.suspend && config.labels_minimum == 50 &&
	    !config.negatives && config.data_maximum_age == 0);
	CHECK(config.training_deadline == 1800 && config.starts_count == 0 &&
	    config.starts_per == 0);
	CHECK_STR(config.retry, "");
	CHECK(config.maximum_age == 86400 && config.minimum_new == 0 &&
	    config.on_spec_change && config.nwindows == 0 &&
	    config.window == NULL && config.maximum_failures == 3);
	CHECK(config.gate_precision == 0.7 && config.gate_recall == 0.3 &&
	    config.maximum_regression == 0.02 &&
	    config.minimum_comparable == 200 && !config.hold_incomparable);
	CHECK_STR(config.base, "main");
	CHECK_STR(config.head, "auto-update");
	CHECK(config.force);
	CHECK(config.nfields == 0 && config.paths.n == 0 &&
	    config.paths.item == NULL && config.placeholder.n == 0 &&
	    config.nholds == 0 && config.noverrides == 0);
	CHECK(!config.hydrate.given && config.hydrate.command.n == 0 &&
	    config.hydrate.deadline == 120);
	test("the rest of the least document");
	CHECK_STR(config.organisation, "kubeflow");
	CHECK_STR(config.setter, "automl-model");
	CHECK(config.labels_allow.n == 2 && config.command.n == 1);
	CHECK_STR(config.labels_allow.item[1], "platform/*");
	CHECK_STR(config.command.item[0], "fit-labels");
}

static void
check_cluster(void)
{
	const char	*by_job;

	test("training by a Job: no program, no cloud");
	CHECK(read_corpus("job") == 0);
	CHECK(config.job && !config.pipeline_run && !config.automl &&
	    !config.vertex && config.command.n == 0);
	CHECK_STR(config.cluster.template, CORPUS "/job.yaml");
	CHECK_STR(config.store, CORPUS "/models");
	CHECK(config.cluster.result == NULL);
	CHECK(config.cluster.deadline == 7200 &&
	    config.cloud.deadline == 7200 && config.training_deadline == 0);
	by_job = config.spec_hash;

	test("training by a PipelineRun, and the result that names a model");
	CHECK(read_corpus("run") == 0);
	CHECK(config.pipeline_run && !config.job);
	CHECK_STR(config.cluster.template, CORPUS "/run.yaml");
	CHECK_STR(config.cluster.result, "automl.model");
	CHECK(config.cloud.deadline == 7200 && config.training_deadline == 0);
	CHECK(strcmp(by_job, config.spec_hash) != 0);
}

static void
check_lists(void)
{
	const struct window	*w = config.window;

	test("windows");
	CHECK(config.nwindows == 4);
	CHECK(w[0].days == 0x3e && w[0].from == 28800 && w[0].to == 64800);
	CHECK_STR(w[0].zone, "UTC");
	CHECK(w[1].days == 0x63 && w[1].from == 81000 && w[1].to == 86400);
	CHECK(w[2].days == 0x41);
	CHECK(w[3].days == 0x7f && w[3].from == 0 && w[3].to == 86400);
	CHECK_STR(w[3].zone, "UTC");
	test("holds, overrides and fields");
	CHECK(config.nholds == 2 && config.hold[0].until == 1627776000 &&
	    config.hold[1].until == 0);
	CHECK_STR(config.hold[0].model, "*");
	CHECK_STR(config.hold[1].reason, "bad");
	CHECK(config.noverrides == 2 && config.override[0].gate &&
	    config.override[0].hold && config.override[0].until ==
	    1627776000);
	CHECK(!config.override[1].gate && config.override[1].hold &&
	    config.override[1].until == 0);
	CHECK_STR(config.override[1].by, "ann");
	CHECK(config.nfields == 2 && config.paths.n == 2);
	CHECK_STR(config.field[0].path, "orgs[name=kubeflow].model");
	CHECK_STR(config.placeholder.item[0], "notavlidmodel");
	CHECK(config.hydrate.given && config.hydrate.command.n == 2 &&
	    config.hydrate.paths.n == 2 && config.hydrate.deadline == 300);
	CHECK_STR(config.hydrate.command.item[1], "hydrate");
	CHECK_STR(config.hydrate.paths.item[1], "docs/model.md");
}

static void
check_values(void)
{
	test("every value");
	CHECK(read_corpus("full") == 0);
	CHECK(config.suspend && config.negatives && config.labels_minimum ==
	    20 && config.data_maximum_age == 104 * 604800L);
	CHECK(config.training_deadline == 7200 && config.starts_count == 14 &&
	    config.starts_per == 604800);
	CHECK_STR(config.retry, "disk was full");
	CHECK(config.maximum_age == 0 && config.minimum_new == 100 &&
	    !config.on_spec_change && config.maximum_failures == 5);
	CHECK(config.gate_precision == 0.8 && config.gate_recall == 0 &&
	    config.maximum_regression == 0.05 &&
	    config.minimum_comparable == 100 && config.hold_incomparable);
	CHECK_STR(config.author, "Bot <bot@example.com>");
	CHECK_STR(config.head, "bot/model");
	CHECK(!config.force);
	check_lists();
}

static void
check_paths(void)
{
	char	 here[4096];

	test("paths are relative to the document");
	CHECK(read_corpus("full") == 0);
	CHECK_STR(config.archive_paths.item[0], CORPUS "/issues/a.json.gz");
	CHECK_STR(config.archive_paths.item[1], "/srv/b.json");
	CHECK_STR(config.store, CORPUS "/models");
	CHECK_STR(config.lease, "/var/lib/lease");
	CHECK_STR(config.git.url, "file:///srv/config.git");
	CHECK_STR(config.command.item[0], "./fit");
	CHECK(read_corpus("minimal") == 0);
	CHECK_STR(config.git.url, CORPUS "/config.git");
	CHECK_STR(config.lease, CORPUS "/lease");
	test("a document here needs no folder");
	CHECK(getcwd(here, sizeof(here)) != NULL && chdir(CORPUS) == 0);
	CHECK(config_read("minimal.yaml", &config, &problems, &error) == 0);
	CHECK_STR(config.store, "models");
	CHECK_STR(config.file, "minimal.yaml");
	CHECK(chdir(here) == 0);
}

static void
check_hashes(void)
{
	/* Where, when and how often are no part of what is made. */
	static const char *const	 same[][2] = {
		{ "store: models", "store: other, deadline: 5h" },
		{ "issues/*.json.gz", "a, b" },
		{ "  config:", "    retry: x\n    maximumStarts: {count: 1, "
		    "per: 1d}\n  gate: {recall: 1}\n  config:" },
		{ "kubeflow-issues", "other" },
		{ "  training:", "    unlabelled: exclude # so\n"
		    "    maximumAge: null\n  training:" }
	};
	static const char *const	 other[][2] = {
		{ "organisation: kubeflow", "organisation: rust-lang" },
		{ ", organisation: kubeflow", "" },
		{ "\"platform/*\"", "\"platform*\"" },
		{ "{allow:", "{minimumCount: 51, allow:" },
		{ "[fit-labels]", "[fit-labels, -v]" },
		{ "  training:", "    unlabelled: negative\n  training:" },
		{ "  training:", "    maximumAge: 52w\n  training:" },
		{ "  training:", "    maximumAge: 53w\n  training:" }
	};
	const char			*least, *seen[8];
	size_t				 i, j;

	test("the document hash is over the bytes");
	CHECK(read_with("Model", "Model") == 0);
	least = config.spec_hash;
	CHECK_STR(least, "477bf8ba0c98a86e4e4370239128b45945db7e529538eeb2"
	    "4b9b6501bb4e2bfa");
	seen[0] = config.hash;
	CHECK(read_with("Model", "Model # so") == 0);
	CHECK(strcmp(seen[0], config.hash) != 0);
	test("the spec hash does not see what makes no difference");
	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		CHECK(read_with(same[i][0], same[i][1]) == 0);
		CHECK_STR(config.spec_hash, least);
	}
	CHECK(read_corpus("same") == 0);
	CHECK_STR(config.spec_hash, least);
	test("the spec hash sees each difference");
	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++) {
		CHECK(read_with(other[i][0], other[i][1]) == 0);
		seen[i] = config.spec_hash;
		CHECK(strcmp(seen[i], least) != 0);
		for (j = 0; j < i; j++)
			CHECK(strcmp(seen[i], seen[j]) != 0);
	}
}

static void
check_unreadable(void)
{
	const char	*path = keepf("%s/none.yaml", folder);

	test("no file");
	CHECK(config_read(path, &config, &problems, &error) == -1);
	CHECK(error.verdict == BROKEN && strstr(error.text, path) != NULL);
	CHECK_STR(problems, "");
	test("a folder");
	CHECK(config_read(folder, &config, &problems, &error) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK_STR(problems, "");
	test("too large");
	CHECK(read_with("kind", keepf("#%*s\nkind", 1024 * 1024, "")) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "1048576") != NULL);
}

static void
check_zone(void)
{
	test("a time zone of tzdata");
	CHECK(read_with("  config:", "  freshness: {windows: [{timeZone: "
	    "Europe/London}, {timeZone: America/Argentina/Ushuaia}, "
	    "{timeZone: Etc/GMT+1}]}\n  config:") == 0);
	CHECK_STR(config.window[0].zone, "Europe/London");
	CHECK_STR(config.window[1].zone, "America/Argentina/Ushuaia");
	CHECK_STR(config.window[2].zone, "Etc/GMT+1");
}

/* Every row tells what it is for, and the schema has them all. */
static void
check_schema(void)
{
	json_t	*s = schema_make(&keys_model), *spec;
	char	*text;

	test("the schema");
	text = json_dumps(s, JSON_COMPACT);
	CHECK(text != NULL && strstr(text, "minimumComparable") != NULL);
	free(text);
	spec = json_object_get(json_object_get(s, "properties"), "spec");
	CHECK(json_is_false(json_object_get(spec, "additionalProperties")));
	CHECK(json_array_size(json_object_get(spec, "required")) == 4);
	spec = json_object_get(json_object_get(spec, "properties"), "gate");
	CHECK(json_real_value(json_object_get(json_object_get(
	    json_object_get(spec, "properties"), "recall"), "default")) ==
	    0.3);
}

int
main(void)
{
	const char	*tmp = getenv("TMPDIR");
	char		*made = keepf("%s/config.XXXXXX", tmp != NULL ? tmp :
			    "/tmp");

	if ((folder = mkdtemp(made)) == NULL)
		return 1;
	check_corpus();
	check_defaults();
	check_values();
	check_cluster();
	check_paths();
	check_hashes();
	check_unreadable();
	check_zone();
	check_schema();
	unlink(keepf("%s/model.yaml", folder));
	rmdir(folder);
	return test_end();
}
