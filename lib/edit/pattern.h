/*
 * A pattern: text with the names of setters in it, as "repo/app:${tag}".
 * A mark that names a setter alone is the pattern of that setter alone.
 */

#ifndef EDIT_PATTERN_H
#define EDIT_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

/* Kept for the run. */
struct part {
	const char	*text;		/* as is, or the name of a setter */
	bool		 setter;
	const char	*hint;		/* a setter's recorded value, or NULL */
};

struct pattern {
	struct part	*part;
	size_t		 n, room;
};

/* Adds a part.  Text that is empty adds nothing. */
void	pattern_add(struct pattern *, struct part) __attribute__((nonnull));

/* Reads kpt v1's form, "${name}" among text, and adds its parts. */
void	pattern_parse(struct pattern *, const char *)
	    __attribute__((nonnull));

bool	pattern_has(const struct pattern *, const char *setter)
	    __attribute__((nonnull));

enum fit { FIT_ONE, FIT_NONE, FIT_MANY };

/*
 * What the setter has in a text made by the pattern, kept.  Several
 * readings are told apart by the hints; FIT_MANY: they are not.
 */
enum fit	pattern_read(const struct pattern *, const char *setter,
		    const char *text, const char **value)
		    __attribute__((nonnull));

/*
 * The text with another value for the setter and all else as it is.  An
 * empty text takes any pattern without other setters.  FIT_NONE when the
 * text does not fit; FIT_MANY when it, or what would come out, can be read
 * in several ways.
 */
enum fit	pattern_write(const struct pattern *, const char *setter,
		    const char *text, const char *value, const char **result)
		    __attribute__((nonnull));

#endif
