#include <sys/types.h>

#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "data/archive.h"
#include "data/draft.h"
#include "data/event.h"
#include "data/walk.h"
#include "run/error.h"
#include "run/when.h"

#define TIME_MAX	253402300799	/* 9999-12-31T23:59:59Z */
#define TIME_LEN	40		/* RFC 3339 with nanoseconds is 35 */
#define DIGITS_MAX	19		/* of a number below 2^63 */
#define NUMBER_ROOM	32		/* '#', digits, a NUL, to spare */

struct draft {
	struct issue	 issue;
	char		*text;		/* what its strings are in */
	size_t		 room, len;
	size_t		 nroom;		/* places in issue.labels */
};

struct draft *
draft_new(void)
{
	return calloc(1, sizeof(struct draft));
}

void
draft_free(struct draft *d)
{
	if (d == NULL)
		return;
	free(d->issue.labels);
	free(d->text);
	free(d);
}

int
draft_time(const struct slice *s, time_t *t)
{
	char	 text[TIME_LEN * 6];
	size_t	 len;

	if (!walk_is_string(s) || s->len > sizeof(text))
		return -1;
	len = walk_text(s, text);
	text[len] = '\0';
	if (strlen(text) != len || when_parse(text, t) == -1)
		return -1;
	return *t < 0 || *t > TIME_MAX ? -1 : 0;
}

/* The digits from here on, if there are no others: 0 when not. */
static uint64_t
digits(const char *s, size_t len)
{
	uint64_t	 n = 0;

	if (len > DIGITS_MAX)
		return 0;
	for (; len > 0; len--, s++) {
		if (!isdigit((unsigned char)*s))
			return 0;
		n = n * 10 + (uint64_t)(*s - '0');
	}
	return n;
}

static uint64_t
serial_of(const struct slice *s)
{
	if (s->at == NULL)
		return 0;
	return walk_is_string(s) ? digits(s->at + 1, s->len - 2) :
	    digits(s->at, s->len);
}

/* The issue's number, or the tail of its address; 0: none. */
static uint64_t
number_of(const struct event *e)
{
	const struct slice	*n = &e->part[EVENT_NUMBER];
	const struct slice	*url = &e->part[EVENT_URL];
	const char		*slash;

	if (n->at != NULL && *n->at != 'n')
		return walk_is_string(n) ? 0 : digits(n->at, n->len);
	if (!walk_is_string(url) ||
	    (slash = memrchr(url->at, '/', url->len)) == NULL)
		return 0;
	slash++;
	return digits(slash, (size_t)(url->at + url->len - 1 - slash));
}

static bool
absent(const struct slice *s)
{
	return s->at == NULL || *s->at == 'n';
}

/* The draft's text never moves: it has room for all of an event at once. */
static int
make_room(struct draft *d, const struct event *e, const char *repo)
{
	const struct slice	*part = e->part;
	char			*text;
	size_t			 need = 2 * strlen(repo) + NUMBER_ROOM;

	need += part[EVENT_TITLE].len + part[EVENT_BODY].len +
	    part[EVENT_LABELS].len;
	d->len = 0;
	if (need <= d->room)
		return 0;
	if ((text = realloc(d->text, need)) == NULL)
		return -1;
	d->text = text;
	d->room = need;
	return 0;
}

/* Ends the string that begins where the last one ended. */
static char *
close_text(struct draft *d, size_t len)
{
	char	*s = d->text + d->len;

	s[len] = '\0';
	d->len += len + 1;
	return s;
}

/* A string slice of two quotes and more has room for its NUL. */
static char *
put(struct draft *d, const struct slice *s)
{
	return close_text(d, walk_text(s, d->text + d->len));
}

static int
put_optional(struct draft *d, const struct slice *s, char **text)
{
	if (absent(s))
		*text = close_text(d, 0);
	else if (!walk_is_string(s))
		return -1;
	else
		*text = put(d, s);
	return 0;
}

static void
put_names(struct draft *d, const char *repo, uint64_t number)
{
	char	*s;

	d->issue.id = close_text(d, (size_t)snprintf(d->text + d->len,
	    d->room - d->len, "%s#%llu", repo, (unsigned long long)number));
	d->issue.repo = close_text(d, strlcpy(d->text + d->len, repo,
	    d->room - d->len));
	for (s = d->issue.repo; *s != '\0'; s++)
		if (*s == '/')
			*s = '_';
		else
			*s = (char)tolower((unsigned char)*s);
}

/* The name in a label that is an object, or the label itself. */
static int
read_label(struct walk *w, struct slice *label)
{
	struct slice	 key, value;
	int		 rv;

	if (walk_peek(w) != '{')
		return walk_skip(w, label);
	*label = (struct slice){ .at = NULL };
	if (walk_enter(w) == -1)
		return -1;
	while ((rv = walk_member(w, &key)) == 1) {
		if (walk_skip(w, &value) == -1)
			return -1;
		if (walk_is(&key, "name"))
			*label = value;
	}
	return rv;
}

static int
add_label(struct draft *d, const struct slice *label)
{
	size_t	 room = d->nroom == 0 ? 16 : d->nroom * 2;
	char	**labels;

	if (d->issue.nlabels == d->nroom) {
		labels = reallocarray(d->issue.labels, room, sizeof(*labels));
		if (labels == NULL)
			return -1;
		d->issue.labels = labels;
		d->nroom = room;
	}
	d->issue.labels[d->issue.nlabels++] = put(d, label);
	return 0;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
sort_labels(struct issue *i)
{
	size_t	 from, to = 0;

	if (i->nlabels == 0)
		return;
	qsort(i->labels, i->nlabels, sizeof(i->labels[0]), compare);
	for (from = 1; from < i->nlabels; from++)
		if (strcmp(i->labels[from], i->labels[to]) != 0)
			i->labels[++to] = i->labels[from];
	i->nlabels = to + 1;
}

static int
put_labels(struct draft *d, const struct slice *s, struct error *error)
{
	struct walk	 w;
	struct slice	 label;
	int		 rv;

	d->issue.nlabels = 0;
	if (absent(s))
		return 0;
	if (*s->at != '[')
		return error_set(error, BROKEN, "expected an array or null "
		    "in payload.issue.labels");
	/* This part was checked already, so the walk cannot fail. */
	walk_begin(&w, s->at, s->len);
	walk_enter(&w);
	while ((rv = walk_element(&w)) == 1) {
		if (read_label(&w, &label) == -1 || !walk_is_string(&label))
			return error_set(error, BROKEN, "expected a name of "
			    "each of payload.issue.labels");
		if (add_label(d, &label) == -1)
			return error_errno(error, RETRY, "labels");
	}
	sort_labels(&d->issue);
	return rv;
}

static int
put_times(struct issue *i, const struct event *e, struct error *error)
{
	static const char	 expected[] = "expected a time as "
				    "2021-07-21T09:00:03Z in";

	if (draft_time(&e->part[EVENT_CREATED], &i->event) == -1)
		return error_set(error, BROKEN, "%s created_at", expected);
	if (draft_time(&e->part[EVENT_ISSUE_CREATED], &i->created) == -1)
		return error_set(error, BROKEN,
		    "%s payload.issue.created_at", expected);
	if (draft_time(&e->part[EVENT_ISSUE_UPDATED], &i->updated) == -1)
		return error_set(error, BROKEN,
		    "%s payload.issue.updated_at", expected);
	return 0;
}

struct issue *
draft_make(struct draft *d, const struct event *e, const char *repo,
    struct error *error)
{
	const struct slice	*part = e->part;
	uint64_t		 number = number_of(e);

	if (make_room(d, e, repo) == -1) {
		error_errno(error, RETRY, "an issue");
		return NULL;
	}
	if (number == 0) {
		error_set(error, BROKEN, "expected the issue's number in "
		    "payload.issue.number, or html_url to end with it");
		return NULL;
	}
	put_names(d, repo, number);
	d->issue.serial = serial_of(&part[EVENT_ID]);
	if (put_optional(d, &part[EVENT_TITLE], &d->issue.title) == -1 ||
	    put_optional(d, &part[EVENT_BODY], &d->issue.body) == -1) {
		error_set(error, BROKEN, "expected a string or null in "
		    "payload.issue.title and payload.issue.body");
		return NULL;
	}
	if (put_labels(d, &part[EVENT_LABELS], error) == -1 ||
	    put_times(&d->issue, e, error) == -1)
		return NULL;
	return &d->issue;
}
