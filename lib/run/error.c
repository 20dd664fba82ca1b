#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
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

/* What may pass by itself, whoever met it and wherever. */
static bool
may_pass(int reason)
{
	switch (reason) {
	case EAGAIN:
	case EBUSY:
	case EDQUOT:
	case EINTR:
	case EIO:
	case EMFILE:
	case ENFILE:
	case ENOLCK:
	case ENOMEM:
	case ENOSPC:
	case ENOTEMPTY:		/* somebody is still writing there */
	case ESTALE:
	case ETIMEDOUT:
	case ETXTBSY:
		return true;
	default:
		return false;
	}
}

int
error_errno(struct error *error, enum verdict verdict, const char *fmt, ...)
{
	const char	*reason = strerror(errno);
	va_list		 ap;

	error->verdict = verdict == BROKEN && may_pass(errno) ? RETRY :
	    verdict;
	va_start(ap, fmt);
	vsnprintf(error->text, sizeof(error->text), fmt, ap);
	va_end(ap);
	strlcat(error->text, ": ", sizeof(error->text));
	strlcat(error->text, reason, sizeof(error->text));
	return -1;
}
