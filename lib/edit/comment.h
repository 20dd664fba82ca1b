/*
 * Marks in comments, as kpt writes them.  Before 1.0 the comment is a JSON
 * object, {"$ref":"#/definitions/io.k8s.cli.setters.<name>"} or
 * {"$kpt-set":"<name>"} or {"$openapi":"<name>"}, at the end of the value's
 * line or directly above its field; a short name is a setter's or else a
 * substitution's.  Since 1.0 it is "# kpt-set: " and a pattern, and only at
 * the end of a line.
 */

#ifndef EDIT_COMMENT_H
#define EDIT_COMMENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct definitions;
struct error;
struct outline;
struct pattern;

struct comment {
	uint32_t	 node;		/* the scalar or alias it marks */
	size_t		 at;		/* where it starts */
	struct pattern	*pattern;	/* NULL: the setter alone */
};

/* Kept for the run. */
struct comments {
	struct comment	*comment;
	size_t		 n, room;
};

/* For whom, and where: the file's name, for errors and definitions. */
struct scope {
	const char			*file, *setter;
	const struct definitions	*definitions;	/* NULL: none */
};

/* Whether bytes can hold such a mark at all; without parsing them. */
bool	comment_possible(const char *, size_t) __attribute__((nonnull));

/*
 * Finds all comments that name the setter.  One that marks no scalar, or a
 * key, is BROKEN, with its place; one above nothing is only a comment.  The
 * order is no particular one, and a comment may be found twice.
 */
int	comment_find(const struct outline *, const struct scope *,
	    struct comments *, struct error *) __attribute__((nonnull));

#endif
