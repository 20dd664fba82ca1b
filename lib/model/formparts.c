#include <string.h>

#include "model/formparts.h"

const char *
form_store(const char *text, void *at)
{
	*(const char **)at = text;
	return NULL;
}

bool
form_consists_of(const char *text, const char *set)
{
	return text[strspn(text, set)] == '\0';
}
