#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "data/archive.h"
#include "data/dataset.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/when.h"
#include "folder.h"
#include "test.h"

#define DAY	86400

static struct error	 error;
static struct dataset	 d;

/* An archive made by hand: labels are words in one string. */
struct made {
	const char	*id, *labels;
	time_t		 created;
};

static struct issue
issue_of(const struct made *m)
{
	struct issue	 i = { .created = m->created,
			    .event = m->created + 5 };
	char		*words = keepf("%s", m->labels), *word;

	i.id = keepf("%s", m->id);
	i.title = keepf("title of %s", m->id);
	i.repo = keepf("acme_web");
	i.body = keep(1);
	i.labels = keep(10 * sizeof(char *));
	while ((word = strsep(&words, " ")) != NULL)
		if (*word != '\0')
			i.labels[i.nlabels++] = word;
	return i;
}

static struct archive
archive_of(const struct made *made, size_t n)
{
	struct archive	 a = { .n = n };
	size_t		 i;

	a.issues = keep(n * sizeof(*a.issues));
	for (i = 0; i < n; i++) {
		a.issues[i] = issue_of(&made[i]);
		a.watermark = a.issues[i].event;
	}
	return a;
}

/* The selected examples in one line: "id:label,label id: ...". */
static const char *
told(void)
{
	const char	*all = "";
	size_t		 i, k;

	for (i = 0; i < d.n; i++) {
		all = keepf("%s%s%s:", all, i > 0 ? " " : "",
		    d.examples[i].id);
		for (k = 0; k < d.examples[i].nlabels; k++)
			all = keepf("%s%s%s", all, k > 0 ? "," : "",
			    d.labels[d.examples[i].labels[k]]);
	}
	return all;
}

/* The labels in one line: "name=support name=support". */
static const char *
support(void)
{
	const char	*all = "";
	size_t		 i;

	for (i = 0; i < d.nlabels; i++)
		all = keepf("%s%s%s=%zu", all, i > 0 ? " " : "",
		    d.labels[i], d.support[i]);
	return all;
}

static const struct made	 made[] = {
	{ "a#1", "area/ui kind/bug", 1 * DAY },
	{ "a#2", "area/api area/ui", 2 * DAY },
	{ "a#3", "", 3 * DAY },
	{ "a#4", "kind/bug", 4 * DAY },
	{ "a#5", "Area/ui area/rare", 5 * DAY },
	{ "a#6", "area/api", 6 * DAY }
};

static void
selected(const struct selection *s)
{
	struct archive	 a = archive_of(made, sizeof(made) / sizeof(made[0]));

	dataset_free(&d);
	CHECK(dataset_select(&a, s, &d, &error) == 0);
}

static void
selection(void)
{
	static const char *const area[] = { "area/*" };
	static const char *const some[] = { "kind/b?g", "area/[a-r]*" };
	static const char *const star[] = { "*" };
	static const char *const none[] = { "nothing" };

	test("dataset: every label, without patterns");
	selected(&(struct selection){ .nallow = 0 });
	CHECK_STR(told(), "a#1:area/ui,kind/bug a#2:area/api,area/ui "
	    "a#4:kind/bug a#5:Area/ui,area/rare a#6:area/api");
	CHECK_STR(support(), "Area/ui=1 area/api=2 area/rare=1 area/ui=2 "
	    "kind/bug=2");
	test("dataset: patterns, case matters");
	selected(&(struct selection){ .allow = area, .nallow = 1 });
	CHECK_STR(told(), "a#1:area/ui a#2:area/api,area/ui a#5:area/rare "
	    "a#6:area/api");
	selected(&(struct selection){ .allow = some, .nallow = 2 });
	CHECK_STR(support(), "area/api=2 area/rare=1 kind/bug=2");
	selected(&(struct selection){ .allow = star, .nallow = 1 });
	CHECK(d.nlabels == 5);		/* no flags: '*' matches '/' */
	test("dataset: a minimum counts after the patterns");
	selected(&(struct selection){ .allow = area, .nallow = 1,
	    .minimum = 2 });
	CHECK_STR(told(), "a#1:area/ui a#2:area/api,area/ui a#6:area/api");
	CHECK_STR(support(), "area/api=2 area/ui=2");
	test("dataset: unlabelled as negatives, on what is left");
	selected(&(struct selection){ .allow = area, .nallow = 1,
	    .minimum = 2, .negatives = true });
	CHECK_STR(told(), "a#1:area/ui a#2:area/api,area/ui a#3: a#4: a#5: "
	    "a#6:area/api");
	test("dataset: nothing left is no error");
	selected(&(struct selection){ .allow = none, .nallow = 1 });
	CHECK(d.n == 0 && d.nlabels == 0);
	selected(&(struct selection){ .minimum = 7, .negatives = true });
	CHECK(d.n == 6 && d.nlabels == 0);
}

static void
age(void)
{
	test("dataset: age counts from the watermark, before the minimum");
	selected(&(struct selection){ .maximum_age = 2 * DAY + 5 });
	CHECK_STR(told(), "a#4:kind/bug a#5:Area/ui,area/rare a#6:area/api");
	selected(&(struct selection){ .maximum_age = 2 * DAY + 4 });
	CHECK_STR(told(), "a#5:Area/ui,area/rare a#6:area/api");
	selected(&(struct selection){ .maximum_age = 4 * DAY + 5,
	    .minimum = 2 });
	CHECK_STR(told(), "a#2:area/api a#6:area/api");
	CHECK_STR(support(), "area/api=2");
	selected(&(struct selection){ .maximum_age = 1 });
	CHECK(d.n == 0);
	dataset_free(&d);
}

static const char	 line[] =
	"{\"id\":\"acme/web#12\",\"created\":\"2021-07-21T09:00:03Z\","
	"\"event\":\"2021-07-22T00:00:00Z\",\"title\":\"a \\\"b\\\" \\\\ /"
	"\",\"repo\":\"acme_web\",\"body\":\"\\b\\t\\n\\f\\r\\u0001\\u001f"
	"\x7f\xc3\xa9\xe2\x80\xa8\xf0\x9f\x98\x80\",\"labels\":["
	"\"area/\xc3\xa9\",\"kind/\\\"x\\\"\"]}\n";

static void
text(void)
{
	struct issue	 i = { .id = keepf("acme/web#12"),
			    .repo = keepf("acme_web"),
			    .title = keepf("a \"b\" \\ /"),
			    .body = keepf("\b\t\n\f\r\x01\x1f\x7f\xc3\xa9"
			    "\xe2\x80\xa8\xf0\x9f\x98\x80"), .nlabels = 2 };
	struct archive	 a = { .issues = &i, .n = 1 };
	struct selection s = { .nallow = 0 };
	struct bytes	 b;
	char		*labels[] = { keepf("area/\xc3\xa9"),
			    keepf("kind/\"x\"") };

	test("dataset: the bytes of a line");
	i.labels = labels;
	CHECK(when_parse("2021-07-21T09:00:03Z", &i.created) == 0);
	CHECK(when_parse("2021-07-22T00:00:00Z", &i.event) == 0);
	CHECK(dataset_select(&a, &s, &d, &error) == 0);
	CHECK(dataset_text(&d, &b, &error) == 0);
	CHECK_STR(b.data, line);
	CHECK(b.len == sizeof(line) - 1);
	bytes_free(&b);
	dataset_free(&d);
	test("dataset: a time that cannot be told");
	i.created = -1;
	CHECK(dataset_select(&a, &s, &d, &error) == 0);
	CHECK(dataset_text(&d, &b, &error) == -1 && b.data == NULL);
	CHECK(error.verdict == BROKEN);
	dataset_free(&d);
	test("dataset: without examples it is an empty file");
	a.n = 0;
	CHECK(dataset_select(&a, &s, &d, &error) == 0);
	CHECK(dataset_text(&d, &b, &error) == 0 && b.len == 0);
	bytes_free(&b);
	dataset_free(&d);
	CHECK(dataset_read(folder_text("empty", ""), &d, &error) == 0);
	CHECK(d.n == 0 && d.nlabels == 0);
	dataset_free(&d);
}

static void
back(void)
{
	struct bytes	 b, again;
	const char	*names;

	test("dataset: read back, and written the same");
	CHECK(dataset_read(folder_text("one", line), &d, &error) == 0);
	CHECK(d.n == 1 && d.nlabels == 2 && d.examples[0].nlabels == 2);
	CHECK_STR(d.examples[0].id, "acme/web#12");
	CHECK_STR(d.examples[0].title, "a \"b\" \\ /");
	CHECK_STR(d.examples[0].body, "\b\t\n\f\r\x01\x1f\x7f\xc3\xa9"
	    "\xe2\x80\xa8\xf0\x9f\x98\x80");
	CHECK_STR(support(), "area/\xc3\xa9=1 kind/\"x\"=1");
	CHECK(dataset_text(&d, &b, &error) == 0);
	CHECK_STR(b.data, line);
	bytes_free(&b);
	selected(&(struct selection){ .negatives = true });
	names = keepf("%s %s", told(), support());
	CHECK(dataset_text(&d, &b, &error) == 0);
	dataset_free(&d);
	CHECK(dataset_read(folder_write("six", b.data, b.len), &d,
	    &error) == 0);
	CHECK_STR(keepf("%s %s", told(), support()), names);
	CHECK(dataset_text(&d, &again, &error) == 0);
	CHECK(again.len == b.len && memcmp(again.data, b.data, b.len) == 0);
	bytes_free(&b);
	bytes_free(&again);
	dataset_free(&d);
}

/* A line that is right but for what stands in for one of its parts. */
static const char *
damaged(const char *what, const char *with)
{
	const char	*at = strstr(line, what);

	return keepf("%.*s%s%s", (int)(at - line), line, with,
	    at + strlen(what));
}

static const struct {
	const char	*what, *with, *why;
} wrong[] = {
	{ "{\"id\"", " {\"id\"", ":1:1: " },
	{ "\"id\":", "\"id\": ", ":1:7: expected a string" },
	{ "]}\n", "]} \n", "the end of the line" },
	{ "]}\n", "]}}\n", "the end of the line" },
	{ "]}\n", "],\"x\":1}\n", "expected }" },
	{ "]}\n", "]}\r\n", "the end of the line" },
	{ "]}\n", "]\n", "expected }" },
	{ "]}\n", "]}", "newline" },
	{ "]}\n", "]}\n\n", ":2:1: " },
	{ "\"id\"", "\"Id\"", ":1:1: " },
	{ "\"created\"", "\"event\"", ",\"created\":" },
	{ "\"title\":\"a", "\"title\":null,\"x\":\"a", "a string" },
	{ "2021-07-21T09:00:03Z", "2021-07-21T09:00:03+00:00", "a time" },
	{ "2021-07-21T09:00:03Z", "2021-07-21t09:00:03z", "a time" },
	{ "2021-07-21T09:00:03Z", "2021-02-29T09:00:03Z", "a time" },
	{ "2021-07-21T09:00:03Z", "2021-07-21T09:00:60Z", "a time" },
	{ "2021-07-21T09:00:03Z", "1969-12-31T23:59:59Z", "a time" },
	{ "2021-07-21T09:00:03Z", "2021-07-21T09:00:03Z\\u0001", "a time" },
	{ "2021-07-21T09:00:03Z", "", "a time" },
	{ " /", " \\/", "escapes" },
	{ " /", " \\u002f", "escapes" },
	{ " /", " \\u0000", "escapes" },
	{ "\\n", "\\u000a", "escapes" },
	{ "\\u001f", "\\u001F", "escapes" },
	{ "\\u001f", "\\u00e9", "escapes" },
	{ "\\u001f", "\\ud83d\\ude00", "escapes" },
	{ "\\u0001", "\x01", "control" },
	{ "\xc3\xa9", "\xc3", "UTF-8" },
	{ "[\"area", "[ \"area", "white space" },
	{ "\",\"kind", "\", \"kind", "white space" },
	{ "\",\"kind", "\" ,\"kind", "white space" },
	{ "\"]}", "\" ]}", "white space" },
	{ "\"kind", "\"area/\xc3\xa9\",\"kind", "in order" },
	{ "\"area/", "\"zone/", "in order" },
	{ "[\"area/\xc3\xa9\",", "[7,", "a string" },
	{ "[\"area/\xc3\xa9\",", "[,", "a JSON value" },
	{ "\"labels\":[", "\"labels\":{", "an array" },
	{ "\"labels\":[", "\"labels\":null,\"l\":[", "an array" },
	{ "\",\"kind", "\" \"kind", "','" }
};

static bool
refused(const char *content, size_t len, const char *why)
{
	const char	*path = folder_write("bad", content, len);

	if (dataset_read(path, &d, &error) == 0) {
		dataset_free(&d);
		return false;
	}
	if (d.n != 0 || d.memory != NULL || error.verdict != BROKEN ||
	    strstr(error.text, path) != error.text ||
	    strstr(error.text, why) == NULL) {
		printf("     %s\n", error.text);
		return false;
	}
	return true;
}

static void
strictness(void)
{
	const char	*bad, *later;
	size_t		 i;

	test("dataset: anything else than what is written is refused");
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		bad = damaged(wrong[i].what, wrong[i].with);
		if (!refused(bad, strlen(bad), wrong[i].why))
			test_fail(__FILE__, __LINE__, wrong[i].with);
	}
	later = damaged("#12", "#13");
	CHECK(dataset_read(folder_text("two", keepf("%s%s", line, later)),
	    &d, &error) == 0 && d.n == 2);
	CHECK_STR(support(), "area/\xc3\xa9=2 kind/\"x\"=2");
	dataset_free(&d);
	bad = keepf("%s%s", later, line);
	CHECK(refused(bad, strlen(bad), ":2:1: expected examples by created"));
	bad = keepf("%s%s", line, line);
	CHECK(refused(bad, strlen(bad), ":2:1: "));
	CHECK(refused("\0\n", 2, ":1:1"));
	CHECK(refused("\n", 1, ":1:1"));
	CHECK(refused("\x1f\x8b\x08", 3, ":1: cut short"));
	CHECK(dataset_read(folder_path("missing"), &d, &error) == -1);
	CHECK(error.verdict == BROKEN &&
	    strstr(error.text, "no such file") != NULL);
	CHECK(dataset_read(folder, &d, &error) == -1);
}

static void
cuts(void)
{
	size_t	 i, n = sizeof(line) - 1, passed = 0;

	test("dataset: cut short anywhere, or any byte another");
	for (i = 1; i < n; i++)
		passed += !refused(line, i, "expected");
	CHECK(passed == 0);
	for (i = 0; i < n; i++) {
		char	*copy = keepf("%s", line);

		copy[i] = '\x02';
		passed += !refused(copy, n, "");
	}
	CHECK(passed == 0);
}

/* From events to data.jsonl, whatever the order of the files. */
static void
whole(void)
{
	static const char	 event[] = "{\"id\":\"%d\",\"type\":"
				    "\"IssuesEvent\",\"repo\":{\"name\":"
				    "\"a/b\"},\"payload\":{\"issue\":{"
				    "\"number\":%d,\"title\":\"t%d\","
				    "\"body\":null,\"labels\":[{\"name\":"
				    "\"l%d\"}],\"created_at\":"
				    "\"2021-01-01T00:00:%02dZ\","
				    "\"updated_at\":\"2021-01-02T00:00:00Z\""
				    "}},\"created_at\":"
				    "\"2021-01-02T00:00:00Z\"}\n";
	const char		*paths[2];
	struct archive_query	 q = { .paths = paths, .npaths = 2 };
	struct selection	 s = { .minimum = 2 };
	struct archive		 a;
	struct bytes		 b[2];
	FILE			*f[2];
	int			 i, k, n;

	test("dataset: the same bytes for the same issues");
	for (k = 0; k < 2; k++) {
		paths[0] = folder_path("e0");
		paths[1] = folder_path("e1");
		f[0] = fopen(paths[0], "w");
		f[1] = fopen(paths[1], "w");
		for (i = 0; i < 200; i++) {
			n = (k == 0 ? i : 199 - i) % 100;
			fprintf(f[(i + k) % 2], event, i / 100 * 100 + n,
			    n + 1, n, n % 7, n % 60);
		}
		fclose(f[0]);
		fclose(f[1]);
		CHECK(archive_read(&q, &a, &error) == 0);
		CHECK(dataset_select(&a, &s, &d, &error) == 0 && d.n == 100);
		CHECK(dataset_text(&d, &b[k], &error) == 0);
		dataset_free(&d);
		archive_free(&a);
	}
	CHECK(b[0].len == b[1].len && b[0].len > 10000 &&
	    memcmp(b[0].data, b[1].data, b[0].len) == 0);
	bytes_free(&b[0]);
	bytes_free(&b[1]);
}

int
main(void)
{
	folder_begin();
	selection();
	age();
	text();
	back();
	strictness();
	cuts();
	whole();
	folder_end();
	return test_end();
}
