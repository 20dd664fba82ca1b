#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "modelsync.h"
#include "run/error.h"
#include "run/version.h"

static const struct command {
	const char	*name;
	int		(*run)(int, char *[]);
	const char	*options;
} commands[] = {
	{ "validate",	validate,	" [-f file]" },
	{ "schema",	schema,		" [Model|PipelineRunner]" },
	{ "status",	status,		" [-f file] [-o text|json] [-t time]" },
};

#define NCOMMANDS	(sizeof(commands) / sizeof(commands[0]))

static void
tell_usage(FILE *f)
{
	size_t	 i;

	for (i = 0; i < NCOMMANDS; i++)
		fprintf(f, "%s modelsync %s%s\n", i == 0 ? "usage:" :
		    "      ", commands[i].name, commands[i].options);
	fputs("See modelsync(8).\n", f);
}

int
usage(void)
{
	tell_usage(stderr);
	return BROKEN;
}

int
finish(void)
{
	if (fflush(stdout) == EOF || ferror(stdout)) {
		fputs("modelsync: standard output could not be written\n",
		    stderr);
		return RETRY;
	}
	return SETTLED;
}

/* -1 when a subcommand is to be run, else the exit status. */
static int
read_options(int argc, char *argv[])
{
	static const struct option	options[] = {
		{ "help",	no_argument,	NULL, 'h' },
		{ "version",	no_argument,	NULL, 'V' },
		{ NULL,		0,		NULL, 0 }
	};
	int				c;

	/* "+": what follows the subcommand is its own. */
	while ((c = getopt_long(argc, argv, "+", options, NULL)) != -1)
		switch (c) {
		case 'h':
			tell_usage(stdout);
			return finish();
		case 'V':
			puts("modelsync " MODELSYNC_VERSION);
			return finish();
		default:
			return usage();
		}
	return -1;
}

int
main(int argc, char *argv[])
{
	size_t	 i;
	int	 first, ends;

	if ((ends = read_options(argc, argv)) != -1)
		return ends;
	if ((first = optind) == argc)
		return usage();
	for (i = 0; i < NCOMMANDS; i++)
		if (strcmp(argv[first], commands[i].name) == 0) {
			optind = 0;	/* glibc: begin anew */
			return commands[i].run(argc - first, argv + first);
		}
	fprintf(stderr, "modelsync: there is no such subcommand\n");
	return usage();
}
