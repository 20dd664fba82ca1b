#include <endian.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "model/classifier.h"
#include "model/terms.h"
#include "run/bytes.h"
#include "run/error.h"

static const char	 magic[24] = "modelsync classifier 1\n";

#define COUNTS		3	/* labels, terms, bytes of names */
#define HEAD		(sizeof(magic) + COUNTS * 4)
#define PER_LABEL	(3 * 4)
#define PER_TERM	(8 + 4)

/* All that the bounds allow, so that nothing larger is taken in. */
#define CEILING		(HEAD + CLASSIFIER_LABELS * (CLASSIFIER_NAME + 1 + \
			PER_LABEL) + (size_t)CLASSIFIER_TERMS * (PER_TERM + \
			2 * CLASSIFIER_LABELS))

/* Where the reading or writing of a file stands. */
struct cursor {
	unsigned char	*at;
	size_t		 left;
};

static void *
room(size_t n, size_t size)
{
	return calloc(n == 0 ? 1 : n, size);
}

static int
copy_labels(struct classifier *c, const char *const *labels,
    struct error *error)
{
	size_t	 i;

	for (i = 0; i < c->nlabels; i++) {
		if (strlen(labels[i]) > CLASSIFIER_NAME)
			return error_set(error, BROKEN, "the label \"%.40s"
			    "...\" is longer than %d bytes", labels[i],
			    CLASSIFIER_NAME);
		if ((c->label[i] = strdup(labels[i])) == NULL)
			return error_errno(error, RETRY, "classifier");
		c->threshold[i] = NAN;
	}
	return 0;
}

struct classifier *
classifier_new(const char *const *labels, size_t nlabels, size_t nterms,
    struct error *error)
{
	struct classifier	*c;

	if (nlabels > CLASSIFIER_LABELS || nterms > CLASSIFIER_TERMS) {
		error_set(error, BROKEN, "%zu labels and %zu terms, at most "
		    "%d and %d make a classifier", nlabels, nterms,
		    CLASSIFIER_LABELS, CLASSIFIER_TERMS);
		return NULL;
	}
	if ((c = calloc(1, sizeof(*c))) == NULL) {
		error_errno(error, RETRY, "classifier");
		return NULL;
	}
	c->nlabels = nlabels;
	c->nterms = nterms;
	c->label = room(nlabels, sizeof(*c->label));
	c->threshold = room(nlabels, sizeof(*c->threshold));
	c->bias = room(nlabels, sizeof(*c->bias));
	c->step = room(nlabels, sizeof(*c->step));
	c->key = room(nterms, sizeof(*c->key));
	c->idf = room(nterms, sizeof(*c->idf));
	c->weight = room(nterms * nlabels, sizeof(*c->weight));
	if (c->label == NULL || c->threshold == NULL || c->bias == NULL ||
	    c->step == NULL || c->key == NULL || c->idf == NULL ||
	    c->weight == NULL)
		error_errno(error, RETRY, "classifier");
	else if (copy_labels(c, labels, error) == 0)
		return c;
	classifier_free(c);
	return NULL;
}

void
classifier_free(struct classifier *c)
{
	size_t	 i;

	if (c == NULL)
		return;
	for (i = 0; c->label != NULL && i < c->nlabels; i++)
		free(c->label[i]);
	free(c->label);
	free(c->threshold);
	free(c->bias);
	free(c->step);
	free(c->key);
	free(c->idf);
	free(c->weight);
	free(c);
}

static void
put(struct cursor *p, const void *data, size_t n)
{
	memcpy(p->at, data, n);
	p->at += n;
	p->left -= n;
}

static void
put_u32(struct cursor *p, uint32_t value)
{
	value = htole32(value);
	put(p, &value, sizeof(value));
}

static void
put_floats(struct cursor *p, const float *f, size_t n)
{
	uint32_t	 bits;
	size_t		 i;

	for (i = 0; i < n; i++) {
		memcpy(&bits, &f[i], sizeof(bits));
		put_u32(p, bits);
	}
}

static void
put_all(struct cursor *p, const struct classifier *c, size_t names)
{
	size_t		 i;
	uint64_t	 key;
	uint16_t	 weight;
	float		 threshold;

	put(p, magic, sizeof(magic));
	put_u32(p, (uint32_t)c->nlabels);
	put_u32(p, (uint32_t)c->nterms);
	put_u32(p, (uint32_t)names);
	for (i = 0; i < c->nlabels; i++)
		put(p, c->label[i], strlen(c->label[i]) + 1);
	for (i = 0; i < c->nlabels; i++) {
		threshold = isnan(c->threshold[i]) ? -1 : c->threshold[i];
		put_floats(p, &threshold, 1);
	}
	put_floats(p, c->bias, c->nlabels);
	put_floats(p, c->step, c->nlabels);
	for (i = 0; i < c->nterms; i++) {
		key = htole64(c->key[i]);
		put(p, &key, sizeof(key));
	}
	put_floats(p, c->idf, c->nterms);
	for (i = 0; i < c->nterms * c->nlabels; i++) {
		weight = htole16((uint16_t)c->weight[i]);
		put(p, &weight, sizeof(weight));
	}
}

static size_t
size_of(size_t labels, size_t terms, size_t names)
{
	return HEAD + names + labels * PER_LABEL + terms * PER_TERM +
	    2 * terms * labels;
}

int
classifier_text(const struct classifier *c, struct bytes *b,
    struct error *error)
{
	struct cursor	 p;
	size_t		 i, names = 0;

	for (i = 0; i < c->nlabels; i++)
		names += strlen(c->label[i]) + 1;
	b->len = size_of(c->nlabels, c->nterms, names);
	if ((b->data = malloc(b->len + 1)) == NULL)
		return error_errno(error, RETRY, "classifier");
	b->data[b->len] = '\0';
	p = (struct cursor){ (unsigned char *)b->data, b->len };
	put_all(&p, c, names);
	return 0;
}

/* The size of the whole file was compared with the counts before. */
static void
get(struct cursor *p, void *data, size_t n)
{
	memcpy(data, p->at, n);
	p->at += n;
	p->left -= n;
}

static uint32_t
get_u32(struct cursor *p)
{
	uint32_t	 value;

	get(p, &value, sizeof(value));
	return le32toh(value);
}

/* Returns how many of them lie outside the bounds or are no numbers. */
static size_t
get_floats(struct cursor *p, float *f, size_t n, float low, float high)
{
	uint32_t	 bits;
	size_t		 bad = 0, i;

	for (i = 0; i < n; i++) {
		bits = get_u32(p);
		memcpy(&f[i], &bits, sizeof(bits));
		bad += !(f[i] >= low && f[i] <= high);
	}
	return bad;
}

static int
get_labels(struct cursor *p, size_t n, size_t names, const char **label)
{
	const char	*s = (const char *)p->at, *end = s + names;
	size_t		 i, len;

	for (i = 0; i < n; i++, s += len + 1) {
		len = strnlen(s, (size_t)(end - s));
		if (len == 0 || len > CLASSIFIER_NAME || s + len == end)
			return -1;
		label[i] = s;
	}
	p->at += names;
	p->left -= names;
	return s == end ? 0 : -1;
}

/*
 * Far beyond what a regularised fit can give, and small enough that no sum
 * of products leaves what a double holds.
 */
#define BIAS_MAX	1e6F
#define STEP_MAX	1e3F
#define IDF_MIN		1e-3F	/* 0 would leave a text without a length */
#define IDF_MAX		1e3F

static const char *
get_figures(struct cursor *p, struct classifier *c)
{
	size_t	 i;

	if (get_floats(p, c->threshold, c->nlabels, -1, 1) != 0)
		return "a threshold is out of range";
	for (i = 0; i < c->nlabels; i++) {
		if (c->threshold[i] > -1 && c->threshold[i] < 0)
			return "a threshold is out of range";
		if (c->threshold[i] < 0)
			c->threshold[i] = NAN;
	}
	if (get_floats(p, c->bias, c->nlabels, -BIAS_MAX, BIAS_MAX) != 0 ||
	    get_floats(p, c->step, c->nlabels, 0, STEP_MAX) != 0)
		return "a bias or a step is out of range";
	for (i = 0; i < c->nterms; i++) {
		get(p, &c->key[i], sizeof(c->key[i]));
		c->key[i] = le64toh(c->key[i]);
		if (i > 0 && c->key[i] <= c->key[i - 1])
			return "its terms do not ascend";
	}
	if (get_floats(p, c->idf, c->nterms, IDF_MIN, IDF_MAX) != 0)
		return "a document frequency is out of range";
	for (i = 0; i < c->nterms * c->nlabels; i++) {
		get(p, &c->weight[i], sizeof(c->weight[i]));
		c->weight[i] = (int16_t)le16toh((uint16_t)c->weight[i]);
	}
	return NULL;
}

static struct classifier *
decode(struct cursor *p, struct error *error)
{
	const char		*label[CLASSIFIER_LABELS], *why;
	struct classifier	*c;
	char			 head[sizeof(magic)];
	size_t			 labels, terms, names, len = p->left;

	if (len < HEAD || memcmp(p->at, magic, sizeof(magic)) != 0) {
		error_set(error, BROKEN, "not a classifier of version 1");
		return NULL;
	}
	get(p, head, sizeof(head));
	labels = get_u32(p);
	terms = get_u32(p);
	names = get_u32(p);
	if (labels > CLASSIFIER_LABELS || terms > CLASSIFIER_TERMS ||
	    names > labels * (CLASSIFIER_NAME + 1) ||
	    len != size_of(labels, terms, names)) {
		error_set(error, BROKEN, "%zu bytes do not fit %zu labels "
		    "and %zu terms", len, labels, terms);
		return NULL;
	}
	if (get_labels(p, labels, names, label) == -1) {
		error_set(error, BROKEN, "the names of its labels are not "
		    "whole");
		return NULL;
	}
	if ((c = classifier_new(label, labels, terms, error)) == NULL)
		return NULL;
	if ((why = get_figures(p, c)) != NULL) {
		error_set(error, BROKEN, "%s", why);
		classifier_free(c);
		return NULL;
	}
	return c;
}

struct classifier *
classifier_read(const char *path, struct error *error)
{
	struct classifier	*c;
	struct cursor		 p;
	struct bytes		 b;
	int			 rv;

	if ((rv = bytes_read_plain(path, CEILING, &b, error)) == 1)
		error_set(error, BROKEN, "%s: no such file", path);
	if (rv != 0)
		return NULL;
	p = (struct cursor){ (unsigned char *)b.data, b.len };
	if ((c = decode(&p, error)) == NULL)
		error_in(error, "%s", path);
	bytes_free(&b);
	return c;
}

/* Leaves the terms the classifier knows; weight becomes scaled TF-IDF. */
static void
look_up(const struct classifier *c, struct terms *t, size_t *place)
{
	size_t	 high, i, low, middle, n = 0, from = 0;

	for (i = 0; i < t->n; i++) {
		/* Both ascend, so what was passed need not be looked at. */
		for (low = from, high = c->nterms; low < high;) {
			middle = low + (high - low) / 2;
			if (c->key[middle] < t->term[i].key)
				low = middle + 1;
			else
				high = middle;
		}
		from = low;
		if (low == c->nterms || c->key[low] != t->term[i].key)
			continue;
		place[n] = low;
		t->term[n] = t->term[i];
		t->term[n++].weight *= (double)c->idf[low];
	}
	t->n = n;
	terms_scale(t);
}

void
classifier_score(const struct classifier *c, const struct text *text,
    double *score)
{
	struct terms	 t;
	size_t		 i, l, place[TERMS_MAX] = { 0 };
	const int16_t	*w;

	terms_read(text, &t);
	look_up(c, &t, place);
	for (l = 0; l < c->nlabels; l++)
		score[l] = 0;
	for (i = 0; i < t.n; i++) {
		w = c->weight + place[i] * c->nlabels;
		for (l = 0; l < c->nlabels; l++)
			score[l] += t.term[i].weight * w[l];
	}
	for (l = 0; l < c->nlabels; l++)
		score[l] = 1 / (1 + exp(-(score[l] * (double)c->step[l] +
		    (double)c->bias[l])));
}

bool
classifier_says(const struct classifier *c, size_t label, double score)
{
	return !isnan(c->threshold[label]) &&
	    score >= (double)c->threshold[label];
}
