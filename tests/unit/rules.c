#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#include <jansson.h>

#include "model/document.h"
#include "model/hint.h"
#include "model/rules.h"
#include "model/schema.h"
#include "model/spec.h"
#include "run/bytes.h"
#include "test.h"

/* A table with one of everything, so that no other has to be. */
struct pet {
	const char	*name;
	long		 age;
};

struct shop {
	const char	*name, *motto;
	bool		 open, loud;
	bool		 cats, dogs;
	long		 rooms, rest;
	double		 share;
	const char	**tag;
	size_t		 ntags;
	struct pet	*pet;
	size_t		 npets;
};

#define AT(member)	.at = offsetof(struct shop, member)

static const char *const	volumes[] = { "quiet", "loud", NULL };
static const char *const	sold[] = { "cats", "dogs", NULL };

static const struct rule	table[] = {
	{ "name", KIND_TEXT, RULE_REQUIRED | RULE_SPEC, .low = 2, .high = 5,
	    AT(name), .about = "A." },
	{ "shop", KIND_MAP, 0, .about = "B." },
	{ "shop.motto", KIND_TEXT, RULE_NULLABLE | RULE_SPEC, AT(motto),
	    .about = "C." },
	{ "shop.open", KIND_FLAG, .preset = "true", AT(open),
	    .about = "D." },
	{ "shop.volume", KIND_EITHER, RULE_SPEC, .preset = "loud",
	    .words = volumes, AT(loud), .about = "E." },
	{ "shop.sold", KIND_WORDS, .words = sold, AT(cats), .about = "F." },
	{ "shop.rooms", KIND_COUNT, RULE_SPEC, .low = 1, .high = 9,
	    .preset = "3", AT(rooms), .about = "G." },
	{ "shop.rest", KIND_DURATION, RULE_NULLABLE | RULE_SPEC, .low = 1,
	    .high = 3600, .preset = "5m", AT(rest), .about = "H." },
	{ "shop.share", KIND_RATIO, .high = 1, .preset = "0.25", AT(share),
	    .about = "I." },
	{ "tags", KIND_TEXTS, RULE_SPEC, .low = 2, AT(tag),
	    .count = offsetof(struct shop, ntags), .about = "J." },
	{ "pets", KIND_MAPS, 0, AT(pet),
	    .count = offsetof(struct shop, npets),
	    .size = sizeof(struct pet), .about = "K." },
	{ "pets[].name", KIND_TEXT, RULE_REQUIRED,
	    .at = offsetof(struct pet, name), .about = "L." },
	{ "pets[].age", KIND_DURATION, .low = 0, .high = 86400,
	    .preset = "1h", .at = offsetof(struct pet, age), .about = "M." },
	{ "card", KIND_TEXT, RULE_ONE, .at = NOWHERE, .about = "N." },
	{ "cash", KIND_TEXT, RULE_ONE, .at = NOWHERE, .about = "O." }
};

static const struct rules	rules = {
	.title = "T", .origin = "", .rule = table,
	.n = sizeof(table) / sizeof(table[0])
};

static struct shop	shop;

static const char *
decode(const char *text)
{
	char		*copy = strdup(text);
	struct bytes	 b = { copy, strlen(text) };
	struct document	*d = document_parse("f", &b);
	size_t		 n;

	free(copy);
	shop = (struct shop){ 0 };
	rules_decode(&rules, d, &shop);
	return document_problems(d, &n);
}

/* The same with what every document needs. */
static const char *
decode_with(const char *rest)
{
	char	 text[2048];

	snprintf(text, sizeof(text), "{name: abc, cash: x, %s}\n", rest);
	return decode(text);
}

static void
check_values(void)
{
	test("defaults");
	CHECK_STR(decode("{name: abc, cash: x}"), "");
	CHECK_STR(shop.name, "abc");
	CHECK(shop.motto == NULL && shop.open && shop.loud &&
	    !shop.cats && shop.rooms == 3 && shop.rest == 300 &&
	    shop.share == 0.25 && shop.tag == NULL && shop.npets == 0);
	test("values");
	CHECK_STR(decode_with("shop: {motto: '', open: false, volume: "
	    "'quiet', sold: [dogs, dogs], rooms: 9, rest: 1h, share: 1.0}, "
	    "tags: [a, '5'], pets: [{name: x}, {name: '', age: 0s}]"), "");
	CHECK_STR(shop.motto, "");
	CHECK(!shop.open && !shop.loud && !shop.cats && shop.dogs &&
	    shop.rooms == 9 && shop.rest == 3600 && shop.share == 1);
	CHECK(shop.ntags == 2 && strcmp(shop.tag[1], "5") == 0);
	CHECK(shop.npets == 2 && shop.pet[0].age == 3600 &&
	    shop.pet[1].age == 0 && strcmp(shop.pet[0].name, "x") == 0);
	test("null where it is allowed switches off");
	CHECK_STR(decode_with("shop: {motto: null, rest: ~}"), "");
	CHECK(shop.motto == NULL && shop.rest == 0);
	CHECK_STR(decode_with("shop: {rest: }"), "");
	CHECK(shop.rest == 0);
	CHECK_STR(decode_with("shop: {rooms: null}"), "f:1:36: rooms is null,"
	    " expected a whole number from 1 to 9 without quotes\n");
	CHECK_STR(decode_with("tags: null"), "f:1:28: tags is null, expected "
	    "a list of texts\n");
}

static void
check_refusals(void)
{
	static const char *const	 texts[] = {
		"yes", "No", "ON", "off", "y", "N", "true", "False", "null",
		"~", "", "1", "-1", "+1", "1.5", ".5", "1e3", "0x1F", "0o17",
		"0", "007", "1_000", "12:30", "2021-07-21", ".inf", "-.INF",
		".NaN", "1.2.3"
	};
	static const char *const	 ratios[] = {
		"1.1", "-0", "+0", "1.", ".5", "1e0", "0x1", "'0.5'", "inf",
		"0.5.5", "1.00000001", "[]"
	};
	static const char *const	 counts[] = {
		"0", "10", "-1", "+1", "01", "1.0", "0x1", "'1'", "1e0", "a",
		"18446744073709551617", "{}", "true"
	};
	char				 text[100];
	size_t				 i;

	test("plain text that is not text to every reader");
	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		snprintf(text, sizeof(text), "pets: [{name: %s}]", texts[i]);
		if (strstr(decode_with(text), "without quotes") == NULL)
			test_fail(__FILE__, __LINE__, texts[i]);
		snprintf(text, sizeof(text), "pets: [{name: '%s'}]",
		    texts[i]);
		CHECK_STR(decode_with(text), "");
	}
	test("numbers that are none");
	for (i = 0; i < sizeof(ratios) / sizeof(ratios[0]); i++) {
		snprintf(text, sizeof(text), "shop: {share: %s}", ratios[i]);
		if (strstr(decode_with(text), "a decimal number from 0 to 1 "
		    "without quotes") == NULL)
			test_fail(__FILE__, __LINE__, ratios[i]);
	}
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		snprintf(text, sizeof(text), "shop: {rooms: %s}", counts[i]);
		if (strstr(decode_with(text), "a whole number from 1 to 9 "
		    "without quotes") == NULL)
			test_fail(__FILE__, __LINE__, counts[i]);
	}
}

static void
check_groups(void)
{
	test("one of");
	CHECK_STR(decode("name: abc\n"), "f:1:1: nothing of card, cash, "
	    "expected exactly one\n");
	CHECK_STR(decode("name: abc\ncash: a\ncard: b\n"),
	    "f:2:1: `cash` beside `card`, expected only one of them\n");
	test("lists keep an element for each item, bad or not");
	CHECK_STR(decode_with("pets: [5, {name: a}, *x], tags: [[], b]"),
	    "f:1:29: pets[] is `5`, expected a mapping\n"
	    "f:1:43: alias `*x`: anchors and aliases are not read here; "
	    "write the value out\n"
	    "f:1:55: tags is a list, expected a text that is not empty\n");
	CHECK(shop.npets == 3 && shop.pet[0].name == NULL &&
	    strcmp(shop.pet[1].name, "a") == 0 && shop.pet[2].age == 3600);
	CHECK(shop.ntags == 2 && strcmp(shop.tag[0], "") == 0);
	test("sizes");
	CHECK_STR(decode("{name: a, cash: x, tags: [b]}"), "f:1:8: name is "
	    "`a`, expected a text of 2 to 5 bytes\nf:1:26: tags has 1 item, "
	    "expected at least 2\n");
	CHECK_STR(decode("{name: abcdef, cash: x}"), "f:1:8: name is "
	    "`abcdef`, expected a text of 2 to 5 bytes\n");
}

static void
check_hints(void)
{
	test("the nearest known key");
	CHECK_STR(hint_key(&rules, "", "nam"), "did you mean `name`?");
	CHECK_STR(hint_key(&rules, "shop", "Motto"), "did you mean `motto`?");
	CHECK_STR(hint_key(&rules, "shop", "room"), "did you mean `rooms`?");
	CHECK_STR(hint_key(&rules, "", "rooms"), "it stands in shop");
	CHECK_STR(hint_key(&rules, "pets[]", "x234567"), "expected one of "
	    "name, age");
	CHECK_STR(hint_key(&rules, "nowhere", "abc"), "expected no key");
	test("a key of any length has a hint");
	CHECK_STR(hint_key(&rules, "pets[]", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"),
	    "expected one of name, age");
}

static void
check_json(void)
{
	json_t	*s;
	char	*text;

	test("the spec is what was decoded");
	decode_with("tags: [b, a], shop: {volume: quiet, rest: null}");
	text = json_dumps(spec_json(&rules, &shop), JSON_COMPACT |
	    JSON_SORT_KEYS);
	CHECK_STR(text, "{\"name\":\"abc\",\"shop\":{\"motto\":null,"
	    "\"rest\":null,\"rooms\":3,\"volume\":\"quiet\"},"
	    "\"tags\":[\"b\",\"a\"]}");
	free(text);
	test("the schema of the table");
	s = schema_make(&rules);
	text = json_dumps(json_object_get(json_object_get(json_object_get(
	    json_object_get(s, "properties"), "shop"), "properties"),
	    "rest"), JSON_COMPACT);
	CHECK_STR(text, "{\"description\":\"H.  Expected: a duration from 1s "
	    "to 1h: one number and one of s m h d w, as 24h, or null.\","
	    "\"type\":[\"string\",\"null\"],\"pattern\":\"^[0-9]+[smhdw]$\","
	    "\"default\":\"5m\"}");
	free(text);
	text = json_dumps(json_object_get(s, "oneOf"), JSON_COMPACT);
	CHECK_STR(text, "[{\"required\":[\"card\"]},"
	    "{\"required\":[\"cash\"]}]");
	free(text);
	CHECK(json_is_false(json_object_get(s, "additionalProperties")));
}

int
main(void)
{
	check_values();
	check_refusals();
	check_groups();
	check_hints();
	check_json();
	return test_end();
}
