#include <string.h>

#include "google/google.h"
#include "google/operation.h"
#include "google/status.h"
#include "run/error.h"
#include "run/lease.h"

/* AutoML has it in the metadata itself, Vertex AI one level below. */
static time_t
created(json_t *metadata)
{
	time_t	 t = google_time(metadata, "createTime");

	return t != 0 ? t : google_time(json_object_get(metadata,
	    "genericMetadata"), "createTime");
}

void
operation_read(json_t *json, struct operation *o)
{
	json_t	*metadata = json_object_get(json, "metadata");
	json_t	*done = json_object_get(json, "done");
	json_t	*error = json_object_get(json, "error");

	*o = (struct operation){ .name = google_text(json, "name"),
	    .progress = UNREADABLE_YET, .created = created(metadata),
	    .response = json_object_get(json, "response") };
	if (o->name == NULL)
		o->why = "an operation without a name";
	else if (done != NULL && !json_is_boolean(done))
		o->why = "an operation that does not say whether it is done";
	else if (!json_is_true(done))
		o->progress = GOING_ON;
	else if (json_is_object(error)) {
		o->progress = FAILED_FOR_GOOD;
		o->why = status_rpc(error);
	} else if (json_is_object(o->response))
		o->progress = SUCCEEDED;
	else
		o->why = "an operation that is done without response or "
		    "error";
}

int
operation_name(struct guard *guard, json_t *json, const char *what,
    const char **name, struct error *error)
{
	const char	*text = google_text(json, "name");

	if (text != NULL && *text != '\0') {
		*name = text;
		return 0;
	}
	guard_doubt(guard, true);
	return error_set(error, RETRY, "%s: the answer has no name, expected "
	    "that of what was made", what);
}

bool
operation_may_be(json_t *json, const char *detail, time_t since)
{
	struct operation	 o;
	json_t			*metadata = json_object_get(json, "metadata");
	const char		*key;
	json_t			*value;
	size_t			 n;

	operation_read(json, &o);
	if (o.progress != GOING_ON && o.created != 0 && o.created < since)
		return false;
	if (json_object_get(metadata, detail) != NULL)
		return true;
	/* Of another kind when it says which. */
	json_object_foreach(metadata, key, value) {
		n = strlen(key);
		if (n > 7 && strcmp(key + n - 7, "Details") == 0)
			return false;
	}
	return true;
}
