#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "model/evaluation.h"
#include "model/evaluationjson.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define DIGITS		6	/* of a fraction: finer than any sample tells */

/* A thousand labels with names of a kilobyte, and room to spare. */
#define CEILING		(4 * 1024 * 1024)

#define Z		1.959963984540054	/* normal quantile for 95 % */

static const struct interval	 nowhere = { NAN, NAN };

struct interval
evaluation_interval(size_t k, size_t n)
{
	struct interval	 i;
	double		 half, middle, share, total = (double)n;

	if (n == 0)
		return nowhere;
	share = (double)k / total;
	middle = share + Z * Z / (2 * total);
	half = Z * sqrt(share * (1 - share) / total +
	    Z * Z / (4 * total * total));
	/* Rounding must not leave the share outside, nor 0 and 1 inside. */
	i.low = (middle - half) / (1 + Z * Z / total);
	i.high = (middle + half) / (1 + Z * Z / total);
	i.low = k == 0 ? 0 : fmin(fmax(i.low, 0), share);
	i.high = k == n ? 1 : fmax(fmin(i.high, 1), share);
	return i;
}

struct measure
evaluation_measure(size_t tp, size_t fp, size_t fn)
{
	struct measure	 m = { .precision = NAN, .recall = NAN };

	m.support = tp + fn;
	if (tp + fp > 0)
		m.precision = (double)tp / (double)(tp + fp);
	if (m.support > 0)
		m.recall = (double)tp / (double)m.support;
	m.precision_interval = evaluation_interval(tp, tp + fp);
	m.recall_interval = evaluation_interval(tp, m.support);
	return m;
}

struct measure
evaluation_mean(const struct label_measure *labels, size_t n)
{
	struct measure	 m = { .precision_interval = nowhere,
			    .recall_interval = nowhere };
	size_t		 i, defined = 0, supported = 0;

	for (i = 0; i < n; i++) {
		if (labels[i].measure.support == 0)
			continue;
		supported++;
		m.support += labels[i].measure.support;
		m.recall += labels[i].measure.recall;
		if (isnan(labels[i].measure.precision))
			continue;
		defined++;
		m.precision += labels[i].measure.precision;
	}
	/* A mean over none is 0 / 0, but said without the division. */
	m.precision = defined == 0 ? NAN : m.precision / (double)defined;
	m.recall = supported == 0 ? NAN : m.recall / (double)supported;
	return m;
}

int
evaluation_text(const struct evaluation *e, struct bytes *b,
    struct error *error)
{
	json_t	*json = evaluationjson_encode(e);
	char	*text = NULL, *line;
	size_t	 len;

	if (json != NULL)
		text = json_dumps(json, JSON_COMPACT |
		    JSON_REAL_PRECISION(DIGITS));
	json_decref(json);
	if (text == NULL)
		return error_set(error, BROKEN, "the evaluation of %s cannot "
		    "be told as JSON: a name is not UTF-8", e->model);
	len = strlen(text);
	if ((line = realloc(text, len + 2)) == NULL) {
		free(text);
		return error_errno(error, RETRY, "the evaluation");
	}
	line[len++] = '\n';
	line[len] = '\0';
	*b = (struct bytes){ line, len };
	return 0;
}

int
evaluation_parse(const struct bytes *b, const char *path,
    struct evaluation *e, struct error *error)
{
	json_error_t	 why;
	json_t		*json;

	*e = (struct evaluation){ 0 };
	json = json_loadb(b->data, b->len, JSON_REJECT_DUPLICATES, &why);
	if (json == NULL)
		return error_set(error, BROKEN, "%s:%d:%d: %s", path,
		    why.line, why.column, why.text);
	if (evaluationjson_decode(keep_json(json), e, error) == -1)
		return error_in(error, "%s", path);
	return 0;
}

int
evaluation_read(const char *path, struct evaluation *e, struct error *error)
{
	struct bytes	 b;
	int		 rv;

	*e = (struct evaluation){ 0 };
	if ((rv = bytes_read_plain(path, CEILING, &b, error)) != 0)
		return rv;
	rv = evaluation_parse(&b, path, e, error);
	bytes_free(&b);
	return rv;
}
