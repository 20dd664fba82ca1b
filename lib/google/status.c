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

/* Which predefined role has a permission, and where it is granted. */
static const struct role {
	const char	*prefix, *role;
}	roles[] = {
	{ "bigquery.jobs.", "roles/bigquery.jobUser on the project" },
	{ "bigquery.", "roles/bigquery.dataViewer on the table" },
	{ "storage.", "roles/storage.objectUser on the bucket" },
	{ "aiplatform.", "roles/aiplatform.user on the project" },
	{ "automl.", "roles/automl.editor on the project" },
	{ "iam.serviceAccounts.", "roles/iam.serviceAccountUser on the "
	    "trainer's service account" },
	{ "serviceusage.", "roles/serviceusage.serviceUsageConsumer on the "
	    "quota project" }
};

/* Whether a permission with this prefix stands there, and no host's name. */
static bool
names(const char *text, const char *prefix)
{
	const char	*at = text;
	size_t		 n = strlen(prefix);

	for (; (at = strstr(at, prefix)) != NULL; at += n)
		if ((at == text || (!isalnum((unsigned char)at[-1]) &&
		    strchr("/.-_", at[-1]) == NULL)) &&
		    strncmp(at + n, "googleapis", 10) != 0)
			return true;
	return false;
}

static const char *
role_in(const char *text)
{
	size_t	 i;

	for (i = 0; text != NULL && i < sizeof(roles) / sizeof(roles[0]); i++)
		if (names(text, roles[i].prefix))
			return roles[i].role;
	return NULL;
}

/* The role with the permission that is missing; NULL: it is not told. */
static const char *
role_of(json_t *error)
{
	const char	*role;
	json_t		*item;
	size_t		 i;

	json_array_foreach(json_object_get(error, "details"), i, item)
		if ((role = role_in(json_string_value(json_object_get(
		    json_object_get(item, "metadata"), "permission")))) !=
		    NULL)
			return role;
	return role_in(json_string_value(json_object_get(error, "message")));
}

/* What a person has to do about a 403. */
static const char *
permission(json_t *error, const char *account, const char *role)
{
	const char	*exact = role_of(error);

	if (is_about_rates(error))
		return "; later runs try again";
	if (error_is(error, "SERVICE_DISABLED") ||
	    error_is(error, "accessNotConfigured"))
		return "; enable the service in the project";
	if (error_is(error, "ACCESS_TOKEN_SCOPE_INSUFFICIENT"))
		return keepf("; the access scopes of its machine bound the "
		    "token of %s: use workload identity, or nodes with the "
		    "scope cloud-platform", account);
	if (exact != NULL)
		return keepf("; grant %s %s", account, exact);
	return keepf("; grant %s %s, or enable the service in the project",
	    account, role);
}

/* What a person has to do about it; "" when nothing. */
static const char *
remedy(long status, json_t *error, const char *account, const char *role)
{
	if (error == NULL)
		return "";
	if (is_about_billing(error))
		return "; enable billing for the project";
	switch (status) {
	case 401:
		return keepf("; are the credentials of %s valid?", account);
	case 403:
		return permission(error, account, role);
	case 404:
		return "; does it exist, in that project and location?";
	default:
		return "";
	}
}

int
status_error(const struct answer *a, const char *what, const char *account,
    const char *role, struct error *error)
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
	    a->retry_after) : "", remedy(a->status, e, account, role));
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
