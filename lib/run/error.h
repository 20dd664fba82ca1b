/*
 * How a run ends.  The class of an error is the exit status of the process:
 * whoever finds the error says what the next run can expect.
 */

#ifndef RUN_ERROR_H
#define RUN_ERROR_H

enum verdict {
	SETTLED = 0,	/* as it should be, or made so */
	RETRY = 1,	/* failed; the next run may succeed by itself */
	PENDING = 2,	/* a difference stands, left alone on purpose */
	BROKEN = 3	/* failed; a person must act */
};

/* Lives on the caller's stack.  Reads from the outside in: "a: b: c". */
struct error {
	enum verdict	 verdict;
	char		 text[512];
};

/* Records an error, over what was there.  Returns -1. */
int	error_set(struct error *, enum verdict, const char *, ...)
	    __attribute__((nonnull, format(printf, 3, 4)));

/* Adds context in front of a recorded error.  Returns -1. */
int	error_in(struct error *, const char *, ...)
	    __attribute__((nonnull, format(printf, 2, 3)));

/*
 * Like error_set(), with what errno says behind it.  BROKEN becomes RETRY
 * where errno may be gone by the next run: a full disk, an I/O error, too
 * many open files, a busy or lost server.  Returns -1.
 */
int	error_errno(struct error *, enum verdict, const char *, ...)
	    __attribute__((nonnull, format(printf, 3, 4)));

#endif
