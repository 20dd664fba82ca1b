#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "data/dataset.h"
#include "model/classifier.h"
#include "model/evaluation.h"
#include "model/manifest.h"
#include "model/terms.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/say.h"

#include "fit-labels.h"

#define PREVIOUS	3	/* earlier models looked at, as told to us */
#define NONE		SIZE_MAX

struct tally {
	size_t	 tp, fp, fn;
};

/* A model and where it has the labels of the dataset; NONE: not at all. */
struct judged {
	const struct classifier	*classifier;
	const size_t		*place;
	struct tally		*tally;		/* of every label */
};

static void
count(const struct judged *j, const struct example *e, size_t nlabels)
{
	struct tally	*t;
	double		 score[CLASSIFIER_LABELS];
	size_t		 l, next = 0;
	bool		 carried, said;

	classifier_score(j->classifier, &(struct text){ .title = e->title,
	    .repo = e->repo, .body = e->body }, score);
	for (l = 0; l < nlabels; l++) {
		carried = next < e->nlabels && e->labels[next] == l;
		next += carried;
		if (j->place[l] == NONE)
			continue;
		said = classifier_says(j->classifier, j->place[l],
		    score[j->place[l]]);
		t = &j->tally[l];
		t->tp += said && carried;
		t->fp += said && !carried;
		t->fn += !said && carried;
	}
}

/* The hold-out's examples from one on. */
static void
count_all(const struct job *job, const struct judged *j, size_t from)
{
	size_t	 i;

	for (i = from; i < job->data->n; i++)
		count(j, &job->data->examples[i], job->data->nlabels);
}

static struct measure
micro(const struct judged *j, size_t nlabels)
{
	struct tally	 sum = { 0, 0, 0 };
	size_t		 l;

	for (l = 0; l < nlabels; l++) {
		sum.tp += j->tally[l].tp;
		sum.fp += j->tally[l].fp;
		sum.fn += j->tally[l].fn;
	}
	return evaluation_measure(sum.tp, sum.fp, sum.fn);
}

static size_t
find(const struct classifier *c, const char *label)
{
	size_t	 i;

	for (i = 0; i < c->nlabels; i++)
		if (strcmp(c->label[i], label) == 0)
			return i;
	return NONE;
}

/* Both models on the examples younger than all that the earlier one saw. */
static void
compare(const struct job *job, const struct classifier *earlier,
    const struct manifest *m, struct against *a)
{
	const struct dataset	*d = job->data;
	struct judged		 ours = { .classifier = job->candidate };
	struct judged		 theirs = { .classifier = earlier };
	size_t			*our_place, *place, from, l, shared = 0;

	our_place = keep(d->nlabels * sizeof(*our_place));
	place = keep(d->nlabels * sizeof(*place));
	for (l = 0; l < d->nlabels; l++) {
		place[l] = find(earlier, d->labels[l]);
		our_place[l] = place[l] == NONE ? NONE : l;
		shared += place[l] != NONE;
	}
	theirs.place = place;
	theirs.tally = keep(d->nlabels * sizeof(*theirs.tally));
	ours.place = our_place;
	ours.tally = keep(d->nlabels * sizeof(*ours.tally));
	for (from = job->train; from < d->n; from++)
		if (d->examples[from].created > m->watermark)
			break;
	if (shared == 0)
		from = d->n;
	count_all(job, &theirs, from);
	count_all(job, &ours, from);
	*a = (struct against){ .model = m->model, .examples = d->n - from,
	    .micro = micro(&theirs, d->nlabels),
	    .candidate = micro(&ours, d->nlabels) };
}

static int
judge_earlier(const struct job *job, const char *folder, struct against *a,
    struct error *error)
{
	struct classifier	*c;
	struct manifest		 m;
	int			 rv;

	if ((rv = manifest_read(folder, &m, error)) == 1)
		return error_set(error, BROKEN, "%s: no manifest.json",
		    folder);
	if (rv == -1)
		return -1;
	c = classifier_read(keepf("%s/classifier", folder), error);
	if (c == NULL)
		return -1;
	compare(job, c, &m, a);
	classifier_free(c);
	return 0;
}

static void
judge_previous(struct job *job, FILE *log)
{
	struct evaluation	*e = job->evaluation;
	struct error		 error;
	char			*folder, *rest = keepf("%s", job->previous);
	size_t			 n = 0;

	e->against = keep(PREVIOUS * sizeof(*e->against));
	while (n < PREVIOUS && (folder = strsep(&rest, ":")) != NULL) {
		if (*folder == '\0')
			continue;
		n++;
		if (judge_earlier(job, folder, &e->against[e->nagainst],
		    &error) == 0) {
			e->nagainst++;
			continue;
		}
		fputs("fit-labels: an earlier model is not compared: ", log);
		say_text(log, error.text);
		putc('\n', log);
	}
}

static void
judge_labels(struct job *job, const struct judged *j)
{
	struct evaluation	*e = job->evaluation;
	const struct tally	*t = j->tally;
	size_t			 l;

	e->nlabels = job->data->nlabels;
	e->labels = keep(e->nlabels * sizeof(*e->labels));
	for (l = 0; l < e->nlabels; l++)
		e->labels[l] = (struct label_measure){
		    .name = job->data->labels[l],
		    .threshold = job->threshold[l],
		    .measure = evaluation_measure(t[l].tp, t[l].fp, t[l].fn)
		};
	e->micro = micro(j, e->nlabels);
	e->macro = evaluation_mean(e->labels, e->nlabels);
}

void
judge(struct job *job, FILE *log)
{
	const struct dataset	*d = job->data;
	struct evaluation	*e = job->evaluation;
	struct judged		 j = { .classifier = job->candidate };
	size_t			*place, l;

	place = keep(d->nlabels * sizeof(*place));
	for (l = 0; l < d->nlabels; l++)
		place[l] = l;
	j.place = place;
	j.tally = keep(d->nlabels * sizeof(*j.tally));
	*e = (struct evaluation){ .model = job->generation,
	    .generation = job->generation, .train = job->train,
	    .holdout = d->n - job->train,
	    .from = d->examples[job->train].created,
	    .to = d->examples[d->n - 1].created };
	count_all(job, &j, job->train);
	judge_labels(job, &j);
	judge_previous(job, log);
}
