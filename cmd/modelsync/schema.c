#include <getopt.h>
#include <stdio.h>

#include <jansson.h>

#include "model/keys.h"
#include "model/schema.h"
#include "modelsync.h"

/* Digits that tell 0.7 as people write it. */
#define DIGITS	6

int
schema(int argc, char *argv[])
{
	static const struct option	options[] = { { NULL, 0, NULL, 0 } };

	if (getopt_long(argc, argv, "", options, NULL) != -1 ||
	    optind != argc)
		return usage();
	json_dumpf(schema_make(&keys_model), stdout,
	    JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	putchar('\n');
	return finish();
}
