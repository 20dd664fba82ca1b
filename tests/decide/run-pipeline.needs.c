/*
 * What lambdas answer, and what reaches a pipeline of it.
 */

#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "cmd/run-pipeline/needs.h"
#include "cmd/run-pipeline/sync.h"
#include "kube/tekton.h"
#include "net/http.h"
#include "run/keep.h"
#include "test.h"

static struct needs	needs;

static void
answer(long status, const char *type, const char *body)
{
	struct answer	 a = { .status = status, .len = strlen(body) };

	a.body = keepf("%s", body);
	snprintf(a.type, sizeof(a.type), "%s", type);
	snprintf(a.location, sizeof(a.location), "https://other/");
	needs_read(&a, &needs);
}

static void
json(const char *body)
{
	answer(200, "application/json; charset=utf-8", body);
}

static void
fails(const char *reason, const char *part)
{
	CHECK(needs.state == NEEDS_FAILED);
	CHECK_STR(needs.reason, reason);
	CHECK(needs.why != NULL && strstr(needs.why, part) != NULL);
	CHECK(needs.why != NULL && strchr(needs.why, '\n') == NULL);
	if (needs.why != NULL && strstr(needs.why, part) == NULL)
		printf("     %s\n", needs.why);
}

static void
check_good(void)
{
	test("no sync needed");
	json("{\"needsSync\":false}");
	CHECK(needs.state == NEEDS_NOTHING && needs.n == 0);
	json("{\"needsSync\":false,\"parameters\":null,\"errors\":null}");
	CHECK(needs.state == NEEDS_NOTHING);
	answer(200, "application/problem+json", "{\"needsSync\":false,"
	    "\"errors\":[]}");
	CHECK(needs.state == NEEDS_NOTHING);
	test("a sync, with parameters of every scalar, sorted");
	json("{\"needsSync\":true,\"parameters\":{\"name\":\"projects/1\","
	    "\"b\":true,\"a\":12,\"r\":0.5,\"empty\":\"\"}}");
	CHECK(needs.state == NEEDS_SYNC && needs.n == 5);
	CHECK_STR(needs.param[0].name, "a");
	CHECK_STR(needs.param[0].value, "12");
	CHECK_STR(needs.param[1].value, "true");
	CHECK_STR(needs.param[2].value, "");
	CHECK_STR(needs.param[3].value, "projects/1");
	CHECK_STR(needs.param[4].value, "0.5");
	test("a number in no more digits than it came with");
	json("{\"needsSync\":true,\"parameters\":{\"a\":0.7,\"b\":0.1,"
	    "\"c\":1e-7,\"d\":0.30000000000000004,\"e\":-1.0}}");
	CHECK(needs.n == 5);
	CHECK_STR(needs.param[0].value, "0.7");
	CHECK_STR(needs.param[1].value, "0.1");
	CHECK_STR(needs.param[2].value, "1e-7");
	CHECK_STR(needs.param[3].value, "0.30000000000000004");
	CHECK_STR(needs.param[4].value, "-1.0");
}

static void
check_bad(void)
{
	static const char *const	bad[] = {
		"[]", "{}", "{\"needsSync\":\"yes\"}", "{\"needsSync\":1}",
		"{\"needsSync\":null}", "{\"needssync\":true}",
		"{\"needsSync\":true,\"parameters\":[]}",
		"{\"needsSync\":true,\"parameters\":{\"a\":[]}}",
		"{\"needsSync\":true,\"parameters\":{\"a\":null}}",
		"{\"needsSync\":true,\"parameters\":{\"\":\"x\"}}"
	};
	size_t				i;

	test("an answer of another form");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		json(bad[i]);
		fails("LambdaInvalid", "");
	}
	json("{\"needsSync\":\"yes\"}");
	fails("LambdaInvalid", "needsSync is a text");
	test("no answer, HTML, cut short, no JSON, twice");
	needs_missing("time-out", &needs);
	fails("LambdaUnreachable", "time-out");
	answer(200, "text/html", "<html>");
	fails("LambdaNotJSON", "text/html");
	answer(200, "application/json", "<html>");
	fails("LambdaNotJSON", "line 1");
	json("{\"needsSync\":tr");
	fails("LambdaNotJSON", "");
	json("");
	fails("LambdaNotJSON", "empty");
	json("{\"needsSync\":true,\"needsSync\":false}");
	fails("LambdaNotJSON", "duplicate");
	answer(200, "", "{\"needsSync\":true}");
	fails("LambdaNotJSON", "application/json");
}

static void
check_errors(void)
{
	char	*deep = keep(4000);

	test("other statuses, with what they say");
	answer(500, "application/json", "{\"errors\":[{\"message\":\"no "
	    "model\"},\"x\\ny\"]}");
	fails("LambdaFailed", "500: no model; x");
	answer(404, "text/plain", "not found");
	fails("LambdaFailed", "404");
	answer(204, "application/json", "{\"needsSync\":true}");
	fails("LambdaFailed", "204");
	answer(302, "text/html", "");
	fails("LambdaRedirects", "https://other/");
	test("errors in a good answer");
	json("{\"needsSync\":true,\"errors\":[{\"message\":\"quota\"}]}");
	fails("LambdaFailed", "quota");
	json("{\"needsSync\":true,\"errors\":\"quota\"}");
	fails("LambdaFailed", "no list");
	json("{\"needsSync\":true,\"errors\":[{}]}");
	fails("LambdaFailed", "without a message");
	test("too deep, too large");
	memset(deep, '[', 2000);
	memset(deep + 2000, ']', 1999);
	json(deep);
	fails("LambdaNotJSON", "deeper");
	needs_read(&(struct answer){ .over = true }, &needs);
	fails("LambdaTooLarge", "262144");
	test("brackets in a text are not depth");
	json("{\"needsSync\":true,\"parameters\":{\"a\":"
	    "\"[[[[[[[[[[[[[[[[[[[[\\\"{\"}}");
	CHECK(needs.state == NEEDS_SYNC);
}

/* A plan: its row, verb (NULL: none) and hold (NULL: none). */
static json_t *
plan(const char *row, const char *verb, const char *hold)
{
	return keep_json(json_pack("{ss ss ss? ss? ss ss}", "row", row,
	    "why", "because", "verb", verb, "hold", hold, "generation",
	    "m-1", "candidate", "projects/p/models/7"));
}

static void
asked(enum sync_rule rule, int status, const json_t *p)
{
	struct sync	 s = { .rule = rule, .model = "m" };

	needs_plan(&s, status, p, "{\"why\":\"told\"}", &needs);
}

static void
check_plans(void)
{
	test("a rule: train-model would begin, named by the generation");
	asked(RULE_FRESHNESS, 0, plan("15 start", "build", NULL));
	CHECK(needs.state == NEEDS_SYNC && needs.n == 1);
	CHECK_STR(needs.param[0].name, "name");
	CHECK_STR(needs.param[0].value, "m-1");
	asked(RULE_FRESHNESS, 0, plan("15 start", "choose", NULL));
	CHECK(needs.state == NEEDS_SYNC);
	test("a rule: deploy-model would push, named by the model's id");
	asked(RULE_DIFFERS, 0, plan("14 no branch", "push", NULL));
	CHECK(needs.state == NEEDS_SYNC && needs.n == 1);
	CHECK_STR(needs.param[0].value, "projects/p/models/7");
	asked(RULE_DIFFERS, 0, keep_json(json_pack("{ss ss ss}", "row",
	    "14 no branch", "verb", "push", "generation", "m-1")));
	fails("RuleFailed", "names no model");
	test("a rule: nothing that would begin, or be pushed");
	asked(RULE_FRESHNESS, 0, plan("3 open generation: train", "train",
	    NULL));
	CHECK(needs.state == NEEDS_NOTHING && needs.n == 0);
	asked(RULE_FRESHNESS, 2, plan("7 young enough", NULL, NULL));
	CHECK(needs.state == NEEDS_NOTHING);
	asked(RULE_DIFFERS, 0, plan("9 git names the newest", NULL, NULL));
	CHECK(needs.state == NEEDS_NOTHING);
	asked(RULE_DIFFERS, 0, plan("15 no request", "open-request", NULL));
	CHECK(needs.state == NEEDS_NOTHING);
	asked(RULE_DIFFERS, 0, plan("19 live does not serve", "serve",
	    NULL));
	CHECK(needs.state == NEEDS_NOTHING);
}

static void
check_other_plans(void)
{
	static const struct {
		enum sync_rule	 rule;
		const char	*row, *verb;
	} first[] = {
		{ RULE_FRESHNESS, "14 measure the data", "measure" },
		{ RULE_FRESHNESS, "14 measure the data", NULL },
		{ RULE_FRESHNESS, "2 open intent", "close" },
		{ RULE_DIFFERS, "2 open intent", NULL },
		{ RULE_DIFFERS, "12 make servable", "serve" },
		{ RULE_DIFFERS, "12 make servable", NULL },
		{ RULE_DIFFERS, "13 request names another",
		    "neutralize-request" },
		{ RULE_DIFFERS, "13 request of another branch",
		    "close-request" }
	};
	size_t	 i;

	test("a rule: something else comes first");
	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++) {
		asked(first[i].rule, 0, plan(first[i].row, first[i].verb,
		    NULL));
		CHECK(needs.state == NEEDS_LATER && needs.n == 0);
		CHECK_STR(needs.reason, "RuleWaits");
		CHECK(strstr(needs.why, first[i].row) != NULL);
	}
	test("a rule: the model is held");
	asked(RULE_DIFFERS, 0, plan("12 make servable", NULL, "wait\nfor me"));
	CHECK(needs.state == NEEDS_HELD);
	CHECK_STR(needs.reason, "ModelHeld");
	CHECK(strstr(needs.why, "wait") != NULL &&
	    strchr(needs.why, '\n') == NULL);
	test("a plan that is none, or of a run that failed");
	asked(RULE_DIFFERS, 3, plan("4 marker found nowhere", NULL, NULL));
	fails("RuleFailed", "deploy-model ended with 3: because");
	asked(RULE_FRESHNESS, 1, plan("15 start", "build", NULL));
	fails("RuleFailed", "train-model ended with 1");
	asked(RULE_DIFFERS, 0, NULL);
	fails("RuleFailed", "ended with 0: told");
	asked(RULE_DIFFERS, 1, keep_json(json_object()));
	fails("RuleFailed", "\"m\"");
	needs_plan(&(struct sync){ .model = "m" }, 1, NULL, "no JSON",
	    &needs);
	fails("RuleFailed", "no JSON");
	needs_no_plan(&(struct sync){ .model = "m" }, "no program", &needs);
	fails("RuleFailed", "no program");
}

static void
check_map(void)
{
	struct mapping	 map[] = { { "name", "automl-model" },
			    { "name", "copy" } };
	struct sync	 s = { .mapping = map, .nmappings = 2 };
	struct refusal	 bad = { NULL, NULL };
	struct param	*p;
	size_t		 n;

	test("mapped, twice, and unmapped under its own name");
	json("{\"needsSync\":true,\"parameters\":{\"name\":\"m\","
	    "\"zone\":\"eu\"}}");
	needs_map(&needs, &s, &p, &n, &bad);
	CHECK(bad.reason == NULL && n == 3);
	CHECK_STR(p[0].name, "automl-model");
	CHECK_STR(p[0].value, "m");
	CHECK_STR(p[1].name, "copy");
	CHECK_STR(p[2].name, "zone");
	test("one name for two");
	json("{\"needsSync\":true,\"parameters\":{\"name\":\"m\","
	    "\"copy\":\"eu\"}}");
	needs_map(&needs, &s, &p, &n, &bad);
	CHECK_STR(bad.reason, "InvalidMapping");
	test("a mapped parameter that the answer does not have");
	bad = (struct refusal){ NULL, NULL };
	json("{\"needsSync\":true}");
	needs_map(&needs, &s, &p, &n, &bad);
	CHECK_STR(bad.reason, "MissingParameter");
}

int
main(void)
{
	check_good();
	check_bad();
	check_errors();
	check_plans();
	check_other_plans();
	check_map();
	return test_end();
}
