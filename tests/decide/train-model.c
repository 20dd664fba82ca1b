/*
 * The decision table of train-model, row by row: observed, now -> step.
 */

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cmd/train-model/train-model.h"
#include "model/config.h"
#include "model/manifest.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/run.h"
#include "run/step.h"
#include "run/when.h"
#include "test.h"

#define HOUR	3600L
#define DAY	(24 * HOUR)
#define NOW	1790000000L	/* 2026-09-21T14:13:20Z, a Monday */

static struct config	config;
static struct log	empty;
static struct manifest	newest, open_one;
static struct job	job;
static struct stage	stage[4];
static struct step	step;

/* A young model, enough data: every test changes one thing of this. */
static void
settled(const char *name)
{
	test(name);
	config = (struct config){ .name = "issues", .owner = "local/issues",
	    .spec_hash = "spec", .retry = "", .labels_minimum = 20,
	    .maximum_age = 24 * HOUR, .on_spec_change = true,
	    .maximum_failures = 3, .training_deadline = 1800 };
	newest = (struct manifest){ .model = "issues-0123456789ab",
	    .generation = "issues-0123456789ab", .created = NOW - HOUR,
	    .watermark = NOW - 2 * HOUR, .spec_hash = "spec",
	    .predecessor = "", .examples = 100 };
	newest.stem = manifest_stem(&config, "");
	job = (struct job){ .config = &config, .log = &empty,
	    .newest = &newest, .watermark = NOW - HOUR, .examples = 120,
	    .nlabels = 5, .fresh = 20, .counts = "Bug 7",
	    .stem = manifest_stem(&config, newest.model) };
}

static void
without_model(const char *name)
{
	settled(name);
	job.newest = NULL;
	job.stem = manifest_stem(&config, "");
}

static void
old_model(const char *name)
{
	settled(name);
	newest.created = NOW - 25 * HOUR;
}

static void
generation_open(const char *name)
{
	settled(name);
	open_one = (struct manifest){ .generation = "issues-ba9876543210",
	    .stem = job.stem, .input_hash = "in", .examples = 120 };
	job.open = &open_one;
	stage[0] = (struct stage){ .verb = "train", .phase = ABSENT,
	    .target = "models/issues-ba9876543210", .why = "its turn",
	    .spends = true, .counts = true, .deadline = 1800 };
	job.stage = stage;
	job.nstages = 1;
}

/* The same in a cloud: exported, and a custom job to be run. */
static void
cloud_open(const char *name)
{
	generation_open(name);
	stage[0] = (struct stage){ .verb = "export", .phase = DONE,
	    .target = "data", .why = "written", .spends = true };
	stage[1] = (struct stage){ .verb = "train", .phase = ABSENT,
	    .target = "custom job", .why = "its turn", .spends = true };
	stage[2] = (struct stage){ .verb = "register", .phase = ABSENT,
	    .target = "models/issues-ba9876543210", .why = "to register",
	    .counts = true };
	job.nstages = 3;
	job.records = true;
}

/* The same by a Job, or by a PipelineRun. */
static void
kubejob_open(const char *name, enum phase phase)
{
	generation_open(name);
	stage[0] = (struct stage){ .verb = "train", .phase = phase,
	    .target = "Job issues-ba9876543210", .why = "its turn",
	    .spends = true };
	stage[1] = (struct stage){ .verb = "register", .phase = ABSENT,
	    .target = "models/issues-ba9876543210", .why = "to register",
	    .counts = true };
	job.nstages = 2;
	job.records = true;
}

static void
run(void)
{
	decide(&job, NOW, &step);
}

/* The step has this row, and this verb (NULL: none). */
static bool
is(const char *row, const char *verb)
{
	run();
	if (step.row == NULL || strncmp(step.row, row, strlen(row)) != 0 ||
	    step.why == NULL)
		return false;
	return verb == NULL ? step.verb == NULL :
	    step.verb != NULL && strcmp(step.verb, verb) == 0;
}

static bool
holds(void)
{
	return step.hold != NULL && step.verb == NULL;
}

static void
row_3_of_a_job(void)
{
	kubejob_open("3 a Job is made", ABSENT);
	CHECK(is("3 open generation: train", "train"));
	CHECK(step.stem == NULL && step.deadline == 0);
	kubejob_open("3 a Job that is active", RUNNING);
	CHECK(is("3 open generation: running", NULL) && !holds());
	kubejob_open("3 a Job that is overdue", OVERDUE);
	CHECK(is("3 open generation: overdue", NULL) && holds());
	kubejob_open("3 a Job that is complete", DONE);
	CHECK(is("3 open generation: register", "register"));
	CHECK_STR(step.stem, open_one.stem);
	kubejob_open("3 a Job that failed, or is gone", FAILED);
	CHECK(is("3 open generation: failed", "fail"));
	CHECK_STR(step.target, "failed/issues-ba9876543210");
}

static void
rows_1_and_2(void)
{
	struct intent	 intent = { .verb = "train", .target = "models/x",
			    .generation = "x", .at = NOW - HOUR };
	struct log	 log = { .intent = &intent };

	generation_open("1 suspended stops everything");
	config.suspend = true;
	job.log = &log;
	CHECK(is("1 ", NULL) && holds());

	generation_open("2 open intent: found is closed as done");
	job.log = &log;
	job.effect = EFFECT_DONE;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "done");
	CHECK_STR(step.target, "models/x");
	job.effect = EFFECT_FAILED;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "failed");

	generation_open("2 open intent: ruled out is closed as lost");
	job.log = &log;
	job.effect = EFFECT_LOST;
	CHECK(is("2 ", STEP_CLOSE));
	CHECK_STR(step.result, "lost");

	generation_open("2 open intent: neither is busy");
	job.log = &log;
	job.effect = EFFECT_UNKNOWN;
	CHECK(is("2 ", NULL) && !holds() && step.verdict == SETTLED);
	CHECK(strstr(step.why, "cannot tell yet") != NULL);
}

/* What may be what an intent was to begin, and how it stands. */
static void
row_2_suspects(void)
{
	struct intent	 intent = { .verb = "train", .target = "a model",
			    .generation = "x", .at = NOW - HOUR };
	struct log	 log = { .intent = &intent };

	cloud_open("2 open intent: what blocks is named, and waited for");
	job.log = &log;
	job.effect = EFFECT_UNKNOWN;
	job.begun = &stage[1];
	stage[1].phase = UNREADABLE;
	stage[1].why = "operations/7 goes on";
	CHECK(is("2 ", NULL) && !holds() && step.verdict == SETTLED);
	CHECK(strstr(step.why, "operations/7") != NULL);
	stage[1].phase = ABSENT;
	CHECK(is("2 ", NULL) && !holds());
	CHECK(strstr(step.why, "operations/7") == NULL);

	test("2 open intent: what blocks beyond the deadline is held, named");
	stage[1].phase = OVERDUE;
	CHECK(is("2 ", NULL) && holds() && step.verdict == SETTLED);
	CHECK(strstr(step.hold, "operations/7") != NULL);
	CHECK(strstr(step.hold, "train a model") != NULL);

	test("2 open intent: what became of it decides, not how it stands");
	job.effect = EFFECT_LOST;
	CHECK(is("2 ", STEP_CLOSE));
}

static void
row_3(void)
{
	struct log	 log = { .intent = NULL };

	generation_open("3 open generation: train it, whatever else is true");
	newest.created = NOW - 10;
	job.watermark = 0;
	job.examples = 0;
	job.nlabels = 0;
	CHECK(is("3 ", "train"));
	CHECK_STR(step.target, "models/issues-ba9876543210");
	CHECK_STR(step.generation, "issues-ba9876543210");
	CHECK_STR(step.stem, open_one.stem);
	CHECK(step.deadline == 1800);

	generation_open("3 open generation: running, unreadable: wait");
	stage[0].phase = RUNNING;
	CHECK(is("3 open generation: running", NULL) && !holds());
	stage[0].phase = UNREADABLE;
	CHECK(is("3 open generation: unreadable", NULL) && !holds());

	generation_open("3 open generation: overdue, failed: hold");
	stage[0].phase = OVERDUE;
	CHECK(is("3 open generation: overdue", NULL) && holds());
	stage[0].phase = FAILED;
	CHECK(is("3 open generation: failed", NULL) && holds());

	generation_open("3 open generation: cut short too often: hold");
	log.stem = job.stem;
	log.failures = 2;
	job.log = &log;
	CHECK(is("3 ", "train"));
	log.failures = 3;
	CHECK(is("3 ", NULL) && holds());
	job.stem = "another stem";	/* a new retry text */
	CHECK(is("3 ", "train"));

	generation_open("3 open generation: failures before it do not count");
	log.failures = 3;
	open_one.attempt = 1;
	job.stem = log.stem = open_one.stem;
	job.log = &log;
	CHECK(is("3 ", "train"));
}

static void
row_3_stages(void)
{
	cloud_open("3 stages: the first that is not done is the next");
	CHECK(is("3 open generation: train", "train"));
	CHECK(step.stem == NULL && step.deadline == 0);
	stage[0].phase = ABSENT;
	CHECK(is("3 open generation: export", "export"));
	stage[0].phase = stage[1].phase = DONE;
	CHECK(is("3 open generation: register", "register"));
	CHECK_STR(step.stem, open_one.stem);

	cloud_open("3 stages: one that runs keeps the later ones waiting");
	stage[0].phase = RUNNING;
	CHECK(is("3 open generation: running", NULL) && !holds());
	stage[0].phase = UNREADABLE;
	CHECK(is("3 open generation: unreadable", NULL) && !holds());

	cloud_open("3 stages: all done is not seen yet, and nothing begins");
	stage[1].phase = stage[2].phase = DONE;
	CHECK(is("3 open generation: running", NULL) && !holds());

	cloud_open("3 stages: a failure is recorded, whatever failed");
	stage[0].phase = FAILED;
	CHECK(is("3 open generation: failed", "fail"));
	CHECK_STR(step.target, "failed/issues-ba9876543210");
	CHECK(step.stem == NULL);
	stage[0].phase = DONE;
	stage[1].phase = FAILED;
	CHECK(is("3 open generation: failed", "fail"));

	cloud_open("3 stages: a Lease that knows no step recalls, at any time");
	config.nwindows = 1;
	stage[1].verb = "recall";
	stage[1].spends = false;
	CHECK(is("3 open generation: recall", "recall"));
	CHECK_STR(step.generation, "issues-ba9876543210");
	CHECK(step.stem == NULL && step.deadline == 0);

	cloud_open("3 stages: only what spends waits for a window");
	config.nwindows = 1;
	CHECK(is("3 ", NULL) && strstr(step.why, "outside") != NULL);
	stage[1].phase = DONE;
	CHECK(is("3 ", "register"));
}

static void
rows_4_to_6(void)
{
	settled("4 newest model in the future: exit 1");
	newest.created = NOW + 301;
	CHECK(is("4 ", NULL) && step.verdict == RETRY);
	newest.created = NOW + 300;
	CHECK(!is("4 ", NULL));

	old_model("5 watermark below the newest model's: hold");
	job.watermark = newest.watermark - 1;
	CHECK(is("5 ", NULL) && holds());
	config.retry = "the archive was cleaned";
	job.stem = manifest_stem(&config, newest.model);
	CHECK(is("15 ", "build"));

	old_model("5 fewer than 80 % of its examples: hold");
	job.examples = 79;
	CHECK(is("5 ", NULL) && holds());
	job.examples = 80;
	CHECK(!is("5 ", NULL));

	old_model("5 is not asked of another spec");
	newest.spec_hash = "another";
	job.examples = 10;
	CHECK(is("15 ", "build"));

	without_model("6 nothing trainable: hold with the counts");
	job.nlabels = 0;
	CHECK(is("6 ", NULL) && holds());
	CHECK(strstr(step.hold, "Bug 7") != NULL);
	job.nlabels = 3;
	job.examples = 0;
	CHECK(is("6 ", NULL) && holds());
}

static void
rows_7_and_8(void)
{
	settled("7 young enough, to the second");
	newest.created = NOW - 24 * HOUR;
	CHECK(is("7 ", NULL) && !holds() && step.verdict == SETTLED);
	newest.created--;
	CHECK(is("15 ", "build"));

	settled("7 another spec is stale at once, unless told otherwise");
	newest.spec_hash = "another";
	CHECK(is("15 ", "build"));
	config.on_spec_change = false;
	CHECK(is("7 ", NULL));

	old_model("8 too few new examples: says how many are missing");
	config.minimum_new = 50;
	CHECK(is("8 ", NULL) && !holds());
	CHECK(strstr(step.why, "30 more") != NULL);
	job.fresh = 50;
	CHECK(is("15 ", "build"));

	settled("7 a rule switched off is not asked");
	config.maximum_age = 0;
	config.minimum_new = 20;
	CHECK(is("15 ", "build"));
	old_model("7 both off: settled");
	config.maximum_age = 0;
	CHECK(is("7 ", NULL) && !holds());

	without_model("7, 8 do not apply without a model");
	config.maximum_age = 0;
	config.minimum_new = 1000;
	CHECK(is("15 ", "build"));
}

static void
rows_9_to_11(void)
{
	size_t	 n;
	long	 wait;

	old_model("9 failures >= maximum: hold");
	job.attempt = 3;
	job.failed_at = NOW - 30 * DAY;
	CHECK(is("9 ", NULL) && holds());
	CHECK(strstr(step.hold, "trainer.log") != NULL);
	test("9 what trains elsewhere has no trainer.log");
	job.records = true;
	CHECK(is("9 ", NULL) && holds());
	CHECK(strstr(step.hold, "trainer.log") == NULL);
	CHECK(strstr(step.hold, "where the last ran") != NULL);

	old_model("10 back-off doubles from 10 min to 6 h");
	config.maximum_failures = 100;
	for (n = 1, wait = 600; n < 20; n++, wait *= 2) {
		if (wait > 6 * HOUR)
			wait = 6 * HOUR;
		job.attempt = n;
		job.failed_at = NOW - wait + 1;
		CHECK(is("10 ", NULL) && !holds());
		CHECK(strstr(step.why, when_text(NOW + 1)) != NULL);
		job.failed_at = NOW - wait;
		CHECK(is("15 ", "build"));
	}

	old_model("11 maximumStarts reached: hold");
	config.starts_count = 14;
	config.starts_per = 7 * DAY;
	job.starts = 14;
	CHECK(is("11 ", NULL) && holds());
	job.starts = 13;
	CHECK(is("15 ", "build"));
}

static void
row_12(void)
{
	struct window	 window = { .zone = "UTC" };
	struct span	 opening[] = {
		{ NOW - 2 * HOUR, NOW - HOUR }, { NOW + HOUR, NOW + 2 * HOUR }
	};

	old_model("12 outside every window: says when it opens");
	config.window = &window;
	config.nwindows = 1;
	job.opening = opening;
	job.nopenings = 2;
	CHECK(is("12 ", NULL) && !holds());
	CHECK(strstr(step.why, when_text(NOW + HOUR)) != NULL);
	opening[1].from = NOW;
	CHECK(is("15 ", "build"));
	opening[1].from = NOW - 2 * HOUR;
	opening[1].to = NOW;	/* to is outside */
	CHECK(is("12 ", NULL));
	job.nopenings = 0;
	CHECK(is("12 ", NULL));

	generation_open("12 gates the training of an open generation too");
	config.window = &window;
	config.nwindows = 1;
	CHECK(is("3 ", NULL) && !holds());
	job.opening = opening;
	job.nopenings = 1;
	opening[0].to = NOW + 1;
	CHECK(is("3 ", "train"));
}

static void
row_13(void)
{
	without_model("13 store empty, though something was made: hold");
	job.gone = "issues-0123456789ab";
	job.gone_at = NOW - DAY;
	CHECK(is("13 ", NULL) && holds());
	CHECK(strstr(step.hold, "the store is empty, but "
	    "issues-0123456789ab was made at 2026-09-20T") != NULL);
	CHECK(strstr(step.hold, "mount it, or give spec.training.retry") !=
	    NULL);
	job.gone = NULL;
	CHECK(is("15 ", "build"));
}

static void
row_15(void)
{
	const char	*first;

	without_model("15 the first generation of all");
	CHECK(is("15 ", "build"));
	CHECK(step.hold == NULL && step.verdict == SETTLED);
	CHECK(manifest_is_generation(step.generation));
	CHECK_STR(step.target, keepf("datasets/%s", step.generation));
	first = step.generation;
	run();
	CHECK_STR(step.generation, first);

	test("15 watermark and attempt make another generation, not time");
	decide(&job, NOW + DAY, &step);
	CHECK_STR(step.generation, first);
	job.watermark++;
	run();
	CHECK(strcmp(step.generation, first) != 0);
	job.watermark--;
	job.attempt = 1;
	job.failed_at = NOW - DAY;
	run();
	CHECK(strcmp(step.generation, first) != 0);

	old_model("decide after act is settled");
	CHECK(is("15 ", "build"));
	open_one = (struct manifest){ .generation = step.generation,
	    .model = step.generation, .stem = job.stem, .spec_hash = "spec",
	    .created = NOW, .watermark = job.watermark, .input_hash = "in",
	    .predecessor = newest.model, .examples = job.examples };
	job.open = &open_one;
	stage[0] = (struct stage){ .verb = "train", .phase = ABSENT,
	    .target = "models/x", .why = "its turn" };
	job.stage = stage;
	job.nstages = 1;
	CHECK(is("3 ", "train"));
	job.open = NULL;
	job.newest = &open_one;
	job.stem = manifest_stem(&config, open_one.model);
	CHECK(is("7 ", NULL) && !holds());
}

/* What BigQuery is asked costs, so that it is asked last. */
static void
row_14(void)
{
	old_model("14 measure: nothing else decides");
	job.measuring = UNASKED;
	job.question = "issues-measure-0123456789ab";
	job.examples = job.nlabels = job.fresh = 0;
	job.watermark = 0;
	job.counts = "";
	CHECK(is("14 ", "measure"));
	CHECK_STR(step.target, "issues-measure-0123456789ab");
	CHECK(step.generation == NULL && step.stem == NULL);
	job.measuring = ASKED;
	CHECK(is("14 ", NULL) && !holds() && step.verdict == SETTLED);
	job.measuring = DELAYED;
	job.refusal = "no bytes left (quotaExceeded)";
	job.ask_at = NOW + 600;
	CHECK(is("14 ", NULL) && !holds() && step.verdict == SETTLED);
	CHECK(strstr(step.why, "quotaExceeded") != NULL);
	CHECK(strstr(step.why, "2026-09-21T14:23:20Z") != NULL);
	job.measuring = REFUSED;
	job.refusal = "no such column at [3:4]";
	CHECK(is("14 ", NULL) && step.verdict == BROKEN);
	CHECK(strstr(step.why, "[3:4]") != NULL);
}

static void
row_14_not_asked(void)
{
	old_model("14 not asked: young, backing off, held, outside the window");
	job.measuring = UNASKED;
	newest.created = NOW - HOUR;
	CHECK(is("7 ", NULL));
	newest.created = NOW - 25 * HOUR;
	job.attempt = 1;
	job.failed_at = NOW - 60;
	CHECK(is("10 ", NULL));
	job.attempt = 3;
	CHECK(is("9 ", NULL) && holds());
	job.attempt = 0;
	config.nwindows = 1;
	CHECK(is("12 ", NULL));
	config.nwindows = 0;
	config.starts_count = 1;
	config.starts_per = DAY;
	job.starts = 1;
	CHECK(is("11 ", NULL) && holds());
	config.starts_count = 0;
	config.suspend = true;
	CHECK(is("1 ", NULL) && holds());
	config.suspend = false;
	job.gone = "issues-0123456789ab";
	CHECK(is("13 ", NULL) && holds());

	old_model("14 a rule that is off decides without asking");
	job.measuring = UNASKED;
	config.maximum_age = 0;
	CHECK(is("7 ", NULL));
	config.minimum_new = 10;
	CHECK(is("14 ", "measure"));

	old_model("14 measured: the figures decide as any other's");
	job.measuring = MEASURED;
	config.minimum_new = 30;
	CHECK(is("8 ", NULL));
	job.fresh = 30;
	CHECK(is("15 ", "build"));
	job.watermark = newest.watermark - 1;
	CHECK(is("5 ", NULL) && holds());
	without_model("14 measured: no issue in the data");
	job.watermark = 0;
	job.examples = job.nlabels = 0;
	CHECK(is("6 ", NULL) && holds());
}

int
main(void)
{
	empty.memo = keep_json(json_object());
	rows_1_and_2();
	row_2_suspects();
	row_3_of_a_job();
	row_3();
	row_3_stages();
	rows_4_to_6();
	rows_7_and_8();
	rows_9_to_11();
	row_12();
	row_13();
	row_14();
	row_14_not_asked();
	row_15();
	return test_end();
}
