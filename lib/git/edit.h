/*
 * Where a model is named in a YAML file, and giving it another name there
 * without changing any other byte.
 */

#ifndef GIT_EDIT_H
#define GIT_EDIT_H

#include <stdbool.h>
#include <stddef.h>

struct bytes;
struct error;

/* What marks a place. */
struct marks {
	const char	*setter;	/* kpt setter; NULL: none */
	/*
	 * Field paths in the file at hand (design: keys joined by ".", [n],
	 * [key=value], "quoted keys", " | " to enter a string as YAML).
	 */
	const char *const *fields;
	size_t		 nfields;
};

enum place_kind {
	PLACE_SETTER,	/* the setter's own value, in a Kptfile */
	PLACE_COMMENT,	/* a value whose comment names the setter */
	PLACE_FIELD	/* a value a field path leads to */
};

/* A marked scalar.  Strings are kept for the run (keep.h). */
struct place {
	enum place_kind	 kind;
	const char	*value;		/* as YAML reads it */
	size_t		 line, column;	/* from 1, column in characters */
	const char	*field;		/* the path, for PLACE_FIELD */
};

struct places {
	struct place	*place;
	size_t		 n;
};

/*
 * Finds every marked place of a file, in the order they stand.  The name of
 * the file says whether it is a Kptfile, and names it in errors.  A field
 * path that matches nothing or more than one thing, a file that is not YAML,
 * a marked value that is not a scalar: BROKEN, with file:line:column.  A
 * file in which neither the setter's name nor a field can stand is not
 * parsed.
 */
int	edit_find(const char *name, const struct bytes *,
	    const struct marks *, struct places *, struct error *)
	    __attribute__((nonnull));

/*
 * Writes the value in every marked place of a file and changes no other
 * byte; parses the result and compares it with what was asked, scalar by
 * scalar.  The caller frees the bytes.  A value that cannot stand at a place
 * is refused, BROKEN, with file:line:column.
 */
int	edit_set(const char *name, const struct bytes *, const struct marks *,
	    const char *value, struct bytes *, struct error *)
	    __attribute__((nonnull));

#endif
