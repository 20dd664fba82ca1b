#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "data/archive.h"
#include "run/error.h"
#include "run/when.h"
#include "folder.h"
#include "test.h"

static struct error	 error;
static struct archive	 a;

/* What an event says, each value as JSON; NULL: the usual. */
struct said {
	const char	*type, *id, *at, *repo;
	const char	*issue;		/* members in front of the rest */
	const char	*number, *title, *body, *labels, *created, *updated;
};

#define SAID(...)	((struct said){ __VA_ARGS__ })

static const char *
usually(const char *said, const char *usual)
{
	return said == NULL ? usual : said;
}

static const char *
event(struct said s)
{
	return keepf("{\"id\":%s,\"type\":%s,\"actor\":{\"login\":\"x\"},"
	    "\"repo\":%s,\"payload\":{\"action\":\"opened\",\"issue\":{%s"
	    "\"number\":%s,\"title\":%s,\"body\":%s,\"labels\":%s,"
	    "\"user\":{\"id\":3,\"labels\":7},\"created_at\":%s,"
	    "\"updated_at\":%s}},\"public\":true,\"created_at\":%s}\n",
	    usually(s.id, "\"100\""), usually(s.type, "\"IssuesEvent\""),
	    usually(s.repo, "{\"id\":1,\"name\":\"acme/web\"}"),
	    usually(s.issue, ""), usually(s.number, "12"),
	    usually(s.title, "\"a title\""), usually(s.body, "\"a body\""),
	    usually(s.labels, "[]"),
	    usually(s.created, "\"2021-01-01T00:00:00Z\""),
	    usually(s.updated, "\"2021-01-02T00:00:00Z\""),
	    usually(s.at, "\"2021-01-02T00:00:00Z\""));
}

static int
ask(const char *path, const char *organisation, time_t until)
{
	struct archive_query	 q = { .paths = &path, .npaths = 1,
				    .organisation = organisation,
				    .until = until };

	error = (struct error){ .text = "" };
	return archive_read(&q, &a, &error);
}

static int
reads(const char *content)
{
	return ask(folder_text("file", content), NULL, 0);
}

/* Reads one event; its issue. */
static const struct issue *
only(struct said s)
{
	static const struct issue	 none = { .id = NULL };

	if (reads(event(s)) == -1 || a.n != 1) {
		printf("     %s\n", error.text);
		return &none;
	}
	return a.issues;
}

/* Whether the error begins with this place in the file and says why. */
static bool
fails(const char *content, const char *place, const char *why)
{
	const char	*path = folder_path("file");

	if (reads(content) == 0) {
		archive_free(&a);
		return false;
	}
	if (a.n != 0 || a.issues != NULL || a.lines != 0 ||
	    error.verdict != BROKEN ||
	    strstr(error.text, keepf("%s%s", path, place)) != error.text ||
	    strstr(error.text, why) == NULL) {
		printf("     %s\n", error.text);
		return false;
	}
	return true;
}

static void
fields(void)
{
	const struct issue	*i;
	time_t			 t;

	test("archive: what an issue is made of");
	i = only(SAID(.id = "\"2489395767\"", .repo = "{\"name\":"
	    "\"Acme/Web.js\"}", .title = "\"T \\u00e9 \xe2\x82\xac\"",
	    .body = "\"a\\r\\nb\\u0000c\\ud83d\\ude00\\ud83d\"",
	    .labels = "[{\"id\":1,\"name\":\"b\\\"\"},\"a\",{\"name\":\"Z\"},"
	    "{\"name\":\"a\",\"color\":null},\"\xc3\xa9\"]",
	    .created = "\"2020-12-31T23:00:00-01:00\""));
	CHECK_STR(i->id, "Acme/Web.js#12");
	CHECK_STR(i->repo, "acme_web.js");
	CHECK_STR(i->title, "T \xc3\xa9 \xe2\x82\xac");
	CHECK_STR(i->body, "a\r\nb\xef\xbf\xbd" "c\xf0\x9f\x98\x80"
	    "\xef\xbf\xbd");
	CHECK(i->nlabels == 4);
	CHECK(i->nlabels == 4 && strcmp(i->labels[0], "Z") == 0 &&
	    strcmp(i->labels[1], "a") == 0 &&
	    strcmp(i->labels[2], "b\"") == 0 &&
	    strcmp(i->labels[3], "\xc3\xa9") == 0);
	CHECK(when_parse("2021-01-01T00:00:00Z", &t) == 0 && i->created == t);
	CHECK(when_parse("2021-01-02T00:00:00Z", &t) == 0 &&
	    i->updated == t && i->event == t && a.watermark == t);
	CHECK(i->serial == 2489395767);
	CHECK(a.files == 1 && a.lines == 1 && a.issue_events == 1 &&
	    a.comment_events == 0 && a.on_pulls == 0 && a.nameless == 0);
	archive_free(&a);
}

static void
absences(void)
{
	const struct issue	*i;

	test("archive: what may be null, absent or told otherwise");
	i = only(SAID(.title = "null", .body = "null", .labels = "null",
	    .id = "77"));
	CHECK_STR(i->title, "");
	CHECK_STR(i->body, "");
	CHECK(i->nlabels == 0 && i->serial == 77);
	archive_free(&a);
	CHECK(reads("{\"type\":\"IssueCommentEvent\",\"created_at\":"
	    "\"2021-01-02T00:00:00Z\",\"repo\":{\"name\":\"a/b\"},"
	    "\"payload\":{\"issue\":{\"html_url\":\"https://github.com/a/b/"
	    "issues/345\",\"created_at\":\"2021-01-02T00:00:00Z\","
	    "\"updated_at\":\"2021-01-02T00:00:00Z\"}}}") == 0);
	CHECK(a.n == 1 && a.comment_events == 1);
	CHECK_STR(a.issues[0].id, "a/b#345");
	CHECK_STR(a.issues[0].body, "");
	CHECK(a.issues[0].serial == 0);
	archive_free(&a);
	i = only(SAID(.issue = "\"html_url\":\"x/7\",", .number = "null"));
	CHECK_STR(i->id, "acme/web#7");
	archive_free(&a);
}

static void
keys(void)
{
	const struct issue	*i;

	test("archive: equal keys, escaped keys, the same names elsewhere");
	i = only(SAID(.number = "1,\"number\":2", .title = "\"x\","
	    "\"title\":\"y\"", .issue = "\"pull_request\":{\"url\":\"u\"},"
	    "\"pull_request\":null,", .labels = "[\"p\"],\"labels\":[\"q\"]",
	    .at = "3,\"created_at\":\"2021-01-02T00:00:00Z\""));
	CHECK_STR(i->id, "acme/web#2");
	CHECK_STR(i->title, "y");
	CHECK(i->nlabels == 1 && strcmp(i->labels[0], "q") == 0);
	archive_free(&a);
	i = only(SAID(.issue = "\"\\u006eumber\":3,\"body\":\"first\",",
	    .number = "12,\"numbe\\u0072\":4", .type = "\"Issues\\u0045vent\"",
	    .body = "\"old\",\"b\\u006fdy\":\"new\""));
	CHECK_STR(i->id, "acme/web#4");
	CHECK_STR(i->body, "new");
	archive_free(&a);
	CHECK(fails(keepf("%.*s,\"payload\":{}}\n", (int)strlen(
	    event(SAID())) - 2, event(SAID())), ":1:1", "payload.issue"));
}

static const char *const	 pulls[] = {
	"{\"url\":\"u\"}", "{\"url\":null,\"html_url\":\"h\"}", "{\"a\":1}",
	"{\"a\":null,\"b\":{}}", "true", "\"yes\"", "[]"
};

static const char *const	 issues[] = {
	"null", "{}", "{\"html_url\":null,\"patch_url\":null,"
	"\"diff_url\":null}"
};

static void
pull_requests(void)
{
	const char	*said;
	size_t		 i;

	test("archive: pull requests are no issues, nulls of 2013 are");
	for (i = 0; i < sizeof(pulls) / sizeof(pulls[0]); i++) {
		said = keepf("\"pull_request\":%s,", pulls[i]);
		CHECK(reads(keepf("%s%s", event(SAID(.issue = said, .number =
		    "\"none\"", .at = "\"2023-01-01T00:00:00Z\"")),
		    event(SAID()))) == 0);
		CHECK(a.n == 1 && a.issue_events == 2 && a.on_pulls == 1);
		CHECK(a.watermark == a.issues[0].event);
		archive_free(&a);
		CHECK(reads(event(SAID(.issue = said))) == -1);
		CHECK(strstr(error.text, "1 on pull requests") != NULL);
	}
	for (i = 0; i < sizeof(issues) / sizeof(issues[0]); i++) {
		said = keepf("\"pull_request\":%s,", issues[i]);
		CHECK_STR(only(SAID(.issue = said))->id, "acme/web#12");
		CHECK(a.on_pulls == 0);
		archive_free(&a);
	}
}

static void
organisation(void)
{
	const char	*two = keepf("%s%s%s%s", event(SAID()),
			    event(SAID(.repo = "{\"name\":\"acmex/web\"}")),
			    event(SAID(.repo = "{\"name\":\"x/acme\"}",
			    .at = "\"2022-01-01T00:00:00Z\"",
			    .number = "null")),
			    event(SAID(.repo = "{\"name\":\"ACME/api\"}")));
	const char	*path = folder_text("file", two);

	test("archive: one organisation, in any case");
	CHECK(ask(path, "Acme", 0) == 0);
	CHECK(a.n == 2 && a.lines == 4 && a.issue_events == 4);
	CHECK(a.n == 2 && strcmp(a.issues[0].id, "ACME/api#12") == 0);
	CHECK(a.watermark == a.issues[0].event);
	archive_free(&a);
	CHECK(ask(path, "acm", 0) == -1 && error.verdict == BROKEN);
	CHECK(strstr(error.text, "no issue of acm among 4 events") != NULL);
	CHECK(ask(path, "", 0) == -1);
	/* Without a filter the event without a number counts, and is bad. */
	CHECK(fails(two, ":3:1", "payload.issue.number"));
}

static void
until(void)
{
	const char	*path;
	time_t		 t;

	test("archive: later events do not count");
	path = folder_text("file", keepf("%s%s", event(SAID(.title =
	    "\"old\"", .at = "\"2021-01-02T00:00:00Z\"")),
	    event(SAID(.title = "\"new\"", .at = "\"2021-01-02T00:00:01Z\"",
	    .updated = "\"2021-01-02T00:00:01Z\""))));
	CHECK(when_parse("2021-01-02T00:00:00Z", &t) == 0);
	CHECK(ask(path, NULL, t) == 0 && a.watermark == t);
	CHECK_STR(a.issues[0].title, "old");
	CHECK(a.issue_events == 1 && a.lines == 2);
	archive_free(&a);
	CHECK(ask(path, NULL, t + 1) == 0 && a.watermark == t + 1);
	CHECK_STR(a.issues[0].title, "new");
	archive_free(&a);
	CHECK(ask(path, NULL, t - 1) == -1);
}

/* The title that wins whichever of two events comes first. */
static const char *
winner(struct said one, struct said other)
{
	const char	*x = event(one), *y = event(other), *first;

	if (reads(keepf("%s%s", x, y)) == -1 || a.n != 1)
		return NULL;
	first = keepf("%s", a.issues[0].title);
	archive_free(&a);
	if (reads(keepf("%s%s", y, x)) == -1 || a.n != 1 ||
	    strcmp(first, a.issues[0].title) != 0)
		return "it depends";
	archive_free(&a);
	return first;
}

#define OLD(...)	SAID(.title = "\"old\"", __VA_ARGS__)
#define NEW(...)	SAID(.title = "\"new\"", __VA_ARGS__)

static void
newest(void)
{
	test("archive: the newest payload, whatever the order");
	CHECK_STR(winner(NEW(.updated = "\"2021-01-03T00:00:00Z\"",
	    .at = "\"2021-01-02T00:00:00Z\""),
	    OLD(.updated = "\"2021-01-02T00:00:00Z\"",
	    .at = "\"2021-01-04T00:00:00Z\"")), "new");
	test("archive: updated_at is compared as a time");
	CHECK_STR(winner(OLD(.updated = "\"2021-01-02T09:00:00+09:00\""),
	    NEW(.updated = "\"2021-01-02T01:00:00Z\"")), "new");
	test("archive: then the event's time, its id, the content");
	CHECK_STR(winner(OLD(.at = "\"2021-01-02T00:00:00Z\"", .id = "9"),
	    NEW(.at = "\"2021-01-02T00:00:01Z\"", .id = "8")), "new");
	CHECK_STR(winner(OLD(.id = "\"99\""), NEW(.id = "\"100\"")), "new");
	CHECK_STR(winner(OLD(.id = "\"x\""), NEW(.id = "\"1\"")), "new");
	CHECK_STR(winner(OLD(.labels = "[\"a\"]"),
	    NEW(.labels = "[\"a\",\"b\"]")), "new");
	CHECK_STR(winner(OLD(.body = "\"a\""), NEW(.body = "\"b\"")), "new");
	CHECK_STR(winner(NEW(), OLD()), "old");
	test("archive: an issue is the same in any case of its repository");
	CHECK_STR(winner(OLD(.repo = "{\"name\":\"ACME/Web\"}"),
	    NEW(.updated = "\"2021-01-05T00:00:00Z\"")), "new");
	CHECK(reads(keepf("%s%s", event(SAID(.number = "1")),
	    event(SAID(.number = "11")))) == 0 && a.n == 2);
	archive_free(&a);
}

static void
order(void)
{
	test("archive: sorted by created, then id");
	CHECK(reads(keepf("%s%s%s%s", event(SAID(.number = "2")),
	    event(SAID(.number = "10")), event(SAID(.number = "1",
	    .created = "\"2021-01-01T00:00:01Z\"")),
	    event(SAID(.number = "3", .created =
	    "\"2020-01-01T00:00:00Z\"")))) == 0 && a.n == 4);
	CHECK_STR(a.issues[0].id, "acme/web#3");
	CHECK_STR(a.issues[1].id, "acme/web#10");
	CHECK_STR(a.issues[2].id, "acme/web#2");
	CHECK_STR(a.issues[3].id, "acme/web#1");
	archive_free(&a);
}

/* Many issues, each twice, in files read in whatever order. */
static void
many(void)
{
	const char	*both[2];
	struct archive_query q = { .paths = both, .npaths = 2 };
	FILE		*f, *g;
	int		 i;

	test("archive: thousands of issues in several files");
	f = fopen(folder_path("m1"), "w");
	g = fopen(folder_path("m2"), "w");
	for (i = 0; i < 5000; i++) {
		fputs(event(SAID(.number = keepf("%d", i + 1), .body =
		    "\"short\"", .title = "\"old\"")), i % 2 ? f : g);
		fputs(event(SAID(.number = keepf("%d", 5000 - i), .updated =
		    "\"2021-02-01T00:00:00Z\"")), i % 3 ? f : g);
	}
	fclose(f);
	fclose(g);
	both[0] = folder_path("m2");
	both[1] = folder_path("m1");
	CHECK(archive_read(&q, &a, &error) == 0);
	CHECK(a.n == 5000 && a.files == 2 && a.lines == 10000);
	for (i = 0; i < (int)a.n; i++)
		if (strcmp(a.issues[i].title, "a title") != 0)
			break;
	CHECK(i == 5000);
	archive_free(&a);
	both[0] = folder_path("m[12]");
	both[1] = folder_path("m*");
	CHECK(archive_read(&q, &a, &error) == 0);
	CHECK(a.files == 2 && a.lines == 10000);
	archive_free(&a);
}

static void
big(void)
{
	char	*body = keep(84003), *zip;
	size_t	 n;

	test("archive: a body of 84,000 characters, in gzip");
	memset(body, 'b', 84002);
	body[0] = body[84001] = '"';
	zip = keepf("%s", event(SAID(.body = body)));
	zip = folder_gzip(zip, strlen(zip), &n);
	CHECK(ask(folder_write("big.json", zip, n), NULL, 0) == 0);
	CHECK(a.n == 1 && strlen(a.issues[0].body) == 84000);
	archive_free(&a);
	CHECK(ask(folder_write("big.json", zip, n - 3), NULL, 0) == -1);
	CHECK(strstr(error.text, "cut short") != NULL && a.n == 0);
}

static void
passed_over(void)
{
	const char	*old = "{\"type\":\"IssuesEvent\",\"created_at\":"
			    "\"2012-03-10T22:52:25-08:00\",\"payload\":"
			    "{\"issue\":3374893,\"number\":3},\"actor\":\"x\","
			    "\"repository\":{\"name\":\"r\",\"owner\":\"o\"}}";

	test("archive: events that name no repository are counted");
	CHECK(reads(keepf("%s\n%s%s%s%s", old,
	    event(SAID(.repo = "{\"name\":\"/\"}")),
	    event(SAID(.repo = "{\"name\":null}")),
	    event(SAID(.repo = "\"a/b\"")), event(SAID()))) == 0);
	CHECK(a.nameless == 4 && a.n == 1 && a.issue_events == 5);
	archive_free(&a);
	CHECK(ask(folder_text("file", old), NULL, 0) == -1);
	CHECK(strstr(error.text, "1 without a repository") != NULL);
}

static const struct {
	struct said	 said;
	const char	*why;
} wrong[] = {
	{ { .type = "7" }, "type" },
	{ { .at = "\"yesterday\"" }, "created_at" },
	{ { .at = "null" }, "created_at" },
	{ { .created = "\"2021-13-01T00:00:00Z\"" }, "issue.created_at" },
	{ { .created = "5" }, "payload.issue.created_at" },
	{ { .updated = "\"\"" }, "payload.issue.updated_at" },
	{ { .updated = "\"1969-12-31T23:59:59Z\"" }, "updated_at" },
	{ { .updated = "\"2021-01-02T00:00:00Z\\u0000\"" },
	    "updated_at" },
	{ { .number = "0" }, "payload.issue.number" },
	{ { .number = "1.5" }, "payload.issue.number" },
	{ { .number = "-1" }, "payload.issue.number" },
	{ { .number = "\"1\"" }, "payload.issue.number" },
	{ { .number = "99999999999999999999" }, "payload.issue.number" },
	{ { .title = "[]" }, "payload.issue.title" },
	{ { .body = "{}" }, "payload.issue.body" },
	{ { .labels = "{}" }, "payload.issue.labels" },
	{ { .labels = "[7]" }, "payload.issue.labels" },
	{ { .labels = "[null]" }, "payload.issue.labels" },
	{ { .labels = "[{}]" }, "payload.issue.labels" },
	{ { .labels = "[{\"name\":null}]" }, "payload.issue.labels" }
};

static void
shapes(void)
{
	size_t	 i;

	test("archive: an event that lacks what an issue needs");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++)
		CHECK(fails(keepf("%s%s", event(SAID()),
		    event(wrong[i].said)), ":2:1: expected",
		    wrong[i].why));
	CHECK(fails("{\"message\":\"Not Found\"}\n", ":1:1", "GH Archive"));
	CHECK(fails("{}\n", ":1:1", "type"));
}

static const struct {
	const char	*line, *place, *why;
} malformed[] = {
	{ "{\"type\":\"PushEvent\"", ":2:20", "the event ends here" },
	{ "{\"type\":\"PushEv", ":2:16", "the event ends here" },
	{ "{\"type\":\"PushEvent\"}}", ":2:21", "nothing more" },
	{ "{\"type\":\"PushEvent\",\"payload\":{\"x\":[1,]}}", ":2:39", "" },
	{ "{\"type\":\"PushEvent\",\"x\":tru}", ":2:28", "a JSON value" },
	{ "{\"type\":\"PushEvent\",\"x\":01}", ":2:26", "',' or '}'" },
	{ "{\"type\":\"PushEvent\",\"x\":\"\\q\"}", ":2:26", "an escape" },
	{ "{\"type\":\"PushEvent\",\"x\":\"\xff\"}", ":2:26", "UTF-8" },
	{ "{\"type\":\"PushEvent\",\"x\":\"\t\"}", ":2:26", "control" },
	{ "{\"type\":\"PushEvent\",\"payload\":{\"issue\":{\"a\"}}}", ":2:44",
	    "a colon" },
	{ "[]", ":2:1", "an event" },
	{ "null", ":2:1", "an event" },
	{ "x", ":2:1", "an event" }
};

static void
texts(void)
{
	const char	*deep = "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["
			    "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[";
	size_t		 i;

	test("archive: what is passed over is checked like the rest");
	for (i = 0; i < sizeof(malformed) / sizeof(malformed[0]); i++)
		CHECK(fails(keepf("%s%s\n%s", event(SAID()),
		    malformed[i].line, event(SAID())), malformed[i].place,
		    malformed[i].why));
	CHECK(fails(keepf("%s{\"x\":%s", event(SAID()), deep), ":2:", "64"));
	test("archive: a truncated last line");
	CHECK(fails(keepf("%s%.200s", event(SAID()), event(SAID())),
	    ":2:201", "cut short"));
	CHECK(fails("", ":", "no event"));
	CHECK(fails("<html>\n", ":1:1", "HTML"));
}

static void
files(void)
{
	struct archive_query	 q = { .paths = NULL };
	const char		*path;

	test("archive: files that are not there");
	CHECK(ask(folder_path("none*.gz"), NULL, 0) == -1);
	CHECK(strstr(error.text, "no such file") != NULL);
	CHECK(ask(folder_path("none"), NULL, 0) == -1);
	CHECK(error.verdict == BROKEN);
	CHECK(ask(folder, NULL, 0) == -1);
	CHECK(strstr(error.text, "regular file") != NULL);
	path = "";
	q.paths = &path;
	CHECK(archive_read(&q, &a, &error) == -1);
	test("archive: a file that is called what looks like a pattern");
	CHECK(ask(folder_text("q[1].json", event(SAID())), NULL, 0) == 0);
	archive_free(&a);
	test("archive: an array of events");
	CHECK(reads(keepf("[\n%s,%s]\n", event(SAID()),
	    event(SAID(.number = "13")))) == 0 && a.n == 2);
	archive_free(&a);
	CHECK(fails(keepf("[%s,%s", event(SAID()), event(SAID())), ":3:1",
	    "cut short"));
}

/* Standard error goes to a file meanwhile. */
static void
progress(void)
{
	const char		*path = folder_text("file", event(SAID()));
	struct archive_query	 q = { .paths = &path, .npaths = 1,
				    .progress = true };
	char			 text[256] = "";
	int			 saved = dup(2);
	FILE			*f;

	test("archive: progress is told and wiped");
	CHECK(freopen(folder_path("stderr"), "w", stderr) != NULL);
	CHECK(archive_read(&q, &a, &error) == 0);
	fflush(stderr);
	dup2(saved, 2);
	close(saved);
	archive_free(&a);
	f = fopen(folder_path("stderr"), "r");
	text[f == NULL ? 0 : fread(text, 1, sizeof(text) - 1, f)] = '\0';
	if (f != NULL)
		fclose(f);
	CHECK(text[0] == '\r' && strstr(text, "0 of 1 files") != NULL);
	CHECK(strlen(text) > 0 && text[strlen(text) - 1] == '\r');
	CHECK(strchr(text, '\n') == NULL);
}

int
main(void)
{
	folder_begin();
	fields();
	absences();
	keys();
	pull_requests();
	organisation();
	until();
	newest();
	order();
	many();
	big();
	passed_over();
	shapes();
	texts();
	files();
	progress();
	folder_end();
	return test_end();
}
