/*
 * Long-running operations of AutoML and Vertex AI (google.longrunning):
 * something that was begun, and what became of it.
 */

#ifndef GOOGLE_OPERATION_H
#define GOOGLE_OPERATION_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>

struct error;
struct guard;

enum progress { UNREADABLE_YET, GOING_ON, SUCCEEDED, FAILED_FOR_GOOD };

struct operation {
	const char	*name;		/* NULL: not to be read */
	enum progress	 progress;
	time_t		 created;	/* 0: not told */
	json_t		*response;	/* an object, or NULL */
	const char	*why;		/* it failed, or cannot be read */
};

/* What one says.  Strings are the JSON's. */
void	operation_read(json_t *, struct operation *)
	    __attribute__((nonnull(2)));

/*
 * The name that the answer to a create has.  One without was perhaps made,
 * and perhaps nobody could tell it from others: the guard is in doubt, and
 * -1 is returned with RETRY.  "what" is in words.
 */
int	operation_name(struct guard *, json_t *, const char *what,
	    const char **name, struct error *)
	    __attribute__((nonnull(1, 3, 4, 5)));

/*
 * Whether it may be of a kind, and still matters: not done, or begun at or
 * after a time.  One that cannot be read may be anything.
 */
bool	operation_may_be(json_t *, const char *detail, time_t since)
	    __attribute__((nonnull(2)));

#endif
