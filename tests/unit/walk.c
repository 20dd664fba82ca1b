#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "data/walk.h"
#include "run/keep.h"
#include "test.h"

/* A text behind which exactly what is promised may be looked at. */
static char *
padded(const char *s, size_t len)
{
	char	*text = calloc(1, len + WALK_PAD);

	if (text != NULL)
		memcpy(text, s, len);
	return text;
}

/* Whether a text is one value; *at: where it stops being one. */
static bool
valid(const char *s, size_t len, size_t *at)
{
	struct walk	 w;
	struct slice	 value;
	char		*text = padded(s, len);
	bool		 rv;

	walk_begin(&w, text, len);
	rv = walk_skip(&w, &value) == 0 && walk_end(&w) == 0;
	*at = (size_t)(w.at - text);
	free(text);
	return rv;
}

static bool
is(const char *s)
{
	size_t	 at;

	return valid(s, strlen(s), &at);
}

static size_t
stops(const char *s)
{
	size_t	 at;

	return valid(s, strlen(s), &at) ? SIZE_MAX : at;
}

/* What a string means. */
static const char *
text_of(const char *s)
{
	struct walk	 w;
	struct slice	 value;
	char		*text = padded(s, strlen(s)), *meant;

	walk_begin(&w, text, strlen(s));
	if (walk_skip(&w, &value) == -1 || !walk_is_string(&value)) {
		free(text);
		return NULL;
	}
	meant = keep(value.len);
	meant[walk_text(&value, meant)] = '\0';
	free(text);
	return meant;
}

static const char *const	 good[] = {
	"0", "-0", "1", "-12", "1.5", "0.25e10", "1E+2", "1e-2", "123456789",
	"true", "false", "null", "\"\"", "\"a\"", " 1 ", "\t\r\n 1\n", "[]",
	"[ ]", "{}", "{ }", "[1]", "[1,2]", "[ 1 , 2 ]", "[[],[[]],{}]",
	"{\"a\":1}", "{ \"a\" : 1 , \"b\" : [ ] }", "{\"\":{}}",
	"{\"a\":{\"b\":{\"c\":[1,{\"d\":null}]}}}", "\"\x7f\"",
	"\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\uD83D\\uDE00\"",
	"\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"", "\"\xf4\x8f\xbf\xbf\"",
	"\"\xed\x9f\xbf\xee\x80\x80\"", "\"\xc2\x80\xe0\xa0\x80\"",
	"\"1234567\"", "\"12345678\"", "\"123456789012345\\n\""
};

static const char *const	 bad[] = {
	"", " ", "01", "-", "+1", ".5", "1.", "1.e2", "1e", "1e+", "--1",
	"1 2", "0x1", "NaN", "Infinity", "tru", "truE", "nul", "nulll",
	"True", "'a'", "\"", "\"a", "\"\\\"", "\"\\", "\"\\x\"", "\"\\u12\"",
	"\"\\u12G4\"", "\"\\u\"", "\"\\'\"", "[", "]", "[1", "[1,", "[1,]",
	"[,1]", "[,]", "[1 2]", "[1}", "{", "}", "{\"a\"}", "{\"a\":}",
	"{\"a\":1", "{\"a\":1,", "{\"a\":1,}", "{,}", "{1:2}", "{a:1}",
	"{\"a\" 1}", "{\"a\":1 \"b\":2}", "{\"a\":1]", "{\"a\"::1}", "{]",
	"[}", "{{}}", "[]]", "{}}", "[1],", "//", "/**/1", "\xef\xbb\xbf" "1",
	"\"\n\"", "\"\t\"", "\"\x01\"", "\"\x1f\"", "\"\x80\"", "\"\xbf\"",
	"\"\xc0\x80\"", "\"\xc1\xbf\"", "\"\xc3\"", "\"\xc3(\"",
	"\"\xe0\x80\x80\"", "\"\xe0\x9f\xbf\"", "\"\xe2\x82\"",
	"\"\xe2\x28\xa1\"", "\"\xed\xa0\x80\"", "\"\xed\xbf\xbf\"",
	"\"\xf0\x80\x80\x80\"", "\"\xf0\x8f\xbf\xbf\"", "\"\xf0\x9f\x98\"",
	"\"\xf4\x90\x80\x80\"", "\"\xf5\x80\x80\x80\"", "\"\xff\"", "\x80",
	"\"12345678\x01\"", "[\"a\",\xc3\xa9]"
};

static void
verdicts(void)
{
	size_t	 i;

	test("walk: what is JSON");
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!is(good[i]))
			test_fail(__FILE__, __LINE__, good[i]);
	test("walk: what is not JSON");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (is(bad[i]))
			test_fail(__FILE__, __LINE__, bad[i]);
}

static void
places(void)
{
	size_t	 at;

	test("walk: a fault is told where it is");
	CHECK(stops("[1,x]") == 3);
	CHECK(stops("{\"a\":tru}") == 8);
	CHECK(stops("{\"a\":\"b") == 7);
	CHECK(stops("[\"ab\\q\"]") == 4);
	CHECK(stops("[\"ab\xff\"]") == 4);
	CHECK(stops("{\"a\":1} x") == 8);
	CHECK(stops("[01]") == 2);
	CHECK(!valid("[1,\0 2]", 7, &at) && at == 3);
	CHECK(!valid("\"a\0b\"", 5, &at) && at == 2);
	CHECK(!valid("1\0", 2, &at) && at == 1);
}

static void
depth(void)
{
	char	 text[2 * (WALK_DEPTH + 1) + 1];

	test("walk: as deep as the bound and no deeper");
	memset(text, '[', WALK_DEPTH);
	memset(text + WALK_DEPTH, ']', WALK_DEPTH);
	text[2 * WALK_DEPTH] = '\0';
	CHECK(is(text));
	memset(text, '[', WALK_DEPTH + 1);
	memset(text + WALK_DEPTH + 1, ']', WALK_DEPTH + 1);
	text[2 * (WALK_DEPTH + 1)] = '\0';
	CHECK(stops(text) == WALK_DEPTH);
}

static void
strings(void)
{
	test("walk: what strings mean");
	CHECK_STR(text_of("\"\""), "");
	CHECK_STR(text_of("\"plain\""), "plain");
	CHECK_STR(text_of("\"a\\\"b\\\\c\\/d\\b\\f\\n\\r\\te\""),
	    "a\"b\\c/d\b\f\n\r\te");
	CHECK_STR(text_of("\"\\u0041\\u00e9\\u20AC\""),
	    "A\xc3\xa9\xe2\x82\xac");
	CHECK_STR(text_of("\"\\ud83d\\ude00!\""), "\xf0\x9f\x98\x80!");
	CHECK_STR(text_of("\"\\udbff\\udfff\""), "\xf4\x8f\xbf\xbf");
	CHECK_STR(text_of("\"\\r\\n\\u000a\""), "\r\n\n");
	test("walk: lone surrogates and NUL are replaced");
	CHECK_STR(text_of("\"a\\u0000b\""), "a\xef\xbf\xbd" "b");
	CHECK_STR(text_of("\"\\ud83d\""), "\xef\xbf\xbd");
	CHECK_STR(text_of("\"\\ude00x\""), "\xef\xbf\xbdx");
	CHECK_STR(text_of("\"\\ud83dx\""), "\xef\xbf\xbdx");
	CHECK_STR(text_of("\"\\ud83d\\n\""), "\xef\xbf\xbd\n");
	CHECK_STR(text_of("\"\\ud83d\\u0041\""), "\xef\xbf\xbd" "A");
	CHECK_STR(text_of("\"\\ud83d\\ud83d\\ude00\""),
	    "\xef\xbf\xbd\xf0\x9f\x98\x80");
	CHECK_STR(text_of("\"\\ude00\\ud83d\""), "\xef\xbf\xbd\xef\xbf\xbd");
}

static void
in_place(void)
{
	struct slice	 s = { .escaped = true };
	char		 text[] = "\"a\\u00e9\\n\\\\b\"";

	test("walk: a string may be written over itself");
	s.at = text;
	s.len = strlen(text);
	text[1 + walk_text(&s, text + 1)] = '\0';
	CHECK_STR(text + 1, "a\xc3\xa9\n\\b");
}

static void
members(void)
{
	const char	*json = " {\"a\":1, \"\\u0062\":[true , {}] ,"
			    "\"c\":{}}x";
	struct walk	 w;
	struct slice	 key, value;
	char		*text = padded(json, strlen(json));

	test("walk: members and elements one by one");
	walk_begin(&w, text, strlen(json));
	CHECK(walk_peek(&w) == '{' && walk_enter(&w) == 0);
	CHECK(walk_member(&w, &key) == 1 && walk_is(&key, "a"));
	CHECK(!walk_is(&key, "b") && !walk_is(&key, "") &&
	    !walk_is(&key, "aa"));
	CHECK(walk_skip(&w, &value) == 0 && value.len == 1);
	CHECK(!walk_is(&value, "1") && !walk_is_string(&value));
	CHECK(walk_member(&w, &key) == 1 && walk_is(&key, "b"));
	CHECK(walk_peek(&w) == '[' && walk_enter(&w) == 0);
	CHECK(walk_element(&w) == 1 && walk_skip(&w, &value) == 0);
	CHECK(value.len == 4 && memcmp(value.at, "true", 4) == 0);
	CHECK(walk_element(&w) == 1 && walk_enter(&w) == 0);
	CHECK(walk_member(&w, &key) == 0);
	CHECK(walk_element(&w) == 0);
	CHECK(walk_member(&w, &key) == 1 && walk_is(&key, "c"));
	CHECK(walk_skip(&w, &value) == 0 && value.len == 2);
	CHECK(walk_member(&w, &key) == 0 && walk_end(&w) == -1);
	CHECK(*w.at == 'x' && w.depth == 0);
	free(text);
}

/* Walks into everything; whether that is a value and nothing else. */
static int
into(struct walk *w)
{
	struct slice	 key;
	int		 c = walk_peek(w), rv;

	if (c != '{' && c != '[')
		return walk_skip(w, &key);
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = c == '{' ? walk_member(w, &key) : walk_element(w)) == 1)
		if (into(w) == -1)
			return -1;
	return rv;
}

static bool
valid_into(const char *s, size_t len)
{
	struct walk	 w;
	char		*text = padded(s, len);
	bool		 rv;

	walk_begin(&w, text, len);
	rv = into(&w) == 0 && walk_end(&w) == 0;
	free(text);
	return rv;
}

static uint32_t
dice(uint32_t *seed)
{
	*seed = *seed * 1664525 + 1013904223;
	return *seed >> 8;
}

/* What jansson refuses and a walk need not: numbers beyond its own range. */
static bool
jansson_says(const char *s, size_t len, bool *unsure)
{
	json_error_t	 why;
	json_t		*json;

	json = json_loadb(s, len, JSON_DECODE_ANY | JSON_ALLOW_NUL, &why);
	*unsure = json == NULL &&
	    (json_error_code(&why) == json_error_numeric_overflow ||
	    strstr(why.text, "too big") != NULL ||
	    strstr(why.text, "\\uD") != NULL ||
	    strstr(why.text, "\\uFFFD") != NULL);
	json_decref(json);
	return json != NULL;
}

static void
mutants(void)
{
	static const char	 seed_text[] = "{\"id\":\"12\",\"n\":[1,-2.5e3,"
				    "true,null,{\"x\":\"\\u00e9\\n\xc3\xa9"
				    "\xe2\x82\xac\xf0\x9f\x98\x80\"}],"
				    "\"b\":{\"c\":[]},\"d\":false} ";
	static const char	 bytes[] = "{}[]\",:\\u0123456789eE+-. \n\ttfn"
				    "\x80\xc3\xa9\xe2\xed\xf0\xff\x01";
	char			 text[sizeof(seed_text)];
	uint32_t		 seed = 1;
	size_t			 n = sizeof(seed_text) - 1, len, at;
	int			 i, k, differ = 0, good_ones = 0;
	bool			 want, unsure;

	test("walk: agrees with jansson on 200,000 damaged texts");
	for (i = 0; i < 200000; i++) {
		memcpy(text, seed_text, n);
		len = i % 5 == 0 ? dice(&seed) % (n + 1) : n;
		for (k = (int)(dice(&seed) % 3); k >= 0; k--)
			text[dice(&seed) % n] =
			    bytes[dice(&seed) % (sizeof(bytes) - 1)];
		want = jansson_says(text, len, &unsure);
		if (unsure)
			continue;
		good_ones += want;
		differ += valid(text, len, &at) != want;
		differ += valid_into(text, len) != want;
	}
	CHECK(differ == 0);
	CHECK(good_ones > 1000);
}

int
main(void)
{
	verdicts();
	places();
	depth();
	strings();
	in_place();
	members();
	mutants();
	return test_end();
}
