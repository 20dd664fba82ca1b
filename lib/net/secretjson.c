#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "net/secretjson.h"

static void
wipe_and_free(void *p)
{
	if (p != NULL)
		explicit_bzero(p, malloc_usable_size(p));
	free(p);
}

/* jansson copies a string several times on its way into a value. */
json_t *
secretjson_read(const char *text, size_t len, json_error_t *why)
{
	json_t	*json;

	json_set_alloc_funcs(malloc, wipe_and_free);
	json = json_loadb(text, len, JSON_REJECT_DUPLICATES, why);
	json_set_alloc_funcs(malloc, free);
	return json;
}

void
secretjson_free(json_t *json)
{
	json_set_alloc_funcs(malloc, wipe_and_free);
	json_decref(json);
	json_set_alloc_funcs(malloc, free);
}
