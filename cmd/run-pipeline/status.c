#include <string.h>

#include "kube/content.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/plain.h"
#include "run/when.h"

#include "pipelinerun.h"
#include "status.h"
#include "sync.h"

#define LONGEST_MESSAGE	1000	/* bytes; 32768 are allowed, nobody reads */

static const char *const	truths[] = { "False", "True", "Unknown" };

static json_t *
line(const char *text)
{
	return json_string(plain_text(text, LONGEST_MESSAGE));
}

static const json_t *
find(const json_t *conditions, const char *type)
{
	const json_t	*c;
	size_t		 i;

	json_array_foreach(conditions, i, c)
		if (strcmp(content_text(c, "type"), type) == 0)
			return c;
	return NULL;
}

static json_t *
condition(const struct sync *s, const char *type, const struct condition *c,
    time_t now)
{
	const json_t	*was = find(json_object_get(s->status, "conditions"),
			    type);
	const char	*since = content_text(was, "lastTransitionTime");

	if (*since == '\0' ||
	    strcmp(content_text(was, "status"), truths[c->status]) != 0)
		since = when_text(now);
	return json_pack("{ss ss ss so sI ss}", "type", type, "status",
	    truths[c->status], "reason", c->reason, "message",
	    line(c->message), "observedGeneration",
	    (json_int_t)s->generation, "lastTransitionTime", since);
}

static json_t *
conditions(const struct sync *s, const struct status *st, time_t now)
{
	json_t	*list = json_array(), *was;
	size_t	 i;

	json_array_append_new(list, condition(s, "Ready", &st->ready, now));
	json_array_append_new(list, condition(s, "Stalled", &st->stalled,
	    now));
	json_array_foreach(json_object_get(s->status, "conditions"), i, was)
		if (strcmp(content_text(was, "type"), "Ready") != 0 &&
		    strcmp(content_text(was, "type"), "Stalled") != 0)
			json_array_append(list, was);
	return list;
}

static json_t *
active(const struct sync *s, const struct status *st)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < st->nactive; i++)
		json_array_append_new(list, json_pack("{ss ss ss ss ss}",
		    "apiVersion", st->active[i]->group, "kind",
		    "PipelineRun", "name", st->active[i]->name, "namespace",
		    s->namespace, "uid", st->active[i]->uid));
	return list;
}

static json_t *
decision(const struct sync *s, const struct status *st, time_t now)
{
	const json_t	*was = json_object_get(s->status, "lastDecision");
	const char	*why = plain_text(st->why, LONGEST_MESSAGE);
	bool		 same;

	same = strcmp(content_text(was, "row"), st->row) == 0 &&
	    strcmp(content_text(was, "message"), why) == 0 &&
	    s->decided != 0 && s->decided <= now &&
	    now - s->decided < STATUS_REFRESH;
	return json_pack("{ss ss ss}", "time", same ?
	    content_text(was, "time") : when_text(now), "row", st->row,
	    "message", why);
}

static json_t *
last_run(const struct status *st)
{
	return json_pack("{ss ss ss ss sb sI sI}", "name", st->last_name,
	    "uid", st->last_uid, "created", when_text(st->last_created),
	    "finished", when_text(st->last_finished), "succeeded",
	    st->last_succeeded, "failures", (json_int_t)st->last_failures,
	    "generation", (json_int_t)st->last_generation);
}

void
status_failed(struct status *st, const char *verb, int verdict,
    const char *why)
{
	bool			 create = strcmp(verb, "create") == 0;
	struct condition	 failed = { TRUTH_FALSE, create ?
				    "CreateFailed" : strcmp(verb, "delete") ==
				    0 ? "DeleteFailed" : "CloseFailed", why };

	/* The others fail beside a state that is as it was seen. */
	if (create)
		st->ready = failed;
	failed.status = TRUTH_TRUE;
	if (verdict == BROKEN)
		st->stalled = failed;
}

json_t *
status_json(const struct sync *s, const struct status *st, time_t now)
{
	json_t	*json = keep_json(json_object());

	json_object_set_new(json, "observedGeneration",
	    json_integer(s->generation));
	json_object_set_new(json, "active", active(s, st));
	json_object_set_new(json, "lastDecision", decision(s, st, now));
	if (st->success != 0)
		json_object_set_new(json, "lastSuccess",
		    json_string(when_text(st->success)));
	if (st->last_name != NULL)
		json_object_set_new(json, "lastRun", last_run(st));
	json_object_set_new(json, "conditions", conditions(s, st, now));
	return json;
}

bool
status_differs(const struct sync *s, json_t *is)
{
	const char	*key;
	json_t		*value;

	json_object_foreach(is, key, value)
		if (!json_equal(json_object_get(s->status, key), value))
			return true;
	return false;
}
