/*
 * predict CLASSIFIER DATA.JSONL: loads a classifier once and predicts every
 * example; prints the time to load and the median and greatest time of one
 * prediction, in ms.
 */

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "data/dataset.h"
#include "model/classifier.h"
#include "model/terms.h"
#include "run/error.h"

static double
now(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static int
compare(const void *x, const void *y)
{
	double	 a = *(const double *)x, b = *(const double *)y;

	return a < b ? -1 : a > b;
}

int
main(int argc, char *argv[])
{
	struct classifier	*c;
	struct dataset		 d;
	struct error		 error;
	struct text		 text;
	double			*score, *ms, began, loaded;
	size_t			 i;

	if (argc != 3)
		errx(1, "usage: predict CLASSIFIER DATA.JSONL");
	began = now();
	if ((c = classifier_read(argv[1], &error)) == NULL)
		errx(1, "%s", error.text);
	loaded = now() - began;
	if (dataset_read(argv[2], &d, &error) == -1)
		errx(1, "%s", error.text);
	score = calloc(c->nlabels, sizeof(*score));
	ms = calloc(d.n, sizeof(*ms));
	if (score == NULL || ms == NULL || d.n == 0)
		errx(1, "nothing to predict, or out of memory");
	for (i = 0; i < d.n; i++) {
		text = (struct text){ .title = d.examples[i].title,
		    .repo = d.examples[i].repo, .body = d.examples[i].body };
		began = now();
		classifier_score(c, &text, score);
		ms[i] = now() - began;
	}
	qsort(ms, d.n, sizeof(*ms), compare);
	printf("%.2f %.3f %.3f\n", loaded, ms[d.n / 2], ms[d.n - 1]);
	dataset_free(&d);
	classifier_free(c);
	free(score);
	free(ms);
	return 0;
}
