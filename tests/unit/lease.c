#include <sys/stat.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/when.h"
#include "tmp.h"
#include "test.h"

#define NOW	1790000000L

static struct lease_terms	terms = { .tool = "train-model",
				    .model = "issues", .now = NOW };
static const struct intent	intent = { .verb = "train",
				    .target = "models/g", .generation = "g",
				    .stem = "s", .document = "d", .at = NOW,
				    .duration = 60 };
static struct error		error;

static struct lease *
look(void)
{
	return lease_read(&terms, &error);
}

/* Takes and drops with a result; the log as it is read afterwards. */
static const struct log *
round_with(const char *result)
{
	struct lease	*l = look();
	struct guard	*g;

	CHECK(l != NULL && lease_take(l, &intent, &g, &error) == 0);
	CHECK(lease_drop(g, result, "name", &error) == 0);
	return lease_log(look());
}

static void
reading(void)
{
	bool	 overdue;

	test("reading a Lease that is not there creates nothing");
	terms.directory = keepf("%s/none", tmp());
	CHECK(look() != NULL);
	CHECK(lease_holder(look(), &overdue) == NULL);
	CHECK(lease_log(look())->intent == NULL);
	CHECK(access(terms.directory, F_OK) == -1);

	test("a dry run takes no Lease and closes no intent");
	terms.directory = keepf("%s/dry", tmp());
	terms.dry = true;
	CHECK(lease_take(look(), &intent, &(struct guard *){ NULL },
	    &error) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(lease_close(look(), "done", NULL, &error) == -1);
	CHECK(access(terms.directory, F_OK) == -1);
	terms.dry = false;
}

static void
taking(void)
{
	struct lease		*first, *second;
	struct guard		*g, *other;
	const struct log	*log;
	bool			 overdue;

	test("taken, held, dropped");
	terms.directory = keepf("%s/taken", tmp());
	first = look();
	second = look();
	CHECK(lease_take(first, &intent, &g, &error) == 0);
	CHECK(lease_holder(look(), &overdue) != NULL && !overdue);
	CHECK(lease_take(second, &intent, &other, &error) == 1);
	CHECK(lease_drop(g, "done", "it", &error) == 0);
	log = lease_log(look());
	CHECK(lease_holder(look(), &overdue) == NULL);
	CHECK(log->intent == NULL && log->noutcomes == 1);
	CHECK_STR(log->outcome[0].verb, "train");
	CHECK_STR(log->outcome[0].generation, "g");
	CHECK_STR(log->outcome[0].result, "done");
	CHECK_STR(log->outcome[0].name, "it");

	test("who looked before somebody acted may not act");
	CHECK(lease_take(second, &intent, &g, &error) == 1);
	CHECK(strstr(error.text, "began to look") != NULL);

	test("held longer than its step may take is overdue");
	CHECK(lease_take(look(), &intent, &g, &error) == 0);
	terms.now = NOW + 60 + 6;
	CHECK(lease_holder(look(), &overdue) != NULL && overdue);
	terms.now = NOW + 60;
	CHECK(lease_holder(look(), &overdue) != NULL && !overdue);
	terms.now = NOW;
	CHECK(lease_drop(g, "done", NULL, &error) == 0);
}

static void
guards(void)
{
	struct intent	 brief = intent;
	struct guard	*g;

	test("a guard is good for one action");
	terms.directory = keepf("%s/guard", tmp());
	CHECK(lease_take(look(), &intent, &g, &error) == 0);
	CHECK(guard_check(g, &error) == 0);
	CHECK(guard_spend(g, &error) == 0);
	CHECK(guard_check(g, &error) == -1 && error.verdict == BROKEN);
	CHECK(guard_spend(g, &error) == -1 && error.verdict == BROKEN);
	CHECK(lease_drop(g, "done", NULL, &error) == 0);

	test("a guard ends with the Lease's time");
	brief.duration = 0;
	CHECK(lease_take(look(), &brief, &g, &error) == 0);
	CHECK(guard_check(g, &error) == -1 && error.verdict == RETRY);
	CHECK(guard_spend(g, &error) == -1);
	CHECK(lease_drop(g, "failed", NULL, &error) == 0);
}

static void
counting(void)
{
	const struct log	*log;
	int			 i;

	test("failures of a stem are counted until it is done");
	terms.directory = keepf("%s/count", tmp());
	log = round_with("failed");
	CHECK(log->failures == 1);
	CHECK_STR(log->stem, "s");
	CHECK(round_with("lost")->failures == 2);
	CHECK(round_with("done")->failures == 0);
	CHECK(round_with("failed")->failures == 1);

	test("the last ten outcomes are remembered, newest last");
	for (i = 0; i < 12; i++)
		log = round_with("failed");
	CHECK(log->noutcomes == LEASE_OUTCOMES);
	log = round_with("done");
	CHECK_STR(log->outcome[LEASE_OUTCOMES - 1].result, "done");
	CHECK_STR(log->outcome[0].result, "failed");
}

/* What SIGKILL leaves: the lock is gone, the intent is open. */
static void
killed(void)
{
	struct lease	*l;
	struct guard	*g;
	bool		 overdue;
	int		 status;
	pid_t		 pid;

	test("a killed holder leaves its intent, and no lock");
	terms.directory = keepf("%s/killed", tmp());
	if ((pid = fork()) == 0) {
		if (lease_take(look(), &intent, &g, &error) != 0)
			_exit(1);
		raise(SIGKILL);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status));
	l = look();
	CHECK(lease_holder(l, &overdue) == NULL);
	CHECK(lease_log(l)->intent != NULL);
	CHECK_STR(lease_log(l)->intent->target, "models/g");
	CHECK(lease_log(l)->intent->at == NOW);

	test("while an intent is open nothing else may be taken");
	CHECK(lease_take(look(), &intent, &g, &error) == -1);
	CHECK(error.verdict == BROKEN);

	test("closing it is one write");
	CHECK(lease_close(l, "lost", NULL, &error) == 0);
	CHECK(lease_log(look())->intent == NULL);
	CHECK_STR(lease_log(look())->outcome[0].result, "lost");
	CHECK(lease_log(look())->failures == 1);

	test("an unknown outcome leaves the intent open");
	CHECK(round_with("unknown")->intent != NULL);
	CHECK(lease_close(look(), "done", NULL, &error) == 0);
}

static void
garbage(void)
{
	static const char *const	text[] = {
		"", "{", "[]", "null", "{\"version\":2}", "\xff",
		"{\"version\":1,\"revision\":0,\"holder\":\"\",\"acquireTime"
		"\":\"2026-01-01T00:00:00Z\",\"renewTime\":\"2026-01-01T00:"
		"00:00Z\",\"leaseDurationSeconds\":1,\"leaseTransitions\":1,"
		"\"log\":{\"version\":1,\"intent\":null,\"outcomes\":[],"
		"\"stem\":null,\"failures\":0,\"memo\":{}}}",
	};
	struct guard			*g;
	const char			*path;
	struct lease			*l;
	size_t				 i;

	test("nonsense in the state is never overwritten");
	terms.directory = keepf("%s/garbage", tmp());
	l = look();
	path = keepf("%s/train-model-issues.json", terms.directory);
	CHECK(mkdir(terms.directory, 0755) == 0);
	for (i = 0; i < sizeof(text) / sizeof(text[0]); i++) {
		tmp_file(path, text[i]);
		if (look() != NULL || error.verdict != BROKEN)
			test_fail(__FILE__, __LINE__, text[i]);
		CHECK(lease_take(l, &intent, &g, &error) == -1);
		CHECK_STR(tmp_text(path), text[i]);
	}

	test("a state from the future: one clock is wrong");
	CHECK(unlink(path) == 0);
	CHECK(round_with("done") != NULL);
	terms.now = NOW - 301;
	CHECK(look() == NULL && error.verdict == RETRY);
	terms.now = NOW - 299;
	CHECK(look() != NULL);
	terms.now = NOW;
}

/* A whole state, as far as its counts are concerned. */
static const char *
state(const char *revision, const char *transitions, const char *failures)
{
	return keepf("{\"version\":1,\"revision\":%s,\"holder\":\"\","
	    "\"acquireTime\":\"2026-01-01T00:00:00Z\",\"renewTime\":"
	    "\"2026-01-01T00:00:00Z\",\"leaseDurationSeconds\":1,"
	    "\"leaseTransitions\":%s,\"log\":{\"version\":1,\"intent\":"
	    "null,\"outcomes\":[],\"stem\":\"%s\",\"failures\":%s,"
	    "\"memo\":{}}}", revision, transitions, intent.stem, failures);
}

static void
counts(void)
{
	const char	*path;

	test("a count that cannot be written again is not read");
	terms.directory = keepf("%s/counts", tmp());
	path = keepf("%s/train-model-issues.json", terms.directory);
	CHECK(mkdir(terms.directory, 0755) == 0);
	tmp_file(path, state("9223372036854775807", "1", "0"));
	CHECK(look() == NULL && error.verdict == BROKEN);
	tmp_file(path, state("0", "1", "0"));
	CHECK(look() == NULL && error.verdict == BROKEN);
	tmp_file(path, state("1", "9223372036854775807", "0"));
	CHECK(look() == NULL && error.verdict == BROKEN);
	tmp_file(path, state("1", "-1", "0"));
	CHECK(look() == NULL && error.verdict == BROKEN);
	tmp_file(path, state("1", "1", "9223372036854775807"));
	CHECK(look() == NULL && error.verdict == BROKEN);
	test("failures are counted up to what can be read");
	tmp_file(path, state("1", "1", "2147483647"));
	CHECK(round_with("failed") != NULL);
	CHECK(look() != NULL && lease_log(look())->failures == 2147483647);
}

int
main(void)
{
	reading();
	taking();
	guards();
	counting();
	killed();
	garbage();
	counts();
	tmp_end();
	return test_end();
}
