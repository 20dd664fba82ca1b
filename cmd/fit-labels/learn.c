#include <stdbool.h>

#include "data/dataset.h"
#include "model/classifier.h"
#include "model/curve.h"
#include "model/sample.h"
#include "model/terms.h"
#include "run/error.h"
#include "run/keep.h"

#include "fit-labels.h"

/* Enough that a fold's fit sees about what the whole one sees. */
#define FOLDS		10

static bool
carries(const struct example *e, size_t label)
{
	size_t	 i;

	for (i = 0; i < e->nlabels; i++)
		if (e->labels[i] == label)
			return true;
	return false;
}

/*
 * Every tenth example is in a fold, so that a label which came into use
 * lately has examples on both sides; on the real sample this gave thresholds
 * that held on later examples as well as folds of whole stretches did.
 */
static bool
in_fold(size_t example, size_t fold)
{
	return example % FOLDS == fold;
}

static int
score_fold(const struct job *job, size_t fold, bool *use,
    struct curve *curve, struct error *error)
{
	const struct dataset	*d = job->data;
	const struct example	*e;
	struct classifier	*c;
	double			 score[CLASSIFIER_LABELS];
	size_t			 i, l;

	for (i = 0; i < job->train; i++)
		use[i] = !in_fold(i, fold);
	if ((c = sample_fit(job->sample, use, error)) == NULL)
		return error_in(error, "fold %zu", fold + 1);
	for (i = 0; i < job->train; i++) {
		if (!in_fold(i, fold))
			continue;
		e = &d->examples[i];
		classifier_score(c, &(struct text){ .title = e->title,
		    .repo = e->repo, .body = e->body }, score);
		for (l = 0; l < d->nlabels; l++)
			curve_add(&curve[l], score[l], carries(e, l));
	}
	classifier_free(c);
	return 0;
}

int
learn_thresholds(struct job *job, struct error *error)
{
	struct curve	*all, *curve;
	double		 cut;
	bool		*use;
	size_t		 i;

	curve = keep(job->data->nlabels * sizeof(*curve));
	use = keep(job->data->n * sizeof(*use));
	for (i = 0; i < FOLDS; i++)
		if (score_fold(job, i, use, curve, error) == -1)
			return -1;
	all = keep(sizeof(*all));
	for (i = 0; i < job->data->nlabels; i++)
		curve_pool(all, &curve[i]);
	cut = curve_cut(all, job->precision);
	job->threshold = keep(job->data->nlabels * sizeof(*job->threshold));
	for (i = 0; i < job->data->nlabels; i++)
		job->threshold[i] = curve_threshold(&curve[i], cut);
	return 0;
}

static struct classifier *
fit(const struct job *job, size_t n, struct error *error)
{
	struct classifier	*c;
	bool			*use = keep(job->data->n * sizeof(*use));
	size_t			 i;

	for (i = 0; i < n; i++)
		use[i] = true;
	if ((c = sample_fit(job->sample, use, error)) == NULL)
		return NULL;
	for (i = 0; i < c->nlabels; i++)
		c->threshold[i] = (float)job->threshold[i];
	return c;
}

int
learn_models(struct job *job, struct error *error)
{
	if ((job->candidate = fit(job, job->train, error)) == NULL)
		return error_in(error, "the model before the hold-out");
	if ((job->shipped = fit(job, job->data->n, error)) == NULL)
		return error_in(error, "the model");
	return 0;
}
