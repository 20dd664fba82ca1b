/*
 * Templates of objects: what YAML without quotes means, and what is refused.
 */

#include <jansson.h>

#include "model/template.h"
#include "run/error.h"
#include "run/keep.h"
#include "tmp.h"
#include "test.h"

static struct error	error;

/* What a file with this text is read as, as compact JSON; NULL: refused. */
static const char *
as_json(const char *text)
{
	const char	*path = keepf("%s/template", tmp());
	json_t		*json;

	tmp_file(path, text);
	return template_read(path, &json, &error) == -1 ? NULL :
	    keep_dump(json);
}

static void
scalars(void)
{
	test("what has no quotes is what JSON makes of it");
	CHECK_STR(as_json("{a: 1, b: 1.5, c: true, d: null, e: ~}"),
	    "{\"a\":1,\"b\":1.5,\"c\":true,\"d\":null,\"e\":null}");
	CHECK_STR(as_json("a:\n"), "{\"a\":null}");
	test("what has quotes, or is nothing else, is a text");
	CHECK_STR(as_json("{a: \"1\", b: 'yes', c: 1.2.3, d: 1m, e: 0s}"),
	    "{\"a\":\"1\",\"b\":\"yes\",\"c\":\"1.2.3\",\"d\":\"1m\","
	    "\"e\":\"0s\"}");
	CHECK_STR(as_json("{a: /x, b: $(A), c: 2026-09-01, d: -}"),
	    "{\"a\":\"/x\",\"b\":\"$(A)\",\"c\":\"2026-09-01\","
	    "\"d\":\"-\"}");
	CHECK_STR(as_json("a: |\n  one\n  two\n"),
	    "{\"a\":\"one\\ntwo\\n\"}");
}

static void
others(void)
{
	static const char *const	 odd[] = {
		"0440", "0o440", "0b1", "0x10", "+1", ".5", "1.", "1e999",
		"99999999999999999999", "yes", "No", "ON", "off", "y", "True",
		"NULL"
	};
	size_t				 i;

	test("what kubectl would read otherwise is refused");
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		CHECK(as_json(keepf("b: 1\na: %s\n", odd[i])) == NULL);
		CHECK(error.verdict == BROKEN);
		CHECK(strstr(error.text, keepf("template:2:4: `%s`, expected "
		    "quotes", odd[i])) != NULL);
		CHECK(as_json(keepf("a: \"%s\"\n", odd[i])) != NULL);
	}
}

static void
nests(void)
{
	test("lists keep their order; what is empty is there");
	CHECK_STR(as_json("spec:\n  z: [2, {y: 1}]\n  a: []\n  m: {}\n"),
	    "{\"spec\":{\"a\":[],\"m\":{},\"z\":[2,{\"y\":1}]}}");
	test("JSON is YAML, escapes included");
	CHECK_STR(as_json("{\"a\": \"x\\u0041\\n\", \"b\": [false]}"),
	    "{\"a\":\"xA\\n\",\"b\":[false]}");
}

static void
refusals(void)
{
	test("what is no one mapping is refused, with its place");
	CHECK(as_json("[1]") == NULL && error.verdict == BROKEN);
	CHECK(strstr(error.text, "expected a mapping") != NULL);
	CHECK(as_json("") == NULL && error.verdict == BROKEN);
	CHECK(as_json("a: 1\n---\nb: 2\n") == NULL);
	CHECK(as_json("a: [") == NULL && error.verdict == BROKEN);
	CHECK(strstr(error.text, "/template:") != NULL);
	CHECK(strchr(error.text, '\n') == NULL);

	test("a key that stands twice is refused, and so are anchors");
	CHECK(as_json("a: 1\na: 2\n") == NULL);
	CHECK(strstr(error.text, "template:2:1") != NULL);
	CHECK(as_json("a: &x 1\nb: *x\n") == NULL);

	test("no file, or a folder");
	CHECK(template_read(keepf("%s/none", tmp()), &(json_t *){ NULL },
	    &error) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "no such file") != NULL);
	CHECK(template_read(tmp(), &(json_t *){ NULL }, &error) == -1);
}

int
main(void)
{
	scalars();
	others();
	nests();
	refusals();
	tmp_end();
	return test_end();
}
