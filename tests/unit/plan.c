#include <stdlib.h>

#include <jansson.h>

#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/plan.h"
#include "run/step.h"
#include "test.h"

static struct config	config = { .owner = "local/m", .name = "m",
			    .hash = "d" };
static struct plan	plan = { .tool = "t", .config = &config,
			    .now = 1790000000 };
static struct step	step = { .row = "14 push", .why = "because",
			    .verb = "push", .target = "refs/heads/x",
			    .generation = "m-1", .base = "b",
			    .blobs = "aa", .diff = "-a\n+b\n" };

static const char *
digest(void)
{
	return plan_digest(&plan, &step);
}

static const char *
printed(enum plan_form form)
{
	char		*buf = NULL;
	size_t		 len;
	FILE		*f = open_memstream(&buf, &len);
	const char	*copy;

	plan_print(&plan, &step, form, f);
	fclose(f);
	copy = keepf("%s", buf);
	free(buf);
	return copy;
}

static void
digests(void)
{
	const char	*first = digest();

	test("a digest is over what would be done");
	step.target = "refs/heads/y";
	CHECK(strcmp(digest(), first) != 0);
	step.target = "refs/heads/x";
	step.diff = "-a\n+c\n";
	CHECK(strcmp(digest(), first) != 0);
	step.diff = "-a\n+b\n";
	config.hash = "e";
	CHECK(strcmp(digest(), first) != 0);
	config.hash = "d";
	step.hold = "wait";
	CHECK(strcmp(digest(), first) != 0);
	step.hold = NULL;
	step.verb = NULL;
	CHECK(strcmp(digest(), first) != 0);
	step.verb = "push";
	CHECK_STR(digest(), first);

	test("not over times, ages, prose or the base commit");
	plan.now++;
	step.why = "another sentence";
	step.base = "c";
	step.row = "17 refresh";
	plan_fact(&plan, "age", "%d", 5);
	CHECK_STR(digest(), first);
}

static void
forms(void)
{
	const char	*text;
	json_t		*json;

	test("as text: what was seen, the row, the diff, the digest");
	text = printed(PLAN_TEXT);
	CHECK(strstr(text, "age") != NULL);
	CHECK(strstr(text, "17 refresh") != NULL);
	CHECK(strstr(text, "\n-a\n+b\n") != NULL);
	CHECK(strstr(text, digest()) != NULL);

	test("as markdown: a fence that the diff cannot end");
	step.diff = "+```\n+@ada\n";
	text = printed(PLAN_MARKDOWN);
	CHECK(strstr(text, "\n````diff\n+```\n+@ada\n````\n") != NULL);
	plan_fact(&plan, "title", "%s", "a | b @ada <i>");
	text = printed(PLAN_MARKDOWN);
	CHECK(strstr(text, "a \\| b @&#8203;ada &lt;i>") != NULL);

	test("no line of the plan is made up from outside");
	step.why = "so\n  action                 none";
	step.hold = "wait\ndigest sha256:0";
	plan_fact(&plan, "label", "%s", "x\ndecided\n  row  1");
	text = printed(PLAN_TEXT);
	CHECK(strstr(text, "\n  action                 none") == NULL);
	CHECK(strstr(text, "\ndigest sha256:0\n") == NULL);
	CHECK(strstr(text, "x\\ndecided\\n  row  1\n") != NULL);
	CHECK(strstr(text, "\n+```\n+@ada\n") != NULL);
	step.why = "because";
	step.hold = NULL;

	test("as JSON");
	text = printed(PLAN_JSON);
	json = keep_json(json_loads(text, 0, NULL));
	CHECK_STR(json_string_value(json_object_get(json, "digest")),
	    digest());
	CHECK_STR(json_string_value(json_object_get(json, "verb")), "push");
	CHECK(json_is_null(json_object_get(json, "hold")));
}

int
main(void)
{
	digests();
	forms();
	return test_end();
}
