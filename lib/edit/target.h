/*
 * The marked scalars of a file, found and checked: what edit_find() tells
 * and edit_set() changes.
 */

#ifndef EDIT_TARGET_H
#define EDIT_TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct error;
struct layer;
struct marks;
struct pattern;

struct target {
	struct layer	*layer;
	uint32_t	 node;		/* a scalar, or an alias of one */
	uint32_t	 scalar;	/* the scalar itself */
	int		 kind;		/* enum place_kind */
	const char	*field;		/* or NULL */
	const struct pattern *pattern;	/* NULL: all of it is ours */
	size_t		 comment;	/* where its comment is; 0: none */
	size_t		 offset;	/* of the node in the file */
	const char	*text;		/* what the scalar holds */
	const char	*value;		/* our part of it */
	const char	*wanted;	/* for the caller: its text to be */
};

struct targets {
	struct layer	*root;		/* NULL: not parsed, no mark */
	struct target	*target;	/* by offset */
	size_t		 n, room;
};

/* The bytes must outlive it.  To be closed also after -1. */
int	targets_open(struct targets *, const char *name,
	    const struct bytes *, const struct marks *, struct error *)
	    __attribute__((nonnull));
void	targets_close(struct targets *) __attribute__((nonnull));

/* The target at a node, or NULL. */
struct target	*targets_at(const struct targets *, const struct layer *,
		    uint32_t) __attribute__((nonnull));

/* Adds one that is the whole of a node. */
int	targets_add(struct targets *, struct target, struct error *)
	    __attribute__((nonnull));

/* Whether a file is a Kptfile, by its name. */
bool	targets_kptfile(const char *name) __attribute__((nonnull));

/* The setter's own values in a Kptfile (git/kptfile.c). */
int	kptfile_targets(struct targets *, const char *setter, struct error *)
	    __attribute__((nonnull));

/* Where a field path leads (git/field.c). */
int	field_target(struct targets *, const char *path, struct error *)
	    __attribute__((nonnull));

/* Checks what aliases make of the targets (git/alias.c). */
int	alias_check(struct targets *, struct error *)
	    __attribute__((nonnull));

#endif
