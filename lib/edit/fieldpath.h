/*
 * Paths to a field (design 9): keys joined by ".", "[n]", "[key=value]";
 * keys beyond letters, digits, "_" and "-" in quotes as in JSON; " | " to
 * enter the string reached so far as YAML.
 */

#ifndef EDIT_FIELDPATH_H
#define EDIT_FIELDPATH_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct outline;

enum step_kind { STEP_KEY, STEP_INDEX, STEP_MATCH, STEP_ENTER };

struct fieldstep {
	enum step_kind	 kind;
	const char	*key;		/* STEP_KEY, STEP_MATCH */
	const char	*value;		/* STEP_MATCH */
	size_t		 index;		/* STEP_INDEX, from 0 */
	size_t		 end;		/* in the path's text */
};

/* Kept for the run. */
struct fieldpath {
	const char		*text;
	struct fieldstep	*step;
	size_t			 n, room;
};

/* BROKEN, with the column, when the text is no path. */
int	fieldpath_parse(struct fieldpath *, const char *, struct error *)
	    __attribute__((nonnull));

enum follow { FOLLOW_FOUND, FOLLOW_NONE, FOLLOW_MANY, FOLLOW_ALIAS };

/*
 * Follows steps from a node up to the end or to a STEP_ENTER; *step is the
 * first at first, and then the one it stopped at.  The node becomes the one
 * reached last.  FOLLOW_NONE: the step leads nowhere; FOLLOW_MANY: to more
 * than one node; FOLLOW_ALIAS: through a reference to another node.
 */
enum follow	fieldpath_follow(const struct fieldpath *,
		    const struct outline *, uint32_t *node, size_t *step)
		    __attribute__((nonnull));

#endif
