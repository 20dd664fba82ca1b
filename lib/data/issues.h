/*
 * The newest payload of each issue, found by its id.
 */

#ifndef DATA_ISSUES_H
#define DATA_ISSUES_H

#include <stddef.h>
#include <stdint.h>

struct issue;

/* All zero at first. */
struct issues {
	struct issue	*issue;
	size_t		 n, room;
	uint32_t	*slot;		/* 1 + a place in issue; 0: free */
	size_t		 nslots;	/* a power of two */
};

/*
 * Takes a copy of an issue in when it is new, or newer than what is there
 * of that id.  -1: out of memory, errno says so.
 */
int	issues_put(struct issues *, const struct issue *)
	    __attribute__((nonnull));

/* Sorts by created, then id.  Nothing may be put in afterwards. */
void	issues_sort(struct issues *) __attribute__((nonnull));

void	issues_free(struct issues *) __attribute__((nonnull));

#endif
