/*
 * What the forms of text are made of.  For the files that define them.
 */

#ifndef MODEL_FORMPARTS_H
#define MODEL_FORMPARTS_H

#include <stdbool.h>

#define LOWER	"abcdefghijklmnopqrstuvwxyz"
#define UPPER	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS	"0123456789"

/* Stores the text itself, at a const char *.  Returns NULL: it could. */
const char	*form_store(const char *text, void *at)
		    __attribute__((nonnull));

/* Whether it has no other characters; so has "". */
bool		 form_consists_of(const char *text, const char *set)
		    __attribute__((nonnull));

#endif
