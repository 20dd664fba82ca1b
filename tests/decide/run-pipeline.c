/*
 * The decision table of run-pipeline, row by row: what was observed of one
 * object -> step and status.
 */

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "cmd/run-pipeline/needs.h"
#include "cmd/run-pipeline/pipelinerun.h"
#include "cmd/run-pipeline/run-pipeline.h"
#include "cmd/run-pipeline/status.h"
#include "cmd/run-pipeline/sync.h"
#include "kube/tekton.h"
#include "model/runner.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/step.h"
#include "run/when.h"
#include "test.h"

#define MINUTE	60L
#define HOUR	3600L
#define NOW	1790000000L	/* 2026-09-21T14:13:20Z */

static struct runner		runner;
static struct sync		sync;
static struct log		log_;
static struct intent		intent;
static struct needs		needs;
static struct pipelinerun	next;
static struct run		runs[8];
static struct observation	o;
static struct step		step;
static struct status		status;

/* An object that asks nothing more than a run. */
static void
needed(const char *name)
{
	test(name);
	runner = (struct runner){ .successful = 100, .failed = 100,
	    .maximum_failures = 5 };
	sync = (struct sync){ .group = SYNC_OURS, .name = "x",
	    .namespace = "ns", .uid = "u", .version = "7", .generation = 3,
	    .url = "http://l/", .successful = -1, .failed = -1 };
	log_ = (struct log){ .intent = NULL };
	needs = (struct needs){ .state = NEEDS_SYNC };
	next = (struct pipelinerun){ .name = "x-0123456789ab" };
	o = (struct observation){ .runner = &runner, .sync = &sync,
	    .log = &log_, .run = runs, .needs = &needs, .next = &next,
	    .now = NOW };
}

static void
settled(const char *name)
{
	needed(name);
	needs.state = NEEDS_NOTHING;
	o.next = NULL;
}

/* One more run, made so many seconds ago and ended a minute later. */
static struct run *
add(enum run_state state, long ago)
{
	struct run	*r = &runs[o.nruns];

	*r = (struct run){ .group = PIPELINERUN_V1,
	    .name = keepf("run-%zu", o.nruns), .namespace = "ns",
	    .uid = keepf("r-%zu", o.nruns), .ours = true, .state = state,
	    .seen = true, .created = NOW - ago, .generation = 3 };
	if (state != RUN_ACTIVE)
		r->finished = r->created + MINUTE;
	o.nruns++;
	return r;
}

static bool
is(const char *row, const char *verb)
{
	decide_object(&o, &step, &status);
	if (step.row == NULL || strncmp(step.row, row, strlen(row)) != 0 ||
	    step.why == NULL || status.ready.reason == NULL ||
	    status.stalled.reason == NULL || status.row != step.row) {
		printf("     row %s: %s\n", step.row, step.why);
		return false;
	}
	return verb == NULL ? step.verb == NULL :
	    step.verb != NULL && strcmp(step.verb, verb) == 0;
}

static bool
quiet(void)
{
	return step.hold == NULL && step.verdict == SETTLED;
}

static bool
stands(enum truth ready, const char *reason, enum truth stalled)
{
	if (strcmp(status.ready.reason, reason) != 0)
		printf("     %s\n", status.ready.reason);
	return status.ready.status == ready &&
	    strcmp(status.ready.reason, reason) == 0 &&
	    status.stalled.status == stalled;
}

static void
row_1(void)
{
	needed("1 suspended, by the object and by the document");
	sync.suspend = true;
	o.bad_reason = "InvalidObject";
	log_.intent = &intent;
	add(RUN_ACTIVE, HOUR);
	CHECK(is("1 ", NULL) && step.hold != NULL);
	CHECK(stands(TRUTH_FALSE, "Suspended", TRUTH_FALSE));
	CHECK(status.nactive == 1 && !object_asks(&o));
	sync.suspend = false;
	runner.suspend = true;
	CHECK(is("1 ", NULL) && strstr(step.hold, "runner") != NULL);
}

static void
row_2(void)
{
	needed("2 a create that is there, whoever saw it");
	intent = (struct intent){ .verb = "create", .target = "run-0",
	    .at = NOW - 30, .duration = 65 };
	log_.intent = &intent;
	CHECK(is("2 ", NULL) && quiet() && !object_asks(&o));
	CHECK(stands(TRUTH_UNKNOWN, "Accounting", TRUTH_FALSE));
	add(RUN_ACTIVE, 30);
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "done");
	CHECK_STR(step.target, "run-0");
	CHECK_STR(step.name, "r-0");

	needed("2 a create that is not: lost, when its Lease is over");
	log_.intent = &intent;
	intent.at = NOW - 65;
	CHECK(is("2 ", NULL));
	intent.at = NOW - 66;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "lost");
	CHECK(step.name == NULL);
	intent.at = NOW;
	log_.orphaned = true;
	CHECK(is("2 ", STEP_CLOSE));

	needed("2 a delete: gone, going, another of its name, still there");
	intent = (struct intent){ .verb = "delete", .target = "run-0",
	    .base = "r-0", .at = NOW - 30, .duration = 65 };
	log_.intent = &intent;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "done");
	add(RUN_FAILED, HOUR);
	CHECK(is("2 ", NULL));
	runs[0].deleting = true;
	CHECK(is("2 ", STEP_CLOSE));
	runs[0].deleting = false;
	runs[0].uid = "other";
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "done");
	runs[0].uid = "r-0";
	intent.at = NOW - 66;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "lost");
}

static void
rows_3_and_4(void)
{
	needed("3 the object is going: nothing");
	sync.deleting = true;
	CHECK(is("3 ", NULL) && quiet() && !object_asks(&o));
	CHECK(stands(TRUTH_FALSE, "Deleting", TRUTH_FALSE));

	needed("4 a bad object: exit 3, a condition, nothing done");
	o.bad_reason = "ResourcesGone";
	o.bad_why = "remove them";
	add(RUN_ACTIVE, HOUR);
	CHECK(is("4 ", NULL) && step.verdict == BROKEN && !object_asks(&o));
	CHECK(stands(TRUTH_FALSE, "ResourcesGone", TRUTH_TRUE));
	CHECK_STR(status.ready.message, "remove them");
	CHECK(status.nactive == 1);
}

static void
row_5(void)
{
	needed("5 a run is active: settled, and nobody is asked");
	add(RUN_FAILED, 2 * HOUR);
	add(RUN_ACTIVE, HOUR);
	needs.state = NEEDS_UNASKED;
	CHECK(!object_asks(&o));
	CHECK(is("5 ", NULL) && quiet());
	CHECK(stands(TRUTH_TRUE, "Running", TRUTH_FALSE));
	CHECK(status.nactive == 1);
	CHECK_STR(status.active[0]->name, "run-1");
	o.url_reason = "URLNotAllowed";
	CHECK(is("5 ", NULL) && quiet());

	needed("5 of the original's controller, and one that is going: too");
	add(RUN_ACTIVE, HOUR)->ours = false;
	CHECK(is("5 ", NULL) && quiet());
	runs[0].deleting = true;
	CHECK(is("5 ", NULL) && quiet());

	needed("5 Tekton has not looked at it: in an hour, somebody should");
	add(RUN_ACTIVE, HOUR)->seen = false;
	CHECK(is("5 ", NULL) && quiet());
	runs[0].created--;
	CHECK(is("5 ", NULL) && step.verdict == RETRY);
	CHECK(stands(TRUTH_FALSE, "NotSeen", TRUTH_FALSE));

	needed("5 history is tidied meanwhile");
	sync.failed = 0;
	add(RUN_FAILED, 3 * HOUR);
	add(RUN_FAILED, 2 * HOUR);
	add(RUN_ACTIVE, HOUR);
	CHECK(is("5 ", "delete"));
	CHECK_STR(step.target, "run-0");
	CHECK_STR(step.base, "r-0");
	CHECK(stands(TRUTH_TRUE, "Running", TRUTH_FALSE));
}

static void
rows_6_and_7(void)
{
	needed("6 the URL may not be asked: exit 3");
	needs.state = NEEDS_UNASKED;
	o.url_reason = "URLNotAllowed";
	o.url_why = "not below";
	CHECK(is("6 ", NULL) && step.verdict == BROKEN && !object_asks(&o));
	CHECK(stands(TRUTH_FALSE, "URLNotAllowed", TRUTH_TRUE));

	needed("7 the lambda failed: exit 1, nothing done");
	CHECK(object_asks(&o));
	needs = (struct needs){ .state = NEEDS_FAILED,
	    .reason = "LambdaNotJSON", .why = "HTML" };
	runner.successful = 0;
	add(RUN_SUCCEEDED, 2 * HOUR);
	add(RUN_SUCCEEDED, HOUR);
	CHECK(is("7 ", NULL) && step.verdict == RETRY);
	CHECK(stands(TRUTH_FALSE, "LambdaNotJSON", TRUTH_FALSE));
	needs = (struct needs){ .state = NEEDS_UNASKED };
	CHECK(is("7 ", NULL) && step.verdict == RETRY);
}

static void
row_8(void)
{
	settled("8 no sync needed: settled, whatever failed");
	CHECK(is("8 ", NULL) && quiet());
	CHECK(stands(TRUTH_TRUE, "InSync", TRUTH_FALSE));
	CHECK(status.last_name == NULL && status.success == 0);
	add(RUN_SUCCEEDED, 2 * HOUR);
	add(RUN_FAILED, HOUR)->failures = 7;
	CHECK(is("8 ", NULL) && quiet());
	CHECK(status.success == NOW - 2 * HOUR + MINUTE);
	CHECK_STR(status.last_name, "run-1");
	CHECK(status.last_failures == 8 && !status.last_succeeded);
}

static void
row_8_rules(void)
{
	settled("8 the model of a rule is held: hold");
	needs = (struct needs){ .state = NEEDS_HELD, .reason = "ModelHeld",
	    .why = "by somebody" };
	CHECK(is("8 model held", NULL) && step.verdict == SETTLED);
	CHECK_STR(step.hold, "by somebody");
	CHECK(stands(TRUTH_FALSE, "ModelHeld", TRUTH_TRUE));
	sync.successful = 0;
	add(RUN_SUCCEEDED, 2 * HOUR);
	add(RUN_SUCCEEDED, HOUR);
	CHECK(is("8 model held: history", "delete"));
	CHECK(stands(TRUTH_FALSE, "ModelHeld", TRUTH_TRUE));

	settled("8 a tool does something else first: settled, not in sync");
	needs = (struct needs){ .state = NEEDS_LATER, .reason = "RuleWaits",
	    .why = "measures" };
	CHECK(is("8 rule waits", NULL) && quiet());
	CHECK(stands(TRUTH_FALSE, "RuleWaits", TRUTH_FALSE));
	sync.successful = 0;
	add(RUN_SUCCEEDED, 2 * HOUR);
	add(RUN_SUCCEEDED, HOUR);
	CHECK(is("8 rule waits: history", "delete"));
	CHECK(stands(TRUTH_FALSE, "RuleWaits", TRUTH_FALSE));
}

static void
row_8_history(void)
{
	settled("8 exactly one beyond the limits, the oldest first");
	sync.successful = 1;
	sync.failed = 1;
	add(RUN_FAILED, 6 * HOUR);
	add(RUN_SUCCEEDED, 5 * HOUR);
	CHECK(is("8 ", NULL));
	add(RUN_SUCCEEDED, 4 * HOUR);
	CHECK(is("8 ", "delete"));
	CHECK_STR(step.target, "run-1");
	add(RUN_FAILED, 3 * HOUR);
	CHECK(is("8 ", "delete"));
	CHECK_STR(step.target, "run-0");
	runs[0].deleting = true;
	CHECK(is("8 ", "delete"));
	CHECK_STR(step.target, "run-1");
	runs[1].deleting = true;
	CHECK(is("8 ", NULL) && quiet());
	test("8 never one that is not ours, nor counted");
	runs[0].deleting = runs[1].deleting = false;
	runs[0].ours = runs[1].ours = false;
	CHECK(is("8 ", NULL) && quiet());
	test("8 the object's limits go before the document's");
	runs[0].ours = runs[1].ours = true;
	sync.successful = sync.failed = -1;
	CHECK(is("8 ", NULL) && quiet());
	runner.failed = 1;
	CHECK(is("8 ", "delete"));
	CHECK_STR(step.target, "run-0");

	settled("8 the run that ended last goes when the status knows it");
	sync.failed = 0;
	add(RUN_FAILED, HOUR);
	CHECK(is("8 ", NULL) && quiet());
	CHECK_STR(status.last_uid, "r-0");
	sync.last = (struct last){ .name = "run-0", .uid = "r-0",
	    .created = NOW - HOUR, .finished = NOW - HOUR + MINUTE,
	    .failures = 1, .generation = 3 };
	CHECK(is("8 ", "delete"));
}

static void
row_9(void)
{
	needed("9 no run can be made of it: exit 3");
	o.next = NULL;
	o.next_reason = "MissingParameter";
	o.next_why = "no \"name\"";
	CHECK(is("9 ", NULL) && step.verdict == BROKEN);
	CHECK(stands(TRUTH_FALSE, "MissingParameter", TRUTH_TRUE));
}

static void
row_10(void)
{
	needed("10 too many failures in a row: hold");
	add(RUN_FAILED, 30 * HOUR)->failures = 4;
	CHECK(is("10 ", NULL) && step.hold != NULL);
	CHECK(strstr(step.hold, "run-0") != NULL);
	CHECK(stands(TRUTH_FALSE, "TooManyFailures", TRUTH_TRUE));
	runner.maximum_failures = 6;
	CHECK(is("13 ", "create"));
	runner.maximum_failures = 5;
	sync.generation = 4;
	CHECK(is("13 ", "create"));
	sync.generation = 3;
	test("10 history is tidied meanwhile, and the hold is to be seen");
	sync.successful = 0;
	runs[1] = runs[0];
	runs[0] = (struct run){ .group = "", .name = "old", .uid = "r-old",
	    .ours = true, .state = RUN_SUCCEEDED, .created = 1,
	    .finished = 2 };
	o.nruns = 2;
	CHECK(is("10 ", "delete"));
	CHECK_STR(step.target, "old");
	CHECK(stands(TRUTH_FALSE, "TooManyFailures", TRUTH_TRUE));
}

static void
row_11(void)
{
	static const long	wait[] = { 600, 1200, 2400, 4800, 9600, 19200,
				    21600, 21600 };
	long			i;

	needed("11 back-off: 10 minutes, doubling, at most 6 hours");
	runner.maximum_failures = 1000;
	add(RUN_FAILED, HOUR);
	for (i = 0; i < 8; i++) {
		runs[0].failures = i;
		runs[0].finished = NOW - wait[i] + 1;
		CHECK(is("11 ", NULL) && quiet());
		CHECK(stands(TRUTH_FALSE, "BackingOff", TRUTH_FALSE));
		runs[0].finished = NOW - wait[i];
		CHECK(is("13 ", "create"));
	}
	test("11 a run that succeeded since ends it");
	runs[0].finished = NOW;
	CHECK(is("11 ", NULL));
	add(RUN_SUCCEEDED, MINUTE);
	CHECK(is("13 ", "create"));
	test("11 failed for another generation, or of the original's: none");
	o.nruns = 1;
	runs[0].generation = 2;
	CHECK(is("13 ", "create"));
	runs[0].generation = 0;
	CHECK(is("13 ", "create"));

	needed("11 a run that was deleted counts, as the status has it");
	sync.last = (struct last){ .name = "gone", .uid = "r-gone",
	    .created = NOW - MINUTE, .finished = NOW - 1, .failures = 1,
	    .generation = 3 };
	CHECK(is("11 ", NULL));
	CHECK(strstr(step.why, "gone") != NULL);
	CHECK_STR(status.last_uid, "r-gone");
	add(RUN_SUCCEEDED, HOUR);
	CHECK(is("11 ", NULL));
	sync.last.created = NOW - 2 * HOUR;
	CHECK(is("13 ", "create"));
}

static void
rows_12_and_13(void)
{
	needed("12 history first, when the last action made a run");
	sync.successful = 1;
	add(RUN_SUCCEEDED, 2 * HOUR);
	add(RUN_SUCCEEDED, HOUR);
	CHECK(is("13 ", "create"));
	log_.outcome[0] = (struct outcome){ .verb = "create", .target = "z",
	    .result = "done" };
	log_.noutcomes = 1;
	CHECK(is("12 ", "delete"));
	CHECK_STR(step.target, "run-0");
	log_.outcome[1] = (struct outcome){ .verb = "delete",
	    .target = "run-0", .result = "done" };
	log_.noutcomes = 2;
	CHECK(is("13 ", "create"));

	needed("13 a sync is needed: create");
	CHECK(is("13 ", "create") && quiet());
	CHECK_STR(step.target, "x-0123456789ab");
	CHECK_STR(step.base, "7");
	CHECK(stands(TRUTH_TRUE, "Running", TRUTH_FALSE));
	CHECK(strstr(step.why, "lambda") != NULL);
	sync.rule = RULE_DIFFERS;
	sync.model = "issues";
	CHECK(is("13 ", "create") && strstr(step.why, "issues") != NULL);
}

/* From the object itself to the run it makes. */
static void
check_object(void)
{
	static const char	*allowed[] = { "http://l" };
	static struct param	 name[] = { { "name", "m" } };
	static struct mapping	 map[] = { { "name", "automl-model" } };
	static struct runner_model known[] = { { "issues", "i.yaml" } };
	const char		*first;

	needed("an object is prepared, and completed");
	runner.allowed = allowed;
	runner.nallowed = 1;
	sync.mapping = map;
	sync.nmappings = 1;
	sync.template = keep_json(json_pack("{s{s{ss}}}", "spec",
	    "pipelineRef", "name", "p"));
	object_prepare(&o);
	CHECK(o.bad_reason == NULL && o.url_reason == NULL && o.url != NULL);
	needs = (struct needs){ .state = NEEDS_SYNC, .param = name, .n = 1 };
	object_complete(&o);
	CHECK(o.next != NULL && o.next->body != NULL);
	first = o.next == NULL ? "" : o.next->name;
	test("the next run has another name when one ended");
	add(RUN_SUCCEEDED, HOUR);
	object_complete(&o);
	CHECK(o.next != NULL && strcmp(o.next->name, first) != 0);
	test("what is refused of it");
	needs.n = 0;
	object_complete(&o);
	CHECK(o.next == NULL);
	CHECK_STR(o.next_reason, "MissingParameter");
	allowed[0] = "http://other";
	object_prepare(&o);
	CHECK_STR(o.url_reason, "URLNotAllowed");
	sync.bad = (struct refusal){ "InvalidMapping", "w" };
	object_prepare(&o);
	CHECK_STR(o.bad_reason, "InvalidMapping");
	test("a rule names a model that the document knows");
	sync.rule = RULE_FRESHNESS;
	sync.model = "issues";
	object_prepare(&o);
	CHECK_STR(o.url_reason, "ModelNotAllowed");
	runner.model = known;
	runner.nmodels = 1;
	object_prepare(&o);
	CHECK(o.url_reason == NULL);
	CHECK_STR(o.document, "i.yaml");
}

static const char *
since(json_t *json, size_t i)
{
	return json_string_value(json_object_get(json_array_get(
	    json_object_get(json, "conditions"), i), "lastTransitionTime"));
}

static const char *
decided(json_t *json)
{
	return json_string_value(json_object_get(json_object_get(json,
	    "lastDecision"), "time"));
}

static json_t *
written(time_t now)
{
	o.now = now;
	decide_object(&o, &step, &status);
	return status_json(&sync, &status, now);
}

/* The object as it is read again with that status. */
static void
stored(json_t *json)
{
	time_t	 t = 0;

	sync.status = json;
	CHECK(when_parse(decided(json), &t) == 0);
	sync.decided = t;
}

static void
check_status(void)
{
	json_t	*was, *is;

	settled("a status is written when it changed, and not again");
	add(RUN_SUCCEEDED, HOUR);
	was = written(NOW);
	CHECK(status_differs(&sync, was));
	stored(was);
	is = written(NOW + 5 * MINUTE);
	CHECK(!status_differs(&sync, is));
	CHECK_STR(since(is, 0), when_text(NOW));
	test("a decision that stays is told again in an hour");
	is = written(NOW + HOUR);
	CHECK(status_differs(&sync, is));
	CHECK_STR(decided(is), when_text(NOW + HOUR));
	CHECK_STR(since(is, 0), when_text(NOW));
	test("a condition's time moves with its status alone");
	needs = (struct needs){ .state = NEEDS_FAILED, .reason = "LambdaFailed",
	    .why = "it answered 500" };
	is = written(NOW + MINUTE);
	CHECK_STR(since(is, 0), when_text(NOW + MINUTE));
	CHECK_STR(since(is, 1), when_text(NOW));
	CHECK_STR(decided(is), when_text(NOW + MINUTE));
	stored(is);
	needs.why = "it answered 502";
	is = written(NOW + 2 * MINUTE);
	CHECK(status_differs(&sync, is));
	CHECK_STR(since(is, 0), when_text(NOW + MINUTE));
	test("conditions of others stay, and the generation is told");
	json_array_append_new(json_object_get(is, "conditions"),
	    json_pack("{ss ss}", "type", "Theirs", "status", "True"));
	stored(is);
	sync.generation = 4;
	is = written(NOW + 3 * MINUTE);
	CHECK(json_array_size(json_object_get(is, "conditions")) == 3);
	CHECK(json_integer_value(json_object_get(is,
	    "observedGeneration")) == 4);
	CHECK(status_differs(&sync, is));
	test("active runs, and none any more");
	add(RUN_ACTIVE, MINUTE);
	is = written(NOW);
	CHECK(json_array_size(json_object_get(is, "active")) == 1);
	stored(is);
	o.nruns = 1;
	is = written(NOW);
	CHECK(json_array_size(json_object_get(is, "active")) == 0);
	CHECK(status_differs(&sync, is));
}

static void
check_order(void)
{
	struct sync		 a = { .name = "a", .decided = 5 };
	struct sync		 b = { .name = "b", .decided = 0 };
	struct sync		 c = { .name = "c", .decided = 5 };
	const struct sync	*list[] = { &c, &a, &b };

	test("oldest decision first, then by name");
	qsort(list, 3, sizeof(list[0]), object_order);
	CHECK(list[0] == &b && list[1] == &a && list[2] == &c);
	test("the worst verdict: 3, 1, 2, 0");
	CHECK(verdict_worse(BROKEN, RETRY) == BROKEN);
	CHECK(verdict_worse(RETRY, PENDING) == RETRY);
	CHECK(verdict_worse(PENDING, RETRY) == RETRY);
	CHECK(verdict_worse(SETTLED, PENDING) == PENDING);
	CHECK(verdict_worse(SETTLED, SETTLED) == SETTLED);
}

static void
check_failed_step(void)
{
	needed("a create that failed: not ready, whatever was decided");
	CHECK(is("13 ", "create"));
	status_failed(&status, step.verb, RETRY, "status 500");
	CHECK(stands(TRUTH_FALSE, "CreateFailed", TRUTH_FALSE));
	CHECK_STR(status.ready.message, "status 500");
	test("a create that a person must mend: stalled");
	status_failed(&status, step.verb, BROKEN, "status 422");
	CHECK(stands(TRUTH_FALSE, "CreateFailed", TRUTH_TRUE));
	CHECK_STR(status.stalled.message, "status 422");

	settled("a delete that failed: as ready as it was");
	sync.successful = 0;
	add(RUN_SUCCEEDED, 2 * HOUR);
	add(RUN_SUCCEEDED, HOUR);
	CHECK(is("8 ", "delete"));
	status_failed(&status, step.verb, RETRY, "status 500");
	CHECK(stands(TRUTH_TRUE, "InSync", TRUTH_FALSE));
	status_failed(&status, step.verb, BROKEN, "status 403");
	CHECK(stands(TRUTH_TRUE, "InSync", TRUTH_TRUE));
	CHECK_STR(status.stalled.reason, "DeleteFailed");
}

#define CROWD	200

/* Those that a run looks at when it has time for so many. */
static void
look(struct sync **list, time_t now, size_t most)
{
	size_t	 i;

	object_arrange(list, CROWD, now);
	for (i = 0; i < most; i++)
		list[i]->success = now;
}

static void
check_crowd(void)
{
	static struct sync	 all[CROWD];
	struct sync		*list[CROWD];
	static const time_t	 every[] = { 1, 2, 3, 5, 6, 10, 12, 15, 20 };
	time_t			 now;
	size_t			 i, j, missed;

	test("what was never decided, and what is due, comes first");
	for (i = 0; i < CROWD; i++) {
		all[i] = (struct sync){ .name = keepf("o%03zu", i),
		    .group = SYNC_OURS, .decided = NOW - MINUTE };
		list[i] = &all[i];
	}
	all[7].decided = NOW - HOUR;
	all[9].decided = 0;
	object_arrange(list, CROWD, NOW);
	CHECK(list[0] == &all[9] && list[1] == &all[7]);
	CHECK(list[CROWD - 1] != &all[7] && list[CROWD - 1] != &all[9]);
	test("a run that is out of time does not leave out the same ones");
	for (j = 0; j < sizeof(every) / sizeof(every[0]); j++) {
		/* Decided once, and it stays so for less than an hour. */
		for (i = 0; i < CROWD; i++) {
			all[i].success = 0;
			all[i].decided = NOW;
		}
		for (now = NOW; now < NOW + HOUR; now += every[j] * MINUTE)
			look(list, now, CROWD / 2);
		for (i = missed = 0; i < CROWD; i++)
			missed += all[i].success == 0;
		CHECK(missed == 0);
	}
}

int
main(void)
{
	row_1();
	row_2();
	rows_3_and_4();
	row_5();
	rows_6_and_7();
	row_8();
	row_8_rules();
	row_8_history();
	row_9();
	row_10();
	row_11();
	rows_12_and_13();
	check_object();
	check_status();
	check_failed_step();
	check_order();
	check_crowd();
	return test_end();
}
