#include <sys/wait.h>

#include <err.h>
#include <stdio.h>
#include <unistd.h>

#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"
#include "server.h"
#include "tmp.h"
#include "test.h"

static struct error	error;

static struct http *
open_with(const char *origin, const char *token)
{
	return http_open(&(struct http_terms){ .origin = origin,
	    .token_file = token }, &error);
}

static void
origins(void)
{
	test("a server is an origin and nothing else");
	CHECK(open_with("https://10.0.0.1:6443", "token") != NULL);
	CHECK(open_with("http://example.com", NULL) != NULL);
	CHECK(open_with("ftp://example.com", NULL) == NULL);
	CHECK(open_with("https://", NULL) == NULL);
	CHECK(open_with("https://host/path", NULL) == NULL);
	CHECK(open_with("https://user@host", NULL) == NULL);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "expected https://HOST") != NULL);

	test("a token goes over https, or to this machine");
	CHECK(open_with("http://example.com", "token") == NULL);
	CHECK(strstr(error.text, "over https only") != NULL);
	CHECK(open_with("http://127.0.0.1.example.com", "token") == NULL);
	CHECK(open_with("http://127.0.0.1:8001", "token") != NULL);
	CHECK(open_with("http://localhost", "token") != NULL);
	CHECK(open_with("http://[::1]:1", "token") != NULL);

	test("a token that stands in no file goes no other way");
	CHECK(http_token(open_with("http://example.com", NULL), "secret",
	    &error) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "over https only") != NULL);
	CHECK(http_token(open_with("https://example.com", NULL),
	    "two\r\nX: lines", &error) == -1);
	CHECK(http_token(open_with("http://localhost", NULL), "secret",
	    &error) == 0);
}

static bool
is_note(enum note note, const char *path)
{
	struct answer	 a;

	CHECK(http_note(open_with("http://127.0.0.1:1", NULL), note,
	    &(struct request){ .method = "PATCH", .path = path }, &a,
	    &error) == -1);
	return strstr(error.text, "no place of bookkeeping") == NULL;
}

static void
notes(void)
{
	static const char	 leases[] = "/apis/coordination.k8s.io/v1/"
				    "namespaces/x/leases/y";
	struct http		*h;
	struct answer		 a;

	test("a dry run notes nothing");
	h = http_open(&(struct http_terms){ .origin = "http://127.0.0.1:1",
	    .dry = true }, &error);
	CHECK(http_note(h, NOTE_LEASE, &(struct request){ .method = "PUT",
	    .path = leases }, &a, &error) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(strstr(error.text, "dry run") != NULL);

	test("bookkeeping has a closed list of places");
	h = open_with("http://127.0.0.1:1", NULL);
	CHECK(http_note(h, NOTE_LEASE, &(struct request){ .method = "PUT",
	    .path = "/apis/batch/v1/namespaces/x/jobs/y" }, &a,
	    &error) == -1);
	CHECK(strstr(error.text, "no place of bookkeeping") != NULL);
	CHECK(http_note(h, NOTE_EVENT, &(struct request){ .method = "PUT",
	    .path = leases }, &a, &error) == -1);
	CHECK(error.verdict == BROKEN);

	test("a status is that of an object, whatever its name");
	CHECK(!is_note(NOTE_STATUS, "/apis/a/v1/namespaces/x/rs/y"));
	CHECK(!is_note(NOTE_STATUS, "/apis/a/v1/namespaces/x/rs/status"));
	CHECK(!is_note(NOTE_STATUS, "/apis/a/v1/namespaces/x/rs/y/scale"));
	CHECK(is_note(NOTE_STATUS, "/apis/a/v1/namespaces/x/rs/y/status"));
	CHECK(is_note(NOTE_STATUS, "/apis/a/v1/namespaces/status-x/rs/"
	    "status-of-it/status?fieldManager=m"));

	test("nobody listens: the server has seen nothing");
	CHECK(http_note(h, NOTE_LEASE, &(struct request){ .method = "PUT",
	    .path = leases }, &a, &error) == -1);
	CHECK(error.verdict == RETRY);
	CHECK(strstr(error.text, "PUT http://127.0.0.1:1/apis") != NULL);
	CHECK(strstr(error.text, "connect to 127.0.0.1 port 1: ") != NULL);
}

static int
ask_guarded(const char *origin, bool loopback, struct answer *a)
{
	return http_get(http_open(&(struct http_terms){ .origin = origin,
	    .guarded = true, .loopback = loopback, .tries = 1,
	    .ceiling = 2 }, &error), "/", a, &error);
}

static void
guarded(void)
{
	struct answer	 a;
	const char	*origin;
	pid_t		 pid;
	int		 status;

	test("of outside: no connection to this machine, unless it is allowed");
	pid = server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
	    &origin);
	CHECK(ask_guarded(origin, false, &a) == -1 && !a.over);
	CHECK(strstr(error.text, "its address, 127.0.0.1, is ") != NULL);
	CHECK(waitpid(pid, &status, WNOHANG) == 0);
	CHECK(ask_guarded(origin, true, &a) == 0 && a.len == 2);
	http_free(&a);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);

	test("an answer that is too large is told from one that is none");
	pid = server("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n[1]",
	    &origin);
	CHECK(ask_guarded(origin, true, &a) == -1 && a.over);
	CHECK(a.body == NULL);
	CHECK(waitpid(pid, &status, 0) == pid);
}

/* One action sent to an origin; how its Lease stands afterwards. */
static const struct log *
act_on(const char *origin, const char *result, int *rv)
{
	struct lease_terms	 terms = { .directory = keepf("%s/%s", tmp(),
				    strrchr(origin, ':') + 1),
				    .tool = "t", .model = "m",
				    .now = 1790000000 };
	struct intent		 intent = { .verb = "v", .target = "x",
				    .document = "d", .at = terms.now,
				    .duration = 60 };
	struct guard		*g;
	struct answer		 a;

	CHECK(lease_take(lease_read(&terms, &error), &intent, &g,
	    &error) == 0);
	*rv = http_send(open_with(origin, NULL), g, &(struct request){
	    .method = "POST", .path = "/", .body = "{}", .len = 2 }, &a,
	    &error);
	http_free(&a);
	CHECK(guard_is_spent(g));
	CHECK(http_send(open_with(origin, NULL), g, &(struct request){
	    .method = "POST", .path = "/", .body = "", .len = 0 }, &a,
	    &error) == -1 && error.verdict == BROKEN);
	CHECK(lease_drop(g, result, NULL, &error) == 0);
	return lease_log(lease_read(&terms, &error));
}

static void
actions(void)
{
	const struct log	*log;
	const char		*origin;
	pid_t			 pid;
	int			 rv, status;

	test("an action that nobody heard of failed");
	log = act_on("http://127.0.0.1:1", "failed", &rv);
	CHECK(rv == -1 && log->intent == NULL);

	test("an action without an answer stays in doubt");
	pid = server("", &origin);
	log = act_on(origin, "failed", &rv);
	CHECK(rv == -1 && log->intent != NULL);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);

	test("an action that was answered is known");
	pid = server("HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
	    &origin);
	log = act_on(origin, "done", &rv);
	CHECK(rv == 0 && log->intent == NULL && log->noutcomes == 1);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);

	test("a server's error may come after the effect: in doubt");
	pid = server("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n",
	    &origin);
	log = act_on(origin, "failed", &rv);
	CHECK(rv == 0 && log->intent != NULL);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0);
}

static json_t *
parse(const char *type, const char *body)
{
	struct answer	 a = { .status = 200,
			    .body = keepf("%s", body), .len = strlen(body) };

	strlcpy(a.type, type, sizeof(a.type));
	return http_json(&a, &error);
}

static void
bodies(void)
{
	test("JSON that says that it is");
	CHECK(parse("application/json", "{\"a\": 1}") != NULL);
	CHECK(parse("application/json; charset=utf-8", "{}") != NULL);
	CHECK(parse("text/html", "{}") == NULL);
	CHECK(error.verdict == RETRY);
	CHECK(strstr(error.text, "something else answering") != NULL);
	CHECK(parse("", "{}") == NULL);
	CHECK(parse("application/json", "{\"a\": 1, \"a\": 2}") == NULL);
	CHECK(strstr(error.text, "duplicate") != NULL);
	CHECK(parse("application/json", "{\"a\": ") == NULL);
	CHECK(parse("application/json", "") == NULL);
}

int
main(void)
{
	origins();
	notes();
	guarded();
	actions();
	bodies();
	return test_end();
}
