#include <err.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "model/classifier.h"
#include "model/terms.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "tmp.h"
#include "test.h"

static struct error	 error;
static const char	*path;

/* Where the parts of the file made here begin (classifier.h). */
#define COUNTS		24
#define NAMES		36
#define NAME_BYTES	9		/* "bug", "docs" */
#define THRESHOLDS	(NAMES + NAME_BYTES)
#define BIASES		(THRESHOLDS + 8)
#define STEPS		(BIASES + 8)
#define KEYS		(STEPS + 8)

static const struct text	 text = { "crash", "o_r", "it broke" };

/* A classifier of two labels that knows the terms of one text. */
static struct classifier *
make(void)
{
	static const char *const labels[] = { "bug", "docs" };
	static struct terms	 t;
	struct classifier	*c;
	size_t			 i;

	terms_read(&text, &t);
	if ((c = classifier_new(labels, 2, t.n, &error)) == NULL)
		errx(1, "%s", error.text);
	for (i = 0; i < t.n; i++) {
		c->key[i] = t.term[i].key;
		c->idf[i] = 1.5F;
		c->weight[2 * i] = INT16_MAX;
		c->weight[2 * i + 1] = INT16_MIN;
	}
	c->threshold[0] = 0.25F;
	c->bias[0] = -0.5F;
	c->bias[1] = 0.5F;
	c->step[0] = c->step[1] = 1e-4F;
	return c;
}

static void
write_bytes(const char *data, size_t len)
{
	FILE	*f = fopen(path, "w");

	if (f == NULL || fwrite(data, 1, len, f) != len || fclose(f) == EOF)
		err(1, "%s", path);
}

/* Whether the file is refused, in words that name it and say so. */
static bool
refused(const char *data, size_t len, const char *words)
{
	struct classifier	*c;

	write_bytes(data, len);
	if ((c = classifier_read(path, &error)) != NULL) {
		classifier_free(c);
		return false;
	}
	return error.verdict == BROKEN &&
	    strstr(error.text, "/classifier: ") != NULL &&
	    strstr(error.text, words) != NULL;
}

/* The same with four bytes overwritten. */
static bool
refused_with(const struct bytes *b, size_t at, const char *four,
    const char *words)
{
	char	*copy = keep_copy(b->data, b->len);

	memcpy(copy + at, four, 4);
	return refused(copy, b->len, words);
}

static void
round_trip(struct bytes *b)
{
	struct classifier	*c = make(), *back;
	struct bytes		 again;
	double			 s[2], r[2];

	test("written and read back, it is the same");
	CHECK(classifier_text(c, b, &error) == 0);
	write_bytes(b->data, b->len);
	back = classifier_read(path, &error);
	CHECK(back != NULL);
	if (back == NULL)
		return;
	CHECK(back->nlabels == 2 && back->nterms == c->nterms);
	CHECK_STR(back->label[1], "docs");
	CHECK(back->threshold[0] == 0.25F && isnan(back->threshold[1]));
	CHECK(classifier_text(back, &again, &error) == 0);
	CHECK(again.len == b->len &&
	    memcmp(again.data, b->data, b->len) == 0);
	bytes_free(&again);
	classifier_score(c, &text, s);
	classifier_score(back, &text, r);
	CHECK(s[0] == r[0] && s[1] == r[1]);

	test("scores and what they say");
	CHECK(s[0] > 0.9 && s[1] < 0.1);
	classifier_score(back, &(struct text){ "", "", "" }, r);
	CHECK(fabs(r[0] - 1 / (1 + exp(0.5))) < 1e-9);
	classifier_score(back, &(struct text){ "zzz", "\377", "yyy" }, r);
	CHECK(fabs(r[0] - 1 / (1 + exp(0.5))) < 1e-9);
	CHECK(classifier_says(back, 0, 0.25));
	CHECK(!classifier_says(back, 0, 0.2499));
	CHECK(!classifier_says(back, 1, 1));
	classifier_free(back);
	classifier_free(c);
}

static void
hostile(const struct bytes *b)
{
	static const char	 nan4[] = "\0\0\300\177";
	static const char	 inf4[] = "\0\0\200\177";
	static const char	 two4[] = "\0\0\0\100";
	struct classifier	*c = make();
	size_t			 i, idf;

	idf = KEYS + 8 * c->nterms;
	classifier_free(c);
	test("cut short anywhere, or longer: refused");
	for (i = 0; i < b->len; i++)
		CHECK(refused(b->data, i, ""));
	CHECK(refused(b->data, b->len + 1, "do not fit"));

	test("another magic or version is refused");
	CHECK(refused_with(b, 0, "MODE", "not a classifier of version 1"));
	CHECK(refused_with(b, 20, " 2\n\0", "not a classifier"));

	test("counts that do not fit the size are refused");
	CHECK(refused_with(b, COUNTS, "\377\377\377\377", "do not fit"));
	CHECK(refused_with(b, COUNTS + 4, "\377\377\377\377", "do not fit"));
	CHECK(refused_with(b, COUNTS + 8, "\377\377\377\377", "do not fit"));
	CHECK(refused_with(b, COUNTS, "\1\0\0\0", "do not fit"));
	CHECK(refused_with(b, COUNTS, "\0\0\0\0", "do not fit"));

	test("names that are not whole are refused");
	CHECK(refused_with(b, NAMES, "\0bug", "names"));
	CHECK(refused_with(b, NAMES, "bugs", "names"));
	CHECK(refused_with(b, NAMES + NAME_BYTES - 4, "abcd", "names"));

	test("figures out of range are refused");
	CHECK(refused_with(b, THRESHOLDS, nan4, "threshold"));
	CHECK(refused_with(b, THRESHOLDS, two4, "threshold"));
	CHECK(refused_with(b, THRESHOLDS, "\0\0\0\300", "threshold"));
	CHECK(refused_with(b, THRESHOLDS, "\0\0\0\277", "threshold"));
	CHECK(refused_with(b, BIASES, inf4, "bias"));
	CHECK(refused_with(b, STEPS, nan4, "step"));
	CHECK(refused_with(b, STEPS, "\0\0\200\277", "step"));
	CHECK(refused_with(b, idf, nan4, "frequency"));
	CHECK(refused_with(b, idf, "\0\0\0\0", "frequency"));
	CHECK(refused_with(b, KEYS + 4, "\377\377\377\377", "ascend"));
}

/* Whatever one byte becomes: refused, or scores that are probabilities. */
static void
flipped(const struct bytes *b)
{
	struct classifier	*c;
	char			*copy = keep_copy(b->data, b->len);
	double			 s[CLASSIFIER_LABELS];
	size_t			 i, l;
	int			 bit;

	test("any bit turned over: refused or harmless");
	for (i = 0; i < b->len; i++)
		for (bit = 0; bit < 8; bit++) {
			copy[i] = (char)(b->data[i] ^ (1 << bit));
			write_bytes(copy, b->len);
			copy[i] = b->data[i];
			if ((c = classifier_read(path, &error)) == NULL)
				continue;
			classifier_score(c, &text, s);
			for (l = 0; l < c->nlabels; l++)
				CHECK(s[l] >= 0 && s[l] <= 1);
			classifier_free(c);
		}
}

static void
bounds(void)
{
	static char		 name[CLASSIFIER_NAME + 2];
	const char		*labels[] = { name };
	struct classifier	*c;
	struct bytes		 b = { NULL, 0 };

	test("no file, and no regular file");
	CHECK(classifier_read(keepf("%s/none", tmp()), &error) == NULL);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "no such file") != NULL);
	CHECK(classifier_read(tmp(), &error) == NULL);

	test("too many labels or terms, and names too long");
	CHECK(classifier_new(labels, CLASSIFIER_LABELS + 1, 0, &error) ==
	    NULL);
	CHECK(classifier_new(labels, 1, CLASSIFIER_TERMS + 1, &error) ==
	    NULL);
	memset(name, 'n', sizeof(name) - 1);
	CHECK(classifier_new(labels, 1, 0, &error) == NULL);
	CHECK(strstr(error.text, "longer than") != NULL);
	classifier_free(NULL);

	test("no label and no term is a classifier as well");
	c = classifier_new(labels, 0, 0, &error);
	CHECK(c != NULL && classifier_text(c, &b, &error) == 0);
	classifier_free(c);
	write_bytes(b.data, b.len);
	bytes_free(&b);
	c = classifier_read(path, &error);
	CHECK(c != NULL && c->nlabels == 0);
	classifier_free(c);
}

int
main(void)
{
	struct bytes	 b = { NULL, 0 };

	path = keepf("%s/classifier", tmp());
	round_trip(&b);
	hostile(&b);
	flipped(&b);
	bytes_free(&b);
	bounds();
	tmp_end();
	return test_end();
}
