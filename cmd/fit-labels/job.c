#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "data/dataset.h"
#include "model/classifier.h"
#include "model/evaluation.h"
#include "model/sample.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/say.h"
#include "run/version.h"
#include "run/when.h"

#include "fit-labels.h"

#define PRECISION	0.80	/* the default aim */

enum choice { GO, HELP, VERSION };

static const char	 usage[] =
"usage: fit-labels [-p precision]\n"
"\n"
"Fits a classifier of issues to a dataset and judges it.\n"
"\n"
"  -p, --precision P  share of predictions that is to be right (0.80)\n"
"      --help         print this and end\n"
"      --version      print the version and end\n"
"\n"
"MODELSYNC_DATASET, MODELSYNC_OUTPUT and MODELSYNC_GENERATION must be set;\n"
"MODELSYNC_NAME and MODELSYNC_PREVIOUS may be.  See fit-labels(8).\n";

static int
read_precision(const char *text, double *precision, struct error *error)
{
	char	*end;

	*precision = strtod(text, &end);
	if (end == text || *end != '\0' ||
	    !(*precision > 0 && *precision <= 1))
		return error_set(error, BROKEN, "--precision %s: a number "
		    "above 0 and at most 1 was expected", text);
	return 0;
}

/* Returns a choice; -1 with an error. */
static int
read_options(struct job *job, int argc, char *argv[], struct error *error)
{
	static const struct option	 options[] = {
		{ "precision", required_argument, NULL, 'p' },
		{ "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' },
		{ NULL, 0, NULL, 0 }
	};
	int				 c;

	opterr = 0;
	while ((c = getopt_long(argc, argv, "p:", options, NULL)) != -1) {
		if (c == 'h')
			return HELP;
		if (c == 'v')
			return VERSION;
		if (c != 'p')
			return error_set(error, BROKEN, "%s: not an option, "
			    "or without its value; see fit-labels --help",
			    argv[optind - 1]);
		if (read_precision(optarg, &job->precision, error) == -1)
			return -1;
	}
	if (optind < argc)
		return error_set(error, BROKEN, "%s: no operand was expected",
		    argv[optind]);
	return GO;
}

static int
variable(const char *name, const char **value, struct error *error)
{
	*value = getenv(name);
	if (*value == NULL || **value == '\0')
		return error_set(error, BROKEN, "%s is not set; see "
		    "fit-labels --help", name);
	return 0;
}

static int
read_environment(struct job *job, struct error *error)
{
	if (variable("MODELSYNC_DATASET", &job->dataset, error) == -1 ||
	    variable("MODELSYNC_OUTPUT", &job->output, error) == -1 ||
	    variable("MODELSYNC_GENERATION", &job->generation, error) == -1)
		return -1;
	if ((job->name = getenv("MODELSYNC_NAME")) == NULL)
		job->name = "";
	if ((job->previous = getenv("MODELSYNC_PREVIOUS")) == NULL)
		job->previous = "";
	return 0;
}

static int
load(struct job *job, struct error *error)
{
	job->data = keep(sizeof(*job->data));
	job->evaluation = keep(sizeof(*job->evaluation));
	return dataset_read_folder(job->dataset, job->data, error);
}

static int
check(const struct job *job, struct error *error)
{
	const struct dataset	*d = job->data;

	if (d->n == 0 || d->nlabels == 0)
		return error_set(error, BROKEN, "%s: %zu examples with %zu "
		    "labels: nothing to fit; see data.labels in the Model "
		    "document", job->dataset, d->n, d->nlabels);
	if (d->nlabels > CLASSIFIER_LABELS)
		return error_set(error, BROKEN, "%s: %zu labels, at most %d "
		    "make a classifier; allow fewer, or raise minimumCount",
		    job->dataset, d->nlabels, CLASSIFIER_LABELS);
	return 0;
}

static int
fit(struct job *job, struct error *error)
{
	if (check(job, error) == -1)
		return -1;
	job->train = job->data->n * 4 / 5;	/* floor(0.8 n) */
	if ((job->sample = sample_new(job->data, error)) == NULL ||
	    learn_thresholds(job, error) == -1 ||
	    learn_models(job, error) == -1)
		return -1;
	judge(job, stderr);
	return output_write(job, error);
}

/* What a person reads in the trainer's log. */
static void
report(const struct job *job)
{
	size_t	 i, on = 0;

	for (i = 0; i < job->data->nlabels; i++)
		on += !isnan(job->threshold[i]);
	printf("%s%s%s: %zu examples, %zu before the hold-out, which is from "
	    "%s to %s; %zu of %zu labels are on at precision %g\n",
	    job->name, *job->name == '\0' ? "" : " ", job->generation,
	    job->data->n, job->train, when_text(job->evaluation->from),
	    when_text(job->evaluation->to), on, job->data->nlabels,
	    job->precision);
	if (on == 0)
		printf("no label can be predicted at that precision: this "
		    "model says nothing; it takes more examples or a lower "
		    "--precision\n");
	output_print(job, stdout);
}

static int
complain(const struct error *error)
{
	fputs("fit-labels: ", stderr);
	say_text(stderr, error->text);
	putc('\n', stderr);
	return error->verdict;
}

int
main(int argc, char *argv[])
{
	struct job	 job = { .precision = PRECISION };
	struct error	 error = { .verdict = SETTLED };
	int		 choice;

	if ((choice = read_options(&job, argc, argv, &error)) == -1)
		return complain(&error);
	if (choice == HELP)
		fputs(usage, stdout);
	else if (choice == VERSION)
		puts("fit-labels (modelsync) " MODELSYNC_VERSION);
	if (choice != GO)
		return fflush(stdout) == EOF ? RETRY : SETTLED;
	if (read_environment(&job, &error) == -1 || load(&job, &error) == -1)
		return complain(&error);
	if (fit(&job, &error) == 0)
		report(&job);
	else
		complain(&error);
	sample_free(job.sample);
	classifier_free(job.candidate);
	classifier_free(job.shipped);
	dataset_free(job.data);
	return error.verdict;
}
