/*
 * GH Archive files (https://www.gharchive.org): GitHub's public events, one
 * JSON object a line, or one JSON array of them, plain or gzip of any number
 * of members.  Read as a stream: what is kept grows with the issues kept,
 * never with the files.
 */

#ifndef DATA_ARCHIVE_H
#define DATA_ARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct error;

/* An issue as its newest payload tells it. */
struct issue {
	char	 *id;		/* "owner/repo#12" */
	char	 *title;
	char	 *repo;		/* "owner_repo" in lower case */
	char	 *body;		/* "" when null */
	char	**labels;	/* sorted, each once */
	size_t	  nlabels;
	time_t	  created;	/* the issue's own created_at */
	time_t	  updated;	/* the payload's updated_at: the newest wins */
	time_t	  event;	/* created_at of the event that carried it */
};

struct archive_query {
	const char *const	*paths;		/* files or glob(7) patterns */
	size_t			 npaths;
	const char		*organisation;	/* owner, any case; NULL: all */
	time_t			 until;		/* later events are not read; 0: none */
	bool			 progress;	/* tell standard error how far */
};

struct archive {
	struct issue	*issues;	/* sorted by created, then id */
	size_t		 n;
	time_t		 watermark;	/* greatest event time of true issues */
	size_t		 files;
	size_t		 lines;		/* events of any kind */
	size_t		 issue_events;	/* IssuesEvent, organisation or not */
	size_t		 comment_events; /* IssueCommentEvent, likewise */
	size_t		 on_pulls;	/* of both, on pull requests */
};

/*
 * Reads everything the query names.  A pattern that matches nothing, a file
 * that is empty, cut short or not what it says, is an error with the file,
 * the line and what was expected: a partial view is no view.  No true issue
 * at all is an error too.  Free with archive_free().
 */
int	archive_read(const struct archive_query *, struct archive *,
	    struct error *) __attribute__((nonnull));

void	archive_free(struct archive *) __attribute__((nonnull));

#endif
