#include <sys/types.h>

#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "data/archive.h"
#include "data/draft.h"
#include "data/event.h"
#include "data/issues.h"
#include "data/progress.h"
#include "data/reader.h"
#include "data/walk.h"
#include "run/error.h"

/*
 * GitHub allows 39 bytes for an owner and 100 for a repository; each may
 * take six in a JSON text.
 */
#define REPO_LEN	160
#define REPO_ROOM	((size_t)REPO_LEN * 6)

#define BETWEEN_TELLS	256	/* events between two looks at the clock */

/* A reading under way. */
struct reading {
	const struct archive_query	*query;
	struct archive			*archive;
	struct issues			 issues;
	struct draft			*draft;
	struct progress			 progress;
	struct reader			*reader;
};

/* Adds what a pattern matches to the list: 0, or what glob(3) returns. */
static int
match(const char *pattern, glob_t *list, bool more)
{
	int	 flags = more ? GLOB_APPEND : 0, rv;

	rv = glob(pattern, flags | GLOB_ERR, NULL, list);
	/* A file may be called what looks like a pattern. */
	if (rv == GLOB_NOMATCH && access(pattern, F_OK) == 0)
		rv = glob(pattern, flags | GLOB_NOCHECK, NULL, list);
	return rv;
}

static int
find_files(const struct archive_query *q, glob_t *list, struct error *error)
{
	size_t	 i;

	if (q->npaths == 0)
		return error_set(error, BROKEN, "no archive file is named; "
		    "name files or patterns");
	for (i = 0; i < q->npaths; i++)
		switch (match(q->paths[i], list, i > 0)) {
		case 0:
			break;
		case GLOB_NOMATCH:
			return error_set(error, BROKEN, "%s: no such file; "
			    "fetch it or change the pattern", q->paths[i]);
		case GLOB_NOSPACE:
			return error_set(error, RETRY, "%s: out of memory",
			    q->paths[i]);
		default:
			return error_set(error, BROKEN, "%s: a folder in it "
			    "cannot be read", q->paths[i]);
		}
	return 0;
}

/* IssuesEvent 1, IssueCommentEvent 2, any other 0. */
static int
kind_of(const struct slice *type)
{
	if (walk_is(type, "IssuesEvent"))
		return 1;
	return walk_is(type, "IssueCommentEvent") ? 2 : 0;
}

static void
count(struct archive *a, int kind)
{
	if (kind == 1)
		a->issue_events++;
	else
		a->comment_events++;
}

/* Copies out a name that is "owner/repo". */
static bool
repo_of(const struct slice *name, char repo[REPO_ROOM])
{
	const char	*slash;
	size_t		 len;

	if (!walk_is_string(name) || name->len > REPO_ROOM)
		return false;
	len = walk_text(name, repo);
	repo[len] = '\0';
	slash = strchr(repo, '/');
	return len <= REPO_LEN && slash != NULL && slash > repo &&
	    slash[1] != '\0' && strchr(slash + 1, '/') == NULL;
}

static bool
belongs(const char *repo, const char *organisation)
{
	size_t	 len;

	if (organisation == NULL)
		return true;
	len = strlen(organisation);
	return strncasecmp(repo, organisation, len) == 0 && repo[len] == '/';
}

static int
put(struct reading *r, const struct event *e, const char *repo,
    struct error *error)
{
	struct issue	*issue;

	if ((issue = draft_make(r->draft, e, repo, error)) == NULL)
		return -1;
	if (issues_put(&r->issues, issue) == -1)
		return error_errno(error, RETRY, "an issue");
	if (issue->event > r->archive->watermark)
		r->archive->watermark = issue->event;
	return 0;
}

/* What an event means to the archive. */
static int
take(struct reading *r, const struct event *e, struct error *error)
{
	const struct archive_query	*q = r->query;
	struct archive			*a = r->archive;
	char				 repo[REPO_ROOM];
	time_t				 t;
	int				 kind = kind_of(&e->part[EVENT_TYPE]);

	a->lines++;
	if (!walk_is_string(&e->part[EVENT_TYPE]))
		return error_set(error, BROKEN, "expected an event with a "
		    "string as its type; is this a GH Archive file?");
	if (kind == 0)
		return 0;
	if (!repo_of(&e->part[EVENT_REPO], repo)) {
		count(a, kind);
		a->nameless++;
		return 0;
	}
	if (draft_time(&e->part[EVENT_CREATED], &t) == -1)
		return error_set(error, BROKEN, "expected a time as "
		    "2021-07-21T09:00:03Z in created_at");
	if (q->until != 0 && t > q->until)
		return 0;
	if (!e->issue)
		return error_set(error, BROKEN, "expected an object as "
		    "payload.issue of such an event");
	count(a, kind);
	a->on_pulls += e->pull;
	return e->pull || !belongs(repo, q->organisation) ? 0 :
	    put(r, e, repo, error);
}

static int
read_event(struct reading *r, const struct slice *text, struct error *error)
{
	struct slice	 part[EVENT_PARTS];
	struct event	 event = { .part = part };
	struct walk	 w;

	walk_begin(&w, text->at, text->len);
	if (event_read(&w, &event) == -1) {
		error_set(error, BROKEN, w.at == w.end ? "the event ends "
		    "here, expected %s; if the file is cut short, fetch it "
		    "again" : "expected %s; fetch the file again",
		    w.expected);
		return reader_place(r->reader, w.at, error);
	}
	if (take(r, &event, error) == -1)
		return reader_place(r->reader, text->at, error);
	return 0;
}

static int
read_events(struct reading *r, struct error *error)
{
	struct slice	 text;
	size_t		 n;
	int		 rv;

	for (n = 0; (rv = reader_next(r->reader, &text, error)) == 1; n++) {
		if (read_event(r, &text, error) == -1)
			return -1;
		if (n % BETWEEN_TELLS == 0)
			progress_tell(&r->progress, reader_bytes(r->reader),
			    r->issues.n);
	}
	r->progress.bytes += reader_bytes(r->reader);
	r->progress.file++;
	return rv;
}

static int
compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Each file once, however many patterns match it. */
static int
read_files(struct reading *r, const glob_t *list, struct error *error)
{
	char	**path = list->gl_pathv;
	size_t	  i;
	int	  rv;

	if (list->gl_pathc > 1)
		qsort(path, list->gl_pathc, sizeof(path[0]), compare);
	r->progress.nfiles = list->gl_pathc;
	for (i = 0; i < list->gl_pathc; i++) {
		if (i > 0 && strcmp(path[i], path[i - 1]) == 0)
			continue;
		if ((r->reader = reader_open(path[i], error)) == NULL)
			return -1;
		rv = read_events(r, error);
		reader_close(r->reader);
		if (rv == -1)
			return -1;
		r->archive->files++;
	}
	return 0;
}

static int
read_all(struct reading *r, struct error *error)
{
	glob_t	 list = { .gl_pathc = 0 };
	int	 rv;

	if ((r->draft = draft_new()) == NULL)
		return error_errno(error, RETRY, "archive");
	if ((rv = find_files(r->query, &list, error)) == 0)
		rv = read_files(r, &list, error);
	globfree(&list);
	draft_free(r->draft);
	progress_wipe(&r->progress);
	return rv;
}

static int
none(const struct archive_query *q, const struct archive *a,
    struct error *error)
{
	return error_set(error, BROKEN, "archive: no issue%s%s among %zu "
	    "events in %zu files (%zu events of issues, of them %zu on pull "
	    "requests and %zu without a repository); look at the files and "
	    "the organisation", q->organisation == NULL ? "" : " of ",
	    q->organisation == NULL ? "" : q->organisation, a->lines,
	    a->files, a->issue_events + a->comment_events, a->on_pulls,
	    a->nameless);
}

int
archive_read(const struct archive_query *q, struct archive *a,
    struct error *error)
{
	struct reading	 r = { .query = q, .archive = a };
	int		 rv;

	*a = (struct archive){ .n = 0 };
	r.progress.on = q->progress;
	if ((rv = read_all(&r, error)) == 0 && r.issues.n == 0)
		rv = none(q, a, error);
	if (rv == -1) {
		issues_free(&r.issues);
		*a = (struct archive){ .n = 0 };
		return -1;
	}
	issues_sort(&r.issues);
	free(r.issues.slot);
	a->issues = r.issues.issue;
	a->n = r.issues.n;
	return 0;
}

void
archive_free(struct archive *a)
{
	struct issues	 issues = { .issue = a->issues, .n = a->n };

	issues_free(&issues);
	*a = (struct archive){ .n = 0 };
}
