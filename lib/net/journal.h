/*
 * The exchanges of this process, for -v and for the count in the metrics.
 */

#ifndef NET_JOURNAL_H
#define NET_JOURNAL_H

#include <stddef.h>

struct passed {
	const char	*method;
	const char	*url;		/* without its query */
	long		 status;	/* 0: no answer */
	long		 ms;
};

/* Notes an exchange; kept.  The URL loses its query. */
void	journal_add(const char *method, const char *url, long status, long ms)
	    __attribute__((nonnull));

/* Those since the last call of journal_turn(), oldest first. */
const struct passed	*journal_read(size_t *n) __attribute__((nonnull));

/* Begins a new page: a run of a catch-up counts its own. */
void	journal_turn(void);

#endif
