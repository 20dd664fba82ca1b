/*
 * Any bytes as a classifier, and any text to judge: what is read is what
 * would be written, and every score is a probability.  The input is title,
 * repository, body and the file.
 */

#include <endian.h>
#include <math.h>

#include "fuzz/fuzz.h"
#include "model/classifier.h"
#include "model/terms.h"

static void
check(const struct classifier *c, const struct text *text,
    const struct bytes *file)
{
	struct bytes	 b;
	struct error	 error = { .text = "" };
	double		*score = keep((c->nlabels + 1) * sizeof(*score));
	size_t		 i;

	classifier_score(c, text, score);
	for (i = 0; i < c->nlabels; i++) {
		MUST(score[i] >= 0 && score[i] <= 1);
		MUST(!isnan(c->threshold[i]) ||
		    !classifier_says(c, i, score[i]));
	}
	MUST(classifier_text(c, &b, &error) == 0);
	MUST(fuzz_same(file, &b));
	bytes_free(&b);
}

#define HEAD	36	/* bytes in front of the names (model/classifier.h) */
#define MOST	64	/* labels and terms, and names of so many bytes each */

/*
 * The file cut or filled up to what its counts ask for: chance alone does
 * not find a length that fits.
 */
static struct bytes
fitted(const struct bytes *b)
{
	struct bytes	 fit = { NULL, 0 };
	uint32_t	 count[3];
	size_t		 labels, terms, names;

	if (b->len < HEAD)
		return fit;
	memcpy(count, b->data + HEAD - sizeof(count), sizeof(count));
	labels = le32toh(count[0]);
	terms = le32toh(count[1]);
	names = le32toh(count[2]);
	if (labels > MOST || terms > MOST || names > MOST * MOST)
		return fit;
	fit.len = HEAD + names + 12 * labels + 12 * terms + 2 * labels * terms;
	fit.data = keep(fit.len + 1);
	memcpy(fit.data, b->data, b->len < fit.len ? b->len : fit.len);
	return fit;
}

static void
try(const struct text *text, const struct bytes *file)
{
	struct classifier	*c;
	struct error		 error = { .text = "" };

	c = classifier_read(fuzz_file(file->data, file->len), &error);
	if (c != NULL)
		check(c, text, file);
	else
		MUST(error.verdict == BROKEN);
	classifier_free(c);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 rest = fuzz_bytes(data, size), fit;
	struct terms	*terms = keep(sizeof(*terms));
	struct text	 text;

	text.title = fuzz_string(&rest);
	text.repo = fuzz_string(&rest);
	text.body = fuzz_string(&rest);
	terms_read(&text, terms);
	MUST(terms->n <= TERMS_MAX);
	try(&text, &rest);
	fit = fitted(&rest);
	if (fit.data != NULL)
		try(&text, &fit);
	keep_drop();
	return 0;
}
