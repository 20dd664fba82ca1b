/*
 * measure N BEFORE COMMAND...: runs a command N times, each time after a
 * line of sh that is not measured, and prints the medians of wall time, of
 * user and system time (both in ms, with those of all it started) and the
 * largest resident size (KiB) of any process of it.
 *
 * What it prints goes to /dev/null; a command that fails ends the program.
 */

#include <sys/resource.h>
#include <sys/wait.h>

#include <err.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MOST	1000

struct sample {
	double	 wall, cpu;
	long	 size;
};

static double
milliseconds(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

static void
become(char *argv[])
{
	int	 null = open("/dev/null", O_RDWR);

	if (null == -1 || dup2(null, STDOUT_FILENO) == -1 ||
	    dup2(null, STDERR_FILENO) == -1)
		_exit(126);
	execvp(argv[0], argv);
	_exit(127);
}

static struct sample
run(char *argv[])
{
	struct timespec	 a, b;
	struct rusage	 usage;
	struct sample	 s;
	pid_t		 pid;
	int		 status;

	clock_gettime(CLOCK_MONOTONIC, &a);
	if ((pid = fork()) == -1)
		err(1, "fork");
	if (pid == 0)
		become(argv);
	if (wait4(pid, &status, 0, &usage) == -1)
		err(1, "wait4");
	clock_gettime(CLOCK_MONOTONIC, &b);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		errx(1, "%s: ended with status %#x", argv[0], status);
	s.wall = (double)(b.tv_sec - a.tv_sec) * 1e3 +
	    (double)(b.tv_nsec - a.tv_nsec) / 1e6;
	s.cpu = milliseconds(&usage.ru_utime) + milliseconds(&usage.ru_stime);
	s.size = usage.ru_maxrss;
	return s;
}

static int
compare(const void *x, const void *y)
{
	double	 a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

static double
median(double *v, int n)
{
	qsort(v, (size_t)n, sizeof(*v), compare);
	return n % 2 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

int
main(int argc, char *argv[])
{
	double		 wall[MOST], cpu[MOST];
	struct sample	 s;
	long		 size = 0;
	int		 i, n;

	if (argc < 4 || (n = atoi(argv[1])) < 1 || n > MOST)
		errx(1, "usage: measure N BEFORE COMMAND...");
	for (i = 0; i < n; i++) {
		if (system(argv[2]) != 0)
			errx(1, "failed: %s", argv[2]);
		s = run(argv + 3);
		wall[i] = s.wall;
		cpu[i] = s.cpu;
		if (s.size > size)
			size = s.size;
	}
	printf("%.2f %.2f %ld\n", median(wall, n), median(cpu, n), size);
	return 0;
}
