#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "data/dataset.h"
#include "data/example.h"
#include "data/names.h"
#include "data/walk.h"
#include "run/error.h"
#include "run/when.h"

#define TIME_MAX	253402300799	/* 9999-12-31T23:59:59Z */
#define TIME_LEN	20		/* 2021-07-21T09:00:03Z */
#define ESCAPE_MAX	6		/* bytes one byte may become */
#define QUOTES		3		/* two, and a comma */

/* The letters of the control characters that have a short escape. */
static const char	 shorts[0x20] = {
	['\b'] = 'b', ['\t'] = 't', ['\n'] = 'n', ['\f'] = 'f', ['\r'] = 'r'
};

/* What stands before each value of a line, and behind the last. */
enum part { ID, CREATED, EVENT, TITLE, REPO, BODY, LABELS, PARTS };

static const char *const before[PARTS + 1] = {
	[ID] = "{\"id\":",
	[CREATED] = ",\"created\":",
	[EVENT] = ",\"event\":",
	[TITLE] = ",\"title\":",
	[REPO] = ",\"repo\":",
	[BODY] = ",\"body\":",
	[LABELS] = ",\"labels\":",
	[PARTS] = "}"
};

#define KEYS_LEN	80	/* of all of those together */

size_t
example_room(const struct example *e, const char *const names[])
{
	size_t	 n, i;

	n = strlen(e->id) + strlen(e->title) + strlen(e->repo) +
	    strlen(e->body);
	for (i = 0; i < e->nlabels; i++)
		n += strlen(names[e->labels[i]]);
	return KEYS_LEN + 2 * TIME_LEN + n * ESCAPE_MAX +
	    (LABELS + 1 + e->nlabels) * QUOTES;
}

static char *
put_string(char *to, const char *s)
{
	static const char	 digits[] = "0123456789abcdef";
	unsigned char		 c;

	*to++ = '"';
	while ((c = (unsigned char)*s++) != '\0') {
		if (c >= 0x20 && c != '"' && c != '\\') {
			*to++ = (char)c;
			continue;
		}
		*to++ = '\\';
		if (c >= 0x20)
			*to++ = (char)c;
		else if (shorts[c] != '\0')
			*to++ = shorts[c];
		else {
			to = stpcpy(to, "u00");
			*to++ = digits[c >> 4];
			*to++ = digits[c & 0xf];
		}
	}
	*to++ = '"';
	return to;
}

/* Like when_text(), for many: nothing of it is kept. */
static char *
put_time(char *to, time_t t)
{
	char		 text[64];	/* the compiler thinks of any int */
	struct tm	 tm;

	if (t < 0 || t > TIME_MAX || gmtime_r(&t, &tm) == NULL)
		return NULL;
	snprintf(text, sizeof(text), "\"%04d-%02d-%02dT%02d:%02d:%02dZ\"",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	return stpcpy(to, text);
}

char *
example_put(const struct example *e, const char *const names[], char *to)
{
	size_t	 i;

	to = put_string(stpcpy(to, before[ID]), e->id);
	if ((to = put_time(stpcpy(to, before[CREATED]), e->created)) == NULL)
		return NULL;
	if ((to = put_time(stpcpy(to, before[EVENT]), e->event)) == NULL)
		return NULL;
	to = put_string(stpcpy(to, before[TITLE]), e->title);
	to = put_string(stpcpy(to, before[REPO]), e->repo);
	to = put_string(stpcpy(to, before[BODY]), e->body);
	to = stpcpy(to, before[LABELS]);
	*to++ = '[';
	for (i = 0; i < e->nlabels; i++) {
		if (i > 0)
			*to++ = ',';
		to = put_string(to, names[e->labels[i]]);
	}
	return stpcpy(to, "]}\n");
}

/* Whether the escape that begins here is the one put_string() writes. */
static bool
is_ours(const char *s)
{
	static const char	 digits[] = "0123456789abcdef";
	const char		*low;

	if (s[1] != 'u')
		return s[1] != '/';
	/* BigQuery writes <, > and & so. */
	if (strncmp(s + 2, "003c", 4) == 0 || strncmp(s + 2, "003e", 4) == 0 ||
	    strncmp(s + 2, "0026", 4) == 0)
		return true;
	if (s[2] != '0' || s[3] != '0' || (s[4] != '0' && s[4] != '1') ||
	    (low = strchr(digits, s[5])) == NULL)
		return false;
	return s[4] == '1' || (low > digits && shorts[low - digits] == '\0');
}

static bool
all_ours(const struct slice *value)
{
	const char	*s = value->at, *end = s + value->len;

	while ((s = memchr(s, '\\', (size_t)(end - s))) != NULL) {
		if (!is_ours(s))
			return false;
		s += s[1] == 'u' ? 6 : 2;
	}
	return true;
}

static int
fault(struct example_line *line, const char *at, const char *expected,
    struct error *error)
{
	line->column = (size_t)(at - line->text) + 1;
	error_set(error, BROKEN, "expected %s; make the dataset again",
	    expected);
	return -1;
}

/* Makes a string of a slice of the line, in the line. */
static int
get_string(struct example_line *line, const struct slice *value, const char **s,
    struct error *error)
{
	char	*text = line->text + (value->at - line->text) + 1;

	if (!walk_is_string(value))
		return fault(line, value->at, "a string", error);
	if (value->escaped && !all_ours(value))
		return fault(line, value->at, "no other escapes than JSON "
		    "needs", error);
	text[walk_text(value, text)] = '\0';
	*s = text;
	return 0;
}

static int
get_time(struct example_line *line, const struct slice *value, time_t *t,
    struct error *error)
{
	char		 again[TIME_LEN + QUOTES];
	const char	*s;

	if (get_string(line, value, &s, error) == -1)
		return -1;
	if (when_parse(s, t) == -1 || put_time(again, *t) == NULL ||
	    strlen(s) != TIME_LEN || memcmp(s, again + 1, TIME_LEN) != 0)
		return fault(line, value->at, "a time as "
		    "2021-07-21T09:00:03Z", error);
	return 0;
}

static int
get_label(struct example_line *line, const struct slice *value,
    const char **last, struct names *names, struct error *error)
{
	const char	*s;

	if (get_string(line, value, &s, error) == -1)
		return -1;
	if (*last != NULL && strcmp(*last, s) >= 0)
		return fault(line, value->at, "labels in order, each once",
		    error);
	*last = s;
	return names_add(names, s) == -1 ?
	    error_errno(error, RETRY, "labels") : 0;
}

static int
get_labels(struct example_line *line, struct walk *w, struct example *e,
    struct names *names, struct error *error)
{
	struct slice	 value;
	const char	*last = NULL, *from;
	int		 rv;

	e->labels = NULL;
	e->nlabels = 0;
	if (*w->at != '[' || walk_enter(w) == -1)
		return fault(line, w->at, "an array of labels", error);
	while (from = w->at, (rv = walk_element(w)) == 1) {
		if (walk_skip(w, &value) == -1)
			break;
		if (value.at != from + (e->nlabels > 0))
			return fault(line, from, "no white space", error);
		if (get_label(line, &value, &last, names, error) == -1)
			return -1;
		e->nlabels++;
	}
	if (rv != 0)
		return fault(line, w->at, w->expected, error);
	return w->at == from + 1 ? 0 :
	    fault(line, from, "no white space", error);
}

/* Over what must stand before a part, or behind all. */
static int
pass(struct example_line *line, struct walk *w, enum part part,
    struct error *error)
{
	size_t	 n = strlen(before[part]);

	if ((size_t)(w->end - w->at) < n ||
	    memcmp(w->at, before[part], n) != 0)
		return fault(line, w->at, before[part], error);
	w->at += n;
	return 0;
}

int
example_get(struct example_line *line, struct example *e,
    struct names *names, struct error *error)
{
	struct slice	 value[LABELS];
	struct walk	 w;
	enum part	 part;

	walk_begin(&w, line->text, line->len);
	for (part = ID; part < LABELS; part++) {
		if (pass(line, &w, part, error) == -1)
			return -1;
		if (*w.at != '"')
			return fault(line, w.at, "a string", error);
		if (walk_skip(&w, &value[part]) == -1)
			return fault(line, w.at, w.expected, error);
	}
	if (pass(line, &w, LABELS, error) == -1 ||
	    get_labels(line, &w, e, names, error) == -1 ||
	    pass(line, &w, PARTS, error) == -1)
		return -1;
	if (w.at != w.end)
		return fault(line, w.at, "the end of the line", error);
	if (get_string(line, &value[ID], &e->id, error) == -1 ||
	    get_time(line, &value[CREATED], &e->created, error) == -1 ||
	    get_time(line, &value[EVENT], &e->event, error) == -1 ||
	    get_string(line, &value[TITLE], &e->title, error) == -1 ||
	    get_string(line, &value[REPO], &e->repo, error) == -1 ||
	    get_string(line, &value[BODY], &e->body, error) == -1)
		return -1;
	return 0;
}
