#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kube/kube.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "run/leaselog.h"
#include "run/leasestate.h"
#include "run/when.h"

#define ANNOTATION	"modelsync.dev/log"
#define MANAGER		"?fieldManager=modelsync&fieldValidation=Strict"

struct leasekube {
	struct kube	*kube;
	const char	*name, *where;
	json_t		*object;	/* as the server has it; NULL: none */
	json_t		*owner;		/* of one that is made; NULL: none */
};

/* The log of an object; one that was never written is empty. */
static int
read_log(json_t *object, struct log *log, struct error *error)
{
	const char	*text;
	json_error_t	 why;
	json_t		*json;

	text = json_string_value(json_object_get(json_object_get(
	    json_object_get(object, "metadata"), "annotations"),
	    ANNOTATION));
	if (text == NULL)
		return 0;
	json = json_loads(text, JSON_REJECT_DUPLICATES, &why);
	if (json == NULL)
		return error_set(error, BROKEN, "annotation %s: %s; look at "
		    "it and repair or remove it", ANNOTATION, why.text);
	return leaselog_decode(keep_json(json), log, error);
}

static int
read_time(json_t *spec, const char *key, time_t *t, struct error *error)
{
	const char	*text = json_string_value(json_object_get(spec, key));

	*t = 0;
	if (text == NULL || when_parse(text, t) == 0)
		return 0;
	return error_set(error, BROKEN, "spec.%s: \"%s\" is no time", key,
	    text);
}

static int
decode(json_t *object, struct lease_state *s, struct error *error)
{
	json_t		*spec = json_object_get(object, "spec");
	json_int_t	 duration;
	const char	*holder;

	holder = json_string_value(json_object_get(spec, "holderIdentity"));
	s->holder = holder == NULL ? "" : holder;
	duration = json_integer_value(json_object_get(spec,
	    "leaseDurationSeconds"));
	s->transitions = json_integer_value(json_object_get(spec,
	    "leaseTransitions"));
	if (read_time(spec, "acquireTime", &s->acquired, error) == -1 ||
	    read_time(spec, "renewTime", &s->renewed, error) == -1)
		return -1;
	if (duration < 0 || duration > INT_MAX || s->transitions < 0 ||
	    (*s->holder != '\0' && (s->renewed == 0 || duration == 0)))
		return error_set(error, BROKEN, "spec: its holder, time, "
		    "duration and transitions make no sense together");
	s->duration = (long)duration;
	return read_log(object, s->log, error);
}

/* The right object, with what a later write needs. */
static int
check(const struct leasekube *k, json_t *object, struct error *error)
{
	json_t		*meta = json_object_get(object, "metadata");
	const char	*kind, *name, *revision;

	kind = json_string_value(json_object_get(object, "kind"));
	name = json_string_value(json_object_get(meta, "name"));
	revision = json_string_value(json_object_get(meta,
	    "resourceVersion"));
	if (kind != NULL && strcmp(kind, "Lease") == 0 && name != NULL &&
	    strcmp(name, k->name) == 0 && revision != NULL)
		return 0;
	return error_set(error, RETRY, "%s: the answer is no Lease of that "
	    "name with a resourceVersion", k->where);
}

static int
look(struct leasekube *k, bool create, const struct answer *a,
    struct lease_state *state, struct error *error)
{
	if (a->status == 404 && create &&
	    strcmp(kube_reason(a), "NotFound") == 0)
		return 0;
	if ((k->object = kube_object(a, k->where, error)) == NULL) {
		if (a->status == 404)
			error_in(error, "its memory is gone, or it was never "
			    "there (spec.lease.kubernetes.create allows "
			    "making it)");
		return -1;
	}
	if (check(k, k->object, error) == -1)
		return -1;
	if (decode(k->object, state, error) == -1)
		return error_in(error, "%s", k->where);
	return 0;
}

/* One that stood in a list; an item says nothing of its kind. */
static struct leasekube *
take_listed(struct leasekube *k, const struct leasekube_terms *t,
    struct lease_state *state, time_t *now, struct error *error)
{
	k->owner = t->owner;
	*now = t->date;
	if ((k->object = t->object) == NULL)
		return k;
	json_object_set_new(k->object, "kind", json_string("Lease"));
	if (check(k, k->object, error) == -1)
		return NULL;
	if (decode(k->object, state, error) == -1) {
		error_in(error, "%s", k->where);
		return NULL;
	}
	return k;
}

struct leasekube *
leasekube_read(const struct leasekube_terms *t, struct lease_state *state,
    time_t *now, struct error *error)
{
	struct leasekube	*k = keep(sizeof(*k));
	struct answer		 a;
	int			 rv;

	k->kube = t->kube;
	k->name = t->name;
	k->where = keepf("Lease %s/%s", kube_namespace(t->kube), t->name);
	*state = (struct lease_state){ .holder = "",
	    .log = keep(sizeof(struct log)) };
	state->log->memo = keep_json(json_object());
	if (t->listed)
		return take_listed(k, t, state, now, error);
	rv = http_get(kube_http(k->kube), kube_path(k->kube, KUBE_LEASES,
	    "leases", k->name), &a, error);
	if (rv == -1)
		error_in(error, "%s", k->where);
	else
		rv = look(k, t->create, &a, state, error);
	*now = a.date;
	if (rv == 0 && a.date == 0)
		rv = error_set(error, RETRY, "%s: the answer has no Date, "
		    "which is the clock of all runs", k->where);
	http_free(&a);
	return rv == -1 ? NULL : k;
}

const char *
leasekube_path(const struct leasekube *k)
{
	return k->where;
}

bool
leasekube_exists(const struct leasekube *k)
{
	return k->object != NULL;
}

static void
set_member(json_t *object, const char *key, json_t *value)
{
	json_object_set_new(object, key, value);
}

/* The member of an object, made when it is missing. */
static json_t *
within(json_t *object, const char *key)
{
	if (!json_is_object(json_object_get(object, key)))
		set_member(object, key, json_object());
	return json_object_get(object, key);
}

/*
 * The owner was made anew under its name: the Lease of the old one would be
 * collected while it is held.
 */
static void
renew_owner(json_t *meta, json_t *owner)
{
	json_t	*list = json_object_get(meta, "ownerReferences"), *o;
	size_t	 i;

	json_array_foreach(list, i, o)
		if (json_equal(json_object_get(o, "kind"),
		    json_object_get(owner, "kind")) &&
		    json_equal(json_object_get(o, "name"),
		    json_object_get(owner, "name")))
			json_array_set(list, i, owner);
}

/*
 * The object to write: what others put there stays, and so does the
 * resourceVersion, which is the precondition.
 */
static json_t *
encode(const struct leasekube *k, const struct lease_state *s,
    const char *log)
{
	json_t	*o = keep_json(k->object != NULL ?
		    json_deep_copy(k->object) : json_object());
	json_t	*meta = within(o, "metadata"), *spec = within(o, "spec");

	set_member(o, "apiVersion", json_string(KUBE_LEASES));
	set_member(o, "kind", json_string("Lease"));
	json_object_del(meta, "managedFields");
	set_member(meta, "name", json_string(k->name));
	set_member(meta, "namespace", json_string(kube_namespace(k->kube)));
	set_member(within(meta, "annotations"), ANNOTATION,
	    json_string(log));
	if (k->object == NULL && k->owner != NULL)
		json_object_set_new(meta, "ownerReferences",
		    json_pack("[O]", k->owner));
	else if (k->owner != NULL)
		renew_owner(meta, k->owner);
	set_member(spec, "holderIdentity", json_string(s->holder));
	set_member(spec, "acquireTime",
	    json_string(when_micro(s->acquired)));
	set_member(spec, "renewTime",
	    json_string(when_micro(s->renewed)));
	set_member(spec, "leaseDurationSeconds", json_integer(s->duration));
	set_member(spec, "leaseTransitions", json_integer(s->transitions));
	return o;
}

static int
judge(struct leasekube *k, const struct answer *a, struct error *error)
{
	json_t	*object;

	if (a->status == 409) {
		error_set(error, SETTLED, "another run acted after this one "
		    "began to look (%s)", kube_reason(a));
		return 1;
	}
	if ((object = kube_object(a, k->where, error)) == NULL ||
	    check(k, object, error) == -1)
		return -1;
	k->object = object;
	return 0;
}

int
leasekube_write(struct leasekube *k, const struct lease_state *s,
    struct error *error)
{
	bool		 fresh = k->object == NULL;
	struct request	 r = { .method = fresh ? "POST" : "PUT",
			    .type = "application/json" };
	struct answer	 a;
	const char	*log;
	char		*body;
	int		 rv;

	if ((log = lease_log_text(s->log, error)) == NULL)
		return error_in(error, "%s", k->where);
	body = json_dumps(encode(k, s, log), JSON_COMPACT);
	if (body == NULL)
		return error_set(error, BROKEN, "%s: cannot be told as JSON",
		    k->where);
	r.path = keepf("%s%s", kube_path(k->kube, KUBE_LEASES, "leases",
	    fresh ? NULL : k->name), MANAGER);
	r.body = body;
	r.len = strlen(body);
	rv = http_note(kube_http(k->kube), NOTE_LEASE, &r, &a, error);
	if (rv == 0)
		rv = judge(k, &a, error);
	else
		error_in(error, "%s", k->where);
	http_free(&a);
	free(body);
	return rv;
}
