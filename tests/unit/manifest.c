#include <string.h>

#include "model/config.h"
#include "model/manifest.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "tmp.h"
#include "test.h"

static struct error	error;

static struct manifest
sample(void)
{
	return (struct manifest){ .model = "issues-0123456789ab",
	    .generation = "issues-0123456789ab", .owner = "local/issues",
	    .name = "issues", .created = 1790000000, .watermark = 1780000000,
	    .spec_hash = "aa", .stem = "bb", .input_hash = "cc",
	    .predecessor = "", .attempt = 2, .examples = 300,
	    .labels = keep_json(json_pack("{sI}", "kind/bug",
	    (json_int_t)120)) };
}

static void
order(void)
{
	struct manifest	 x = sample(), y = sample();

	test("the younger one is greater; equal times by the model's name");
	y.created++;
	y.model = "a";
	CHECK(manifest_compare(&x, &y) < 0 && manifest_compare(&y, &x) > 0);
	y.created = x.created;
	CHECK(manifest_compare(&x, &y) > 0 && manifest_compare(&y, &x) < 0);
	test("by the generation only where no model tells them apart");
	x.generation = "a";
	CHECK(manifest_compare(&x, &y) > 0);
	y.model = x.model;
	CHECK(manifest_compare(&x, &y) < 0);
	x.generation = y.generation;
	CHECK(manifest_compare(&x, &y) == 0);
}

static void
there_and_back(void)
{
	struct manifest	 m = sample(), back;
	struct bytes	 b;

	test("a manifest is written as the format says");
	CHECK(manifest_text(&m, &b, &error) == 0);
	CHECK_STR(b.data, "{\"version\":1,\"model\":\"issues-0123456789ab\","
	    "\"generation\":\"issues-0123456789ab\",\"owner\":\"local/issues"
	    "\",\"name\":\"issues\",\"created\":\"2026-09-21T14:13:20Z\","
	    "\"watermark\":\"2026-05-28T20:26:40Z\",\"specHash\":\"aa\","
	    "\"stem\":\"bb\",\"inputHash\":\"cc\",\"predecessor\":\"\","
	    "\"attempt\":2,\"examples\":300,"
	    "\"labels\":{\"kind/bug\":120}}\n");
	CHECK(b.len == strlen(b.data));

	test("and read back");
	tmp_file(keepf("%s/manifest.json", tmp()), b.data);
	CHECK(manifest_read(tmp(), &back, &error) == 0);
	CHECK_STR(back.model, m.model);
	CHECK_STR(back.owner, m.owner);
	CHECK(back.created == m.created && back.watermark == m.watermark);
	CHECK(back.attempt == 2 && back.examples == 300);
	CHECK(json_equal(back.labels, m.labels));
	bytes_free(&b);
	CHECK(manifest_read(keepf("%s/none", tmp()), &back,
	    &error) == 1);

	test("a name that is not UTF-8 is an error, not a crash");
	m.name = "\xff";
	CHECK(manifest_text(&m, &b, &error) == -1);
}

static void
garbage(void)
{
	static const char *const	text[] = {
		"", "{", "{}", "[1]", "{\"version\":1}",
		"{\"version\":1,\"version\":1}"
	};
	struct manifest			 m = sample(), back;
	struct bytes			 b;
	const char			*path, *good;
	char				*at;
	size_t				 i;

	path = keepf("%s/manifest.json", tmp());
	test("what is no manifest is refused, with its path");
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		tmp_file(path, text[i]);
		if (manifest_read(tmp(), &back, &error) != -1 ||
		    error.verdict != BROKEN ||
		    strstr(error.text, path) == NULL)
			test_fail(__FILE__, __LINE__, text[i]);
	}
	CHECK(manifest_text(&m, &b, &error) == 0);
	good = keepf("%s", b.data);
	bytes_free(&b);
	at = strstr(good, "2026-09");
	memcpy(at, "2026-19", 7);
	tmp_file(path, good);
	CHECK(manifest_read(tmp(), &back, &error) == -1);
	memcpy(at, "2026-09", 7);
	tmp_file(path, keepf("%.*s,\"extra\":1}",
	    (int)strlen(good) - 2, good));
	CHECK(manifest_read(tmp(), &back, &error) == -1);
	at = strstr(good, "\"version\":1");
	at[10] = '2';
	tmp_file(path, good);
	CHECK(manifest_read(tmp(), &back, &error) == -1);
	CHECK(strstr(error.text, "version 2") != NULL);
}

static void
names(void)
{
	struct config	 c = { .owner = "local/issues", .spec_hash = "s",
			    .retry = "" };
	const char	*stem, *name;

	test("a stem is made of owner, spec, predecessor and retry");
	stem = manifest_stem(&c, "");
	CHECK(strlen(stem) == 64);
	CHECK_STR(manifest_stem(&c, ""), stem);
	CHECK(strcmp(manifest_stem(&c, "x"), stem) != 0);
	c.retry = "again";
	CHECK(strcmp(manifest_stem(&c, ""), stem) != 0);
	c.retry = "";
	c.spec_hash = "t";
	CHECK(strcmp(manifest_stem(&c, ""), stem) != 0);

	test("a generation's name: slug and 12 digits");
	name = manifest_generation("issues", stem, 1790000000, 0);
	CHECK(strncmp(name, "issues-", 7) == 0 && strlen(name) == 19);
	CHECK(manifest_is_generation(name));
	CHECK(strcmp(manifest_generation("issues", stem, 1790000000, 1),
	    name) != 0);
	CHECK(strcmp(manifest_generation("issues", stem, 1790000001, 0),
	    name) != 0);
	name = manifest_generation("a-name-that-is--very-long", stem, 1, 0);
	CHECK(strncmp(name, "a-name-that-is-", 15) == 0);
	CHECK(strlen(name) == 27 && manifest_is_generation(name));

	test("what has not the form of one");
	CHECK(!manifest_is_generation(""));
	CHECK(!manifest_is_generation("notavlidmodel"));
	CHECK(!manifest_is_generation("issues-0123456789AB"));
	CHECK(!manifest_is_generation("issues-0123456789a"));
	CHECK(!manifest_is_generation("-0123456789ab"));
	CHECK(!manifest_is_generation("1ssues-0123456789ab"));
	CHECK(!manifest_is_generation("issues--0123456789ab"));
	CHECK(!manifest_is_generation("a-slug-of-17-char-0123456789ab"));
}

int
main(void)
{
	there_and_back();
	order();
	garbage();
	names();
	tmp_end();
	return test_end();
}
