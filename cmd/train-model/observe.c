#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "data/archive.h"
#include "data/dataset.h"
#include "google/catalog.h"
#include "model/config.h"
#include "model/manifest.h"
#include "model/registry.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/plan.h"
#include "run/program.h"
#include "run/run.h"
#include "run/when.h"
#include "run/zone.h"

#include "cloud.h"
#include "cluster.h"
#include "train-model.h"

#define DAY		86400L
#define DAYS_AHEAD	8	/* a week of windows, and today's beginning */
#define COUNTS_TOLD	5	/* labels named when none has enough */

static bool
listed(struct manifest *const *list, size_t n, const char *generation)
{
	size_t	 i;

	for (i = 0; i < n; i++)
		if (strcmp(list[i]->generation, generation) == 0)
			return true;
	return false;
}

static bool
is_model(const struct registry *r, const char *generation)
{
	size_t	 i;

	for (i = 0; i < r->nmodels; i++)
		if (strcmp(r->model[i].manifest->generation, generation) == 0)
			return true;
	return false;
}

/*
 * What became of the intent.  Where whoever wrote it and the trainer it
 * started are dead for certain, what is not in the store will not come.
 */
static enum effect
find_effect(const struct job *job)
{
	const struct log	*log = job->log;
	const struct registry	*r = job->registry;
	const struct intent	*i = log->intent;
	enum effect		 absent = log->orphaned ? EFFECT_LOST :
				    EFFECT_UNKNOWN;
	bool			 failed, model;

	if (i->generation == NULL)
		return absent;
	model = is_model(r, i->generation);
	failed = listed(r->failed, r->nfailed, i->generation);
	if (strcmp(i->verb, "train") == 0 && failed)
		return EFFECT_FAILED;
	if (model || failed)
		return EFFECT_DONE;
	if (strcmp(i->verb, "build") == 0 &&
	    listed(r->open, r->nopen, i->generation))
		return EFFECT_DONE;
	/* What is there was begun, however it stands. */
	if (job->kube != NULL && strcmp(i->verb, "train") == 0 &&
	    job->open != NULL && job->stage[0].phase != ABSENT &&
	    strcmp(job->open->generation, i->generation) == 0)
		return EFFECT_DONE;
	return absent;
}

/* Whether a failed attempt is one of a stem. */
static bool
has_stem(const struct registry *r, const char *generation, const char *stem)
{
	size_t	 i;

	for (i = 0; i < r->nfailed; i++)
		if (strcmp(r->failed[i]->generation, generation) == 0)
			return strcmp(r->failed[i]->stem, stem) == 0;
	return false;
}

/* Failed attempts of the stem: in the world or in the log, if more. */
static void
count_failures(struct job *job)
{
	const struct registry	*r = job->registry;
	const struct log	*log = job->log;
	const struct outcome	*o;
	size_t			 i;

	for (i = 0; i < r->nfailed; i++) {
		if (strcmp(r->failed[i]->stem, job->stem) != 0)
			continue;
		job->attempt++;
		if (r->failed[i]->created > job->failed_at)
			job->failed_at = r->failed[i]->created;
	}
	/* Made long before it failed: the Lease knows when that was seen. */
	for (i = 0; i < log->noutcomes; i++) {
		o = &log->outcome[i];
		if (strcmp(o->verb, "fail") == 0 && o->generation != NULL &&
		    has_stem(r, o->generation, job->stem) &&
		    o->at > job->failed_at)
			job->failed_at = o->at;
	}
	if (log->stem == NULL || strcmp(log->stem, job->stem) != 0)
		return;
	if (log->failures > job->attempt)
		job->attempt = log->failures;
	for (i = 0; i < log->noutcomes; i++) {
		o = &log->outcome[i];
		if (strcmp(o->verb, "train") == 0 &&
		    strcmp(o->result, "done") != 0 &&
		    strcmp(o->result, "undone") != 0 &&
		    o->at > job->failed_at)
			job->failed_at = o->at;
	}
}

const char *
retry_hash(const struct config *config)
{
	return hash_bytes(config->retry, strlen(config->retry));
}

/* The Lease may be older than its memo: then its outcomes have to do. */
static const char *
last_made(const struct log *log, const char **at)
{
	const struct outcome	*o;
	size_t			 i;

	for (i = log->noutcomes; i > 0; i--) {
		o = &log->outcome[i - 1];
		if (strcmp(o->result, "done") == 0 && o->generation != NULL) {
			*at = when_text(o->at);
			return o->generation;
		}
	}
	return NULL;
}

/*
 * A store that shows nothing of this owner, although something was made: it
 * is not mounted, or a person emptied it, and a new retry text says so.
 */
static void
check_store(struct job *job)
{
	const struct registry	*r = job->registry;
	const char		*generation, *at;
	const char		*retry = hash_bytes("", 0);

	if (r->nmodels + r->nfailed + r->nopen > 0)
		return;
	if (json_unpack(job->log->memo, "{s{ss ss ss}}", MEMO_MADE,
	    "generation", &generation, "at", &at, "retry", &retry) == -1)
		generation = last_made(job->log, &at);
	if (generation == NULL ||
	    strcmp(retry, retry_hash(job->config)) != 0)
		return;
	job->gone = generation;
	if (when_parse(at, &job->gone_at) == -1)
		job->gone_at = job->now;
}

static void
count_starts(struct job *job)
{
	const struct registry	*r = job->registry;
	time_t			 since = job->now - job->config->starts_per;
	size_t			 i;

	for (i = 0; i < r->nmodels; i++)
		job->starts += r->model[i].manifest->created > since;
	for (i = 0; i < r->nfailed; i++)
		job->starts += r->failed[i]->created > since;
	for (i = 0; i < r->nopen; i++)
		job->starts += r->open[i]->created > since;
}

/* The windows of the local days around now as pairs of times. */
static int
lay_windows(struct job *job, struct error *error)
{
	const struct config	*c = job->config;
	const struct window	*w;
	struct zone		*zone;
	struct span		*s;
	time_t			 today, day;
	size_t			 i;

	s = job->opening = keep(c->nwindows * (DAYS_AHEAD + 1) * sizeof(*s));
	for (i = 0; i < c->nwindows; i++) {
		w = &c->window[i];
		if ((zone = zone_open(w->zone, error)) == NULL)
			return error_in(error, "spec.freshness.windows");
		today = zone_midnight(zone, job->now);
		for (day = today - DAY; day < today + DAYS_AHEAD * DAY;
		    day += DAY)
			if (w->days & 1u << when_weekday(day) &&
			    zone_span(zone, day + w->from, day + w->to,
			    &s->from, &s->to))
				s++;
		zone_close(zone);
	}
	job->nopenings = (size_t)(s - job->opening);
	return 0;
}

static int
compare_support(const void *a, const void *b, void *support)
{
	const size_t	*s = support;
	size_t		 x = s[*(const size_t *)a], y = s[*(const size_t *)b];

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The most frequent labels and how often they stand, for a person. */
static const char *
tell_counts(const struct dataset *d)
{
	const char	*text = "no issue carries an allowed label";
	size_t		*order = keep((d->nlabels + 1) * sizeof(*order));
	size_t		 i;

	for (i = 0; i < d->nlabels; i++)
		order[i] = i;
	qsort_r(order, d->nlabels, sizeof(*order), compare_support,
	    d->support);
	for (i = 0; i < d->nlabels && i < COUNTS_TOLD; i++)
		text = i == 0 ?
		    keepf("%s %zu", d->labels[order[i]],
		    d->support[order[i]]) :
		    keepf("%s, %s %zu", text, d->labels[order[i]],
		    d->support[order[i]]);
	return text;
}

static int
count_labels(struct job *job, const struct selection *wanted,
    struct error *error)
{
	struct selection	 any = *wanted;
	struct dataset		 d;

	any.minimum = 1;
	if (dataset_select(job->archive, &any, &d, error) == -1)
		return -1;
	job->counts = tell_counts(&d);
	dataset_free(&d);
	return 0;
}

static int
read_data(struct job *job, const struct world *w, struct error *error)
{
	const struct config	*c = job->config;
	struct archive_query	 query = { .paths = c->archive_paths.item,
				    .npaths = c->archive_paths.n,
				    .organisation = c->organisation,
				    .progress = w->progress };
	struct selection	 wanted = { .allow = c->labels_allow.item,
				    .nallow = c->labels_allow.n,
				    .minimum = (size_t)c->labels_minimum,
				    .negatives = c->negatives,
				    .maximum_age = c->data_maximum_age };
	size_t			 i;

	job->archive = keep(sizeof(*job->archive));
	job->selected = keep(sizeof(*job->selected));
	if (archive_read(&query, job->archive, error) == -1 ||
	    dataset_select(job->archive, &wanted, job->selected,
	    error) == -1)
		return -1;
	job->watermark = job->archive->watermark;
	job->examples = job->selected->n;
	job->nlabels = job->selected->nlabels;
	for (i = 0; i < job->selected->n; i++)
		if (job->newest == NULL || job->selected->examples[i].event >
		    job->newest->watermark)
			job->fresh++;
	plan_fact(w->plan, "archive", "%zu events: %zu of issues, %zu of "
	    "comments, %zu of both on pull requests; %zu issues up to %s",
	    job->archive->lines, job->archive->issue_events,
	    job->archive->comment_events, job->archive->on_pulls,
	    job->archive->n, when_text(job->watermark));
	plan_fact(w->plan, "dataset", "%zu examples, %zu labels, %zu newer "
	    "than the newest model's", job->examples, job->nlabels,
	    job->fresh);
	return job->nlabels > 0 ? 0 : count_labels(job, &wanted, error);
}

/* A trainer that is not there is told before anything is begun. */
static int
find_program(struct job *job, struct error *error)
{
	const char	*name = job->config->command.item[0];
	const char	*folder;

	if (strchr(name, '/') != NULL && name[0] != '/') {
		folder = dirname(keepf("%s", job->config->file));
		name = keepf("%s/%s", folder, name);
	}
	if ((job->program = program_find(name, error)) == NULL)
		return error_in(error, "spec.training.exec.command");
	return 0;
}

static void
tell(const struct job *job, struct plan *plan)
{
	const struct manifest	*m = job->newest;

	if (job->log->intent != NULL)
		plan_fact(plan, "open intent", "%s %s since %s",
		    job->log->intent->verb, job->log->intent->target,
		    when_text(job->log->intent->at));
	if (m == NULL)
		plan_fact(plan, "newest model", "none");
	else
		plan_fact(plan, "newest model", "%s of %s, %zu examples up "
		    "to %s", m->model, when_text(m->created), m->examples,
		    when_text(m->watermark));
	if (job->open != NULL)
		plan_fact(plan, "open generation", "%s of %s, %zu examples "
		    "up to %s", job->open->generation,
		    when_text(job->open->created), job->open->examples,
		    when_text(job->open->watermark));
	if (job->gone != NULL)
		plan_fact(plan, "store", "empty, though %s was made at %s",
		    job->gone, when_text(job->gone_at));
	plan_fact(plan, "failed attempts", "%zu", job->attempt);
}

/* Here a dataset is there whole, and the program is the one step left. */
static void
lay_stages(struct job *job)
{
	job->stage = keep(sizeof(*job->stage));
	job->nstages = 1;
	job->stage[0] = (struct stage){ .verb = "train", .phase = ABSENT,
	    .target = keepf("models/%s", job->open->generation),
	    .why = keepf("its dataset of %zu examples is there and its "
	    "model is not", job->open->examples), .spends = true,
	    .counts = true, .deadline = job->config->training_deadline };
}

static int
read_registry(struct job *job, const struct world *w, struct error *error)
{
	const struct config	*c = w->config;
	struct registry		*r = keep(sizeof(*r));

	job->registry = r;
	job->google = w->google;
	if ((w->google != NULL ? catalog_read(w->google, c, r, error) :
	    registry_read(c->store, c->owner, r, error)) == -1)
		return -1;
	if (r->nmodels > 0)
		job->newest = r->model[r->nmodels - 1].manifest;
	if (r->nopen > 0)
		job->open = r->open[0];
	return 0;
}

int
observe(struct job *job, struct world *w, struct error *error)
{
	job->config = w->config;
	job->log = w->log;
	job->now = w->now;
	if (read_registry(job, w, error) == -1)
		return -1;
	w->model_time = job->newest == NULL ? 0 : job->newest->created;
	check_store(job);
	if (w->google != NULL) {
		if (cloud_stages(job, error) == -1)
			return -1;
	} else if (w->config->job || w->config->pipeline_run) {
		job->kube = w->kube;
		if (cluster_stages(job, error) == -1)
			return -1;
	} else if (job->open != NULL)
		lay_stages(job);
	/* What a store that is not there does not show is not ruled out. */
	if (w->log->intent != NULL && job->gone == NULL &&
	    w->google == NULL) {
		job->effect = find_effect(job);
		if (job->kube != NULL)
			job->effect_name = w->log->intent->generation;
	}
	job->stem = manifest_stem(w->config,
	    job->newest == NULL ? "" : job->newest->model);
	count_failures(job);
	count_starts(job);
	tell(job, w->plan);
	if (lay_windows(job, error) == -1 || (w->google == NULL &&
	    job->kube == NULL && find_program(job, error) == -1))
		return -1;
	/* An open generation has its data; nothing new is chosen beside it. */
	if (w->log->intent != NULL || job->open != NULL)
		return 0;
	return w->google != NULL ? cloud_measure(job, w->plan, error) :
	    read_data(job, w, error);
}
