/*
 * Metrics as text, read back, written and on their way to a gateway.
 */

#include <sys/stat.h>

#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/metrics.h"
#include "run/step.h"
#include "run/summary.h"
#include "tmp.h"
#include "test.h"

#define NOW	1790000000L
#define LABELS	"{model=\"ml/issues\",tool=\"train-model\"} "
#define LAST	"modelsync_last_success_timestamp_seconds" LABELS

static struct step	step;
static struct summary	s;
static struct error	error;

static void
fresh(const char *name)
{
	test(name);
	step = (struct step){ .row = "7 young enough" };
	s = (struct summary){ .tool = "train-model", .model = "ml/issues",
	    .how = "settled", .why = "", .step = &step, .now = NOW,
	    .ms = 1234, .exchanges = 3, .model_time = NOW - 3600 };
}

/* Whether a text has a line, but for its end. */
static bool
has(const char *text, const char *line)
{
	return strstr(text, keepf("\n%s\n", line)) != NULL;
}

static void
form(void)
{
	const char	*text;

	fresh("every metric with its value, in OpenMetrics");
	step.gate = STEP_GATE_PASSED;
	step.holds = 2;
	s.failures = 4;
	s.busy_since = NOW - 5;
	text = metrics_text(&s, METRICS_OPEN, NOW - 9);
	CHECK(strncmp(text, "# TYPE " "modelsync_last_success_", 30) == 0);
	CHECK(has(text, LAST "1789999991"));
	CHECK(has(text, "modelsync_last_attempt_timestamp_seconds" LABELS
	    "1790000000"));
	CHECK(has(text, "modelsync_result" LABELS "0"));
	CHECK(has(text, "modelsync_exchanges" LABELS "3"));
	CHECK(has(text, "modelsync_duration_seconds" LABELS "1.234"));
	CHECK(has(text, "modelsync_model_age_seconds" LABELS "3600"));
	CHECK(has(text, "modelsync_gate_passed" LABELS "1"));
	CHECK(has(text, "modelsync_holds" LABELS "2"));
	CHECK(has(text, "modelsync_consecutive_failures" LABELS "4"));
	CHECK(has(text, "modelsync_busy_since_timestamp_seconds" LABELS
	    "1789999995"));
	CHECK_STR(strstr(text, "# EOF"), "# EOF\n");

	fresh("what is not known: left out of a file, NaN at a gateway");
	s.model_time = 0;
	text = metrics_text(&s, METRICS_OPEN, 0);
	CHECK(strstr(text, "model_age") == NULL);
	CHECK(strstr(text, "gate_passed") == NULL);
	CHECK(strstr(text, "last_success") == NULL);
	text = metrics_text(&s, METRICS_PUSH, 0);
	CHECK(has(text, "modelsync_model_age_seconds" LABELS "NaN"));
	CHECK(has(text, "modelsync_gate_passed" LABELS "NaN"));
	CHECK(strstr(text, "last_success") == NULL);
	CHECK(strstr(text, "# EOF") == NULL);

	fresh("a gate that nothing passes is 0; a hold of the run is one");
	step.gate = STEP_GATE_FAILED;
	step.hold = "spec.suspend is true";
	text = metrics_text(&s, METRICS_OPEN, 0);
	CHECK(has(text, "modelsync_gate_passed" LABELS "0"));
	CHECK(has(text, "modelsync_holds" LABELS "1"));

	fresh("a name cannot break the form");
	s.model = "a\"} 1\n\\x";
	CHECK(strstr(metrics_text(&s, METRICS_OPEN, 0),
	    "{model=\"a\\\"} 1\\\\n\\\\x\",tool=") != NULL);
}

static void
read_back(void)
{
	fresh("the last success is read back from what was written");
	CHECK(metrics_success(&s, metrics_text(&s, METRICS_OPEN,
	    NOW - 60)) == NOW - 60);
	CHECK(metrics_success(&s, metrics_text(&s, METRICS_OPEN, 0)) == 0);
	CHECK(metrics_success(&s, "x\n" LAST "5\n# EOF\n") == 5);

	fresh("nonsense counts as absent");
	CHECK(metrics_success(&s, "") == 0);
	CHECK(metrics_success(&s, LAST "5") == 0);
	CHECK(metrics_success(&s, LAST "\n") == 0);
	CHECK(metrics_success(&s, LAST "-5\n") == 0);
	CHECK(metrics_success(&s, LAST "5.5\n") == 0);
	CHECK(metrics_success(&s, LAST "5e9\n") == 0);
	CHECK(metrics_success(&s, LAST "5 7\n") == 0);
	CHECK(metrics_success(&s, LAST " 5\n") == 0);
	CHECK(metrics_success(&s, "# " LAST "5\n") == 0);
	CHECK(metrics_success(&s, LAST "5\n" LAST "6\n") == 0);
	CHECK(metrics_success(&s, LAST "99999999999999999999\n") == 0);

	fresh("nor a time ahead, nor that of another model");
	CHECK(metrics_success(&s, LAST "1790000300\n") == NOW + 300);
	CHECK(metrics_success(&s, LAST "1790000301\n") == 0);
	s.model = "ml/other";
	CHECK(metrics_success(&s, LAST "5\n") == 0);
}

static time_t
written(const char *path, const char *how, int status, time_t now)
{
	s.how = how;
	s.status = status;
	s.now = now;
	CHECK(metrics_write(&s, path, &error) == 0);
	return metrics_success(&s, tmp_text(path));
}

static void
files(void)
{
	const char	*path = keepf("%s/m.prom", tmp());
	struct stat	 st;

	fresh("a run that was none keeps the last success");
	CHECK(written(path, "failed", RETRY, NOW) == 0);
	CHECK(written(path, "settled", SETTLED, NOW + 10) == NOW + 10);
	CHECK(written(path, "failed", RETRY, NOW + 20) == NOW + 10);
	CHECK(written(path, "busy", SETTLED, NOW + 30) == NOW + 10);
	CHECK(written(path, "held", PENDING, NOW + 40) == NOW + 10);
	CHECK(has(tmp_text(path), "modelsync_result" LABELS "2"));
	CHECK(written(path, "held", SETTLED, NOW + 50) == NOW + 50);
	CHECK(written(path, "done", SETTLED, NOW + 60) == NOW + 60);
	CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0644);

	fresh("a file that was cut short is replaced");
	tmp_file(path, LAST "17900");
	CHECK(written(path, "failed", RETRY, NOW) == 0);
	tmp_file(path, "");
	CHECK(written(path, "failed", RETRY, NOW) == 0);

	fresh("what is no file of ours is left alone, and nothing beside it");
	CHECK(metrics_write(&s, "/dev/null", &error) == -1);
	CHECK(stat("/dev/null", &st) == 0 && S_ISCHR(st.st_mode));
	CHECK(mkfifo(keepf("%s/pipe", tmp()), 0600) == 0);
	CHECK(metrics_write(&s, keepf("%s/pipe", tmp()), &error) == -1);
	CHECK(metrics_write(&s, tmp(), &error) == -1);
	CHECK(metrics_write(&s, keepf("%s/none/m", tmp()), &error) == -1);
	CHECK(unlink(path) == 0 &&
	    unlink(keepf("%s/pipe", tmp())) == 0 && rmdir(tmp()) == 0);
}

static void
gateway(void)
{
	fresh("the group at a gateway");
	CHECK_STR(metrics_path(&s),
	    "/metrics/job/train-model/model@base64/bWwvaXNzdWVz");
	s.model = "a/b";
	CHECK(strstr(metrics_path(&s), "/YS9i") != NULL);
	s.model = "a/\xff\xfe";
	CHECK(strstr(metrics_path(&s), "/YS___g==") != NULL);
	s.model = "a/b?c";
	CHECK(strstr(metrics_path(&s), "/YS9iP2M=") != NULL);

	fresh("an origin, and nothing else");
	CHECK(metrics_check("http://127.0.0.1:9091", &error) == 0);
	CHECK(metrics_check("https://push.example", &error) == 0);
	CHECK(metrics_check("https://push.example/", &error) == -1);
	CHECK(metrics_check("https://a:b@push.example", &error) == -1);
	CHECK(metrics_check("push.example", &error) == -1);
	CHECK(error.verdict == BROKEN);
}

int
main(void)
{
	form();
	read_back();
	gateway();
	files();
	return test_end();
}
