/*
 * Where a model is named in a YAML file, and giving it another name there
 * without changing any other byte.
 *
 * A place is marked in one of these ways:
 *
 * - it is the setter's own value in a Kptfile: before kpt 1.0
 *   openAPI.definitions."io.k8s.cli.setters.<name>".x-k8s-cli.setter.value,
 *   since then the setter's key in the configMap of an apply-setters entry
 *   of pipeline.mutators;
 * - a comment of kpt names the setter (edit/comment.h), alone, in a
 *   substitution, or in a pattern; with the last two our part of the scalar
 *   is the value and the rest stays as it is;
 * - a field path leads to it (edit/fieldpath.h).
 *
 * Refused, BROKEN, with file:line:column: a mark at a list, a mapping or a
 * key; a scalar that does not fit its pattern, or does in several ways; a
 * scalar that is read elsewhere through an alias, unless it is the scalar
 * itself that has the anchor and each of its aliases is marked as well; an
 * alias whose anchored scalar is not marked; a tag other than !!str.
 */

#ifndef EDIT_EDIT_H
#define EDIT_EDIT_H

#include <stddef.h>

struct bytes;
struct definitions;
struct error;

/* What marks a place. */
struct marks {
	const char	*setter;	/* kpt setter; NULL: none */
	/* Field paths in the file at hand. */
	const char *const *fields;
	size_t		 nfields;
	/* What edit_define() gathered; NULL: there are no substitutions. */
	const struct definitions *definitions;
};

enum place_kind {
	PLACE_SETTER,	/* the setter's own value, in a Kptfile */
	PLACE_COMMENT,	/* a value whose comment names the setter */
	PLACE_FIELD	/* a value a field path leads to */
};

/*
 * A marked scalar; one that is marked in several ways is one place, of the
 * first kind above.  Strings are kept for the run (keep.h).
 */
struct place {
	enum place_kind	 kind;
	const char	*value;		/* as YAML reads it; "" for null */
	size_t		 line, column;	/* from 1, column in characters */
	const char	*field;		/* a path that leads here, or NULL */
};

struct places {
	struct place	*place;
	size_t		 n;
};

/*
 * Gathers what a Kptfile defines, for files in its folder and below; a file
 * of another name, or without a definition, is not parsed.  To be called
 * for every file of a tree before edit_find(), with the same names: paths
 * from the tree's root.  *definitions is NULL at first, and kept for the
 * run.
 */
int	edit_define(const char *name, const struct bytes *,
	    struct definitions **, struct error *) __attribute__((nonnull));

/*
 * Finds every marked place of a file, in the order they stand.  The name of
 * the file says whether it is a Kptfile, and names it in errors.  A field
 * path that matches nothing or more than one thing, a file that is not YAML,
 * a mark of the kind refused above: BROKEN, with file:line:column.  A file
 * in which no mark of the setter can stand, and without fields, is not
 * parsed.
 */
int	edit_find(const char *name, const struct bytes *,
	    const struct marks *, struct places *, struct error *)
	    __attribute__((nonnull));

/*
 * Writes the value in every marked place of a file and changes no other
 * byte; a place that has the value already stays as it is, however it is
 * written.  The result is parsed again and must be, node by node, what was
 * asked.  The caller frees the bytes.  A value that cannot stand at a place
 * is refused, BROKEN, with file:line:column.
 */
int	edit_set(const char *name, const struct bytes *, const struct marks *,
	    const char *value, struct bytes *, struct error *)
	    __attribute__((nonnull));

#endif
