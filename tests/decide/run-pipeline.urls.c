/*
 * Which URLs may be asked, and with which token.
 */

#include <stdio.h>

#include "cmd/run-pipeline/sync.h"
#include "cmd/run-pipeline/urls.h"
#include "model/runner.h"
#include "net/address.h"
#include "test.h"

static const char	*allowed[] = {
	"http://lambda.ns/api", "https://Example.com:8443/", "http://h/a/",
	"http://169.254.169.254", "http://127.0.0.1:8080", "http://[::1]",
	"http://localhost", "http://0x7f.1", "http://[fe80::1]",
	"http://[::ffff:169.254.169.254]", "http://metadata.google.internal",
	"http://10.1.2.3", "http://[fd00::1]", "http://2130706433",
	"http://0177.0.0.1", "http://[fd00:ec2::254]",
	"http://100.100.100.200", "http://h.localhost", "http://0.0.0.0",
	"http://[64:ff9b::a9fe:a9fe]", "http://[2002:7f00:1::]",
	"http://[::]", "http://127.1", "http://h."
};
static struct runner_token tokens[] = {
	{ "http://lambda.ns", "short" }, { "http://lambda.ns/api/b", "long" },
	{ "http://lambda.ns/api", "middle" },
	{ "https://example.com:8443", "other" }
};
static struct runner	runner = {
	.allowed = allowed, .nallowed = sizeof(allowed) / sizeof(allowed[0]),
	.token = tokens, .ntokens = sizeof(tokens) / sizeof(tokens[0])
};
static struct url	url;
static struct refusal	bad;

static const char *
judge(const char *text)
{
	bad = (struct refusal){ NULL, NULL };
	urls_judge(&runner, text, &url, &bad);
	if (bad.reason != NULL)
		CHECK(bad.why != NULL);
	return bad.reason == NULL ? "" : bad.reason;
}

static void
check_prefixes(void)
{
	test("a prefix and what is below it");
	CHECK_STR(judge("http://lambda.ns/api"), "");
	CHECK_STR(url.origin, "http://lambda.ns");
	CHECK_STR(url.path, "/api");
	CHECK_STR(judge("HTTP://LAMBDA.ns:80/api/x?y=/../"), "");
	CHECK_STR(url.origin, "http://lambda.ns");
	CHECK_STR(url.path, "/api/x?y=/../");
	CHECK_STR(judge("http://lambda.ns/api?x"), "");
	CHECK_STR(judge("https://example.com:8443"), "");
	CHECK_STR(url.origin, "https://example.com:8443");
	CHECK_STR(url.path, "/");
	CHECK_STR(judge("https://example.com:8443?x"), "");
	CHECK_STR(url.path, "/?x");
	CHECK_STR(judge("http://h/a/b"), "");
	CHECK_STR(judge("http://10.1.2.3/x"), "");
	CHECK_STR(judge("http://[FD00::1]/x"), "");
	CHECK_STR(url.origin, "http://[FD00::1]");
	test("beside a prefix");
	CHECK_STR(judge("http://lambda.ns/apis"), "URLNotAllowed");
	CHECK_STR(judge("http://lambda.ns/"), "URLNotAllowed");
	CHECK_STR(judge("http://lambda.ns/API"), "URLNotAllowed");
	CHECK_STR(judge("https://lambda.ns/api"), "URLNotAllowed");
	CHECK_STR(judge("http://lambda.ns:81/api"), "URLNotAllowed");
	CHECK_STR(judge("http://lambda.ns.evil/api"), "URLNotAllowed");
	CHECK_STR(judge("http://h/a"), "URLNotAllowed");
}

static void
check_tokens(void)
{
	test("the longest prefix has the token");
	CHECK_STR(judge("http://lambda.ns/api/b/c"), "");
	CHECK_STR(url.token, "long");
	CHECK_STR(judge("http://lambda.ns/api/bc"), "");
	CHECK_STR(url.token, "middle");
	CHECK_STR(judge("https://EXAMPLE.com:8443/z"), "");
	CHECK_STR(url.token, "other");
	CHECK_STR(judge("http://10.1.2.3/"), "");
	CHECK(url.token == NULL);
}

static void
check_forms(void)
{
	static const char *const	odd[] = {
		"", "ftp://lambda.ns/api", "lambda.ns/api", "//lambda.ns/api",
		"http:///api", "http://u@lambda.ns/api",
		"http://u:p@lambda.ns/api", "http://lambda.ns:0/api",
		"http://lambda.ns:99999/api", "http://lambda.ns:x/api",
		"http://lambda.ns:/api", "http://lambda.ns:+80/api",
		"http://lambda%2ens/api", "http://lambda.ns./api",
		"http://lambda..ns/api", "http://.lambda.ns/api",
		"http://lambda_ns/api", "http://[::1/api", "http://[]/api",
		"http://[::1]x/api", "http://lambda.ns/api/../x",
		"http://lambda.ns/api/./x", "http://lambda.ns/api/..",
		"http://lambda.ns/api/..?x", "http://lambda.ns/api//x",
		"http://lambda.ns//api", "http://lambda.ns/api/..;/x",
		"http://lambda.ns/api/.;a=b", "http://lambda.ns/api/;x/a",
		"http://lambda.ns/api/%2e%2e/x",
		"http://lambda.ns/api%2Fx", "http://lambda.ns/api\\x",
		"http://lambda.ns/api x", "http://lambda.ns/api\n",
		"http://lambda.ns/api#x", "http://lambda.ns#/api",
		"http://lambda.ns\\@h/api", "http://lambda.ns/api\xc3\xa9",
		"http://h./"
	};
	size_t				i;

	test("odd URLs");
	for (i = 0; i < sizeof(odd) / sizeof(odd[0]); i++) {
		if (strcmp(judge(odd[i]), "") == 0 ||
		    strcmp(url.origin, "") != 0)
			printf("     %s\n", odd[i]);
		CHECK(bad.reason != NULL);
		CHECK_STR(url.origin, "");
	}
}

static void
check_hosts(void)
{
	static const char *const	never[] = {
		"http://169.254.169.254/latest", "http://[fe80::1]/",
		"http://[::ffff:169.254.169.254]/", "http://0x7f.1/",
		"http://metadata.google.internal/", "http://2130706433/",
		"http://0177.0.0.1/", "http://[fd00:ec2::254]/",
		"http://100.100.100.200/", "http://0.0.0.0/", "http://[::]/",
		"http://[64:ff9b::a9fe:a9fe]/", "http://127.1/",
		"http://[fe80::1%25eth0]/", "http://METADATA.google.internal/"
	};
	static const char *const	here[] = {
		"http://127.0.0.1:8080/x", "http://[::1]/",
		"http://localhost/", "http://h.localhost/",
		"http://[2002:7f00:1::]/"
	};
	size_t				i;
	int				on;

	test("hosts that are never asked, though a prefix has them");
	for (on = 0; on < 2; on++) {
		runner.loopback = on == 1;
		for (i = 0; i < sizeof(never) / sizeof(never[0]); i++) {
			if (strcmp(judge(never[i]), "URLNotAllowed") != 0)
				printf("     %s\n", never[i]);
			CHECK_STR(bad.reason, "URLNotAllowed");
		}
	}
	test("this machine, when it is allowed");
	for (i = 0; i < sizeof(here) / sizeof(here[0]); i++) {
		runner.loopback = false;
		CHECK_STR(judge(here[i]), "URLNotAllowed");
		runner.loopback = true;
		CHECK_STR(judge(here[i]), "");
		CHECK(url.loopback);
	}
	CHECK_STR(judge("http://h/a/"), "");
	CHECK(!url.loopback);
	runner.loopback = false;
}

static void
check_addresses(void)
{
	test("addresses that names were found to have");
	CHECK(address_bars("10.0.0.1", false) == NULL);
	CHECK(address_bars("2001:db8::1", false) == NULL);
	CHECK(address_bars("127.0.0.9", false) != NULL);
	CHECK(address_bars("127.0.0.9", true) == NULL);
	CHECK(address_bars("169.254.1.1", true) != NULL);
	CHECK(address_bars("febf::1", true) != NULL);
	CHECK(address_bars("fec0::1", false) == NULL);
	CHECK(address_bars("::ffff:127.0.0.1", false) != NULL);
	CHECK(address_bars("224.0.0.1", false) != NULL);
	CHECK(address_bars("x", false) != NULL);
}

int
main(void)
{
	check_prefixes();
	check_tokens();
	check_forms();
	check_hosts();
	check_addresses();
	return test_end();
}
