#include <stdio.h>
#include <stdlib.h>

#include "kube/kube.h"
#include "kube/kubeconfig.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
#include "tmp.h"
#include "test.h"

static struct error	error;

static struct answer
answer(long status, const char *body)
{
	struct answer	 a = { .status = status, .body = keepf("%s", body),
			    .len = strlen(body), .type = "application/json" };

	return a;
}

static struct answer
failure(long status, const char *reason, const char *message)
{
	return answer(status, keepf("{\"kind\":\"Status\","
	    "\"status\":\"Failure\",\"reason\":\"%s\",\"message\":\"%s\","
	    "\"code\":%ld}", reason, message, status));
}

/* The verdict of a failed answer; its sentence is in error. */
static enum verdict
refused(struct answer a)
{
	CHECK(kube_object(&a, "Lease ns/x", &error) == NULL);
	return error.verdict;
}

static void
answers(void)
{
	struct answer	 a;

	test("an object is an object");
	a = answer(200, "{\"kind\":\"Lease\"}");
	CHECK(kube_object(&a, "Lease ns/x", &error) != NULL);
	a = answer(201, "{\"kind\":\"Lease\"}");
	CHECK(kube_object(&a, "Lease ns/x", &error) != NULL);

	test("a Status is told as a sentence, with what to do");
	CHECK(refused(failure(403, "Forbidden", "user cannot get")) ==
	    BROKEN);
	CHECK_STR(error.text, "Lease ns/x: status 403: user cannot get; give "
	    "this account the right in its Role");
	CHECK(refused(failure(401, "Unauthorized", "Unauthorized")) ==
	    BROKEN);
	CHECK(refused(failure(404, "NotFound", "not found")) == BROKEN);
	CHECK(refused(failure(422, "Invalid", "is invalid")) == BROKEN);

	test("what may pass by itself is RETRY");
	CHECK(refused(failure(409, "Conflict", "x")) == RETRY);
	CHECK(refused(failure(429, "TooManyRequests", "x")) == RETRY);
	CHECK(refused(failure(500, "InternalError", "x")) == RETRY);
	CHECK(refused(answer(503, "")) == RETRY);
	CHECK(refused(answer(302, "")) == RETRY);
	CHECK(strstr(error.text, "without a Status") != NULL);

	test("409 is told apart by its reason");
	a = failure(409, "AlreadyExists", "x");
	CHECK_STR(kube_reason(&a), "AlreadyExists");
	a = answer(409, "");
	CHECK_STR(kube_reason(&a), "");
	a = answer(409, "{\"kind\":\"Lease\",\"reason\":\"Conflict\"}");
	CHECK_STR(kube_reason(&a), "");
}

static struct kube *
open_in_pod(const char *host)
{
	setenv("KUBERNETES_SERVICE_HOST", host, 1);
	setenv("KUBERNETES_SERVICE_PORT", "443", 1);
	return kube_open(&(struct kube_terms){ .namespace = "ns" }, &error);
}

static void
servers(void)
{
	struct kube	*k;

	test("in a pod: by the environment, IPv6 in brackets");
	k = open_in_pod("10.0.0.1");
	CHECK(k != NULL);
	CHECK_STR(http_origin(kube_http(k)), "https://10.0.0.1:443");
	k = open_in_pod("fd00::1");
	CHECK_STR(http_origin(kube_http(k)), "https://[fd00::1]:443");
	CHECK_STR(kube_path(k, KUBE_LEASES, "leases", "x"),
	    "/apis/coordination.k8s.io/v1/namespaces/ns/leases/x");
	CHECK_STR(kube_path(k, KUBE_BATCH, "cronjobs", NULL),
	    "/apis/batch/v1/namespaces/ns/cronjobs");

	test("the document comes before the pod");
	k = kube_open(&(struct kube_terms){ .namespace = "ns",
	    .server = "https://other:1", .token_file = "t" }, &error);
	CHECK_STR(http_origin(kube_http(k)), "https://other:1");
	unsetenv("KUBERNETES_SERVICE_HOST");

	test("no pod, no document, no kubeconfig: told what is missing");
	unsetenv("KUBECONFIG");
	setenv("HOME", tmp(), 1);
	CHECK(kube_open(&(struct kube_terms){ .namespace = "ns" },
	    &error) == NULL);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "nor a kubeconfig") != NULL);
	CHECK(kube_open(&(struct kube_terms){ .server = "https://a" },
	    &error) == NULL);
	CHECK(strstr(error.text, "this is no pod") != NULL);
}

#define CONTEXT								\
	"apiVersion: v1\ncurrent-context: a\ncontexts:\n"		\
	"- {name: b, context: {cluster: d, user: f}}\n"			\
	"- {name: a, context: {cluster: c, user: e}}\nclusters:\n"	\
	"- {name: c, cluster: {server: 'https://c:1', "

static int
read_config(const char *text, struct kubeconfig *k)
{
	const char	*path = keepf("%s/kubeconfig", tmp());

	tmp_file(path, text);
	return kubeconfig_read(path, k, &error);
}

static void
kubeconfigs(void)
{
	struct kubeconfig	 k;

	test("the current context of a kubeconfig");
	CHECK(read_config(CONTEXT "certificate-authority: ca.crt}}\n"
	    "users: [{name: e, user: {token: secret}}]\n", &k) == 0);
	CHECK_STR(k.server, "https://c:1");
	CHECK_STR(k.ca, keepf("%s/ca.crt", tmp()));
	CHECK_STR(k.token, "secret");
	CHECK(read_config(CONTEXT "certificate-authority-data: UEVN}}\n"
	    "users: [{name: e, user: {tokenFile: /t}}]\n", &k) == 0);
	CHECK_STR(k.ca_text, "PEM");
	CHECK_STR(k.token_file, "/t");

	test("what a kubeconfig may lack, told");
	CHECK(read_config("a: b\n", &k) == -1);
	CHECK(strstr(error.text, "no current-context") != NULL);
	CHECK(read_config("current-context: z\n", &k) == -1);
	CHECK(strstr(error.text, "leads to no cluster") != NULL);
	CHECK(read_config(CONTEXT "a: b}}\nusers: []\n", &k) == -1);
	CHECK(strstr(error.text, "has no token") != NULL);
	CHECK(read_config(CONTEXT "certificate-authority-data: '*'}}\n"
	    "users: []\n", &k) == -1);
	CHECK(strstr(error.text, "no base64") != NULL);
	CHECK(read_config("a: [\n", &k) == -1);
	CHECK(strstr(error.text, "/kubeconfig:2:1: ") != NULL);
	CHECK(kubeconfig_read(keepf("%s/none", tmp()), &k, &error) == -1);
	CHECK(error.verdict == BROKEN);
}

int
main(void)
{
	answers();
	servers();
	kubeconfigs();
	return test_end();
}
