#include <stdio.h>
#include <string.h>

#include "run/error.h"
#include "run/version.h"

/*
 * What decides is here and tested; what reads and writes the cluster is not.
 * Until it is, the program says so and does nothing.
 */
int
main(int argc, char *argv[])
{
	if (argc == 2 && strcmp(argv[1], "--version") == 0)
		puts("run-pipeline " MODELSYNC_VERSION);
	else if (argc == 2 && strcmp(argv[1], "--help") == 0)
		puts("usage: run-pipeline [-f file]\nSee run-pipeline(8).");
	else {
		fputs("run-pipeline: nothing reads the cluster yet; see "
		    "run-pipeline(8)\n", stderr);
		return BROKEN;
	}
	return fflush(stdout) == EOF ? RETRY : SETTLED;
}
