#include <stdio.h>

#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"
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

	test("nobody listens: the server has seen nothing");
	CHECK(http_note(h, NOTE_LEASE, &(struct request){ .method = "PUT",
	    .path = leases }, &a, &error) == -1);
	CHECK(error.verdict == RETRY);
	CHECK(strstr(error.text, "PUT http://127.0.0.1:1/apis") != NULL);
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
	bodies();
	return test_end();
}
