#include <linear.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/dataset.h"
#include "model/classifier.h"
#include "model/sample.h"
#include "model/terms.h"
#include "run/error.h"

/*
 * All found by cross-validation within the older four fifths of a real
 * sample of 1,652 issues; none is sharp: half or double changes little.
 */
#define MIN_FREQUENCY	2	/* examples a term must stand in */
#define COST		4.0	/* weight of the loss against the norm */
#define BIAS		1.0	/* the constant feature beside the terms */
#define RARITY		0.3	/* how much a term's rarity adds to its 1 */

#define TOLERANCE	0.1	/* of the solver; below, nothing changes */
#define SEED		1

struct sample {
	const struct dataset	*dataset;
	uint64_t		*key;	/* of all terms worth keeping */
	size_t			 nkeys;
	size_t			*first;	/* an example's place in id, n + 1 */
	uint32_t		*id;	/* places in key */
};

/* One fit: the terms chosen and the examples as liblinear wants them. */
struct fit {
	const struct sample	*sample;
	const bool		*use;
	struct classifier	*classifier;
	size_t			*frequency;	/* of every key */
	uint32_t		*place;		/* of every key, or NONE */
	struct problem		 problem;
	struct feature_node	*nodes;
};

#define NONE	UINT32_MAX

static int
compare(const void *va, const void *vb)
{
	const uint64_t	*a = va, *b = vb;

	return (*a > *b) - (*a < *b);
}

static void
terms_of(const struct dataset *d, size_t i, struct terms *t)
{
	const struct text	 text = { .title = d->examples[i].title,
				    .repo = d->examples[i].repo,
				    .body = d->examples[i].body };

	terms_read(&text, t);
}

/* The keys of all examples, one after the other. */
static int
gather(struct sample *s, struct terms *t)
{
	uint64_t	*more;
	size_t		 i, k, room = 1;

	if ((s->key = calloc(room, sizeof(*s->key))) == NULL)
		return -1;
	for (i = 0; i < s->dataset->n; i++) {
		terms_of(s->dataset, i, t);
		if (s->nkeys + t->n > room) {
			room = (s->nkeys + t->n) * 3 / 2;
			more = reallocarray(s->key, room, sizeof(*more));
			if (more == NULL)
				return -1;
			s->key = more;
		}
		for (k = 0; k < t->n; k++)
			s->key[s->nkeys++] = t->term[k].key;
	}
	return 0;
}

/* Leaves each key once, those that stand in enough examples. */
static void
thin(struct sample *s)
{
	size_t	 from, n = 0, to;

	qsort(s->key, s->nkeys, sizeof(*s->key), compare);
	for (from = 0; from < s->nkeys; from = to) {
		for (to = from; to < s->nkeys && s->key[to] == s->key[from];)
			to++;
		if (to - from >= MIN_FREQUENCY)
			s->key[n++] = s->key[from];
	}
	s->nkeys = n;
}

static int
store(struct sample *s, struct terms *t)
{
	const uint64_t	*key;
	size_t		 i, k, n = 0, room = 0;
	void		*more;

	for (i = 0; i < s->dataset->n; i++) {
		terms_of(s->dataset, i, t);
		if (n + t->n > room) {
			room = (n + t->n) * 3 / 2;
			more = reallocarray(s->id, room, sizeof(*s->id));
			if (more == NULL)
				return -1;
			s->id = more;
		}
		s->first[i] = n;
		for (k = 0; k < t->n; k++) {
			key = bsearch(&t->term[k].key, s->key, s->nkeys,
			    sizeof(*key), compare);
			if (key != NULL)
				s->id[n++] = (uint32_t)(key - s->key);
		}
	}
	s->first[i] = n;
	return 0;
}

struct sample *
sample_new(const struct dataset *d, struct error *error)
{
	struct sample	*s;
	struct terms	*t;
	int		 rv = -1;

	s = calloc(1, sizeof(*s));
	t = malloc(sizeof(*t));
	if (s != NULL && t != NULL) {
		s->dataset = d;
		s->first = calloc(d->n + 1, sizeof(*s->first));
		if (s->first != NULL && gather(s, t) == 0) {
			thin(s);
			rv = store(s, t);
		}
	}
	free(t);
	if (rv == 0)
		return s;
	error_errno(error, RETRY, "the sample");
	sample_free(s);
	return NULL;
}

void
sample_free(struct sample *s)
{
	if (s == NULL)
		return;
	free(s->key);
	free(s->first);
	free(s->id);
	free(s);
}

static size_t
count_terms(const struct fit *f, size_t least)
{
	size_t	 i, n = 0;

	for (i = 0; i < f->sample->nkeys; i++)
		n += f->frequency[i] >= least;
	return n;
}

/* The terms of this fit's examples; the rarest go when they are too many. */
static int
choose(struct fit *f, size_t used, struct error *error)
{
	const struct sample	*s = f->sample;
	struct classifier	*c;
	size_t			 i, k, least = MIN_FREQUENCY, n = 0;

	for (i = 0; i < s->dataset->n; i++)
		for (k = s->first[i]; f->use[i] && k < s->first[i + 1]; k++)
			f->frequency[s->id[k]]++;
	while (count_terms(f, least) > CLASSIFIER_TERMS)
		least++;
	c = classifier_new(s->dataset->labels, s->dataset->nlabels,
	    count_terms(f, least), error);
	if ((f->classifier = c) == NULL)
		return -1;
	for (i = 0; i < s->nkeys; i++) {
		f->place[i] = NONE;
		if (f->frequency[i] < least)
			continue;
		f->place[i] = (uint32_t)n;
		c->key[n] = s->key[i];
		c->idf[n++] = (float)(1 + RARITY * log((1.0 + (double)used) /
		    (1.0 + (double)f->frequency[i])));
	}
	return 0;
}

/* An example's features as the classifier will see them; 1 is the first. */
static struct feature_node *
fill(const struct fit *f, size_t example, struct terms *t,
    struct feature_node *node)
{
	const struct sample	*s = f->sample;
	const struct classifier	*c = f->classifier;
	uint32_t		 place;
	size_t			 i, k;

	t->n = 0;
	for (k = s->first[example]; k < s->first[example + 1]; k++) {
		if ((place = f->place[s->id[k]]) == NONE)
			continue;
		node[t->n].index = (int)place + 1;
		t->term[t->n].key = c->key[place];
		t->term[t->n++].weight = (double)c->idf[place];
	}
	terms_scale(t);
	for (i = 0; i < t->n; i++)
		node[i].value = t->term[i].weight;
	node[i++] = (struct feature_node){ (int)c->nterms + 1, BIAS };
	node[i++].index = -1;
	return node + i;
}

static int
lay_out(struct fit *f, size_t used, struct error *error)
{
	const struct sample	*s = f->sample;
	struct feature_node	*node;
	struct problem		*p = &f->problem;
	struct terms		*t = malloc(sizeof(*t));
	size_t			 i, n = 0;

	for (i = 0; i < s->dataset->n; i++)
		if (f->use[i])
			n += s->first[i + 1] - s->first[i] + 2;
	p->n = (int)f->classifier->nterms + 1;
	p->bias = BIAS;
	p->y = calloc(used + 1, sizeof(*p->y));
	p->x = calloc(used + 1, sizeof(*p->x));
	f->nodes = node = calloc(n + 1, sizeof(*node));
	if (t == NULL || p->y == NULL || p->x == NULL || node == NULL) {
		free(t);
		return error_errno(error, RETRY, "the fit");
	}
	for (i = 0; i < s->dataset->n; i++)
		if (f->use[i]) {
			p->x[p->l++] = node;
			node = fill(f, i, t, node);
		}
	free(t);
	return 0;
}

/* Marks who carries the label; returns how many do. */
static size_t
mark(struct fit *f, size_t label)
{
	const struct example	*e = f->sample->dataset->examples;
	size_t			 i, k, n = 0, row = 0;

	for (i = 0; i < f->sample->dataset->n; i++, e++) {
		if (!f->use[i])
			continue;
		f->problem.y[row] = -1;
		for (k = 0; k < e->nlabels; k++)
			if (e->labels[k] == label)
				f->problem.y[row] = 1;
		n += f->problem.y[row++] > 0;
	}
	return n;
}

/* The weights in steps of 1/32767 of the largest: two bytes tell enough. */
static void
copy_weights(struct classifier *c, size_t label, const double *w)
{
	double	 most = 0;
	size_t	 i;

	for (i = 0; i < c->nterms; i++)
		most = fmax(most, fabs(w[i]));
	c->step[label] = (float)(most / INT16_MAX);
	c->bias[label] = (float)(w[c->nterms] * BIAS);
	for (i = 0; most > 0 && i < c->nterms; i++)
		c->weight[i * c->nlabels + label] =
		    (int16_t)lround(w[i] / most * INT16_MAX);
}

static void
be_quiet(const char *text)
{
	(void)text;
}

static void
fit_label(struct fit *f, size_t label)
{
	/*
	 * The dual coordinate descent for logistic regression: fast on few
	 * examples with many terms, and the one solver here that does not
	 * go through BLAS, whose sums depend on the machine's.
	 */
	const struct parameter	 parameter = { .solver_type = L2R_LR_DUAL,
				    .eps = TOLERANCE, .C = COST };
	struct classifier	*c = f->classifier;
	struct model		*model;
	size_t			 n, l = (size_t)f->problem.l;

	n = mark(f, label);
	if (n == 0 || n == l) {
		c->bias[label] = (float)log(((double)n + 0.5) /
		    ((double)(l - n) + 0.5));
		return;
	}
	srand(SEED);
	model = train(&f->problem, &parameter);
	copy_weights(c, label, model->w);
	free_and_destroy_model(&model);
}

static int
fit_all(struct fit *f, struct error *error)
{
	size_t	 i, used = 0;

	for (i = 0; i < f->sample->dataset->n; i++)
		used += f->use[i];
	f->frequency = calloc(f->sample->nkeys + 1, sizeof(*f->frequency));
	f->place = calloc(f->sample->nkeys + 1, sizeof(*f->place));
	if (f->frequency == NULL || f->place == NULL)
		return error_errno(error, RETRY, "the fit");
	if (choose(f, used, error) == -1 || lay_out(f, used, error) == -1)
		return -1;
	set_print_string_function(be_quiet);
	for (i = 0; i < f->sample->dataset->nlabels; i++)
		fit_label(f, i);
	return 0;
}

struct classifier *
sample_fit(const struct sample *s, const bool *use, struct error *error)
{
	struct fit	 f = { .sample = s, .use = use };
	int		 rv;

	rv = fit_all(&f, error);
	free(f.frequency);
	free(f.place);
	free(f.problem.x);
	free(f.problem.y);
	free(f.nodes);
	if (rv == 0)
		return f.classifier;
	classifier_free(f.classifier);
	return NULL;
}
