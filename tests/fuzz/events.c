/*
 * Any bytes as a GH Archive file.  Line by line the walk must agree with
 * jansson on what is JSON and what it says; the whole is read as an archive,
 * from which the same dataset comes whatever the order of the lines, and the
 * dataset comes back from its file.
 */

#include "data/archive.h"
#include "data/dataset.h"
#include "data/event.h"
#include "data/walk.h"
#include "fuzz/fuzz.h"

/* What jansson cannot represent, though it is JSON. */
static bool
beyond_jansson(const char *s, size_t len, const json_error_t *why)
{
	size_t	 i;

	if (json_error_code(why) == json_error_numeric_overflow)
		return true;
	/* Lone surrogates anywhere, NUL in keys. */
	for (i = 0; i + 4 < len; i++)
		if (memcmp(s + i, "\\u", 2) == 0 &&
		    (memcmp(s + i, "\\u0000", 5) == 0 ||
		    s[i + 2] == 'd' || s[i + 2] == 'D'))
			return true;
	return false;
}

static bool
has_escape(const char *s, size_t len)
{
	return memmem(s, len, "\\u", 2) != NULL;
}

/* A part that is a string reads the same in both. */
static void
check_part(const struct slice *part, const json_t *json)
{
	char	*text;
	size_t	 len;

	MUST((part->at == NULL) == (json == NULL));
	if (json == NULL || !json_is_string(json))
		return;
	MUST(walk_is_string(part));
	text = keep(part->len);
	len = walk_text(part, text);
	MUST(len < part->len && len == json_string_length(json));
	MUST(memcmp(text, json_string_value(json), len) == 0);
}

static void
check_event(const struct event *e, const json_t *json)
{
	const json_t	*payload = json_object_get(json, "payload");
	const json_t	*issue = json_object_get(payload, "issue");
	const json_t	*repo = json_object_get(json, "repo");

	check_part(&e->part[EVENT_TYPE], json_object_get(json, "type"));
	check_part(&e->part[EVENT_ID], json_object_get(json, "id"));
	check_part(&e->part[EVENT_CREATED],
	    json_object_get(json, "created_at"));
	check_part(&e->part[EVENT_REPO], json_object_get(repo, "name"));
	MUST(e->issue == json_is_object(issue));
	check_part(&e->part[EVENT_TITLE], json_object_get(issue, "title"));
	check_part(&e->part[EVENT_BODY], json_object_get(issue, "body"));
	check_part(&e->part[EVENT_ISSUE_UPDATED],
	    json_object_get(issue, "updated_at"));
	MUST((e->part[EVENT_LABELS].at == NULL) ==
	    (json_object_get(issue, "labels") == NULL));
}

static void
check_line(const char *s, size_t len)
{
	struct slice	 part[EVENT_PARTS];
	struct event	 e = { .part = part };
	struct walk	 w;
	json_error_t	 why;
	json_t		*json;
	char		*copy = keep(len + WALK_PAD);
	int		 rv;

	if (len > 0)
		memcpy(copy, s, len);
	json = json_loadb(copy, len, JSON_ALLOW_NUL, &why);
	if (json != NULL)
		keep_json(json);
	walk_begin(&w, copy, len);
	rv = event_read(&w, &e);
	MUST(w.at >= copy && w.at <= copy + len);
	/* jansson passes over a NUL byte behind a number. */
	if (len > 0 && memchr(copy, '\0', len) != NULL)
		MUST(rv == -1);
	else if (rv == -1)
		MUST(w.expected != NULL && (!json_is_object(json) ||
		    w.depth == WALK_DEPTH));
	else if (json == NULL)
		MUST(beyond_jansson(copy, len, &why));
	else if (!has_escape(copy, len))
		check_event(&e, json);
}

static int
read_archive(const void *data, size_t len, struct archive *a)
{
	const char		*path = fuzz_file(data, len);
	struct archive_query	 q = { .paths = &path, .npaths = 1 };
	struct error		 error = { .text = "" };

	if (archive_read(&q, a, &error) == 0)
		return 0;
	MUST(error.verdict == BROKEN && a->issues == NULL);
	return -1;
}

/* The dataset's file, which must be readable and read the same. */
static struct bytes
dataset_of(const struct archive *a)
{
	struct selection	 s = { .minimum = 1, .negatives = true };
	struct dataset		 d, again;
	struct bytes		 once, twice;
	struct error		 error = { .text = "" };

	MUST(dataset_select(a, &s, &d, &error) == 0);
	MUST(d.n == a->n);
	MUST(dataset_text(&d, &once, &error) == 0);
	MUST(dataset_read(fuzz_file(once.data, once.len), &again,
	    &error) == 0);
	MUST(dataset_text(&again, &twice, &error) == 0);
	MUST(fuzz_same(&once, &twice));
	bytes_free(&twice);
	dataset_free(&again);
	dataset_free(&d);
	return once;
}

/* The lines from the last to the first; kept. */
static struct bytes
reversed(const struct bytes *b)
{
	struct bytes	 out = { keep(b->len + 2), 0 };
	size_t		 end = b->len, start;

	for (;; end = start - 1) {
		for (start = end; start > 0 && b->data[start - 1] != '\n';)
			start--;
		memcpy(out.data + out.len, b->data + start, end - start);
		out.len += end - start;
		out.data[out.len++] = '\n';
		if (start == 0)
			return out;
	}
}

static void
check_order(const struct bytes *b, const struct archive *a,
    const struct bytes *dataset)
{
	struct bytes	 back = reversed(b), text;
	struct archive	 other;

	MUST(read_archive(back.data, back.len, &other) == 0);
	MUST(other.watermark == a->watermark && other.lines == a->lines);
	text = dataset_of(&other);
	MUST(fuzz_same(&text, dataset));
	bytes_free(&text);
	archive_free(&other);
}

static void
check_archive(const struct bytes *b)
{
	struct archive	 a;
	struct bytes	 dataset;

	if (read_archive(b->data, b->len, &a) == -1)
		return;
	dataset = dataset_of(&a);
	/* Else it is gzip, or an array. */
	if (b->data[strspn(b->data, " \t\r\n")] == '{')
		check_order(b, &a, &dataset);
	bytes_free(&dataset);
	archive_free(&a);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 b = fuzz_bytes(data, size);
	const char	*s, *newline, *end = b.data + b.len;

	check_archive(&b);
	for (s = b.data; s < end; s = newline + 1) {
		if ((newline = memchr(s, '\n', (size_t)(end - s))) == NULL)
			newline = end;
		check_line(s, (size_t)(newline - s));
	}
	keep_drop();
	return 0;
}
