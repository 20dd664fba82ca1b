/*
 * One event of GitHub's public timeline in the shape GH Archive has since
 * 2015 (that of the Events API), as far as it tells of an issue.
 */

#ifndef DATA_EVENT_H
#define DATA_EVENT_H

#include <stdbool.h>

struct slice;
struct walk;

/* What of an event is looked at, by the path of its keys. */
enum event_part {
	EVENT_TYPE,		/* type */
	EVENT_ID,		/* id */
	EVENT_CREATED,		/* created_at */
	EVENT_REPO,		/* repo.name */
	EVENT_NUMBER,		/* payload.issue.number and so on */
	EVENT_URL,		/* html_url */
	EVENT_TITLE,
	EVENT_BODY,
	EVENT_LABELS,
	EVENT_ISSUE_CREATED,	/* created_at */
	EVENT_ISSUE_UPDATED,	/* updated_at */
	EVENT_PARTS
};

struct event {
	struct slice	*part;	/* EVENT_PARTS; no at where absent */
	bool		 issue;	/* payload.issue is an object */
	/*
	 * The issue is a pull request: it has a pull_request in which
	 * something is not null (in 2013 true issues have one of nulls).
	 */
	bool		 pull;
};

/*
 * Reads a whole text, which must be one object and nothing else; of equal
 * keys the last counts.  The caller brings room for the parts.  -1: the
 * walk says where it stopped and what was expected.
 */
int	event_read(struct walk *, struct event *) __attribute__((nonnull));

#endif
