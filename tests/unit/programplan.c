#include <sys/stat.h>

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "run/boot.h"
#include "run/bytes.h"
#include "run/crew.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/program.h"
#include "tmp.h"
#include "test.h"

static struct error	 error;
static struct bytes	 out;
static const char	*said;

static const char *
script(const char *text)
{
	const char	*path = keepf("%s/script", tmp());

	tmp_file(path, keepf("#!/bin/sh\n%s\n", text));
	chmod(path, 0755);
	return path;
}

static int
plan(const char *text, size_t ceiling, long most)
{
	static const char	*const argv[] = { "one", "two", NULL };

	bytes_free(&out);
	return program_plan(&(struct question){ .name = script(text),
	    .argv = argv, .ceiling = ceiling, .most = most, .said = &said },
	    &out, &error);
}

static void
answers(void)
{
	test("what it prints, its status, its last line; -n in front");
	CHECK(plan("printf '%s ' \"$@\"; echo a >&2; echo b >&2; exit 3",
	    100, 9) == 3);
	CHECK_STR(out.data, "-n one two ");
	CHECK_STR(said, "b");
	CHECK(plan("exit 0", 100, 0) == 0 && out.len == 0);
	CHECK_STR(said, "");
	test("it is never stopped by a full pipe, on either side");
	CHECK(plan("yes | head -c 300000 | tee /dev/stderr", 1000, 9) == 0);
	CHECK(out.len == 1000);
	test("killed when its time is over; killed by somebody; not there");
	CHECK(plan("exec sleep 60", 100, 1) == -1);
	CHECK(error.verdict == RETRY && strstr(error.text, "too long"));
	CHECK(out.data == NULL);
	CHECK(plan("kill -9 $$", 100, 9) == -1);
	CHECK(strstr(error.text, "signal 9") != NULL);
	CHECK(program_plan(&(struct question){ .name = "/nowhere",
	    .said = &said }, &out, &error) == -1);
}

static size_t	rests;
static bool	over;

static void
together(size_t i)
{
	if (i == 0) {
		CHECK(plan("exec sleep 1", 100, 9) == 0);
		over = true;
	} else
		while (!over) {
			rests++;
			crew_rest(10);
		}
}

static void
idle(long ms)
{
	struct timespec	 t = { 0, ms * 1000000 };

	nanosleep(&t, NULL);
}

int
main(void)
{
	answers();
	test("others of a crew go on meanwhile");
	CHECK(crew_run(&(struct crew_terms){ .n = 2, .width = 2,
	    .work = together, .idle = idle }, &error) == 0);
	CHECK(rests > 10);
	bytes_free(&out);
	tmp_end();
	return test_end();
}
