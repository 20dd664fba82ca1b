#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "kube/event.h"
#include "net/journal.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/line.h"
#include "run/metrics.h"
#include "run/plan.h"
#include "run/report.h"
#include "run/run.h"
#include "run/say.h"
#include "run/settings.h"
#include "run/signals.h"
#include "run/step.h"
#include "run/summary.h"
#include "run/termination.h"

#define WORTH	1500L	/* ms left that an exchange is begun with */

static struct voice
voice_of(const struct settings *set, const char *model)
{
	return (struct voice){ set->log, tool.name, model };
}

void
report_facts(const struct settings *set, const struct plan *plan)
{
	struct voice	 v = voice_of(set, NULL);
	size_t		 i;

	if (!set->verbose)
		return;
	for (i = 0; i < plan->nfacts; i++)
		line_write(line_fact(&v, plan->fact[i].name,
		    plan->fact[i].value));
}

/* With -v: those of the page, which is then turned. */
static void
tell_exchanges(const struct settings *set, const struct voice *v)
{
	const struct passed	*p;
	size_t			 i, n;

	p = journal_read(&n);
	for (i = 0; i < n && set->verbose; i++)
		line_write(line_exchange(v, &p[i]));
	journal_turn();
}

static void
unsaid(const struct voice *v, const char *what, const struct error *error)
{
	line_write(line_unsaid(v, what, error->text));
}

/* Whoever hears of an end at the alarm hears of nothing else. */
static int
in_time(struct error *error)
{
	return signals_left() >= WORTH ? 0 : error_set(error, RETRY,
	    "the deadline of the run is over");
}

static void
tell_termination(const struct settings *set, const struct voice *v,
    const struct summary *s)
{
	const struct voice	 plain = { LINE_LOGFMT, v->tool, v->model };
	struct error		 error;

	if (termination_write(set->termination, line_summary(&plain, s),
	    &error) == -1)
		unsaid(v, "termination log", &error);
}

static void
tell_event(const struct settings *set, const struct voice *v,
    const struct summary *s, struct kube *kube)
{
	const struct step	*step = s->step;
	bool			 failed = strcmp(s->how, "failed") == 0;
	struct error		 error;

	if (set->event_for == NULL || kube == NULL ||
	    (!failed && strcmp(s->how, "done") != 0))
		return;
	if (in_time(&error) == -1 || kube_event_write(kube,
	    &(struct kube_event){ .cronjob = set->event_for,
	    .tool = s->tool, .verb = step->verb, .failed = failed,
	    .note = step->verb == NULL ? s->why : keepf("%s %s: %s",
	    step->verb, step->target, s->why),
	    .at = s->now != 0 ? s->now : time(NULL) }, &error) == -1)
		unsaid(v, "event", &error);
}

static void
tell_metrics(const struct settings *set, const struct voice *v,
    const struct summary *s)
{
	struct error	 error;

	if (set->metrics != NULL &&
	    metrics_write(s, set->metrics, &error) == -1)
		unsaid(v, "metrics file", &error);
	if (set->gateway != NULL && (in_time(&error) == -1 ||
	    metrics_push(s, set->gateway, &error) == -1))
		unsaid(v, "metrics", &error);
}

void
report_run(const struct settings *set, const struct summary *s,
    struct kube *kube)
{
	const struct voice	 v = voice_of(set, s->model);
	struct summary		 all = *s;

	journal_read(&all.exchanges);
	tell_exchanges(set, &v);
	line_write(line_summary(&v, &all));
	if (set->dry)
		return;
	/* It is over: nothing that follows changes how it ended. */
	signals_status(s->status);
	tell_termination(set, &v, &all);
	tell_event(set, &v, &all, kube);
	tell_metrics(set, &v, &all);
	tell_exchanges(set, &v);
}

static struct summary
early(const struct error *error)
{
	static const struct step	 none;

	return (struct summary){ .tool = tool.name, .how = "failed",
	    .status = (int)error->verdict, .why = keepf("%s", error->text),
	    .step = &none, .ms = -1 };
}

/* Each problem is a line. */
static void
tell_problems(const struct voice *v, const char *problems)
{
	size_t	 n;

	for (; *problems != '\0'; problems += n + (problems[n] == '\n')) {
		n = strcspn(problems, "\n");
		if (n > 0)
			line_write(line_problem(v, keep_copy(problems, n)));
	}
}

void
report_document(const struct settings *set, const char *problems,
    const struct error *error)
{
	const struct voice	 v = voice_of(set, NULL);
	const struct summary	 s = early(error);

	if (problems != NULL && v.form == LINE_LOGFMT)
		say_text(stderr, problems);
	else if (problems != NULL)
		tell_problems(&v, problems);
	line_write(line_summary(&v, &s));
	if (!set->dry)
		tell_termination(set, &v, &s);
}

void
report_usage(const struct settings *set, const struct error *error)
{
	const struct voice	 v = voice_of(set, NULL);
	const struct summary	 s = early(error);

	if (v.form == LINE_LOGFMT) {
		fprintf(stderr, "%s: ", tool.name);
		say_text(stderr, error->text);
		putc('\n', stderr);
	} else
		line_write(line_summary(&v, &s));
	if (!set->dry)
		tell_termination(set, &v, &s);
}
