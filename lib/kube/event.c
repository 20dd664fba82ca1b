#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kube/event.h"
#include "kube/kube.h"
#include "net/http.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/plain.h"
#include "run/when.h"

#define NOTE_CEILING	1024	/* bytes that the API takes */
#define LONGEST_CRONJOB	52	/* its Jobs' names need the rest */
#define HASH_DIGITS	20	/* of an Event's name: they live an hour */
#define MANAGER		"?fieldManager=modelsync&fieldValidation=Strict"

bool
kube_event_names(const char *cronjob)
{
	size_t	 n = strlen(cronjob);

	return n > 0 && n <= LONGEST_CRONJOB &&
	    strspn(cronjob, "abcdefghijklmnopqrstuvwxyz0123456789-.") == n &&
	    isalnum((unsigned char)cronjob[0]) &&
	    isalnum((unsigned char)cronjob[n - 1]) &&
	    strstr(cronjob, "..") == NULL;
}

/* "open-request" is OpenRequest. */
static const char *
camel(const char *verb)
{
	char	*word = keepf("%s", verb), *to = word;
	bool	 large = true;

	for (; *verb != '\0'; verb++) {
		if (isalnum((unsigned char)*verb)) {
			*to = *verb;
			if (large)
				*to = (char)toupper((unsigned char)*verb);
			to++;
		}
		large = !isalnum((unsigned char)*verb);
	}
	*to = '\0';
	return word;
}

/* A pod's name is its host name. */
static const char *
instance(void)
{
	char	 host[HOST_NAME_MAX + 1];

	if (gethostname(host, sizeof(host)) == -1)
		return "localhost";
	host[sizeof(host) - 1] = '\0';
	return *host == '\0' ? "localhost" : keepf("%s", host);
}

json_t *
kube_event_encode(const struct kube_event *e, const char *namespace,
    const char *uid)
{
	const char	*action = camel(e->verb == NULL ? "run" : e->verb);
	/* The words of the CronJob's controller: SuccessfulCreate. */
	const char	*reason = keepf("%s%s", e->failed ? "Failed" :
			    "Successful", action);
	const char	*note = plain_text(e->note, NOTE_CEILING);
	const char	*hash = hash_parts(4, (const char *const []){ uid,
			    reason, action, note });

	return json_pack("{ss ss s{ss ss} ss ss ss ss ss ss ss"
	    "s{ss ss ss ss ss}}",
	    "apiVersion", KUBE_EVENTS, "kind", "Event", "metadata",
	    "name", keepf("%s.%.*s", e->cronjob, HASH_DIGITS, hash),
	    "namespace", namespace,
	    "eventTime", when_micro(e->at),
	    "reportingController", keepf("modelsync.dev/%s", e->tool),
	    "reportingInstance", instance(), "action", action,
	    "reason", reason, "type", e->failed ? "Warning" : "Normal",
	    "note", note,
	    "regarding", "apiVersion", KUBE_BATCH, "kind", "CronJob",
	    "namespace", namespace, "name", e->cronjob, "uid", uid);
}

json_t *
kube_event_again(json_t *event, time_t now)
{
	json_t		*series = json_object_get(event, "series");
	json_int_t	 n = json_integer_value(json_object_get(series,
			    "count"));

	/* The first of a series is the second of its kind. */
	if (n < 1)
		n = 1;
	else if (n >= INT_MAX)
		n = INT_MAX - 1;
	return json_pack("{s{sI ss}}", "series", "count", n + 1,
	    "lastObservedTime", when_micro(now));
}

/* One write of JSON, which is freed; the answer is the caller's to free. */
static int
note(struct kube *k, struct request *r, json_t *json, struct answer *a,
    struct error *error)
{
	char	*body = json == NULL ? NULL : json_dumps(json, JSON_COMPACT);
	int	 rv;

	json_decref(json);
	*a = (struct answer){ .retry_after = -1 };
	if (body == NULL)
		return error_set(error, RETRY, "out of memory");
	r->body = body;
	r->len = strlen(body);
	rv = http_note(kube_http(k), NOTE_EVENT, r, a, error);
	free(body);
	return rv;
}

static json_t *
read_object(struct kube *k, const char *path, const char *what,
    struct error *error)
{
	struct answer	 a;
	json_t		*json = NULL;

	if (http_get(kube_http(k), path, &a, error) == 0)
		json = kube_object(&a, what, error);
	http_free(&a);
	return json;
}

/* The same was said before: one more of it. */
static int
add(struct kube *k, const char *name, time_t at, struct error *error)
{
	const char	*path = kube_path(k, KUBE_EVENTS, "events", name);
	const char	*what = keepf("Event %s/%s", kube_namespace(k), name);
	struct request	 r = { .method = "PATCH",
			    .path = keepf("%s%s", path, MANAGER),
			    .type = "application/merge-patch+json" };
	struct answer	 a;
	json_t		*event;
	int		 rv;

	if ((event = read_object(k, path, what, error)) == NULL)
		return -1;
	rv = note(k, &r, kube_event_again(event, at), &a, error);
	if (rv == 0 && kube_object(&a, what, error) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}

static const char *
find_uid(struct kube *k, const char *cronjob, struct error *error)
{
	const char	*what, *uid;
	json_t		*object;

	what = keepf("CronJob %s/%s", kube_namespace(k), cronjob);
	object = read_object(k, kube_path(k, KUBE_BATCH, "cronjobs", cronjob),
	    what, error);
	if (object == NULL)
		return NULL;
	uid = json_string_value(json_object_get(json_object_get(object,
	    "metadata"), "uid"));
	if (uid == NULL)
		error_set(error, RETRY, "%s: the answer has no uid", what);
	return uid;
}

int
kube_event_write(struct kube *k, const struct kube_event *e,
    struct error *error)
{
	struct request	 r = { .method = "POST",
			    .type = "application/json" };
	const char	*uid, *name;
	struct answer	 a;
	json_t		*event;
	int		 rv;

	if ((uid = find_uid(k, e->cronjob, error)) == NULL)
		return -1;
	r.path = keepf("%s%s", kube_path(k, KUBE_EVENTS, "events", NULL),
	    MANAGER);
	if ((event = kube_event_encode(e, kube_namespace(k), uid)) == NULL)
		return error_set(error, RETRY, "out of memory");
	name = keepf("%s", json_string_value(json_object_get(
	    json_object_get(event, "metadata"), "name")));
	rv = note(k, &r, event, &a, error);
	if (rv == 0 && a.status == 409 &&
	    strcmp(kube_reason(&a), "AlreadyExists") == 0)
		rv = add(k, name, e->at, error);
	else if (rv == 0 && kube_object(&a, keepf("Event %s/%s",
	    kube_namespace(k), name), error) == NULL)
		rv = -1;
	http_free(&a);
	return rv;
}
