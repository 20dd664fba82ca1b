#include <limits.h>
#include <string.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/leaselog.h"
#include "run/when.h"

static int
decode_intent(json_t *json, struct log *log, struct error *error)
{
	struct intent	*i;
	const char	*at;
	json_error_t	 why;
	json_int_t	 duration;

	if (json_is_null(json))
		return 0;
	i = keep(sizeof(*i));
	if (json_unpack_ex(json, &why, JSON_STRICT,
	    "{ss ss s?s s?s s?s ss ss sI}", "verb", &i->verb, "target",
	    &i->target, "generation", &i->generation, "stem", &i->stem,
	    "base", &i->base, "document", &i->document, "at", &at,
	    "duration", &duration) == -1)
		return error_set(error, BROKEN, "log.intent: %s", why.text);
	if (when_parse(at, &i->at) == -1 || duration < 0 ||
	    duration > INT_MAX)
		return error_set(error, BROKEN, "log.intent: a time or the "
		    "duration makes no sense");
	i->duration = (long)duration;
	log->intent = i;
	return 0;
}

static int
decode_outcome(json_t *json, struct outcome *o, struct error *error)
{
	const char	*at;
	json_error_t	 why;

	if (json_unpack_ex(json, &why, JSON_STRICT,
	    "{ss ss s?s ss s?s ss}", "verb", &o->verb, "target", &o->target,
	    "generation", &o->generation, "result", &o->result,
	    "name", &o->name, "at", &at) == -1)
		return error_set(error, BROKEN, "log.outcomes: %s", why.text);
	if (when_parse(at, &o->at) == -1)
		return error_set(error, BROKEN, "log.outcomes: \"%s\" is no "
		    "time", at);
	return 0;
}

int
leaselog_decode(json_t *json, struct log *log, struct error *error)
{
	json_t		*intent, *outcomes;
	json_error_t	 why;
	json_int_t	 version, failures;
	size_t		 i;

	if (json_unpack_ex(json, &why, JSON_STRICT, "{sI so so s?s sI so}",
	    "version", &version, "intent", &intent, "outcomes", &outcomes,
	    "stem", &log->stem, "failures", &failures,
	    "memo", &log->memo) == -1)
		return error_set(error, BROKEN, "log: %s", why.text);
	if (version != 1)
		return error_set(error, BROKEN, "log: version %lld, this "
		    "program knows 1", (long long)version);
	if (!json_is_array(outcomes) || !json_is_object(log->memo) ||
	    json_array_size(outcomes) > LEASE_OUTCOMES || failures < 0 ||
	    failures > INT_MAX)
		return error_set(error, BROKEN, "log: outcomes, failures or "
		    "memo make no sense");
	log->failures = (size_t)failures;
	log->noutcomes = json_array_size(outcomes);
	for (i = 0; i < log->noutcomes; i++)
		if (decode_outcome(json_array_get(outcomes, i),
		    &log->outcome[i], error) == -1)
			return -1;
	return decode_intent(intent, log, error);
}

static json_t *
encode_intent(const struct intent *i)
{
	if (i == NULL)
		return json_null();
	return json_pack("{ss ss ss* ss* ss* ss ss sI}", "verb", i->verb,
	    "target", i->target, "generation", i->generation, "stem",
	    i->stem, "base", i->base, "document", i->document, "at",
	    when_text(i->at), "duration", (json_int_t)i->duration);
}

json_t *
leaselog_encode(const struct log *log)
{
	const struct outcome	*o;
	json_t			*outcomes = json_array();
	size_t			 i;

	for (i = 0; i < log->noutcomes; i++) {
		o = &log->outcome[i];
		if (json_array_append_new(outcomes, json_pack(
		    "{ss ss ss* ss ss* ss}", "verb", o->verb, "target",
		    o->target, "generation", o->generation, "result",
		    o->result, "name", o->name, "at",
		    when_text(o->at))) == -1) {
			json_decref(outcomes);
			return NULL;
		}
	}
	return json_pack("{sI so so ss* sI sO}", "version", (json_int_t)1,
	    "intent", encode_intent(log->intent), "outcomes", outcomes,
	    "stem", log->stem, "failures", (json_int_t)log->failures,
	    "memo", log->memo);
}

static void
count_failure(struct log *log, const struct intent *i, const char *result)
{
	bool	 same = log->stem != NULL && i->stem != NULL &&
		    strcmp(log->stem, i->stem) == 0;

	if (i->stem == NULL || strcmp(result, "undone") == 0)
		return;
	if (strcmp(result, "done") == 0)
		log->failures = 0;
	else if (!same)
		log->failures = 1;
	else if (log->failures < INT_MAX)	/* what can be read again */
		log->failures++;
	log->stem = i->stem;
}

void
leaselog_end(struct log *log, const char *result, const char *name,
    time_t now)
{
	const struct intent	*i = log->intent;

	if (i == NULL || strcmp(result, "unknown") == 0)
		return;
	if (log->noutcomes == LEASE_OUTCOMES) {
		memmove(log->outcome, log->outcome + 1,
		    sizeof(log->outcome[0]) * (LEASE_OUTCOMES - 1));
		log->noutcomes--;
	}
	log->outcome[log->noutcomes++] = (struct outcome){ .verb = i->verb,
	    .target = i->target, .generation = i->generation,
	    .result = result, .name = name, .at = now };
	count_failure(log, i, result);
	log->intent = NULL;
}
