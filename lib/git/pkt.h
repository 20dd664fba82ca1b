/*
 * Lines as git's programs exchange them: four hexadecimal digits of length,
 * which count themselves, then the bytes (gitprotocol-common(5), pkt-line).
 */

#ifndef GIT_PKT_H
#define GIT_PKT_H

#include <stdarg.h>
#include <stddef.h>

struct error;

/* A message that is being written; zeroed at first, pkt_free() ends it. */
struct message {
	char		*data;		/* a NUL stands behind the last byte */
	size_t		 len, room;
	int		 lost;		/* there was no memory for it */
};

/* A line, as printf(3) would print it, of less than 64 KiB. */
void	pkt_line(struct message *, const char *, ...)
	    __attribute__((nonnull, format(printf, 2, 3)));

/* The line without content that ends a message, or one of its sections. */
void	pkt_flush(struct message *) __attribute__((nonnull));
void	pkt_delimit(struct message *) __attribute__((nonnull));

/* Bytes behind the lines. */
void	pkt_bytes(struct message *, const void *, size_t)
	    __attribute__((nonnull));

void	pkt_free(struct message *) __attribute__((nonnull));

/* What is left to read of a message. */
struct pkts {
	const char	*at, *end;
};

enum pkt_kind { PKT_LINE, PKT_FLUSH, PKT_DELIMIT, PKT_END };

struct pkt {
	enum pkt_kind	 kind;	/* PKT_END: nothing is left */
	const char	*data;	/* in the message; not ended by a NUL */
	size_t		 len;	/* without one newline at the end */
	size_t		 size;	/* with it */
};

/* The next one.  -1, RETRY, when it was cut short or is none. */
int	pkt_next(struct pkts *, struct pkt *, struct error *)
	    __attribute__((nonnull));

/* Whether a line begins with a word; then *rest is what stands behind it. */
int	pkt_begins(const struct pkt *, const char *word, const char **rest,
	    size_t *len) __attribute__((nonnull));

#endif
