/*
 * Many pieces of work at once in one thread: each has a stack of its own and
 * gives way where it would wait.  So what deals with one thing is written as
 * if there were no others, and a thousand of them wait for the network
 * together.  Nothing else switches: between two waits nobody interferes.
 */

#ifndef RUN_CREW_H
#define RUN_CREW_H

#include <stdbool.h>
#include <stddef.h>

struct error;

struct crew_terms {
	size_t	 n;			/* pieces of work */
	size_t	 width;			/* at once, at most */
	void	(*work)(size_t);	/* does one, by its number */
	/*
	 * Called when nobody can go on: lets what is waited for happen, for
	 * at most so many ms.
	 */
	void	(*idle)(long ms);
};

/* Does all of it.  -1, RETRY: there is no memory for a stack. */
int	crew_run(const struct crew_terms *, struct error *)
	    __attribute__((nonnull));

/* Whether this is one of several: who waits then must give way. */
bool	crew_inside(void);

/* Gives way until the number is 0, which idle() makes it. */
void	crew_wait(const size_t *left) __attribute__((nonnull));

/* Gives way for so many ms. */
void	crew_rest(long ms);

#endif
