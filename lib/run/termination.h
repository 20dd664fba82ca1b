/*
 * The termination log of a container: what Kubernetes shows of one that
 * ended (terminationMessagePath).
 */

#ifndef RUN_TERMINATION_H
#define RUN_TERMINATION_H

struct error;

#define TERMINATION_LOG		"/dev/termination-log"
#define TERMINATION_CEILING	4096	/* bytes that Kubernetes keeps */

/*
 * Puts a line into a file, without its newline and cut between two
 * characters.  NULL is TERMINATION_LOG, where that exists; it is not made.
 */
int	termination_write(const char *path, const char *text, struct error *)
	    __attribute__((nonnull(2, 3)));

#endif
