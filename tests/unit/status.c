#include <string.h>

#include <jansson.h>

#include "google/status.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
#include "test.h"

static struct error	error;

static struct answer
answered(long status, const char *type, const char *body)
{
	struct answer	 a = { .status = status, .retry_after = -1,
			    .body = keepf("%s", body), .len = strlen(body) };

	strlcpy(a.type, type, sizeof(a.type));
	return a;
}

/* An error in both forms. */
static struct answer
refusal(long status, const char *word, const char *reason)
{
	return answered(status, "application/json; charset=UTF-8",
	    keepf("{\"error\":{\"code\":%ld,\"message\":\"words\",\"status\":"
	    "\"%s\",\"errors\":[{\"reason\":\"%s\"}]}}", status, word,
	    reason));
}

static const struct row {
	long		 status;
	const char	*word, *reason;
	enum verdict	 verdict;
	const char	*says;
}	rows[] = {
	{ 400, "INVALID_ARGUMENT", "invalidQuery", BROKEN, "words" },
	{ 400, "FAILED_PRECONDITION", "x", BROKEN, "words" },
	{ 400, "INVALID_ARGUMENT", "bytesBilledLimitExceeded", BROKEN, "" },
	{ 401, "UNAUTHENTICATED", "authError", BROKEN, "credentials of me" },
	{ 403, "PERMISSION_DENIED", "accessDenied", BROKEN,
	    "grant me roles/r" },
	{ 403, "x", "quotaExceeded", RETRY, "later runs try again" },
	{ 403, "x", "rateLimitExceeded", RETRY, "later runs try again" },
	{ 403, "RESOURCE_EXHAUSTED", "x", RETRY, "later runs" },
	{ 403, "PERMISSION_DENIED", "SERVICE_DISABLED", BROKEN,
	    "enable the service in the project" },
	{ 403, "x", "accessNotConfigured", BROKEN, "enable the service" },
	{ 403, "PERMISSION_DENIED", "ACCESS_TOKEN_SCOPE_INSUFFICIENT", BROKEN,
	    "workload identity" },
	{ 403, "x", "billingNotEnabled", BROKEN, "enable billing" },
	{ 404, "NOT_FOUND", "notFound", BROKEN, "does it exist" },
	{ 409, "ALREADY_EXISTS", "duplicate", RETRY, "words" },
	{ 409, "ABORTED", "x", RETRY, "words" },
	{ 412, "x", "conditionNotMet", RETRY, "words" },
	{ 429, "RESOURCE_EXHAUSTED", "x", RETRY, "words" },
	{ 500, "INTERNAL", "internalError", RETRY, "words" },
	{ 501, "UNIMPLEMENTED", "x", RETRY, "words" },
	{ 503, "UNAVAILABLE", "backendError", RETRY, "words" },
	{ 504, "DEADLINE_EXCEEDED", "x", RETRY, "words" }
};

static void
check_rows(void)
{
	struct answer	 a;
	size_t		 i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		test(keepf("%ld %s %s", rows[i].status, rows[i].word,
		    rows[i].reason));
		a = refusal(rows[i].status, rows[i].word, rows[i].reason);
		CHECK(status_error(&a, "the thing", "me", "roles/r",
		    &error) == -1);
		CHECK(error.verdict == rows[i].verdict);
		CHECK(strncmp(error.text, "the thing: status ", 18) == 0);
		CHECK(strstr(error.text, rows[i].says) != NULL);
		CHECK(status_is(&a, rows[i].word));
		CHECK(status_is(&a, rows[i].reason));
		CHECK(!status_is(&a, "words"));
	}
}

/* What Google says, and the role that is told. */
static const struct grant {
	const char	*message, *permission, *role;
}	grants[] = {
	{ "Access Denied: Project p: User does not have bigquery.jobs.create "
	    "permission in project p.", "",
	    "roles/bigquery.jobUser on the project" },
	{ "Access Denied: Table p:d.t: Permission bigquery.tables.getData "
	    "denied on table p:d.t", "",
	    "roles/bigquery.dataViewer on the table" },
	{ "robot@p.iam.gserviceaccount.com does not have storage.objects.list "
	    "access to the Google Cloud Storage bucket.", "",
	    "roles/storage.objectUser on the bucket" },
	{ "Permission 'aiplatform.models.list' denied on resource "
	    "'//aiplatform.googleapis.com/projects/p' (or it may not exist).",
	    "", "roles/aiplatform.user on the project" },
	{ "Permission 'automl.models.list' denied", "",
	    "roles/automl.editor on the project" },
	{ "You do not have permission to act as service account: x", "iam."
	    "serviceAccounts.actAs", "roles/iam.serviceAccountUser on the "
	    "trainer's service account" },
	{ "Caller does not have required permission to use project p.",
	    "serviceusage.services.use",
	    "roles/serviceusage.serviceUsageConsumer on the quota project" },
	{ "denied on //storage.googleapis.com/b", "automl.models.get",
	    "roles/automl.editor on the project" },
	{ "denied on //storage.googleapis.com/b", "", "roles/r, or" },
	{ "see https://bigquery.googleapis.com and my.storage.thing", "",
	    "roles/r, or" }
};

static void
check_grants(void)
{
	struct answer	 a;
	const char	*body;
	size_t		 i;

	for (i = 0; i < sizeof(grants) / sizeof(grants[0]); i++) {
		test(grants[i].message);
		body = keep_dump(keep_json(json_pack(
		    "{s{si ss s[{ss s{ss}}]}}", "error", "code", 403,
		    "message", grants[i].message, "details", "reason",
		    "IAM_PERMISSION_DENIED", "metadata", "permission",
		    grants[i].permission)));
		a = answered(403, "application/json", body);
		CHECK(status_error(&a, "x", "me", "roles/r", &error) == -1);
		CHECK(strstr(error.text, keepf("; grant me %s",
		    grants[i].role)) != NULL);
	}
}

static void
check_others(void)
{
	struct answer	 a;
	const char	*umlauts = "";
	size_t		 i;

	test("what is no error of Google's may pass");
	a = answered(404, "text/html", "<html>");
	CHECK(status_error(&a, "x", "me", "roles/r", &error) == -1);
	CHECK(error.verdict == RETRY &&
	    strstr(error.text, "something else answering") != NULL);
	a = answered(403, "application/json", "{\"error\":\"no object\"}");
	CHECK(status_error(&a, "x", "me", "roles/r", &error) == -1);
	CHECK(error.verdict == RETRY && !status_is(&a, "no object"));

	test("the reason in details, and an error in a list");
	a = answered(403, "application/json", "[{\"error\":{\"message\":"
	    "\"m\",\"details\":[{\"reason\":\"RATE_LIMIT_EXCEEDED\"}]}}]");
	CHECK(status_error(&a, "x", "me", "roles/r", &error) == -1);
	CHECK(error.verdict == RETRY);

	test("when it is to be asked again");
	a = refusal(429, "RESOURCE_EXHAUSTED", "x");
	a.retry_after = 7;
	CHECK(status_error(&a, "x", "me", "roles/r", &error) == -1);
	CHECK(strstr(error.text, "again in 7 s") != NULL);

	test("a message from outside: one line, cut between characters");
	for (i = 0; i < 200; i++)
		umlauts = keepf("%s\xc3\xa4", umlauts);
	a = answered(400, "application/json", keepf("{\"error\":{\"message\":"
	    "\"a\\nb\\u001b%s\"}}", umlauts));
	CHECK(status_error(&a, "x", "me", "roles/r", &error) == -1);
	CHECK(strstr(error.text, "a b ") != NULL);
	CHECK(strlen(error.text) < 330);
	CHECK(keep_json(json_string(error.text)) != NULL);	/* UTF-8 */
}

static void
check_rpc(void)
{
	json_t	*json = keep_json(json_pack("{si ss}", "code", 7, "message",
		    "no"));

	test("the error of an operation has a number of its own");
	CHECK_STR(status_rpc(json), "PERMISSION_DENIED: no");
	json_object_set_new(json, "code", json_integer(99));
	CHECK_STR(status_rpc(json), "no");
	CHECK_STR(status_rpc(NULL), "no message");
}

int
main(void)
{
	check_rows();
	check_grants();
	check_others();
	check_rpc();
	return test_end();
}
