/*
 * GH Archive files (https://www.gharchive.org): GitHub's public events, one
 * JSON object a line, or one JSON array of them, plain or gzip of any number
 * of members; the content decides, not the name.  Read as a stream: what is
 * kept grows with the issues kept, never with the files.
 *
 * An issue is known by its repository, in any case, and its number.  What
 * IssuesEvents and IssueCommentEvents say of it is one payload each, and the
 * newest counts: by updated_at, then by the event's time, then by the
 * event's id, then by the content.  So neither the order of the files nor
 * that of their lines matters.
 */

#ifndef DATA_ARCHIVE_H
#define DATA_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct error;

/*
 * An issue as its newest payload tells it.  Strings are UTF-8; \u0000 and
 * lone surrogates in them became U+FFFD, line ends are what they were.
 */
struct issue {
	char	 *id;		/* "owner/repo#12" */
	char	 *title;	/* "" when null */
	char	 *repo;		/* "owner_repo" in lower case */
	char	 *body;		/* "" when null */
	char	**labels;	/* sorted bytewise, each once */
	size_t	  nlabels;
	time_t	  created;	/* the issue's own created_at */
	time_t	  updated;	/* the payload's updated_at: the newest wins */
	time_t	  event;	/* created_at of the event that carried it */
	uint64_t  serial;	/* the id of that event; 0: not a number */
};

struct archive_query {
	const char *const	*paths;		/* files or glob(7) patterns,
						   each file read once */
	size_t			 npaths;
	const char		*organisation;	/* owner, any case; NULL: all */
	time_t			 until;		/* later events do not count;
						   0: all do */
	bool			 progress;	/* told on standard error */
};

struct archive {
	struct issue	*issues;	/* sorted by created, then id */
	size_t		 n;
	time_t		 watermark;	/* greatest event time of true issues */
	size_t		 files;
	size_t		 lines;		/* events of any kind and time */
	size_t		 issue_events;	/* IssuesEvent, organisation or not */
	size_t		 comment_events; /* IssueCommentEvent, likewise */
	size_t		 on_pulls;	/* of both, on pull requests */
	/*
	 * Of both, passed over: they name no repository as "owner/repo" in
	 * repo.name.  So have events from before 2015 (they have a member
	 * "repository" and no issue in them) and those of repositories that
	 * were gone when they were recorded.
	 */
	size_t		 nameless;
};

/*
 * Reads everything the query names and checks all of it, what is passed over
 * too.  A pattern that matches nothing, a file that is empty, cut short or
 * not what it says, an event that lacks what an issue needs: an error with
 * the file, the line, what was expected and what to do, and nothing else,
 * because a partial view is no view.  No true issue at all is an error too.
 * RETRY when a file could not be read just now, else BROKEN.  Free with
 * archive_free().
 */
int	archive_read(const struct archive_query *, struct archive *,
	    struct error *) __attribute__((nonnull));

void	archive_free(struct archive *) __attribute__((nonnull));

#endif
