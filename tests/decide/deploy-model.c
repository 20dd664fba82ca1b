/*
 * The decision table of deploy-model, row by row: observed, now -> step.
 */

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd/deploy-model/choice.h"
#include "cmd/deploy-model/deploy-model.h"
#include "cmd/deploy-model/gate.h"
#include "model/config.h"
#include "model/evaluation.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/run.h"
#include "run/step.h"
#include "test.h"

#define HOUR	3600L
#define DAY	(24 * HOUR)
#define NOW	1790000000L	/* 2026-09-21T14:13:20Z */
#define OLD	"issues-aaaaaaaaaaaa"
#define MID	"issues-bbbbbbbbbbbb"
#define NEW	"issues-cccccccccccc"
#define HEAD	"dddddddddddddddddddddddddddddddddddddddd"

static struct config		config;
static struct log		empty, past;
static struct evaluation	good[3];
static struct against		against;
static struct candidate		model[3];
static struct copy		copy[2];
static struct job		job;
static struct step		step;

/* Three models; git names the oldest, and no branch is there. */
static void
pending(const char *name)
{
	static const char *const	id[] = { OLD, MID, NEW };
	int				 i;

	test(name);
	config = (struct config){ .name = "issues", .owner = "local/issues",
	    .base = "main", .head = "auto-update", .force = true,
	    .gate_precision = 0.7,
	    .gate_recall = 0.3, .maximum_regression = 0.02,
	    .minimum_comparable = 200 };
	for (i = 0; i < 3; i++) {
		good[i] = (struct evaluation){ .model = id[i],
		    .holdout = 300,
		    .micro = { .precision = 0.8, .recall = 0.6 } };
		model[i] = (struct candidate){ .id = id[i],
		    .generation = id[i], .created = NOW - (9 - 3 * i) * HOUR,
		    .evaluation = &good[i], .serving = DONE };
	}
	job = (struct job){ .config = &config, .log = &empty,
	    .model = model, .nmodels = 3, .nplaces = 3, .live = OLD,
	    .live_where = "deployment/Kptfile:9:18", .live_commit = "",
	    .live_ours = true, .live_serving = DONE, .base = "b",
	    .head_name = "auto-update", .head = "" };
}

/* Git names the newest, everywhere. */
static void
settled(const char *name)
{
	pending(name);
	job.live = NEW;
}

/* The branch proposes the newest. */
static void
proposed(const char *name)
{
	pending(name);
	job.branch = (struct branch){ .name = "auto-update",
	    .exists = true, .values = NEW,
	    .since = NOW - HOUR };
}

/* And a request is open for it, and true. */
static void
requested(const char *name)
{
	proposed(name);
	strlcpy(job.head, HEAD, sizeof(job.head));
	job.request = (struct request){ .forge = true,
	    .state = REQUEST_OPEN, .number = 7,
	    .head = "auto-update", .names = NEW,
	    .from = job.live, .title = "issues: update to " NEW,
	    .sha = HEAD };
}

static bool
is(const char *row, const char *verb)
{
	decide(&job, NOW, &step);
	if (step.row == NULL || strncmp(step.row, row, strlen(row)) != 0 ||
	    step.why == NULL) {
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
holds(const char *part)
{
	return step.hold != NULL && strstr(step.hold, part) != NULL;
}

static void
rows_1_to_3(void)
{
	struct intent	 intent = { .verb = "push", .target = "refs/heads/x",
			    .generation = NEW, .at = NOW - HOUR };
	struct log	 log = { .intent = &intent };

	pending("1 suspended stops everything");
	config.suspend = true;
	job.log = &log;
	CHECK(is("1 ", NULL) && holds("suspend"));

	pending("2 open intent: found, failed, ruled out, neither");
	job.log = &log;
	job.effect = EFFECT_DONE;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "done");
	CHECK(step.name == NULL);
	job.effect_name = "#7";
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.name, "#7");
	job.effect_name = NULL;
	job.effect = EFFECT_FAILED;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "failed");
	job.effect = EFFECT_LOST;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "lost");
	CHECK(step.sweep == NULL);
	job.left_lock = "refs/heads/x.lock";
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.sweep, "refs/heads/x.lock");
	job.nmodels = 0;
	CHECK(is("2 ", STEP_CLOSE));
	job.effect = EFFECT_UNKNOWN;
	CHECK(is("2 ", NULL) && quiet() && step.sweep == NULL);

	pending("3 registry empty: nothing yet");
	job.nmodels = 0;
	CHECK(is("3 ", NULL) && quiet());
}

static void
row_4(void)
{
	pending("4 marker found nowhere: exit 3");
	job.nplaces = 0;
	CHECK(is("4 ", NULL) && step.verdict == BROKEN);

	pending("4 live empty or a placeholder: the first model ever");
	job.live = "notavlidmodel";
	job.live_empty = true;
	job.live_ours = false;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	CHECK_STR(step.candidate, model[job.nmodels - 1].id);

	pending("4 a copy that a person changed: hold, naming both places");
	copy[0] = (struct copy){ .where = "deployment/a.yaml:3:9",
	    .value = "mine", .commit = " since 1234567 (Ada)" };
	job.copy = copy;
	job.ncopies = 1;
	CHECK(is("4 ", NULL) && holds("deployment/a.yaml:3:9"));
	CHECK(holds("deployment/Kptfile:9:18") && holds("1234567"));

	pending("4 a copy left behind goes with the proposal");
	copy[0].left_behind = true;
	job.copy = copy;
	job.ncopies = 1;
	CHECK(is("14 ", "push"));

	settled("4 a copy left behind is reason enough for one");
	job.copy = copy;
	job.ncopies = 1;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	copy[1] = (struct copy){ .where = "b:1:1", .value = "mine",
	    .commit = "" };
	job.ncopies = 2;
	CHECK(is("4 ", NULL) && holds("b:1:1"));
}

/* A copy left behind, and git names the newest everywhere else. */
static void
left_behind(const char *name)
{
	settled(name);
	copy[0] = (struct copy){ .where = "a:1:1", .value = OLD,
	    .left_behind = true, .commit = "" };
	job.copy = copy;
	job.ncopies = 1;
}

/* What a person holds is not proposed, not even where it is live. */
static void
row_4_held(void)
{
	struct hold	 hold = { .model = "*", .reason = "incident 7" };
	struct override	 skip = { .model = NEW, .hold = true, .by = "ada",
			    .reason = "seen" };

	left_behind("4 a hold on all stops that proposal too, visibly");
	config.hold = &hold;
	config.nholds = 1;
	CHECK(is("9 ", NULL) && holds("incident 7"));
	CHECK(holds("a:1:1") && holds(OLD));
	test("4 and so does a hold of the live model, not one of another");
	hold.model = NEW;
	CHECK(is("9 ", NULL) && holds("incident 7"));
	hold.model = MID;
	CHECK(is("14 ", "push"));
	test("4 it ends, and an override lifts it");
	hold = (struct hold){ .model = "*", .until = NOW, .reason = "x" };
	CHECK(is("14 ", "push"));
	hold.until = NOW + 1;
	CHECK(is("9 ", NULL) && holds("until"));
	config.override = &skip;
	config.noverrides = 1;
	CHECK(is("14 ", "push"));
	left_behind("4 that proposal was rejected: held");
	model[2].rejected = "request 7 was closed";
	CHECK(is("9 ", NULL) && holds("request 7"));
	left_behind("4 live is not listed any more: nothing to make equal to");
	job.live = "issues-999999999999";
	job.live_time = NOW;
	CHECK(is("6 ", NULL) && quiet());
}

static void
rows_5_to_7(void)
{
	pending("5 live not listed, set by a person: hold");
	job.live = "their-model";
	job.live_ours = false;
	CHECK(is("5 ", NULL) && holds("their-model"));

	pending("5 live deleted since: go on, compared with nothing");
	job.live = "issues-999999999999";
	job.live_time = NOW - 20 * HOUR;
	config.hold_incomparable = true;
	CHECK(is("14 ", "push"));
	CHECK(strstr(step.why, "compared with nothing") != NULL);

	pending("6 live newer than every listed model: settled");
	job.live = "issues-999999999999";
	job.live_time = NOW - HOUR;
	CHECK(is("6 ", NULL) && quiet());

	pending("7 newest without an evaluation, younger than 1 h: wait");
	model[2].evaluation = NULL;
	model[2].created = NOW - HOUR + 1;
	CHECK(is("7 ", NULL) && quiet());
	model[2].created = NOW - HOUR;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
	CHECK(strstr(step.why, "has no evaluation") != NULL);
}

static void
row_8(void)
{
	pending("8 the newest that passes the gate");
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	CHECK_STR(step.target, "refs/heads/auto-update");

	pending("8 one that fails is passed over, with its sentence");
	good[2].micro.precision = 0.69;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
	CHECK(strstr(step.why, "0.690") != NULL);

	pending("8 nothing older than live is ever proposed");
	job.live = MID;
	good[2].micro.recall = 0.2;
	CHECK(is("9 ", NULL) && quiet());
	CHECK(strstr(step.why, "0.200") != NULL);

	pending("8 equal times: by name");
	model[1].created = model[0].created;
	model[2].created = model[0].created;
	job.live = MID;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	job.live = NEW;
	CHECK(is("9 ", NULL) && quiet());
}

/* A service may not tell an evaluation that it told before. */
static void
row_8_unread(void)
{
	static const char	why[] = "m/e: an evaluation of a label";

	pending("8 an evaluation that cannot be read: passed over, and why");
	model[2].evaluation = NULL;
	model[2].unread = why;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
	CHECK(strstr(step.why, why) != NULL);

	pending("8 so does that of live: it is not asked");
	model[0].evaluation = NULL;
	model[0].unread = why;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);

	proposed("8 that of the proposed model: nothing changes");
	model[2].evaluation = NULL;
	model[2].unread = why;
	CHECK(is("8 ", NULL) && step.verdict == RETRY && step.hold == NULL);
	CHECK(strstr(step.why, NEW) != NULL && strstr(step.why, why) != NULL);
	config.serving.given = true;
	model[0].serving = ABSENT;
	CHECK(is("8 ", NULL) && step.verdict == RETRY);

	requested("8 its request is not closed, and names no other model");
	model[2].evaluation = NULL;
	model[2].unread = why;
	job.branch.values = NULL;
	CHECK(is("8 ", NULL) && step.verdict == RETRY);
	job.model = &model[2];
	job.nmodels = 1;
	CHECK(is("8 ", NULL) && step.verdict == RETRY);

	requested("8 unless it is rejected");
	model[2].evaluation = NULL;
	model[2].unread = why;
	model[2].rejected = "closed";
	CHECK(is("13 ", "neutralize-request"));

	pending("7 the newest is young, and its evaluation cannot be read");
	model[2].created = NOW - 60;
	model[2].evaluation = NULL;
	model[2].unread = why;
	CHECK(is("7 ", NULL) && quiet());
	CHECK(strstr(step.why, why) != NULL);
}

/* What the step carries for the metrics. */
static bool
counts(enum step_gate gate, size_t n)
{
	decide(&job, NOW, &step);
	return step.gate == gate && step.holds == n;
}

static void
figures(void)
{
	struct hold	 all = { .model = "*", .reason = "freeze" };

	pending("the step tells what the gate said, and how many are held");
	CHECK(counts(STEP_GATE_PASSED, 0));
	good[2].micro.recall = 0.2;
	CHECK(counts(STEP_GATE_PASSED, 0));
	good[1].micro.recall = 0.2;
	CHECK(counts(STEP_GATE_FAILED, 0));
	config.hold_incomparable = true;
	good[1].micro.recall = good[2].micro.recall = 0.6;
	CHECK(counts(STEP_GATE_FAILED, 2));
	config.hold = &all;
	config.nholds = 1;
	CHECK(counts(STEP_GATE_NONE, 2));
	model[2].rolled_back = "by hand";
	CHECK(counts(STEP_GATE_NONE, 2));
	config.suspend = true;
	CHECK(counts(STEP_GATE_NONE, 0));
	settled("nothing newer than live: the gate is not asked");
	CHECK(counts(STEP_GATE_NONE, 0));
}

static void
gates(void)
{
	const char	*why;

	pending("the gate: bounds are met at the bound");
	good[2].micro.precision = 0.70;
	good[2].micro.recall = 0.30;
	CHECK(gate_judge(&config, &model[2], NULL, &why) == GATE_PASSED);
	good[2].micro.precision = NAN;
	CHECK(gate_judge(&config, &model[2], NULL, &why) == GATE_FAILED);
	CHECK(strstr(why, "undefined") != NULL);

	pending("the gate: not comparable proposes, or holds");
	CHECK(gate_judge(&config, &model[2], OLD, &why) == GATE_PASSED);
	CHECK(strstr(why, "not comparable") != NULL);
	config.hold_incomparable = true;
	CHECK(gate_judge(&config, &model[2], OLD, &why) == GATE_HOLD);
	CHECK(gate_judge(&config, &model[2], NULL, &why) == GATE_PASSED);
	CHECK(is("9 ", NULL) && holds("not comparable"));

	pending("the gate: regression against the live model");
	against = (struct against){ .model = OLD, .examples = 200,
	    .micro = { .precision = 0.9, .recall = 0.7 },
	    .candidate = { .precision = 0.881, .recall = 0.681 } };
	good[2].against = &against;
	good[2].nagainst = 1;
	CHECK(gate_judge(&config, &model[2], OLD, &why) == GATE_PASSED);
	against.candidate.recall = 0.67;
	CHECK(gate_judge(&config, &model[2], OLD, &why) == GATE_FAILED);
	against.examples = 199;
	CHECK(gate_judge(&config, &model[2], OLD, &why) == GATE_PASSED);
	against.examples = 200;
	CHECK(gate_judge(&config, &model[2], MID, &why) == GATE_PASSED);
}

static void
overridden(void)
{
	struct override	 skip[] = {
		{ .model = NEW, .gate = true, .by = "ada", .until = NOW },
		{ .model = NEW, .gate = true, .by = "bob", .reason = "seen" }
	};
	const char	*why;

	pending("the gate, overridden: by who does so still");
	good[2].micro.precision = 0.1;
	config.override = skip;
	config.noverrides = 2;
	CHECK(choice_judge(&job, &model[2], NOW, &why) == GATE_PASSED);
	CHECK(strstr(why, "bob let it pass: seen") != NULL);
	config.noverrides = 1;
	CHECK(choice_judge(&job, &model[2], NOW, &why) == GATE_FAILED);
	CHECK(strstr(why, "ada") == NULL);
	CHECK(choice_judge(&job, &model[2], NOW - 1, &why) == GATE_PASSED);
	test("the gate: what passes by itself needs nobody");
	good[2].micro.precision = 0.8;
	CHECK(choice_judge(&job, &model[2], NOW - 1, &why) == GATE_PASSED);
	CHECK(strstr(why, "ada") == NULL);
}

static void
row_9(void)
{
	struct hold	 hold = { .model = "*", .reason = "incident 7" };

	settled("9 git names the newest: settled");
	CHECK(is("9 ", NULL) && quiet());
	settled("9 an open request that proposes nothing is closed");
	job.request = (struct request){ .forge = true,
	    .state = REQUEST_OPEN, .names = NEW };
	CHECK(is("9 ", "close-request"));
	settled("9 serving of live is repaired");
	job.live_serving = ABSENT;
	CHECK(is("9 ", "serve"));
	CHECK_STR(step.target, NEW);

	pending("9 only holds stand in the way: hold");
	config.hold = &hold;
	config.nholds = 1;
	CHECK(is("9 ", NULL) && holds("incident 7"));
	hold.until = NOW;
	CHECK(is("14 ", "push"));
	hold.until = NOW + 1;
	CHECK(is("9 ", NULL) && holds("incident 7"));

	test("9 an open request that is held is closed");
	job.request = (struct request){ .forge = true,
	    .state = REQUEST_OPEN, .names = NEW };
	CHECK(is("9 ", "close-request"));

	pending("9 a hold, and the gate for the rest: both are said");
	hold = (struct hold){ .model = NEW, .reason = "slow" };
	config.hold = &hold;
	config.nholds = 1;
	good[1].micro.precision = 0.61;
	CHECK(is("9 ", NULL) && holds("slow") && holds("0.610"));

	pending("9 the first model ever does not pass: settled");
	job.live = "notavlidmodel";
	job.live_empty = true;
	job.live_ours = false;
	job.live_serving = ABSENT;
	config.gate_precision = 0.9;
	CHECK(is("9 no model passes", NULL) && quiet());

	pending("9 a hold on one model lets the next one through");
	hold = (struct hold){ .model = NEW, .reason = "slow" };
	config.hold = &hold;
	config.nholds = 1;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
}

static void
row_10(void)
{
	struct override	 skip = { .model = NEW, .hold = true, .by = "ada",
			    .reason = "it was the network" };

	pending("10 rolled back: the next newest, without it");
	model[2].rolled_back = "main named it until 1234567";
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
	model[1].rejected = "request 7 was closed";
	CHECK(is("9 ", NULL) && holds("1234567") && holds("request 7"));

	test("10 an override lifts it, until it ends");
	config.override = &skip;
	config.noverrides = 1;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	skip.until = NOW;
	CHECK(is("9 ", NULL));

	pending("10 an override of the gate");
	skip = (struct override){ .model = NEW, .gate = true };
	config.override = &skip;
	config.noverrides = 1;
	good[2].micro.precision = 0.1;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	model[2].rejected = "request 7 was closed";
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);

	pending("10 no override makes up for an evaluation");
	skip = (struct override){ .model = NEW, .gate = true,
	    .until = NOW + 1 };
	config.override = &skip;
	config.noverrides = 1;
	good[2].micro.precision = 0.1;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	model[2].evaluation = NULL;
	model[2].created = NOW - 2 * HOUR;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
}

/* Whatever became of the branch: it may be gone. */
static void
row_10_merged(void)
{
	struct override	 skip = { .model = NEW, .hold = true, .by = "ada",
			    .reason = "again" };
	struct own	 spent = { "auto-update", HEAD };

	pending("10 merged just now, and base was read before that: wait");
	model[2].merged = NOW - 15 * 60 + 1;
	model[2].merged_as = 7;
	CHECK(is("10 merged meanwhile", NULL) && quiet());
	test("10 and nothing is tidied meanwhile");
	config.proposal.delete_branch = true;
	config.serving.given = true;
	job.spent = &spent;
	model[0].serving = ABSENT;
	CHECK(is("10 merged meanwhile", NULL) && quiet());
	test("10 merged, and gone from base: as if it was rolled back");
	model[0].serving = DONE;
	model[2].merged = NOW - 15 * 60;
	config.hold_incomparable = true;
	CHECK(is("9 ", NULL) && holds("request #7 for it was merged"));
	config.hold_incomparable = false;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, MID);
	test("10 an override lifts it");
	config.override = &skip;
	config.noverrides = 1;
	CHECK(is("14 ", "push"));
	CHECK_STR(step.generation, NEW);
	left_behind("10 not where base names it, and a copy is behind");
	model[2].merged = NOW - 15 * 60;
	CHECK(is("14 ", "push"));
	model[2].merged = NOW;
	CHECK(is("10 merged meanwhile", NULL) && quiet());
}

static void
rows_11_to_14(void)
{
	proposed("11 branch held by a person: hold, for every model");
	job.branch.held = "commit 1234567 by Ada";
	CHECK(is("11 ", NULL) && holds("1234567"));
	job.branch.values = OLD;
	CHECK(is("11 ", NULL) && holds("1234567"));

	requested("11 the request was pointed at another base: hold");
	job.request.state = REQUEST_NONE;
	job.request.elsewhere = "#7 goes to other";
	CHECK(is("11 ", NULL) && holds("#7 goes to other"));
	job.branch.values = OLD;
	CHECK(is("11 ", NULL) && holds("#7 goes to other, or merge or"));

	pending("11 somebody else's request is open from our branch: hold");
	job.request = (struct request){ .forge = true, .taken = "#8 of eve" };
	CHECK(is("11 ", NULL) && holds("#8 of eve"));
	proposed("11 so it is, before the branch is moved under it");
	job.request = (struct request){ .forge = true, .taken = "#8 of eve" };
	job.branch.values = MID;
	job.branch.differs = "deployment/Kptfile:9:18 names another";
	CHECK(is("11 ", NULL) && holds("#8 of eve"));

	pending("12 not servable: make servable");
	model[2].serving = ABSENT;
	CHECK(is("12 ", "serve"));
	CHECK_STR(step.target, NEW);
	CHECK(!step.again);
	model[2].serving = RUNNING;
	model[2].serving_why = "op goes on";
	CHECK(is("12 ", NULL) && quiet() && step.verdict == SETTLED);
	model[2].serving = UNREADABLE;
	CHECK(is("12 ", NULL) && quiet());
	model[2].serving = FAILED;
	model[2].serving_why = "no capacity";
	CHECK(is("12 ", "serve") && step.again);
	CHECK(strstr(step.why, "no capacity") != NULL);
	model[2].serving = ABSENT;
	config.serving.merged = true;
	CHECK(is("14 ", "push"));

	requested("13 request names another model: neutral text");
	job.request.names = MID;
	job.branch.values = MID;
	CHECK(is("13 ", "neutralize-request"));
	job.request.names = NULL;	/* the neutral text */
	job.branch.differs = "deployment/Kptfile:9:18 names another";
	CHECK(is("14 ", "push"));

	proposed("14 branch's marked values differ: push");
	job.branch.values = NULL;
	job.branch.differs = "deployment/a.yaml:3:9 names another";
	CHECK(is("14 ", "push"));
	CHECK(strstr(step.why, "a.yaml:3:9") != NULL);
}

static void
did(const char *verb, const char *result)
{
	struct outcome	*o = &past.outcome[past.noutcomes++];

	*o = (struct outcome){ .verb = verb, .target = "#7",
	    .result = result };
}

static void
rows_15_to_18(void)
{
	proposed("15 no request: open");
	job.request.forge = true;
	CHECK(is("15 ", "open-request"));
	requested("16 text untrue: edit");
	job.request.names = NULL;
	CHECK(is("16 ", "edit-request") && strcmp(step.target, "#7") == 0);
	requested("16 the text says that another model is live: edit");
	job.request.from = MID;
	CHECK(is("16 ", "edit-request"));
	requested("16 the title names another model: edit");
	job.request.title = "now it is " MID;
	CHECK(is("16 ", "edit-request"));
	requested("16 the forge has not seen the push: wait");
	job.branch.since = NOW - 15 * 60 + 1;
	job.request.sha = "0123456789012345678901234567890123456789";
	job.request.names = NULL;
	CHECK(is("16 ", NULL) && quiet());
	test("16 but not for ever: it counts from the push, or the merge");
	job.log = &past;
	past.noutcomes = 0;
	job.branch.since = NOW - 15 * 60;
	CHECK(is("16 ", NULL) && step.verdict == RETRY);
	did("push", "done");
	past.outcome[0].at = NOW - 15 * 60 + 1;
	CHECK(is("16 ", NULL) && quiet());
	past.outcome[0].at = NOW - DAY;
	job.branch.since = NOW - 15 * 60 + 1;
	CHECK(is("16 ", NULL) && quiet());
	past.noutcomes = 0;
	requested("17 a marked file changed on base: refresh");
	job.branch.stale = "deployment/Kptfile";
	CHECK(is("17 ", "push") && step.again);
	requested("17 conflict: refresh");
	job.request.conflict = true;
	CHECK(is("17 ", "push") && step.again);
	job.request.names = NULL;
	CHECK(is("16 ", "edit-request"));
	proposed("17 without a forge");
	job.branch.stale = "deployment/Kptfile";
	CHECK(is("17 ", "push") && step.again);
	requested("18 waiting for review: settled");
	CHECK(is("18 ", NULL) && quiet());
	proposed("18 without a forge the branch is the proposal");
	CHECK(is("18 ", NULL) && quiet());
}

/* Labels and reviewers are asked for once, and not fought about. */
static void
adornments(void)
{
	static const char	*label[] = { "ml" };
	int			 i;

	requested("16 labels, reviewers and auto-merge, in this order, once");
	config.proposal = (struct proposal_config){ .auto_merge = "squash",
	    .labels = { label, 1 }, .reviewers = { label, 1 } };
	job.log = &past;
	past.noutcomes = 0;
	CHECK(is("18 ", NULL) && quiet());	/* opened long ago */
	did("open-request", "done");
	CHECK(is("16 ", "label-request"));
	did("label-request", "done");
	CHECK(is("16 ", "review-request"));
	did("review-request", "failed");
	CHECK(is("16 ", "review-request"));
	did("review-request", "failed");
	did("review-request", "failed");
	CHECK(is("16 ", "automerge-request"));
	did("automerge-request", "done");
	CHECK(is("18 ", NULL) && quiet());
	test("18 what failed three times is given up, and named");
	CHECK(strstr(step.why, "reviewers could not be asked") != NULL);
	CHECK(strstr(step.why, "labels") == NULL &&
	    strstr(step.why, "auto-merge") == NULL);
	past.noutcomes = 0;
	did("open-request", "done");
	CHECK(is("16 ", "label-request"));
	for (i = 0; i < 3; i++)
		did("label-request", "failed");
	CHECK(is("16 ", "review-request"));
	did("review-request", "done");
	for (i = 0; i < 2; i++)
		did("automerge-request", "failed");
	CHECK(is("16 ", "automerge-request"));
	did("automerge-request", "lost");
	CHECK(is("18 ", NULL) && quiet() && step.verdict == SETTLED);
	CHECK(strstr(step.why, "labels could not be set; auto-merge could "
	    "not be set") != NULL);
	config.proposal.auto_merge = NULL;
	CHECK(is("18 ", NULL) && strstr(step.why, "auto-merge") == NULL);
	config.proposal = (struct proposal_config){ .labels = { NULL, 0 } };
	past.noutcomes = 0;
}

/* A branch per generation; that of MID is the older one. */
#define OLDER	"auto-update-" MID
#define NEWER	"auto-update-" NEW

static void
unforced(void)
{
	struct own	 spent = { OLDER, HEAD };

	pending("13 force is forbidden: an older request makes way first");
	config.force = false;
	job.head_name = NEWER;
	CHECK(is("14 no branch", "push"));
	CHECK_STR(step.target, "refs/heads/" NEWER);
	job.branch = (struct branch){ .name = OLDER, .exists = true,
	    .values = MID };
	job.request = (struct request){ .forge = true,
	    .state = REQUEST_OPEN, .number = 7, .head = OLDER, .names = MID,
	    .from = OLD, .title = "", .sha = HEAD };
	CHECK(is("13 request of another branch", "close-request"));
	CHECK_STR(step.target, "#7");
	CHECK(strstr(step.why, OLDER) != NULL &&
	    strstr(step.why, NEWER) != NULL);
	test("13 so does one from head itself, whatever it names");
	job.branch = (struct branch){ .name = "auto-update", .exists = true,
	    .values = NEW };
	job.request.head = "auto-update";
	job.request.names = NEW;
	CHECK(is("13 request of another branch", "close-request"));
	test("11 but not over a person's commit on it");
	job.branch.held = "commit 1234567 of Ada";
	CHECK(is("11 ", NULL) && holds("1234567") && holds("auto-update has"));
	test("12 and not before the newer one can serve");
	job.branch.held = NULL;
	model[2].serving = RUNNING;
	model[2].serving_why = "op goes on";
	CHECK(is("12 ", NULL) && quiet());
	model[2].serving = DONE;

	test("14 the older branch stays, the newer one is pushed beside it");
	job.request = (struct request){ .forge = true };
	CHECK(is("14 no branch", "push"));
	CHECK_STR(step.target, "refs/heads/" NEWER);
	job.request.forge = false;
	job.branch = (struct branch){ .name = OLDER, .exists = true,
	    .values = MID };
	CHECK(is("14 no branch", "push"));
	test("11 without a forge a person's commit on it holds the newer one");
	job.branch.held = "commit 1234567 of Ada";
	CHECK(is("11 ", NULL) && holds("1234567") && holds(OLDER));

	requested("18 its own branch and request: as ever");
	config.force = false;
	job.head_name = job.branch.name = job.request.head = NEWER;
	CHECK(is("18 ", NULL) && quiet());
	job.spent = &spent;
	CHECK(is("18 ", NULL) && quiet());
	config.proposal.delete_branch = true;
	CHECK(is("22 ", "delete-branch"));
	CHECK_STR(step.target, "refs/heads/" OLDER);
	job.branch.stale = "deployment/Kptfile";
	CHECK(is("17 ", "push"));
	CHECK_STR(step.target, "refs/heads/" NEWER);
	config.proposal.delete_branch = false;
}

static void
ends(void)
{
	struct own	 spent = { "auto-update", HEAD };

	requested("11 a held branch's request is not closed over a person");
	job.live = NEW;
	job.branch.held = "commit 1234567 of Ada";
	CHECK(is("11 ", NULL) && holds("1234567"));
	settled("22 the branch of a merged request is deleted where asked");
	job.spent = &spent;
	CHECK(is("9 ", NULL) && quiet());
	config.proposal.delete_branch = true;
	CHECK(is("22 ", "delete-branch"));
	config.proposal.delete_branch = false;
}

/* Each step's effect, told as observed, leads on until nothing is left. */
static void
sequence(void)
{
	pending("decide after act is settled");
	job.request.forge = true;
	CHECK(is("14 ", "push"));
	job.branch = (struct branch){ .name = "auto-update",
	    .exists = true, .values = NEW };
	CHECK(is("15 ", "open-request"));
	strlcpy(job.head, HEAD, sizeof(job.head));
	job.request = (struct request){ .forge = true,
	    .state = REQUEST_OPEN, .number = 7,
	    .head = "auto-update", .names = NEW,
	    .from = job.live, .title = "", .sha = HEAD };
	CHECK(is("18 ", NULL) && quiet());
	job.request.state = REQUEST_NONE;	/* merged */
	job.branch.exists = false;
	job.live = NEW;
	CHECK(is("9 ", NULL) && quiet());
}

/* What serves when there is nothing else to do. */
static void
rows_19_to_21(void)
{
	size_t	 i;

	settled("19 to 21: live serves, nothing else does");
	config.serving.given = true;
	config.serving.keep = DAY;
	job.live_time = NOW - 10 * DAY;
	for (i = 0; i < job.nmodels; i++) {
		model[i].ours = true;
		model[i].routed = strcmp(model[i].id, job.live) == 0;
		model[i].serving = model[i].routed ? DONE : ABSENT;
		model[i].served_since = NOW - 5 * DAY;
	}
	CHECK(is("9 git names", NULL) && quiet());

	test("20 live has no traffic: shift it there");
	model[2].routed = false;
	CHECK(is("20 ", "shift"));
	CHECK_STR(step.target, NEW);
	model[2].routed = true;

	test("21 one that is neither live nor proposed is taken off");
	model[0].serving = DONE;
	CHECK(is("21 ", "undeploy"));
	CHECK_STR(step.target, model[0].id);
	test("21 not before its time, and not before live's");
	model[0].served_since = NOW - DAY + 1;
	CHECK(is("9 git names", NULL));
	model[0].served_since = NOW - DAY;
	CHECK(is("21 ", "undeploy"));
	job.live_time = NOW - DAY + 1;
	CHECK(is("9 git names", NULL));
	job.live_time = NOW - 10 * DAY;
	test("21 never one that was taken over, or is proposed");
	model[0].ours = false;
	CHECK(is("9 git names", NULL));
	model[0].ours = true;
	job.branch.values = model[0].id;
	CHECK(is("9 git names", NULL));
	job.branch.values = NULL;
	test("21 never while live does not serve itself");
	model[2].serving = RUNNING;
	CHECK(is("9 git names", NULL));
	model[2].serving = DONE;
	test("21 nothing of it without spec.serving");
	config.serving.given = false;
	CHECK(is("9 git names", NULL));

	pending("19 live does not serve, while a proposal waits");
	config.serving.given = true;
	job.branch.name = "auto-update";
	job.branch.exists = true;
	job.branch.values = NEW;
	for (i = 0; i < job.nmodels; i++)
		if (strcmp(model[i].id, job.live) == 0)
			model[i].serving = ABSENT;
	CHECK(is("19 ", "serve"));
	CHECK_STR(step.target, job.live);
}

/* A server may refuse it for ever. */
static void
row_22_is_last(void)
{
	struct own	 spent = { "auto-update", HEAD };

	pending("19 before a branch is deleted, which may be refused for ever");
	config.serving.given = true;
	job.branch = (struct branch){ .name = "auto-update", .exists = true,
	    .values = NEW };
	config.proposal.delete_branch = true;
	job.spent = &spent;
	model[0].serving = FAILED;
	model[0].serving_why = "no capacity";
	CHECK(is("19 ", "serve"));
	model[0].serving = DONE;
	CHECK(is("20 ", "shift"));
	model[0].routed = true;
	CHECK(is("22 ", "delete-branch"));
	config.proposal.delete_branch = false;
}

int
main(void)
{
	empty.memo = keep_json(json_object());
	rows_1_to_3();
	row_4();
	row_4_held();
	rows_5_to_7();
	row_8();
	row_8_unread();
	gates();
	overridden();
	figures();
	row_9();
	row_10();
	row_10_merged();
	rows_11_to_14();
	rows_15_to_18();
	adornments();
	unforced();
	ends();
	rows_19_to_21();
	row_22_is_last();
	sequence();
	return test_end();
}
