#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <jansson.h>

#include "model/keys.h"
#include "model/rules.h"
#include "model/runner.h"
#include "model/schema.h"
#include "modelsync.h"

/* Digits that tell 0.7 as people write it. */
#define DIGITS	6

/* The table of a kind of document; NULL: there is no such kind. */
static const struct rules *
keys_of(const char *kind)
{
	if (strcmp(kind, "Model") == 0)
		return &keys_model;
	return strcmp(kind, "PipelineRunner") == 0 ? &keys_runner : NULL;
}

int
schema(int argc, char *argv[])
{
	static const struct option	options[] = { { NULL, 0, NULL, 0 } };
	const struct rules		*keys;

	if (getopt_long(argc, argv, "", options, NULL) != -1 ||
	    optind + 1 < argc)
		return usage();
	keys = keys_of(optind < argc ? argv[optind] : "Model");
	if (keys == NULL)
		return usage();
	json_dumpf(schema_make(keys), stdout,
	    JSON_INDENT(2) | JSON_REAL_PRECISION(DIGITS));
	putchar('\n');
	return finish();
}
