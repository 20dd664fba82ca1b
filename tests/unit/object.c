/*
 * Objects under a name: what each answer of a server means.
 */

#include <sys/wait.h>

#include <jansson.h>

#include "kube/kube.h"
#include "kube/object.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "server.h"
#include "tmp.h"
#include "test.h"

#define FOUND	"{\"kind\":\"Job\",\"metadata\":{\"name\":\"j\"}}"

static struct error		error;
static const struct object	job = { .group = KUBE_BATCH,
				    .resource = "jobs", .kind = "Job",
				    .name = "j" };

static const char *
reply(int status, const char *type, const char *body)
{
	return keepf("HTTP/1.1 %d x\r\nContent-Type: %s\r\n"
	    "Content-Length: %zu\r\nConnection: close\r\n"
	    "Date: Mon, 21 Sep 2026 14:13:20 GMT\r\n\r\n%s", status, type,
	    strlen(body), body);
}

/* A Status about an object. */
static const char *
refusal(int code, const char *reason, const char *name)
{
	return reply(code, "application/json", keepf("{\"kind\":\"Status\","
	    "\"status\":\"Failure\",\"reason\":\"%s\",\"message\":\"m\","
	    "\"details\":{\"name\":\"%s\"},\"code\":%d}", reason, name,
	    code));
}

static struct kube *
open_at(const char *origin)
{
	tmp_file(keepf("%s/token", tmp()), "t");
	return kube_open(&(struct kube_terms){ .namespace = "ns",
	    .server = origin, .token_file = keepf("%s/token", tmp()) },
	    &error);
}

/* What is made of an answer to a look. */
static int
look(const char *answer)
{
	const char	*origin;
	struct kube	*k;
	json_t		*json;
	pid_t		 pid = server(answer, &origin);
	int		 rv;

	CHECK((k = open_at(origin)) != NULL);
	rv = object_get(k, &job, &json, &error);
	kube_close(k);
	CHECK(waitpid(pid, NULL, 0) == pid);
	return rv;
}

static void
looks(void)
{
	test("it is there");
	CHECK(look(reply(200, "application/json", FOUND)) == 0);

	test("it is not there only where that is said of it");
	CHECK(look(refusal(404, "NotFound", "j")) == 1);
	CHECK(look(refusal(404, "NotFound", "ns")) == -1);
	CHECK(look(refusal(404, "Expired", "j")) == -1);

	test("a kind that the cluster does not know");
	CHECK(look(reply(404, "text/plain", "404 page not found\n")) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK_STR(error.text, "Job ns/j: the cluster knows no Job of "
	    "batch/v1");

	test("what cannot be read says neither");
	CHECK(look(reply(404, "application/json", "{\"kind\":\"Status\",")) ==
	    -1);
	CHECK(error.verdict == RETRY);
	CHECK(look(reply(404, "text/html", "<html>")) == -1);
	CHECK(error.verdict == RETRY);

	test("half an answer is none, and nothing of it is left behind");
	CHECK(look("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
	    "Content-Length: 1000\r\n\r\n" FOUND) == -1);
	CHECK(error.verdict == RETRY);

	test("another object, or none, says nothing of it");
	CHECK(look(reply(200, "application/json", "{\"metadata\":{\"name\":"
	    "\"other\"}}")) == -1);
	CHECK(error.verdict == RETRY);
	CHECK(look(reply(200, "application/json", "{}")) == -1);
	CHECK(look(reply(200, "text/html", "<html>")) == -1);
	CHECK(error.verdict == RETRY);

	test("a right that is missing");
	CHECK(look(refusal(403, "Forbidden", "j")) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strncmp(error.text, "Job ns/j: ", 10) == 0);
}

/* What is made of an answer to a creation, and how it stands in the log. */
static int
create(const char *answer)
{
	const char	*origin;
	struct kube	*k;
	struct guard	*g = NULL;
	pid_t		 pid = server(answer, &origin);
	int		 rv;

	CHECK((k = open_at(origin)) != NULL);
	CHECK(lease_take(lease_read(&(struct lease_terms){
	    .directory = keepf("%s/%s", tmp(), strrchr(origin, ':') + 1),
	    .tool = "t", .model = "m", .now = 1790000000 }, &error),
	    &(struct intent){ .verb = "train", .target = "Job j",
	    .document = "d", .at = 1790000000, .duration = 60 }, &g,
	    &error) == 0);
	rv = object_create(k, g, &job, keep_json(json_loads(FOUND, 0, NULL)),
	    &error);
	CHECK(guard_is_spent(g));
	CHECK(lease_drop(g, rv == 0 ? "done" : "failed", NULL,
	    &(struct error){ SETTLED, "" }) == 0);
	kube_close(k);
	CHECK(waitpid(pid, NULL, 0) == pid);
	return rv;
}

static void
creations(void)
{
	test("it was made");
	CHECK(create(reply(201, "application/json", FOUND)) == 0);
	test("its name is taken; another conflict is none of that");
	CHECK(create(refusal(409, "AlreadyExists", "j")) == 1);
	CHECK(create(refusal(409, "Conflict", "j")) == -1);
	CHECK(error.verdict == RETRY);
	CHECK(create(reply(409, "text/plain", "")) == -1);

	test("it was refused, or the cluster knows no such kind");
	CHECK(create(refusal(400, "BadRequest", "j")) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(create(reply(404, "text/plain", "404 page not found\n")) == -1);
	CHECK(strstr(error.text, "knows no Job of batch/v1") != NULL);
	CHECK(create(refusal(404, "NotFound", "ns")) == -1);
	CHECK(create(refusal(404, "NotFound", "j")) == -1);

	test("whether it was made is not known");
	CHECK(create("") == -1);
	CHECK(error.verdict == RETRY);
	CHECK(create("HTTP/1.1 201 Created\r\nContent-Type: "
	    "application/json\r\nContent-Length: 1000\r\n\r\n" FOUND) == -1);
	CHECK(error.verdict == RETRY);
	CHECK(create(refusal(500, "InternalError", "j")) == -1);
	CHECK(error.verdict == RETRY);
}

int
main(void)
{
	looks();
	creations();
	tmp_end();
	return test_end();
}
