/*
 * A YAML document written by a person: read strictly into a tree that knows
 * its places, with every problem told at once.  Of YAML only what a person
 * needs: one document, no anchors, aliases, tags or merge keys, every key
 * once.  So nothing can be larger in memory than it is in the file.
 */

#ifndef MODEL_DOCUMENT_H
#define MODEL_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct document;

#define DOCUMENT_CEILING ((size_t)1 << 20) /* bytes; as a ConfigMap */
#define DOCUMENT_DEPTH		32		/* collections in another */
#define DOCUMENT_NODES		10000		/* keys and values together */

enum node_kind {
	NODE_TEXT,	/* a scalar */
	NODE_LIST,
	NODE_MAP,
	NODE_BAD	/* already told as a problem: not to be looked at */
};

struct node {
	enum node_kind		  kind;
	size_t			  line, column;	/* from 1; in characters */
	const struct node	 *key;		/* in a mapping; else NULL */
	const char		 *text;		/* of a scalar, never NULL */
	bool			  plain;	/* a scalar without quotes */
	struct node		**item;		/* of a list or mapping */
	size_t			  n, room;
};

/*
 * Reads at most DOCUMENT_CEILING bytes, which name themselves as file in
 * problems.  Never NULL and kept for the run (keep.h), for its size is
 * bounded: what is wrong is found among its problems.
 */
struct document	*document_parse(const char *file, const struct bytes *)
		    __attribute__((nonnull));

/* The value of the whole document; NULL when it could not be parsed. */
const struct node *document_root(const struct document *)
		    __attribute__((nonnull));

/* The value of a key; NULL when there is none. */
const struct node *node_get(const struct node *map, const char *key)
		    __attribute__((nonnull));

/*
 * The value that keys joined by "." lead to, or the last one on the way
 * there that exists: where a problem with a value, present or not, is told.
 */
const struct node *node_nearest(const struct node *, const char *path)
		    __attribute__((nonnull));

/* Tells a problem with what stands at a node. */
void		 document_problem(struct document *, const struct node *,
		    const char *, ...)
		    __attribute__((nonnull, format(printf, 3, 4)));

/*
 * The problems told so far as "file:line:column: text", one a line in the
 * order of the file, and how many; "" when there are none.  Kept.
 */
const char	*document_problems(struct document *, size_t *n)
		    __attribute__((nonnull));

/*
 * A string from the document as problems show it: control characters
 * escaped, cut when it is long.  Kept.
 */
const char	*document_shown(const char *) __attribute__((nonnull));

#endif
