#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "model/forms.h"
#include "model/rules.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyz"
#define CAPITALS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS		"0123456789"

static const char *
store(const char *text, void *at)
{
	*(const char **)at = text;
	return NULL;
}

static bool
consists_of(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}

static const char *
read_namespace(const char *text, void *at)
{
	size_t	 len = strlen(text);

	if (!consists_of(text, LETTERS DIGITS "-") || len == 0 ||
	    text[0] == '-' || text[len - 1] == '-')
		return "lower-case letters, digits and dashes, no dash at "
		    "either end";
	return store(text, at);
}

const struct form form_namespace = { "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    read_namespace };

/* ResultNameFormat of Tekton's pkg/apis/pipeline/v1. */
static const char *
read_result(const char *text, void *at)
{
	size_t	 len = strlen(text);

	if (!consists_of(text, LETTERS CAPITALS DIGITS "-_.") || len == 0 ||
	    !isalnum((unsigned char)text[0]) ||
	    !isalnum((unsigned char)text[len - 1]))
		return "the name of a result: letters, digits and -_., a "
		    "letter or digit at either end";
	return store(text, at);
}

const struct form form_result = {
	"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$", read_result
};
