/*
 * The issue an event tells of, in memory that is used again for the next.
 */

#ifndef DATA_DRAFT_H
#define DATA_DRAFT_H

#include <stddef.h>
#include <time.h>

struct draft;
struct error;
struct event;
struct issue;
struct slice;

struct draft	*draft_new(void);	/* NULL: out of memory */
void		 draft_free(struct draft *);

/*
 * A time as events tell it.  -1: not a string, not RFC 3339, or out of the
 * years 1970 to 9999, which no event is.
 */
int		 draft_time(const struct slice *, time_t *)
		    __attribute__((nonnull));

/*
 * Makes the issue of an event that has one, whose repository is given as
 * "owner/repo".  The issue and all its strings are gone with the next call.
 * NULL with an error that says what was expected of which key, BROKEN.
 */
struct issue	*draft_make(struct draft *, const struct event *,
		    const char *repo, struct error *)
		    __attribute__((nonnull));

#endif
