/*
 * How long a server is asked that may only just be starting, with a clock,
 * pauses and exchanges of the test's own in place of the real ones.
 */
#include <string.h>
#include <time.h>

#include "net/http.h"
#include "net/wire.h"
#include "run/boot.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/signals.h"
#include "test.h"

#define NEVER	1000000L

static struct error	error;
static long		now;		/* ms */
static long		up;		/* when the server is */
static long		down;		/* its status before; 0: nobody is
					   there */
static int		asked;

long
boot_clock(void)
{
	return now;
}

int
nanosleep(const struct timespec *t, struct timespec *left)
{
	(void)left;
	now += t->tv_sec * 1000 + t->tv_nsec / 1000000;
	return 0;
}

void
wire_turn(long ms)
{
	now += ms;
}

void
wire_width(size_t n)
{
	(void)n;
}

void
wire_exchange(struct exchange *x, size_t n)
{
	size_t	 i;

	asked++;
	now += 5;
	for (i = 0; i < n; i++) {
		*x[i].answer = (struct answer){ .retry_after = -1,
		    .status = now >= up ? 200 : down };
		x[i].reach = x[i].answer->status == 0 ? REACH_NONE :
		    REACH_DONE;
		x[i].again = true;
		x[i].why = "refused";
	}
}

/* What came of asking a server that is up after so many ms. */
static int
ask(long after, long before, bool patient, struct answer *a)
{
	struct http	*h = http_open(&(struct http_terms){
			    .origin = "http://metadata.google.internal" },
			    &error);
	int		 rv;

	now = 1000;
	up = now + after;
	down = before;
	asked = 0;
	rv = http_finish(http_beside(h, &(struct request){ .method = "GET",
	    .path = "/" }), patient, a, &error);
	now -= 1000;
	http_free(a);
	return rv;
}

static void
check_starting(void)
{
	static const long	 before[] = { 0, 404, 500, 503, 429 };
	struct answer		 a;
	long			 status;
	size_t			 i;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		test(keepf("a server that answers %ld and is up after 25 s",
		    before[i]));
		CHECK(ask(25000, before[i], true, &a) == 0);
		CHECK(asked > 5 && now >= 25000 && now < 30000);

		test(keepf("one that answers %ld for ever: half a minute",
		    before[i]));
		status = ask(NEVER, before[i], true, &a);
		CHECK(status == (before[i] == 0 ? -1 : 0));
		CHECK(before[i] != 0 || error.verdict == RETRY);
		CHECK(now > 25000 && now <= 30100);
		CHECK(asked > 8 && asked < 40);
	}
}

static void
check_others(void)
{
	struct answer	 a;

	test("what a server says that is no sign of starting is its word");
	CHECK(ask(NEVER, 403, true, &a) == 0 && asked == 1);

	test("a server that is no such one is not waited for");
	CHECK(ask(NEVER, 404, false, &a) == 0 && asked == 1);
	CHECK(ask(NEVER, 503, false, &a) == 0 && asked == 4 && now < 5000);

	test("the deadline of the run is not waited past");
	now = 1000;
	signals_alarm(12);
	CHECK(ask(NEVER, 404, true, &a) == 0 && now < 12000 && now > 6000);
	signals_alarm(0);
}

/* Two that wait go at once, and one that is not wanted is not made. */
static void
check_together(void)
{
	struct request	 r = { .method = "GET", .path = "/" };
	struct http	*h = http_open(&(struct http_terms){
			    .origin = "http://metadata.google.internal" },
			    &error);
	struct beside	*one, *two, *three;
	struct answer	 a, b;

	test("all that wait are made at once");
	now = up = asked = 0;
	one = http_beside(h, &r);
	two = http_beside(h, &r);
	three = http_beside(h, &r);
	http_forget(two);
	CHECK(http_finish(one, false, &a, &error) == 0 && a.status == 200);
	CHECK(http_finish(three, false, &b, &error) == 0 && b.status == 200);
	CHECK(asked == 1);

	test("what nobody asks for any more is not made");
	http_forget(http_beside(h, &r));
	CHECK(http_get(h, "/", &a, &error) == 0 && asked == 2);
	one = http_beside(h, &r);
	two = http_beside(h, &r);
	CHECK(http_get(h, "/", &a, &error) == 0 && asked == 3);
	http_forget(one);
	CHECK(http_finish(two, false, &b, &error) == 0 && asked == 3);
}

int
main(void)
{
	check_starting();
	check_others();
	check_together();
	return test_end();
}
