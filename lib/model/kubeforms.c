#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "model/formparts.h"
#include "model/forms.h"
#include "model/rules.h"

static const char *
read_namespace(const char *text, void *at)
{
	size_t	 len = strlen(text);

	if (!form_consists_of(text, LOWER DIGITS "-") || len == 0 ||
	    text[0] == '-' || text[len - 1] == '-')
		return "lower-case letters, digits and dashes, no dash at "
		    "either end";
	return form_store(text, at);
}

const struct form form_namespace = { "^[a-z0-9]([-a-z0-9]*[a-z0-9])?$",
    read_namespace };

/* ResultNameFormat of Tekton's pkg/apis/pipeline/v1. */
static const char *
read_result(const char *text, void *at)
{
	size_t	 len = strlen(text);

	if (!form_consists_of(text, LOWER UPPER DIGITS "-_.") || len == 0 ||
	    !isalnum((unsigned char)text[0]) ||
	    !isalnum((unsigned char)text[len - 1]))
		return "the name of a result: letters, digits and -_., a "
		    "letter or digit at either end";
	return form_store(text, at);
}

const struct form form_result = {
	"^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$", read_result
};
