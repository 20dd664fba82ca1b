#include <string.h>
#include <time.h>

#include "run/boot.h"
#include "run/crew.h"
#include "run/error.h"
#include "test.h"

#define N	1000

static size_t	left[N], inside, most, done, idled;
static bool	awake[N];
static int	order[N];
static struct error error;

static void
work(size_t i)
{
	char	 deep[200000];

	memset(deep, (int)i, sizeof(deep));
	CHECK(crew_inside());
	if (++inside > most)
		most = inside;
	left[i] = 1 + i % 3;
	awake[i] = true;
	crew_wait(&left[i]);
	awake[i] = false;
	CHECK(left[i] == 0 && deep[i % sizeof(deep)] == (char)i);
	inside--;
	order[done++] = (int)i;
}

/* Everything that is waited for comes a little nearer. */
static void
idle(long ms)
{
	size_t	 i;

	CHECK(ms > 0 && !crew_inside());
	idled++;
	for (i = 0; i < N; i++)
		if (awake[i] && left[i] > 0)
			left[i]--;
}

static void
waits(void)
{
	static bool	 seen[N];
	size_t		 i;

	test("a thousand wait together, so many at once");
	CHECK(crew_run(&(struct crew_terms){ .n = N, .width = 64,
	    .work = work, .idle = idle }, &error) == 0);
	CHECK(done == N && most == 64 && inside == 0);
	CHECK(idled <= N * 3 / 64 + 3);
	for (i = 0; i < N; i++)
		seen[order[i]] = true;
	for (i = 0; i < N; i++)
		CHECK(seen[i]);
	CHECK(!crew_inside());
	test("nothing to do, and one at a time");
	done = most = 0;
	CHECK(crew_run(&(struct crew_terms){ .n = 0, .width = 64,
	    .work = work, .idle = idle }, &error) == 0 && done == 0);
	CHECK(crew_run(&(struct crew_terms){ .n = 9, .width = 1,
	    .work = work, .idle = idle }, &error) == 0);
	CHECK(done == 9 && most == 1 && order[8] == 8);
}

static long	slept[4];

static void
sleeper(size_t i)
{
	long	 began = boot_clock();

	crew_rest(20 + 10 * (long)i);
	slept[i] = boot_clock() - began;
	order[done++] = (int)i;
}

static void
sleep_a_while(long ms)
{
	struct timespec	 t = { 0, ms * 1000000L };

	nanosleep(&t, NULL);
}

static void
rests(void)
{
	test("who rests goes on when the time has come, in that order");
	done = 0;
	CHECK(crew_run(&(struct crew_terms){ .n = 4, .width = 4,
	    .work = sleeper, .idle = sleep_a_while }, &error) == 0);
	CHECK(done == 4 && slept[0] >= 20 && slept[3] >= 50);
	CHECK(order[0] == 0 && order[3] == 3);
}

int
main(void)
{
	waits();
	rests();
	return test_end();
}
