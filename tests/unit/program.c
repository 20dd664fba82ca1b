#include <sys/stat.h>
#include <sys/wait.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/program.h"
#include "run/signals.h"
#include "tmp.h"
#include "test.h"

static struct error	error;
static struct guard	*guard;

static void
take(void)
{
	struct lease	*l;

	l = lease_read(&(struct lease_terms){ .directory = tmp(),
	    .tool = "t", .model = "m" }, &error);
	CHECK(l != NULL && lease_take(l, &(struct intent){ .verb = "v",
	    .target = "t", .document = "d", .at = lease_now(l),
	    .duration = 60 }, &guard, &error) == 0);
}

static void
drop(void)
{
	CHECK(lease_drop(guard, "done", NULL, &error) == 0);
}

/* Runs a line of sh; what it printed is in the log. */
static int
sh(const char *line, long deadline, struct ending *ending)
{
	const char	*log = keepf("%s/log", tmp());

	unlink(log);
	return program_run(guard, &(struct program){ .path = "/bin/sh",
	    .argv = (const char *const []){ "trainer", "-c", line, NULL },
	    .env = (const char *const []){ "PATH=/usr/bin:/bin", "A=b",
	    NULL }, .folder = tmp(), .log = log,
	    .deadline = deadline }, ending, &error);
}

static const char *
said(void)
{
	return tmp_text(keepf("%s/log", tmp()));
}

static void
ends(void)
{
	struct ending	 e;

	test("how a program ends");
	CHECK(sh("exit 0", 10, &e) == 0 && e.good);
	CHECK(sh("exit 7", 10, &e) == 0 && !e.good);
	CHECK_STR(e.words, "exit 7");
	CHECK(sh("kill -SEGV $$", 10, &e) == 0 && !e.good);
	CHECK(strstr(e.words, "signal 11") != NULL);
}

static int
bare(const char *path, const char *folder, const char *log)
{
	struct ending	 e;

	return program_run(guard, &(struct program){ .path = path,
	    .argv = (const char *const []){ "x", NULL },
	    .env = (const char *const []){ NULL }, .folder = folder,
	    .log = log, .deadline = 5 }, &e, &error);
}

static void
starts(void)
{
	const char	*log = keepf("%s/log", tmp());
	const char	*script = keepf("%s/script", tmp());

	test("what cannot be started is named, with the reason");
	CHECK(bare("/none", tmp(), log) == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "/none") != NULL);
	CHECK(strstr(error.text, "No such file") != NULL);
	tmp_file(script, "#!/no/interpreter\n");
	CHECK(chmod(script, 0755) == 0);
	CHECK(bare(script, tmp(), log) == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, keepf("%s, or the interpreter it names",
	    script)) != NULL);
	tmp_file(script, "no magic");
	CHECK(bare(script, tmp(), log) == -1);
	CHECK(strstr(error.text, "Exec format error") != NULL);
	CHECK(bare("/bin/sh", tmp(), keepf("%s/no/log", tmp())) == -1);
	CHECK(strstr(error.text, "no/log: No such file") != NULL);
	CHECK(bare("/bin/sh", keepf("%s/gone", tmp()), log) == -1);
	CHECK(strstr(error.text, "gone: No such file") != NULL);
}

static void
surroundings(void)
{
	struct ending	 e;
	int		 fd;

	test("what a program gets: our words, and nothing else of ours");
	setenv("SECRET", "hidden", 1);
	CHECK(sh("env | sort", 10, &e) == 0);
	CHECK(strstr(said(), "A=b") != NULL);
	CHECK(strstr(said(), "SECRET") == NULL);
	CHECK(sh("pwd; echo out; echo err >&2; cat", 10, &e) == 0 && e.good);
	CHECK_STR(said(), keepf("%s\nout\nerr\n", tmp()));

	test("no descriptor but the lock of the Lease");
	fd = open("/dev/null", O_RDONLY);
	CHECK(fcntl(fd, F_DUPFD, 40) >= 40);
	CHECK(sh("ls /proc/self/fd | sort -n | tr '\\n' ' '", 10, &e) == 0);
	CHECK(strstr(said(), "40") == NULL);
	CHECK(strncmp(said(), "0 1 2 3", 7) == 0);

	test("signals as the kernel makes them, in a group of its own");
	signal(SIGPIPE, SIG_IGN);
	CHECK(sh("grep SigIgn /proc/self/status", 10, &e) == 0);
	/* Signals 32 and 33 are glibc's own: nobody can reset them. */
	CHECK(strstr(said(), "0000000000000000") != NULL ||
	    strstr(said(), "0000000180000000") != NULL);
	CHECK(sh("ps -o pgid= -p $$ | tr -d ' '; echo $$", 10, &e) == 0);
	if (e.good)
		CHECK(strlen(said()) % 2 == 0);
}

/* A zombie is dead, though it may wait long for whoever adopted it. */
static bool
alive(const char *file)
{
	const char	*text = tmp_text(keepf("%s/%s", tmp(), file));
	char		 state = 'Z';
	FILE		*f;

	if (text == NULL || *text == '\0' || (f = fopen(keepf("/proc/%ld/stat",
	    atol(text)), "r")) == NULL)
		return false;
	if (fscanf(f, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(f);
	return state != 'Z';
}

static int
sh_offline(const char *line, struct ending *ending)
{
	const char	*log = keepf("%s/log", tmp());

	unlink(log);
	return program_run(guard, &(struct program){ .path = "/bin/sh",
	    .argv = (const char *const []){ "sh", "-c", line, NULL },
	    .env = (const char *const []){ "PATH=/usr/bin:/bin", NULL },
	    .folder = tmp(), .log = log, .deadline = 10, .offline = true },
	    ending, &error);
}

static void
offline(void)
{
	struct ending	 e;

	test("a program without a network is who it was, and has none");
	if (!program_offline()) {
		CHECK(sh_offline("exit 0", &e) == -1);
		CHECK(error.verdict == BROKEN);
		CHECK(strstr(error.text, "a network of its own") != NULL);
		return;
	}
	CHECK(sh_offline("grep -c : /proc/net/dev; id -u; id -g; "
	    "touch mine; stat -c %u mine", &e) == 0 && e.good);
	CHECK_STR(said(), keepf("1\n%u\n%u\n%u\n", geteuid(), getegid(),
	    geteuid()));
	test("and ends as any other");
	CHECK(sh_offline("sleep 99 & echo $! > child; exit 3", &e) == 0);
	CHECK_STR(e.words, "exit 3");
	CHECK(!alive("child"));
	CHECK(sh("sleep 9", 1, &e) == 0 && e.overdue);
}

static void
deadlines(void)
{
	struct ending	 e;
	struct timespec	 a, b;

	test("a program that hangs is killed with all it started");
	clock_gettime(CLOCK_MONOTONIC, &a);
	CHECK(sh("sleep 99 & echo $! > child; trap '' TERM; sleep 99", 1,
	    &e) == 0);
	clock_gettime(CLOCK_MONOTONIC, &b);
	CHECK(!e.good && strstr(e.words, "deadline of 1s") != NULL);
	CHECK(b.tv_sec - a.tv_sec < 5);
	usleep(50000);
	CHECK(!alive("child"));

	test("what a program leaves behind does not outlive it");
	CHECK(sh("sleep 99 & echo $! > child; exit 0", 9, &e) == 0 && e.good);
	CHECK(!alive("child"));
}

/* Sessions of their own, orphans, the lock closed: all the same. */
#define SCATTER								\
	"setsid sleep 99 3>&- & echo $! > one;"				\
	"(setsid sh -c 'sleep 99 & echo $! > two; exec sleep 99' &);"	\
	"while ! [ -s two ]; do sleep 0.01; done;"

static void
scattered(void)
{
	struct ending	 e;

	test("whatever a program started ends with it, in any session");
	CHECK(sh(SCATTER "exit 0", 9, &e) == 0 && e.good);
	CHECK(!alive("one") && !alive("two"));
	unlink(keepf("%s/two", tmp()));
	test("and at the deadline");
	CHECK(sh(SCATTER "sleep 99", 1, &e) == 0 && !e.good);
	CHECK(strstr(e.words, "deadline of 1s") != NULL);
	CHECK(!alive("one") && !alive("two"));
	unlink(keepf("%s/two", tmp()));
	test("a program that kills its keeper dies with it");
	CHECK(sh("kill -KILL $PPID; exec sleep 99", 9, &e) == 0 && !e.good);
	CHECK(strstr(e.words, "signal 9") != NULL);
}

static void
stops(void)
{
	struct ending	 e;

	test("told to end, it ends the program and says so");
	CHECK(sh(keepf(SCATTER "kill -TERM %ld; sleep 99", (long)getpid()),
	    60, &e) == -1);
	CHECK(error.verdict == RETRY);
	CHECK(signals_stopping());
	CHECK(!alive("one") && !alive("two"));
}

static bool
held(void)
{
	bool	 overdue;

	return lease_holder(lease_read(&(struct lease_terms){
	    .directory = tmp(), .tool = "t", .model = "m" }, &error),
	    &overdue) != NULL;
}

/* The lock lives as long as the last of them. */
static void
orphans(void)
{
	struct ending	 e;
	pid_t		 pid;
	int		 status, i;

	test("a run killed with SIGKILL takes along all it started");
	if ((pid = fork()) == 0) {
		take();
		sh(SCATTER "echo $$ > trainer; exec sleep 99", 60, &e);
		_exit(0);
	}
	for (i = 0; i < 500 && !alive("trainer"); i++)
		usleep(10000);
	CHECK(alive("trainer") && alive("one") && alive("two"));
	CHECK(held());
	kill(pid, SIGKILL);
	waitpid(pid, &status, 0);
	for (i = 0; i < 500 && held(); i++)
		usleep(1000);
	CHECK(i < 500);
	CHECK(!alive("trainer") && !alive("one") && !alive("two"));
	unlink(keepf("%s/two", tmp()));
}

static void
finding(void)
{
	test("where a command is looked for");
	CHECK(program_find("sh", &error) != NULL);
	CHECK(program_find("/bin/sh", &error) != NULL);
	CHECK(program_find("program", &error) != NULL);	/* beside us */
	CHECK(program_find("no-such-trainer", &error) == NULL);
	CHECK(error.verdict == BROKEN);
	CHECK(program_find("/etc/passwd", &error) == NULL);
	CHECK(program_find("/usr", &error) == NULL);
}

int
main(void)
{
	signals_catch();
	tmp();
	orphans();
	unlink(keepf("%s/t-m.json", tmp()));
	test("the Lease for the tests below");
	take();
	ends();
	starts();
	surroundings();
	deadlines();
	offline();
	scattered();
	finding();
	stops();
	drop();
	tmp_end();
	return test_end();
}
