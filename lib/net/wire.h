/*
 * Bounded exchanges over HTTP/1.1, by libcurl: every one has an end in time
 * and a ceiling on what it may bring.  Servers are verified, always; nothing
 * is followed, so no header goes to a place that was not asked for.  Only
 * the doors (http.h) use this.
 */

#ifndef NET_WIRE_H
#define NET_WIRE_H

#include <stdbool.h>
#include <stddef.h>

struct answer;

/* How far an exchange came. */
enum reach {
	REACH_NONE,	/* the server has seen nothing of the request */
	REACH_SENT,	/* it may have: what became of it is not known */
	REACH_DONE	/* a whole answer came */
};

/* Where and how servers are spoken to. */
struct peer {
	const char	*ca;		/* file; NULL: the system's */
	const char	*ca_text;	/* PEM in its place; NULL: none */
	bool		 direct;	/* through no proxy */
	bool		 guarded;	/* only addresses that
					   address_bars() lets pass */
	bool		 loopback;	/* this machine's as well */
	long		 most;		/* ms of one; 0: as usual */
};

struct exchange {
	/* what is asked; the caller's until it is over */
	const struct peer	*peer;
	const char		*method, *url;
	const char	*const	*header;	/* "Name: value", then NULL */
	const char		*body;		/* NULL: none */
	size_t			 len;
	size_t			 ceiling;	/* bytes of the answer's body */
	bool			 fresh;	/* on a connection of its own */
	const int		*into;	/* the body goes to this file, and the
					   exchange may take as long as the
					   run; NULL: to memory, in 10 s */

	/* what came of it */
	struct answer		*answer;
	enum reach		 reach;
	bool			 again;	/* it may go better the next time */
	const char		*why;	/* unless REACH_DONE; kept */
};

/*
 * Makes exchanges, all of them at once, each within ten seconds and the
 * deadline of the run; the latency is that of the slowest.
 */
void	wire_exchange(struct exchange *, size_t n) __attribute__((nonnull));

/*
 * What a crew (run/crew.h) does when all of it waits: exchanges go on, for at
 * most so many ms.
 */
void	wire_turn(long ms);

/* How many connections to one server there may be; before the first one. */
void	wire_width(size_t);

#endif
