/*
 * The lines of a run, the termination log, and text made plain for them.
 */

#include <sys/stat.h>

#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <jansson.h>

#include "net/journal.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/line.h"
#include "run/plain.h"
#include "run/step.h"
#include "run/summary.h"
#include "run/termination.h"
#include "run/when.h"
#include "tmp.h"
#include "test.h"

#define NOW	1790000000L	/* 2026-09-21T14:13:20Z */

static struct step	step = { .row = "13 start a generation",
			    .verb = "build", .target = "datasets/g",
			    .generation = "g" };
static struct summary	summary = { .tool = "train-model",
			    .model = "ml/issues", .how = "done",
			    .why = "there is no model yet", .step = &step,
			    .now = NOW, .ms = 12 };
static struct voice	voice = { LINE_LOGFMT, "train-model", "ml/issues" };

static void
plain(void)
{
	test("plain text: controls and what is no UTF-8 are escaped");
	CHECK_STR(plain_text("a\nb\tc\r", SIZE_MAX), "a\\nb\\tc\\r");
	CHECK_STR(plain_text("\x1b[2J\x7f", SIZE_MAX), "\\x1b[2J\\x7f");
	CHECK_STR(plain_text("\xc2\x9b", SIZE_MAX), "\\xc2\\x9b");
	CHECK_STR(plain_text("\xff\xc3(", SIZE_MAX), "\\xff\\xc3(");
	CHECK_STR(plain_text("gr\xc3\xbc\xc3\x9f", SIZE_MAX),
	    "gr\xc3\xbc\xc3\x9f");
	CHECK_STR(plain_text("", SIZE_MAX), "");

	test("plain text is cut between two characters");
	CHECK_STR(plain_text("abc", 3), "abc");
	CHECK_STR(plain_text("abcd", 3), "abc");
	CHECK_STR(plain_text("a\xc3\xbc", 2), "a");
	CHECK_STR(plain_text("a\xc3\xbc", 3), "a\xc3\xbc");
	CHECK_STR(plain_text("\xf0\x9f\x98\x80" "b", 3), "");
	CHECK_STR(plain_text("ab\n", 3), "ab");
	CHECK_STR(plain_text("x", 0), "");
}

static void
logfmt(void)
{
	struct passed	 p = { "GET", "https://k/apis", 200, 7 };

	test("the line in logfmt");
	voice.form = LINE_LOGFMT;
	CHECK_STR(line_summary(&voice, &summary), "level=info "
	    "tool=train-model model=ml/issues now=2026-09-21T14:13:20Z "
	    "end=done row=\"13 start a generation\" verb=build "
	    "target=datasets/g generation=g why=\"there is no model yet\" "
	    "exit=0 ms=12\n");
	CHECK_STR(line_summary(&voice, &(struct summary){ .tool = "t",
	    .how = "failed", .status = BROKEN, .why = "a\nlevel=info",
	    .step = &(struct step){ .row = NULL }, .ms = -1 }),
	    "level=error tool=train-model end=failed "
	    "why=\"a\\nlevel=info\" exit=3\n");

	test("the lines of -v in logfmt");
	CHECK_STR(line_fact(&voice, "newest model", "none"),
	    "level=debug tool=train-model observed=\"newest model\" "
	    "value=none\n");
	CHECK_STR(line_exchange(&voice, &p), "level=debug tool=train-model "
	    "method=GET url=https://k/apis status=200 ms=7\n");
	CHECK_STR(line_unsaid(&voice, "event", "status 403"),
	    "level=warn tool=train-model model=ml/issues unsaid=event "
	    "why=\"status 403\"\n");
}

static const char *
member(json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

/* One JSON object on one line, or NULL. */
static json_t *
parsed(const char *line)
{
	json_t	*o = json_loads(line, JSON_REJECT_DUPLICATES, NULL);

	CHECK(o != NULL && strchr(line, '\n') == strrchr(line, '\n') &&
	    line[strlen(line) - 1] == '\n');
	return o == NULL ? NULL : keep_json(o);
}

static void
json(void)
{
	static const char *const severity[] = {
		"INFO", "WARNING", "INFO", "ERROR"
	};
	struct summary		 s = summary;
	time_t			 t;
	json_t			*o;

	test("the line in JSON");
	voice.form = LINE_JSON;
	o = parsed(line_summary(&voice, &s));
	CHECK_STR(member(o, "message"),
	    "train-model: done: there is no model yet");
	CHECK(when_parse(member(o, "time"), &t) == 0);
	CHECK_STR(member(o, "now"), "2026-09-21T14:13:20Z");
	CHECK_STR(member(o, "tool"), "train-model");
	CHECK_STR(member(o, "model"), "ml/issues");
	CHECK_STR(member(o, "end"), "done");
	CHECK_STR(member(o, "row"), "13 start a generation");
	CHECK_STR(member(o, "verb"), "build");
	CHECK_STR(member(o, "target"), "datasets/g");
	CHECK_STR(member(o, "generation"), "g");
	CHECK_STR(member(o, "why"), "there is no model yet");
	CHECK(json_is_integer(json_object_get(o, "exit")));
	CHECK(json_integer_value(json_object_get(o, "ms")) == 12);
	o = json_object_get(o, "logging.googleapis.com/labels");
	CHECK_STR(member(o, "model"), "ml/issues");
	CHECK_STR(member(o, "tool"), "train-model");

	test("severity is that of the exit status");
	for (s.status = 0; s.status < 4; s.status++)
		CHECK_STR(member(parsed(line_summary(&voice, &s)),
		    "severity"), severity[s.status]);

	test("words from outside cannot break the JSON");
	s.status = 0;
	s.why = "\xff\"}\n{\"severity\":\"ERROR\"\x1b\\";
	CHECK_STR(member(parsed(line_summary(&voice, &s)), "why"),
	    "\\xff\"}\\n{\"severity\":\"ERROR\"\\x1b\\");

	test("the lines of -v in JSON");
	o = parsed(line_exchange(&voice, &(struct passed){ "PUT",
	    "https://k/x", 0, 3 }));
	CHECK_STR(member(o, "severity"), "DEBUG");
	CHECK_STR(member(o, "message"),
	    "train-model: PUT https://k/x: no answer in 3 ms");
	CHECK(json_is_integer(json_object_get(o, "status")));
	CHECK_STR(member(parsed(line_fact(&voice, "live", "m")), "value"),
	    "m");
	CHECK_STR(member(parsed(line_problem(&voice, "f:1:2: no")),
	    "problem"), "f:1:2: no");
	CHECK_STR(member(parsed(line_unsaid(&voice, "event", "no")),
	    "severity"), "WARNING");
}

static void
termination(void)
{
	const char	*path = keepf("%s/log", tmp());
	char		*large = keep(5001);
	struct error	 error;
	struct stat	 st;

	test("the termination log: without the newline, over what was");
	tmp_file(path, "something longer than the line");
	CHECK(termination_write(path, "level=info\n", &error) == 0);
	CHECK_STR(tmp_text(path), "level=info");

	test("the termination log: cut between two characters");
	memset(large, 'a', 4095);
	memcpy(large + 4095, "\xc3\xbc", 2);
	memset(large + 4097, 'b', 900);
	CHECK(termination_write(path, large, &error) == 0);
	CHECK(stat(path, &st) == 0 && st.st_size == 4095);

	test("the termination log: what cannot be written is told");
	CHECK(termination_write(keepf("%s/none/log", tmp()), "x",
	    &error) == -1);
	CHECK(strstr(error.text, "none/log") != NULL);
	CHECK(mkfifo(keepf("%s/pipe", tmp()), 0600) == 0);
	CHECK(termination_write(keepf("%s/pipe", tmp()), "x",
	    &error) == -1);
}

int
main(void)
{
	plain();
	logfmt();
	json();
	termination();
	tmp_end();
	return test_end();
}
