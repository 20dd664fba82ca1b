#include <fnmatch.h>
#include <regex.h>
#include <stdio.h>
#include <string.h>

#include "data/selectsql.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

static struct error	error;
static struct sqltext	sql;

/*
 * The regular expression as regcomp(3) takes it: what it has of RE2's own is
 * "(?s:" around the whole.
 */
static bool
matches(const char *pattern, const char *text)
{
	const char	*re = selectsql_pattern(pattern);
	size_t		 n = strlen(re);
	regex_t		 compiled;
	bool		 match;

	if (strncmp(re, "(?s:", 4) != 0 || re[n - 1] != ')')
		return false;
	if (regcomp(&compiled, keepf("%.*s", (int)n - 5, re + 4),
	    REG_EXTENDED | REG_NOSUB) != 0) {
		printf("     %s is no expression\n", re);
		return !(fnmatch(pattern, text, 0) == 0);
	}
	match = regexec(&compiled, text, 0, NULL, 0) == 0;
	regfree(&compiled);
	return match;
}

static void
check_patterns(void)
{
	static const char	*const pattern[] = {
		"*", "?", "kind/*", "area/?", "*/bug", "a.b", "a+b", "(x)",
		"a|b", "{2}", "^a$", "[ab]c", "[!ab]c", "[a-c]x", "[]x]",
		"[!]x]", "[[:alpha:]]*", "[a[:digit:]]",
		"a\\*b", "\\?", "kind[/]bug", "[", "a[", "a]b",
		"**", "*a*b*", "", "a$", "é*"
	};
	static const char	*const text[] = {
		"", "a", "kind/bug", "area/u", "area/ui", "a.b", "axb",
		"a+b", "aab", "(x)", "x", "b", "a|b", "{2}", "^a$", "ac",
		"bc", "cc", "ax", "cx", "dx", "]", "x]", "a*b", "?", "[",
		"a[", "a]b", "kind/", "/bug", "aXbX", "a\nb", "a$", "école"
	};
	size_t			 i, j;

	for (i = 0; i < sizeof(pattern) / sizeof(pattern[0]); i++) {
		test(keepf("pattern %s is fnmatch's", pattern[i]));
		for (j = 0; j < sizeof(text) / sizeof(text[0]); j++)
			CHECK(matches(pattern[i], text[j]) ==
			    (fnmatch(pattern[i], text[j], 0) == 0));
	}
}

static const char *
parameter(const char *name)
{
	json_t		*item;
	const char	*text;
	size_t		 i;

	json_array_foreach(sql.parameters, i, item) {
		text = json_string_value(json_object_get(item, "name"));
		if (text != NULL && strcmp(text, name) == 0)
			return json_string_value(json_object_get(
			    json_object_get(item, "parameterValue"),
			    "value"));
	}
	return NULL;
}

static void
check_outside(void)
{
	static const char	 evil[] = "x' OR 'y' = \"`--\n";
	const char *const	 allow[] = { evil };
	struct selectsql	 s = { .tables = "gh.day.*",
				    .organisation = evil, .since = evil,
				    .allow = allow, .nallow = 1,
				    .now = 1790000000 };

	test("what comes from outside is a parameter, never in the text");
	CHECK(selectsql_measure(&s, &sql, &error) == 0);
	CHECK(strstr(sql.query, "OR 'y'") == NULL);
	CHECK_STR(parameter("organisation"), evil);
	CHECK_STR(parameter("today"), "20260921");
	CHECK_STR(parameter("watermark"), "2026-09-22T14:13:20Z");
	CHECK_STR(parameter("newest"), "1970-01-01T00:00:00Z");

	test("only the parameters that the query uses");
	CHECK(selectsql_export(&s, "gs://b/data-*.jsonl", SELECTSQL_LINES,
	    &sql, &error) == 0);
	CHECK(parameter("newest") == NULL);
	s = (struct selectsql){ .table = "p.d.t", .now = 1790000000 };
	CHECK(selectsql_measure(&s, &sql, &error) == 0);
	CHECK(parameter("organisation") == NULL);
	CHECK(strstr(sql.query, "@organisation") == NULL);
	CHECK(strstr(sql.query, "FROM `p.d.t`\n") != NULL);
	CHECK_STR(parameter("allow"), "");

	test("a query of one's own stands in parentheses");
	s = (struct selectsql){ .query = "SELECT 1", .now = 1790000000 };
	CHECK(selectsql_measure(&s, &sql, &error) == 0);
	CHECK(strstr(sql.query, "FROM (\nSELECT 1\n)\n") != NULL);

	test("names that are none are refused");
	s = (struct selectsql){ .tables = "a`b.*", .now = 1790000000 };
	CHECK(selectsql_measure(&s, &sql, &error) == -1);
	CHECK(error.verdict == BROKEN && strstr(error.text, "a`b") != NULL);
	s.tables = "gh.day.*";
	CHECK(selectsql_export(&s, "gs://b/'x*", SELECTSQL_LINES, &sql,
	    &error) == -1);
	CHECK(error.verdict == BROKEN);
}

int
main(void)
{
	check_patterns();
	check_outside();
	return test_end();
}
