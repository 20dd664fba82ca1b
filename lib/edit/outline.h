/*
 * The outline of a YAML text: its nodes in the order they stand, with the
 * bytes each takes.
 */

#ifndef EDIT_OUTLINE_H
#define EDIT_OUTLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct error;

#define NODE_NONE	UINT32_MAX

/* Indices are into the outline; 4 bytes each, there are millions of nodes. */
struct node {
	uint32_t	 start, end;
	uint32_t	 past;		/* the node behind its last child */
	uint32_t	 up;		/* its parent, or NODE_NONE */
	uint32_t	 value, len;	/* in the text or in the store */
	uint32_t	 names;		/* anchor and tag in the store; 0 */
	uint8_t		 kind, style;	/* enum node_kind, node_style */
	bool		 stored;	/* value is not as in the text */
	bool		 key;		/* of a mapping */
	bool		 touched;	/* for the caller: will change */
};

struct outline {
	const char	*text;
	size_t		 len;
	struct node	*node;
	size_t		 n, room;
	char		*store;		/* what the text does not hold as is */
	size_t		 used, size;
};

/* Reads a text, which must outlive the outline.  Frees all on -1. */
int	outline_read(struct outline *, const char *text, size_t len,
	    struct error *) __attribute__((nonnull));
void	outline_free(struct outline *) __attribute__((nonnull));

/* A scalar's value or an alias's name: node.len bytes, no NUL behind. */
const char	*outline_value(const struct outline *, uint32_t)
		    __attribute__((nonnull));

/* "" when the node has none. */
const char	*outline_anchor(const struct outline *, uint32_t)
		    __attribute__((nonnull));
const char	*outline_tag(const struct outline *, uint32_t)
		    __attribute__((nonnull));

/* Whether the node's value is this string. */
bool	outline_is(const struct outline *, uint32_t, const char *)
	    __attribute__((nonnull));

/* Whether a scalar is what YAML reads as null: empty, ~ or null, plain. */
bool	outline_null(const struct outline *, uint32_t)
	    __attribute__((nonnull));

/*
 * The value of a mapping's key, NODE_NONE without one.  *more says that the
 * key stands there again.
 */
uint32_t	outline_child(const struct outline *, uint32_t mapping,
		    const char *key, bool *more) __attribute__((nonnull));

/* The value of a key. */
uint32_t	outline_value_of(const struct outline *, uint32_t key)
		    __attribute__((nonnull));

/* Whether the node stands in a flow collection. */
bool	outline_flow(const struct outline *, uint32_t)
	    __attribute__((nonnull));

/*
 * The last node that starts before an offset and has bytes of its own, a
 * scalar or an alias; NODE_NONE.  In logarithmic time and a little.
 */
uint32_t	outline_before(const struct outline *, size_t)
		    __attribute__((nonnull));

/* The first node that starts at or behind an offset; NODE_NONE. */
uint32_t	outline_from(const struct outline *, size_t)
		    __attribute__((nonnull));

#endif
