#include <stdio.h>
#include <string.h>
#include <time.h>

#include "google/google.h"
#include "kube/kube.h"
#include "model/config.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/leaseterms.h"
#include "run/once.h"
#include "run/run.h"
#include "run/report.h"
#include "run/settings.h"
#include "run/signals.h"
#include "run/step.h"
#include "run/summary.h"

#define ROUNDS	20	/* of a catch-up, at most */

static long
milliseconds(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}

static bool
same_step(const struct ended *a, const struct ended *b)
{
	const char	*x = a->step->generation, *y = b->step->generation;

	return a->step->verb != NULL && b->step->verb != NULL &&
	    strcmp(a->step->verb, b->step->verb) == 0 &&
	    strcmp(a->step->target, b->step->target) == 0 &&
	    (x == y || (x != NULL && y != NULL && strcmp(x, y) == 0));
}

static void
report(const struct settings *set, const struct config *config,
    const struct ended *e, long ms, struct kube *kube)
{
	report_run(set, &(struct summary){ .tool = tool.name,
	    .model = config->owner, .how = e->how, .status = e->status,
	    .why = e->why, .step = e->step, .now = e->now, .ms = ms,
	    .model_time = e->model_time, .busy_since = e->busy_since,
	    .failures = once_failures(e) }, kube);
}

/* A run with its connection to the cluster, which ends with it. */
static int
run_guarded(const struct settings *set, struct job *job,
    const struct config *config, struct ended *ended)
{
	struct lease_terms	 terms = { .tool = tool.name,
				    .model = config->name, .now = set->now,
				    .dry = set->dry };
	struct once		 once = { .set = set, .job = job,
				    .config = config, .terms = &terms };
	struct error		 error;
	long			 began = milliseconds();

	*ended = (struct ended){ .now = set->now,
	    .step = keep(sizeof(struct step)) };
	signals_status(RETRY);
	signals_alarm(set->deadline);
	if (lease_terms(config, set->deadline, &terms, &error) == -1)
		once_fail(ended, &error);
	/* Its token is fetched beside the reading of the Lease. */
	else if (google_is_asked(config) && (once.google =
	    google_begin(config, set->dry, &error)) == NULL)
		once_fail(ended, &error);
	else
		once_run(&once, ended);
	job_end(job);
	if (once.google != NULL)
		google_end(once.google);
	report(set, config, ended, milliseconds() - began, terms.kube);
	if (terms.kube != NULL)
		kube_close(terms.kube);
	return ended->status;
}

static int
run_rounds(const struct settings *set, const struct config *config)
{
	struct step	 none = { .verb = NULL };
	struct ended	 ended, last = { .how = "", .step = &none };
	int		 round;

	for (round = 1;; round++) {
		run_guarded(set, job_new(), config, &ended);
		if (!set->catch_up || round == ROUNDS ||
		    strcmp(ended.how, "done") != 0 ||
		    same_step(&ended, &last))
			return ended.status;
		last = ended;
	}
}

int
main(int argc, char *argv[])
{
	struct settings	 set;
	struct config	 config;
	struct error	 error;
	const char	*problems;

	once_prepare();
	if (settings_read(&set, argc, argv, &error) == -1) {
		report_usage(&set, &error);
		return error.verdict;
	}
	signals_alarm(set.deadline);
	if (config_read(set.file, &config, &problems, &error) == -1) {
		report_document(&set, problems, &error);
		return error.verdict;
	}
	if (set.event_for != NULL && config.lease != NULL) {
		error_set(&error, BROKEN, "--event-for needs "
		    "spec.lease.kubernetes: a file Lease has no cluster");
		report_usage(&set, &error);
		return error.verdict;
	}
	return run_rounds(&set, &config);
}
