#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "google/status.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"

#define WORDS	300	/* bytes of a server's message that are told */

/* The object "error" of an answer; NULL when it has none. */
static json_t *
error_of(const struct answer *a)
{
	struct error	 ignored;
	json_t		*json, *error;

	if (strncasecmp(a->type, "application/json", 16) != 0 ||
	    (json = http_json(a, &ignored)) == NULL)
		return NULL;
	/* Some answers are a list of one. */
	if (json_is_array(json))
		json = json_array_get(json, 0);
	error = json_object_get(json, "error");
	return json_is_object(error) ? error : NULL;
}

static bool
says(json_t *object, const char *key, const char *word)
{
	const char	*text = json_string_value(json_object_get(object,
			    key));

	return text != NULL && strcmp(text, word) == 0;
}

static bool
error_is(json_t *error, const char *word)
{
	json_t	*item;
	size_t	 i;

	if (says(error, "status", word))
		return true;
	json_array_foreach(json_object_get(error, "errors"), i, item)
		if (says(item, "reason", word))
			return true;
	json_array_foreach(json_object_get(error, "details"), i, item)
		if (says(item, "reason", word))
			return true;
	return false;
}

bool
status_is(const struct answer *a, const char *word)
{
	return error_is(error_of(a), word);
}

/* One line of a length that can be read, cut between characters. */
static const char *
words(const char *text)
{
	size_t	 n = strlen(text), i;
	char	*line;

	if (n > WORDS)
		for (n = WORDS; n > 0 && ((unsigned char)text[n] & 0xc0) ==
		    0x80; n--)
			continue;
	line = keep_copy(text, n);
	for (i = 0; i < n; i++)
		if (iscntrl((unsigned char)line[i]))
			line[i] = ' ';
	return line;
}

static bool
is_any(json_t *error, const char *const *word)
{
	for (; *word != NULL; word++)
		if (error_is(error, *word))
			return true;
	return false;
}

/* Refusals that have to do with how much, and not with who. */
static bool
is_about_rates(json_t *error)
{
	static const char *const	 word[] = {
		"rateLimitExceeded", "userRateLimitExceeded",
		"quotaExceeded", "RATE_LIMIT_EXCEEDED", "RESOURCE_EXHAUSTED",
		"QUOTA_EXCEEDED", "backendError", NULL
	};

	return is_any(error, word);
}

static bool
is_about_billing(json_t *error)
{
	static const char *const	 word[] = {
		"billingNotEnabled", "BILLING_DISABLED",
		"accountDisabled", "billingTierLimitExceeded", NULL
	};

	return is_any(error, word);
}

static enum verdict
verdict_of(long status, json_t *error)
{
	if (status == 408 || status == 409 || status == 412 ||
	    status == 429 || status >= 500)
		return RETRY;
	/* What is no answer of Google's may be gone in a moment. */
	if (error == NULL)
		return RETRY;
	return status == 403 && is_about_rates(error) ? RETRY : BROKEN;
}

/* What a person has to do about it; "" when nothing. */
static const char *
remedy(long status, json_t *error, const char *account)
{
	if (error == NULL)
		return "";
	if (is_about_billing(error))
		return "; enable billing for the project";
	switch (status) {
	case 401:
		return keepf("; are the credentials of %s valid?", account);
	case 403:
		return is_about_rates(error) ? "; later runs try again" :
		    keepf("; grant %s a role that has this permission, or "
		    "enable the service in the project", account);
	case 404:
		return "; does it exist, in that project and location?";
	default:
		return "";
	}
}

int
status_error(const struct answer *a, const char *what, const char *account,
    struct error *error)
{
	json_t		*e = error_of(a);
	const char	*message;

	message = json_string_value(json_object_get(e, "message"));
	if (message == NULL)
		message = e == NULL ? "without an error of Google's form; is "
		    "something else answering there?" : "without a message";
	return error_set(error, verdict_of(a->status, e),
	    "%s: status %ld: %s%s%s", what, a->status, words(message),
	    a->retry_after > 0 ? keepf(" (to be asked again in %ld s)",
	    a->retry_after) : "", remedy(a->status, e, account));
}

const char *
status_rpc(json_t *error)
{
	static const char	*const name[] = {
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT",
		"DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
		"FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
		"UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS",
		"UNAUTHENTICATED"
	};
	json_t			*code = json_object_get(error, "code");
	json_int_t		 n = json_integer_value(code);
	const char		*message;

	message = json_string_value(json_object_get(error, "message"));
	if (message == NULL)
		message = "no message";
	if (!json_is_integer(code) || n < 0 ||
	    n >= (json_int_t)(sizeof(name) / sizeof(name[0])))
		return words(message);
	return keepf("%s: %s", name[n], words(message));
}
