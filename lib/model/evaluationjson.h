/*
 * An evaluation as JSON (design 9): the same for a file and for what a
 * service answers.
 */

#ifndef MODEL_EVALUATIONJSON_H
#define MODEL_EVALUATIONJSON_H

#include <jansson.h>

struct error;
struct evaluation;

/* From JSON that the caller keeps; strictly, BROKEN otherwise. */
int	 evaluationjson_decode(json_t *, struct evaluation *, struct error *)
	    __attribute__((nonnull));

/* A new reference, or NULL when a name is not UTF-8. */
json_t	*evaluationjson_encode(const struct evaluation *)
	    __attribute__((nonnull));

#endif
