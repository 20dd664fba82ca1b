#include <math.h>

#include <jansson.h>

#include "model/evaluation.h"
#include "model/evaluationjson.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/when.h"

#define VERSION		1

static json_t *
number(double x)
{
	return isnan(x) ? json_null() : json_real(x);
}

static json_t *
encode_interval(const struct measure *m)
{
	return json_pack("{s[oo] s[oo]}",
	    "precision", number(m->precision_interval.low),
	    number(m->precision_interval.high),
	    "recall", number(m->recall_interval.low),
	    number(m->recall_interval.high));
}

static json_t *
encode_measure(const struct measure *m)
{
	return json_pack("{so so sI so}", "precision", number(m->precision),
	    "recall", number(m->recall), "support", (json_int_t)m->support,
	    "interval", encode_interval(m));
}

static json_t *
encode_label(const struct label_measure *l)
{
	return json_pack("{sI so so so so}",
	    "support", (json_int_t)l->measure.support,
	    "threshold", number(l->threshold),
	    "precision", number(l->measure.precision),
	    "recall", number(l->measure.recall),
	    "interval", encode_interval(&l->measure));
}

/* NULL when a name is not UTF-8, as everywhere below. */
static json_t *
encode_labels(const struct evaluation *e)
{
	json_t	*labels = json_object();
	size_t	 i;

	for (i = 0; i < e->nlabels; i++)
		if (json_object_set_new(labels, e->labels[i].name,
		    encode_label(&e->labels[i])) == -1) {
			json_decref(labels);
			return NULL;
		}
	return labels;
}

static json_t *
encode_against(const struct evaluation *e)
{
	json_t			*list = json_array();
	const struct against	*a;
	size_t			 i;

	for (i = 0; i < e->nagainst; i++) {
		a = &e->against[i];
		if (json_array_append_new(list, json_pack("{ss sI so so}",
		    "model", a->model, "examples", (json_int_t)a->examples,
		    "micro", encode_measure(&a->micro),
		    "candidate", encode_measure(&a->candidate))) == -1) {
			json_decref(list);
			return NULL;
		}
	}
	return list;
}

json_t *
evaluationjson_encode(const struct evaluation *e)
{
	return json_pack("{sI ss ss sI s{sI ss ss} so so so so}",
	    "version", (json_int_t)VERSION, "model", e->model,
	    "generation", e->generation, "train", (json_int_t)e->train,
	    "holdout", "examples", (json_int_t)e->holdout,
	    "from", when_text(e->from), "to", when_text(e->to),
	    "micro", encode_measure(&e->micro),
	    "macro", encode_measure(&e->macro),
	    "labels", encode_labels(e), "against", encode_against(e));
}

/* A fraction, or null. */
static int
decode_fraction(const json_t *json, const char *name, double *x,
    struct error *error)
{
	*x = NAN;
	if (json_is_null(json))
		return 0;
	*x = json_number_value(json);
	if (!json_is_number(json) || !(*x >= 0 && *x <= 1))
		return error_set(error, BROKEN, "%s: a number from 0 to 1 or "
		    "null was expected", name);
	return 0;
}

static int
decode_interval(const json_t *json, const char *name, struct interval *i,
    struct error *error)
{
	if (json_array_size(json) != 2)
		return error_set(error, BROKEN, "interval.%s: two bounds "
		    "were expected", name);
	if (decode_fraction(json_array_get(json, 0), name, &i->low,
	    error) == -1 ||
	    decode_fraction(json_array_get(json, 1), name, &i->high,
	    error) == -1)
		return error_in(error, "interval");
	if (isnan(i->low) != isnan(i->high) || i->low > i->high)
		return error_set(error, BROKEN, "interval.%s: the lower bound "
		    "first, or null twice, was expected", name);
	return 0;
}

static int
decode_count(const json_t *json, const char *name, size_t *count,
    struct error *error)
{
	if (!json_is_integer(json) || json_integer_value(json) < 0)
		return error_set(error, BROKEN, "%s: a count was expected",
		    name);
	*count = (size_t)json_integer_value(json);
	return 0;
}

static int
decode_text(const json_t *json, const char *name, const char **text,
    struct error *error)
{
	if (json_string_length(json) == 0)
		return error_set(error, BROKEN, "%s: a text was expected",
		    name);
	*text = json_string_value(json);
	return 0;
}

static int
decode_time(const json_t *json, const char *name, time_t *t,
    struct error *error)
{
	if (!json_is_string(json) ||
	    when_parse(json_string_value(json), t) == -1)
		return error_set(error, BROKEN, "%s: a time such as "
		    "2021-07-21T09:00:03Z was expected", name);
	return 0;
}

struct measure_json {
	json_t	*precision, *recall, *support, *interval;
};

static int
decode_figures(const struct measure_json *j, struct measure *m,
    struct error *error)
{
	json_t		*precision, *recall;
	json_error_t	 why;

	if (decode_count(j->support, "support", &m->support, error) == -1 ||
	    decode_fraction(j->precision, "precision", &m->precision,
	    error) == -1 ||
	    decode_fraction(j->recall, "recall", &m->recall, error) == -1)
		return -1;
	if (isnan(m->recall) != (m->support == 0))
		return error_set(error, BROKEN, "recall: null was expected "
		    "where support is 0, and only there");
	if (json_unpack_ex(j->interval, &why, JSON_STRICT, "{so so}",
	    "precision", &precision, "recall", &recall) == -1)
		return error_set(error, BROKEN, "interval: %s", why.text);
	if (decode_interval(precision, "precision", &m->precision_interval,
	    error) == -1)
		return -1;
	return decode_interval(recall, "recall", &m->recall_interval, error);
}

static int
decode_measure(json_t *json, const char *name, struct measure *m,
    struct error *error)
{
	struct measure_json	 j;
	json_error_t		 why;

	if (json_unpack_ex(json, &why, JSON_STRICT, "{so so so so}",
	    "precision", &j.precision, "recall", &j.recall,
	    "support", &j.support, "interval", &j.interval) == -1)
		return error_set(error, BROKEN, "%s: %s", name, why.text);
	if (decode_figures(&j, m, error) == -1)
		return error_in(error, "%s", name);
	return 0;
}

static int
decode_label(json_t *json, struct label_measure *l, struct error *error)
{
	struct measure_json	 j;
	json_t			*threshold;
	json_error_t		 why;

	if (json_unpack_ex(json, &why, JSON_STRICT, "{so so so so so}",
	    "support", &j.support, "threshold", &threshold,
	    "precision", &j.precision, "recall", &j.recall,
	    "interval", &j.interval) == -1)
		return error_set(error, BROKEN, "%s", why.text);
	if (decode_fraction(threshold, "threshold", &l->threshold,
	    error) == -1 || decode_figures(&j, &l->measure, error) == -1)
		return -1;
	if (isnan(l->threshold) &&
	    (!isnan(l->measure.precision) || l->measure.recall > 0))
		return error_set(error, BROKEN, "threshold: null, but the "
		    "label predicts something");
	return 0;
}

static int
decode_labels(json_t *json, struct evaluation *e, struct error *error)
{
	const char	*name;
	json_t		*label;

	if (!json_is_object(json))
		return error_set(error, BROKEN, "labels: an object was "
		    "expected");
	e->labels = keep(json_object_size(json) * sizeof(*e->labels));
	json_object_foreach(json, name, label) {
		e->labels[e->nlabels].name = name;
		if (decode_label(label, &e->labels[e->nlabels++],
		    error) == -1)
			return error_in(error, "labels.%s", name);
	}
	return 0;
}

static int
decode_one(json_t *json, struct against *a, struct error *error)
{
	json_t		*model, *examples, *micro, *candidate;
	json_error_t	 why;

	if (json_unpack_ex(json, &why, JSON_STRICT, "{so so so so}",
	    "model", &model, "examples", &examples, "micro", &micro,
	    "candidate", &candidate) == -1)
		return error_set(error, BROKEN, "%s", why.text);
	if (decode_text(model, "model", &a->model, error) == -1 ||
	    decode_count(examples, "examples", &a->examples, error) == -1 ||
	    decode_measure(micro, "micro", &a->micro, error) == -1)
		return -1;
	return decode_measure(candidate, "candidate", &a->candidate, error);
}

static int
decode_against(json_t *json, struct evaluation *e, struct error *error)
{
	size_t	 i;

	if (!json_is_array(json))
		return error_set(error, BROKEN, "against: an array was "
		    "expected");
	e->nagainst = json_array_size(json);
	e->against = keep(e->nagainst * sizeof(*e->against));
	for (i = 0; i < e->nagainst; i++)
		if (decode_one(json_array_get(json, i), &e->against[i],
		    error) == -1)
			return error_in(error, "against[%zu]", i);
	return 0;
}

static int
decode_holdout(json_t *json, struct evaluation *e, struct error *error)
{
	json_t		*examples, *from, *to;
	json_error_t	 why;

	if (json_unpack_ex(json, &why, JSON_STRICT, "{so so so}",
	    "examples", &examples, "from", &from, "to", &to) == -1)
		return error_set(error, BROKEN, "holdout: %s", why.text);
	if (decode_count(examples, "examples", &e->holdout, error) == -1 ||
	    decode_time(from, "from", &e->from, error) == -1 ||
	    decode_time(to, "to", &e->to, error) == -1)
		return error_in(error, "holdout");
	if (e->from > e->to)
		return error_set(error, BROKEN, "holdout: from is later than "
		    "to");
	return 0;
}

/* No label or comparison can rest on more than there was to judge by. */
static int
check_counts(const struct evaluation *e, struct error *error)
{
	size_t	 i;

	for (i = 0; i < e->nlabels; i++)
		if (e->labels[i].measure.support > e->holdout)
			return error_set(error, BROKEN, "labels.%s.support: "
			    "more than holdout.examples", e->labels[i].name);
	for (i = 0; i < e->nagainst; i++)
		if (e->against[i].examples > e->holdout)
			return error_set(error, BROKEN, "against[%zu]."
			    "examples: more than holdout.examples", i);
	return 0;
}

static int
check_version(json_t *json, struct error *error)
{
	const json_t	*version = json_object_get(json, "version");

	if (!json_is_integer(version))
		return error_set(error, BROKEN, "version: an integer was "
		    "expected");
	if (json_integer_value(version) != VERSION)
		return error_set(error, BROKEN, "version: %lld, this program "
		    "knows %d", (long long)json_integer_value(version),
		    VERSION);
	return 0;
}

int
evaluationjson_decode(json_t *json, struct evaluation *e,
    struct error *error)
{
	json_t		*version, *model, *generation, *train, *holdout;
	json_t		*micro, *macro, *labels, *against;
	json_error_t	 why;

	if (check_version(json, error) == -1)
		return -1;
	if (json_unpack_ex(json, &why, JSON_STRICT,
	    "{so so so so so so so so so}", "version", &version,
	    "model", &model, "generation", &generation,
	    "train", &train, "holdout", &holdout, "micro", &micro,
	    "macro", &macro, "labels", &labels, "against", &against) == -1)
		return error_set(error, BROKEN, "%s", why.text);
	if (decode_text(model, "model", &e->model, error) == -1 ||
	    decode_text(generation, "generation", &e->generation,
	    error) == -1 ||
	    decode_count(train, "train", &e->train, error) == -1 ||
	    decode_holdout(holdout, e, error) == -1 ||
	    decode_measure(micro, "micro", &e->micro, error) == -1 ||
	    decode_measure(macro, "macro", &e->macro, error) == -1 ||
	    decode_labels(labels, e, error) == -1 ||
	    decode_against(against, e, error) == -1)
		return -1;
	return check_counts(e, error);
}
