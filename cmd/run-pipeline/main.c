#include <stdio.h>

#include "run/error.h"

/*
 * What decides is here and tested; what reads and writes the cluster is not.
 * Until it is, the program says so and does nothing.
 */
int
main(void)
{
	fputs("run-pipeline: nothing reads the cluster yet; see "
	    "run-pipeline(8)\n", stderr);
	return BROKEN;
}
