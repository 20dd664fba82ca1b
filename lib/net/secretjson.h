/*
 * JSON that has secrets in it: whatever memory it was in is wiped.
 */

#ifndef NET_SECRETJSON_H
#define NET_SECRETJSON_H

#include <stddef.h>

#include <jansson.h>

/* As json_loadb(); freed with secretjson_free(), before any other is read. */
json_t	*secretjson_read(const char *, size_t len, json_error_t *)
	    __attribute__((nonnull));
void	 secretjson_free(json_t *);

#endif
