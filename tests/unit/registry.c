#include <sys/stat.h>

#include <unistd.h>

#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "tmp.h"
#include "test.h"

static struct error	error;
static struct registry	r;

static void
put(const char *shelf, const char *name, const char *owner, long created)
{
	const char	*path = keepf("%s/%s/%s", tmp(), shelf, name);
	struct bytes	 b;
	struct manifest	 m = { .model = name, .generation = name,
			    .owner = owner, .name = "m", .created = created,
			    .spec_hash = "", .stem = "", .input_hash = "",
			    .predecessor = "",
			    .labels = keep_json(json_object()) };

	mkdir(keepf("%s/%s", tmp(), shelf), 0755);
	CHECK(mkdir(path, 0755) == 0);
	CHECK(manifest_text(&m, &b, &error) == 0);
	tmp_file(keepf("%s/manifest.json", path), b.data);
	bytes_free(&b);
}

static int
read_all(void)
{
	return registry_read(tmp(), "local/m", &r, &error);
}

static void
lists(void)
{
	test("an empty store is an empty registry");
	CHECK(registry_read(keepf("%s/none", tmp()), "local/m", &r,
	    &error) == 0);
	CHECK(r.nmodels == 0 && r.nfailed == 0 && r.nopen == 0);

	test("models by time, then name, however the folder lists them");
	put("models", "m-c", "local/m", 300);
	put("models", "m-d", "local/m", 100);
	put("models", "m-b", "local/m", 200);
	put("models", "m-a", "local/m", 200);
	CHECK(read_all() == 0 && r.nmodels == 4);
	CHECK_STR(r.model[0].manifest->model, "m-d");
	CHECK_STR(r.model[1].manifest->model, "m-a");
	CHECK_STR(r.model[2].manifest->model, "m-b");
	CHECK_STR(r.model[3].manifest->model, "m-c");
	CHECK(r.model[0].evaluation == NULL);

	test("open: a dataset with neither model nor failure");
	put("datasets", "m-a", "local/m", 200);
	put("datasets", "m-x", "local/m", 400);
	put("datasets", "m-y", "local/m", 500);
	put("failed", "m-x", "local/m", 400);
	CHECK(read_all() == 0 && r.nopen == 1 && r.nfailed == 1);
	CHECK_STR(r.open[0]->generation, "m-y");

	test("what belongs to others is left out");
	put("models", "o-a", "local/other", 900);
	put("datasets", "o-b", "local/other", 900);
	CHECK(read_all() == 0);
	CHECK(r.nmodels == 4 && r.nopen == 1);
}

static void
troubles(void)
{
	test("an evaluation that cannot be read is an error");
	tmp_file(keepf("%s/models/m-a/evaluation.json", tmp()), "{");
	CHECK(read_all() == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "models/m-a/evaluation.json") != NULL);
	CHECK(unlink(keepf("%s/models/m-a/evaluation.json",
	    tmp())) == 0);

	test("a folder without manifest is an error");
	CHECK(mkdir(keepf("%s/models/stray", tmp()), 0755) == 0);
	CHECK(read_all() == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "models/stray") != NULL);
	CHECK(rmdir(keepf("%s/models/stray", tmp())) == 0);

	test("a manifest of another generation is an error");
	CHECK(rename(keepf("%s/models/m-c", tmp()),
	    keepf("%s/models/m-z", tmp())) == 0);
	CHECK(read_all() == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "models/m-z") != NULL);
}

int
main(void)
{
	lists();
	troubles();
	tmp_end();
	return test_end();
}
