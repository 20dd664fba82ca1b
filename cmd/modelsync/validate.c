#include <getopt.h>
#include <stdio.h>

#include "model/config.h"
#include "model/runner.h"
#include "modelsync.h"
#include "run/error.h"
#include "run/say.h"

int
refuse(const char *problems, const struct error *error)
{
	/* Without problems the document could not even be read. */
	if (*problems != '\0')
		say_text(stderr, problems);
	else {
		fputs("modelsync: ", stderr);
		say_text(stderr, error->text);
		putc('\n', stderr);
	}
	return error->verdict;
}

static void
summarise(const struct config *c)
{
	say_text(stdout, c->file);
	fputs(": valid\nname:          ", stdout);
	say_text(stdout, c->name);
	fputs("\nowner:         ", stdout);
	say_text(stdout, c->owner);
	printf("\nspec hash:     %s\ndocument hash: %s\n", c->spec_hash,
	    c->hash);
}

static int
validate_model(const char *file)
{
	struct config	 config;
	struct error	 error;
	const char	*problems;

	if (config_read(file, &config, &problems, &error) == -1)
		return refuse(problems, &error);
	summarise(&config);
	return finish();
}

static int
validate_runner(const char *file)
{
	struct runner	 runner;
	struct error	 error;
	const char	*problems;

	if (runner_read(file, &runner, &problems, &error) == -1)
		return refuse(problems, &error);
	say_text(stdout, runner.file);
	fputs(": valid\nname:          ", stdout);
	say_text(stdout, runner.name);
	fputs("\nowner:         ", stdout);
	say_text(stdout, runner.owner);
	printf("\ndocument hash: %s\n", runner.hash);
	return finish();
}

int
validate(int argc, char *argv[])
{
	static const struct option	 options[] = {
		{ "config",	required_argument,	NULL, 'f' },
		{ NULL,		0,			NULL, 0 }
	};
	const char			*file = DOCUMENT;
	int				 c;

	while ((c = getopt_long(argc, argv, "f:", options, NULL)) != -1) {
		if (c != 'f')
			return usage();
		file = optarg;
	}
	if (optind != argc)
		return usage();
	return runner_is_meant(file) ? validate_runner(file) :
	    validate_model(file);
}
