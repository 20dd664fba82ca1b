#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "run/error.h"

int
error_set(struct error *error, enum verdict verdict, const char *fmt, ...)
{
	va_list	 ap;

	error->verdict = verdict;
	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
error_in(struct error *error, const char *fmt, ...)
{
	char	 inner[sizeof(error->text)];
	va_list	 ap;

	strlcpy(inner, error->text, sizeof(inner));
	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	strlcat(error->text, ": ", sizeof(error->text));
	strlcat(error->text, inner, sizeof(error->text));
	return -1;
}

int
error_errno(struct error *error, enum verdict verdict, const char *fmt, ...)
{
	const char	*reason = strerror(errno);
	va_list		 ap;

	error->verdict = verdict;
	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	strlcat(error->text, ": ", sizeof(error->text));
	strlcat(error->text, reason, sizeof(error->text));
	return -1;
}
