#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/round.h"
#include "run/signals.h"
#include "test.h"

static const char	*kept;
static pid_t		 parent;

static int
once(bool *more)
{
	CHECK(kept == NULL && getpid() != parent);
	kept = keepf("of %ld", (long)getpid());
	*more = true;
	return RETRY;
}

static int
finished(bool *more)
{
	*more = false;
	return BROKEN;
}

static int
killed(bool *more)
{
	*more = true;
	raise(SIGKILL);
	return SETTLED;
}

/* As a run does: it begins nothing new and tells. */
static int
told(bool *more)
{
	kill(parent, SIGTERM);
	while (!signals_stopping())
		usleep(1000);
	*more = true;
	return PENDING;
}

int
main(void)
{
	bool	 more;

	parent = getpid();
	signals_catch();
	test("a round has a process of its own, and its end is told");
	CHECK(round_run(once, &more) == RETRY && more);
	CHECK(round_run(once, &more) == RETRY && more && kept == NULL);
	CHECK(round_run(finished, &more) == BROKEN && !more);
	test("one that was killed may go better the next time, later");
	CHECK(round_run(killed, &more) == RETRY && !more);
	test("told to end, we tell it, and wait for it");
	CHECK(round_run(told, &more) == PENDING && signals_stopping());
	return test_end();
}
