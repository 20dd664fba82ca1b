#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube/event.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/line.h"
#include "run/metrics.h"
#include "run/plan.h"
#include "run/run.h"
#include "run/settings.h"
#include "run/version.h"
#include "run/when.h"

#define LONGEST		86400	/* s of a run but its program */
#define DOCUMENT	"/etc/modelsync/model.yaml"

enum {
	OPT_HELD_OK = 1000, OPT_DEADLINE, OPT_VERSION, OPT_HELP, OPT_LOG,
	OPT_TERMINATION, OPT_EVENT, OPT_METRICS, OPT_GATEWAY
};

static const struct option	options[] = {
	{ "config",	required_argument, NULL, 'f' },
	{ "dry-run",	no_argument,	   NULL, 'n' },
	{ "output",	required_argument, NULL, 'o' },
	{ "now",	required_argument, NULL, 't' },
	{ "expect",	required_argument, NULL, 'e' },
	{ "catch-up",	no_argument,	   NULL, 'C' },
	{ "held-ok",	no_argument,	   NULL, OPT_HELD_OK },
	{ "deadline",	required_argument, NULL, OPT_DEADLINE },
	{ "log",	required_argument, NULL, OPT_LOG },
	{ "termination-log", required_argument, NULL, OPT_TERMINATION },
	{ "event-for",	required_argument, NULL, OPT_EVENT },
	{ "metrics-file", required_argument, NULL, OPT_METRICS },
	{ "push-gateway", required_argument, NULL, OPT_GATEWAY },
	{ "verbose",	no_argument,	   NULL, 'v' },
	{ "version",	no_argument,	   NULL, OPT_VERSION },
	{ "help",	no_argument,	   NULL, OPT_HELP },
	{ NULL,		0,		   NULL, 0 },
};

static void
usage(FILE *f)
{
	fprintf(f, "usage: %s [-f file] [-n] [-o text|markdown|json] "
	    "[-t time] [-e digest] [-C]\n\t[--held-ok] "
	    "[--deadline duration] [--log logfmt|json]\n\t"
	    "[--termination-log file] [--event-for cronjob]\n\t"
	    "[--metrics-file file] [--push-gateway url] [-v]\n"
	    "See %s(8).\n", tool.name, tool.name);
}

static int
set_form(struct settings *set, const char *word, struct error *error)
{
	if (strcmp(word, "text") == 0)
		set->form = PLAN_TEXT;
	else if (strcmp(word, "markdown") == 0)
		set->form = PLAN_MARKDOWN;
	else if (strcmp(word, "json") == 0)
		set->form = PLAN_JSON;
	else
		return error_set(error, BROKEN, "-o %s: expected text, "
		    "markdown or json", word);
	return 0;
}

static int
set_log(struct settings *set, const char *word, struct error *error)
{
	if (strcmp(word, "logfmt") == 0)
		set->log = LINE_LOGFMT;
	else if (strcmp(word, "json") == 0)
		set->log = LINE_JSON;
	else
		return error_set(error, BROKEN, "--log %s: expected logfmt "
		    "or json", word);
	return 0;
}

/* Where else a run is told of.  1: that is another option. */
static int
set_report(struct settings *set, int c, const char *value,
    struct error *error)
{
	switch (c) {
	case OPT_LOG:
		return set_log(set, value, error);
	case OPT_TERMINATION:
		set->termination = value;
		return 0;
	case OPT_EVENT:
		set->event_for = value;
		return kube_event_names(value) ? 0 : error_set(error, BROKEN,
		    "--event-for %s: expected the name of a CronJob", value);
	case OPT_METRICS:
		set->metrics = value;
		return 0;
	case OPT_GATEWAY:
		set->gateway = value;
		return metrics_check(value, error) == 0 ? 0 :
		    error_in(error, "--push-gateway");
	default:	/* getopt_long() knows no others */
		return 0;
	}
}

static int
set_one(struct settings *set, int c, const char *value,
    struct error *error)
{
	switch (c) {
	case 'f':
		set->file = value;
		return 0;
	case 'n':
		set->dry = true;
		return 0;
	case 'o':
		return set_form(set, value, error);
	case 't':
		if (when_parse(value, &set->now) == -1)
			return error_set(error, BROKEN, "--now %s: expected "
			    "a time of RFC 3339, as 2026-01-31T08:00:00Z",
			    value);
		return 0;
	case 'e':
		set->expect = strncmp(value, "sha256:", 7) == 0 ?
		    value + 7 : value;
		return 0;
	case 'C':
		set->catch_up = true;
		return 0;
	case 'v':
		set->verbose = true;
		return 0;
	case OPT_HELD_OK:
		set->held_ok = true;
		return 0;
	case OPT_DEADLINE:
		if (when_duration(value, &set->deadline) == -1 ||
		    set->deadline == 0 || set->deadline > LONGEST)
			return error_set(error, BROKEN, "--deadline %s: "
			    "expected a duration as 50s, at most a day",
			    value);
		return 0;
	default:
		return set_report(set, c, value, error);
	}
}

int
settings_read(struct settings *set, int argc, char *argv[],
    struct error *error)
{
	int	 c, rv = 0;

	*set = (struct settings){ .file = tool.document != NULL ?
	    tool.document : DOCUMENT,
	    .deadline = SETTINGS_DEADLINE };
	while (rv != -1 && (c = getopt_long(argc, argv, "+f:no:t:e:Cv",
	    options, NULL)) != -1) {
		if (c == '?')
			return error_set(error, BROKEN, "see %s --help",
			    tool.name);
		if (c == OPT_HELP) {
			usage(stdout);
			exit(SETTLED);
		}
		if (c == OPT_VERSION) {
			printf("%s %s\n", tool.name, MODELSYNC_VERSION);
			exit(SETTLED);
		}
		rv = set_one(set, c, optarg, error);
	}
	if (rv == -1)
		return -1;
	if (optind < argc)
		return error_set(error, BROKEN, "unexpected argument \"%s\"; "
		    "see %s --help", argv[optind], tool.name);
	if (set->expect != NULL && set->catch_up)
		return error_set(error, BROKEN, "-e names one plan and -C "
		    "takes many: give one of them");
	if (set->dry && set->catch_up)
		return error_set(error, BROKEN, "-C acts and -n does not: "
		    "give one of them");
	return 0;
}
