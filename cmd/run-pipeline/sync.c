#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kube/content.h"
#include "run/keep.h"
#include "run/plain.h"
#include "run/when.h"

#include "sync.h"

#define MOST_MAPPINGS	1000	/* as a run's parameters */
#define MOST_HISTORY	1000	/* runs kept; more were never listed whole */
#define LONGEST_URL	2000	/* bytes; what servers take */
#define LONGEST_WHY	1000	/* bytes of a condition's sentence */

/* keepf() with a list would do; the sentence is one line, and short. */
void
refuse(struct refusal *r, const char *reason, const char *fmt, ...)
{
	va_list	 ap;
	char	 text[2 * LONGEST_WHY];

	if (r->reason != NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	r->reason = reason;
	r->why = plain_text(text, LONGEST_WHY);
}

static void
read_metadata(const json_t *object, struct sync *s)
{
	const json_t	*m = json_object_get(object, "metadata");

	s->group = strcmp(content_text(object, "apiVersion"), SYNC_OURS) == 0 ?
	    SYNC_OURS : SYNC_PUBLISHED;
	s->name = content_text(m, "name");
	s->namespace = content_text(m, "namespace");
	s->uid = content_text(m, "uid");
	s->version = content_text(m, "resourceVersion");
	s->generation = (long)json_integer_value(json_object_get(m,
	    "generation"));
	s->deleting = *content_text(m, "deletionTimestamp") != '\0';
	if (*s->name == '\0' || *s->namespace == '\0' || *s->uid == '\0')
		refuse(&s->bad, "InvalidObject", "metadata lacks a name, a "
		    "namespace or a uid");
	if (strcmp(content_text(object, "apiVersion"), s->group) != 0)
		refuse(&s->bad, "InvalidObject", "apiVersion is \"%s\", "
		    "expected %s or %s", content_text(object, "apiVersion"),
		    SYNC_OURS, SYNC_PUBLISHED);
}

static void
read_rule(const json_t *rule, struct sync *s)
{
	const char	*kind = content_text(rule, "kind");

	s->model = content_text(rule, "model");
	if (strcmp(kind, "modelFreshness") == 0)
		s->rule = RULE_FRESHNESS;
	else if (strcmp(kind, "gitDiffers") == 0)
		s->rule = RULE_DIFFERS;
	else
		refuse(&s->bad, "InvalidRule", "spec.rule.kind is \"%s\", "
		    "expected modelFreshness or gitDiffers", kind);
	if (*s->model == '\0')
		refuse(&s->bad, "InvalidRule", "spec.rule.model is missing, "
		    "expected the name of a model that the runner knows");
}

/* Who says whether a sync is needed. */
static void
read_question(const json_t *spec, struct sync *s)
{
	const json_t	*url = json_object_get(spec, "needsSyncUrl");
	const json_t	*rule = json_object_get(spec, "rule");

	if (rule != NULL && !json_is_null(rule)) {
		if (*content_text(spec, "needsSyncUrl") != '\0')
			refuse(&s->bad, "InvalidRule", "spec.rule beside "
			    "spec.needsSyncUrl, expected one of them");
		read_rule(rule, s);
		return;
	}
	if (!json_is_string(url) || *json_string_value(url) == '\0')
		refuse(&s->bad, "InvalidURL", "spec.needsSyncUrl is missing, "
		    "expected the URL that says whether a sync is needed");
	else if (strlen(json_string_value(url)) > LONGEST_URL)
		refuse(&s->bad, "InvalidURL", "spec.needsSyncUrl has more "
		    "than %d bytes", LONGEST_URL);
	else
		s->url = json_string_value(url);
}

/* -1: the name is there and is no text. */
static int
read_name(const json_t *item, const char *key, const char **name)
{
	const json_t	*text = json_object_get(item, key);

	*name = content_text(item, key);
	return text == NULL || json_is_null(text) || json_is_string(text) ?
	    0 : -1;
}

static bool
is_mapped(const struct sync *s, const char *pipeline)
{
	size_t	 i;

	for (i = 0; i < s->nmappings; i++)
		if (strcmp(s->mapping[i].pipeline, pipeline) == 0)
			return true;
	return false;
}

/* An empty name means the same name. */
static void
read_mapping(const json_t *item, size_t i, struct sync *s)
{
	struct mapping	*m = &s->mapping[s->nmappings];

	if (!json_is_object(item) ||
	    read_name(item, "needsSyncName", &m->needs) == -1 ||
	    read_name(item, "pipelineName", &m->pipeline) == -1) {
		refuse(&s->bad, "InvalidMapping", "spec.parameters[%zu] is no "
		    "mapping of needsSyncName and pipelineName, two texts",
		    i);
		return;
	}
	if (*m->needs == '\0')
		m->needs = m->pipeline;
	if (*m->pipeline == '\0')
		m->pipeline = m->needs;
	if (*m->needs == '\0')
		refuse(&s->bad, "InvalidMapping", "spec.parameters[%zu] "
		    "names nothing, expected needsSyncName or pipelineName",
		    i);
	else if (is_mapped(s, m->pipeline))
		refuse(&s->bad, "InvalidMapping", "spec.parameters[%zu] sets "
		    "\"%s\" for the second time", i, m->pipeline);
	else
		s->nmappings++;
}

static void
read_mappings(const json_t *list, struct sync *s)
{
	size_t	 i, n = json_array_size(list);

	if (list == NULL || json_is_null(list))
		return;
	if (!json_is_array(list) || n > MOST_MAPPINGS) {
		refuse(&s->bad, "InvalidMapping", "spec.parameters is no "
		    "list, or has more than %d items", MOST_MAPPINGS);
		return;
	}
	s->mapping = keep((n + 1) * sizeof(*s->mapping));
	for (i = 0; i < n; i++)
		read_mapping(json_array_get(list, i), i, s);
}

static long
read_limit(const json_t *spec, const char *key, struct sync *s)
{
	const json_t	*n = json_object_get(spec, key);

	if (n == NULL || json_is_null(n))
		return -1;
	if (json_is_integer(n) && json_integer_value(n) >= 0 &&
	    json_integer_value(n) <= MOST_HISTORY)
		return (long)json_integer_value(n);
	refuse(&s->bad, "InvalidLimit", "spec.%s is no whole number from 0 "
	    "to %d", key, MOST_HISTORY);
	return -1;
}

static void
read_spec(const json_t *spec, struct sync *s)
{
	json_t		*template;
	const json_t	*suspend;

	if (!json_is_object(spec)) {
		refuse(&s->bad, "InvalidObject", "spec is missing");
		return;
	}
	suspend = json_object_get(spec, "suspend");
	s->suspend = json_is_true(suspend);
	if (suspend != NULL && !json_is_boolean(suspend) &&
	    !json_is_null(suspend)) {
		s->suspend = true;	/* meant, however it is written */
		refuse(&s->bad, "InvalidObject", "spec.suspend is neither "
		    "true nor false");
	}
	read_question(spec, s);
	read_mappings(json_object_get(spec, "parameters"), s);
	s->successful = read_limit(spec,
	    "successfulPipelineRunsHistoryLimit", s);
	s->failed = read_limit(spec, "failedPipelineRunsHistoryLimit", s);
	template = json_object_get(spec, "pipelineRunTemplate");
	if (json_is_object(template))
		s->template = template;
	else
		refuse(&s->bad, "InvalidTemplate",
		    "spec.pipelineRunTemplate is missing");
}

/* What an earlier run of ours left there; what is odd is not believed. */
static void
read_status(json_t *status, struct sync *s)
{
	const json_t	*last;

	if (!json_is_object(status))
		return;
	s->status = status;
	s->decided = content_time(json_object_get(status, "lastDecision"),
	    "time");
	s->success = content_time(status, "lastSuccess");
	last = json_object_get(status, "lastRun");
	if (*content_text(last, "name") == '\0' ||
	    *content_text(last, "uid") == '\0' ||
	    content_time(last, "created") == 0)
		return;
	s->last = (struct last){ .name = content_text(last, "name"),
	    .uid = content_text(last, "uid"),
	    .created = content_time(last, "created"),
	    .finished = content_time(last, "finished"),
	    .succeeded = json_is_true(json_object_get(last, "succeeded")),
	    .failures = (long)json_integer_value(json_object_get(last,
	    "failures")),
	    .generation = (long)json_integer_value(json_object_get(last,
	    "generation")) };
}

void
sync_read(json_t *object, struct sync *s)
{
	*s = (struct sync){ .successful = -1, .failed = -1 };
	read_metadata(object, s);
	read_status(json_object_get(object, "status"), s);
	read_spec(json_object_get(object, "spec"), s);
}
