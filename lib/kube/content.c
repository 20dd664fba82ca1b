#include <string.h>

#include "kube/content.h"
#include "run/when.h"

const char *
content_text(const json_t *object, const char *key)
{
	const char	*value = json_string_value(json_object_get(object,
			    key));

	return value == NULL ? "" : value;
}

const json_t *
content_condition(const json_t *object, const char *type)
{
	const json_t	*c;
	size_t		 i;

	json_array_foreach(json_object_get(json_object_get(object, "status"),
	    "conditions"), i, c)
		if (strcmp(content_text(c, "type"), type) == 0)
			return c;
	return NULL;
}

time_t
content_time(const json_t *object, const char *key)
{
	time_t	 t;

	return when_parse(content_text(object, key), &t) == -1 ? 0 : t;
}

json_t *
content_copied(const json_t *template, const char *which)
{
	json_t		*from = json_object_get(json_object_get(template,
			    "metadata"), which);
	json_t		*into = json_object(), *value;
	const char	*key;

	if (json_is_object(from))
		json_object_foreach(from, key, value)
			if (json_is_string(value) &&
			    strncmp(key, "modelsync.dev/", 14) != 0 &&
			    strncmp(key, "tekton.dev/", 11) != 0)
				json_object_set(into, key, value);
	return into;
}
