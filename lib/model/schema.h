/*
 * A table of keys as a JSON Schema, draft 2020-12
 * (https://json-schema.org/draft/2020-12/schema), for editors and for the
 * validation of a custom resource.
 */

#ifndef MODEL_SCHEMA_H
#define MODEL_SCHEMA_H

#include <jansson.h>

struct rules;

/*
 * It accepts every document that the table accepts.  Of what the table
 * refuses it lets through the bounds of durations and what one key's value
 * asks of another's.  Kept for the run.
 */
json_t	*schema_make(const struct rules *) __attribute__((nonnull));

#endif
