/*
 * A YAML text as a stream of nodes, with the bytes each takes.  libyaml does
 * the reading; what it counts in characters without the byte order mark is
 * turned into offsets in bytes here.
 */

#ifndef EDIT_STREAM_H
#define EDIT_STREAM_H

#include <stddef.h>

struct error;
struct stream;

enum node_kind {
	NODE_DOCUMENT, NODE_MAPPING, NODE_SEQUENCE, NODE_SCALAR, NODE_ALIAS,
	NODE_CLOSE,	/* ends a collection or document */
	NODE_END	/* ends the text */
};

enum node_style {
	STYLE_BLOCK, STYLE_FLOW,			/* collections */
	STYLE_PLAIN, STYLE_SINGLE, STYLE_DOUBLE, STYLE_LITERAL, STYLE_FOLDED
};

/* One step through a text.  The strings are good until the next one. */
struct item {
	enum node_kind	 kind;
	enum node_style	 style;
	size_t		 start, end;	/* bytes, without anchor and tag */
	const char	*value;		/* of a scalar; name of an alias */
	size_t		 len;
	const char	*anchor, *tag;	/* "" when absent */
};

/* The text must outlive the stream.  NULL: no memory. */
struct stream	*stream_open(const char *text, size_t len)
		    __attribute__((nonnull));
void		 stream_close(struct stream *);

/* The next item.  Not YAML: BROKEN, and where ("3:7: ..."). */
int	stream_next(struct stream *, struct item *, struct error *)
	    __attribute__((nonnull));

#endif
