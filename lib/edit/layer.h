/*
 * A YAML text in a file: the file itself, or a string in it that is YAML
 * again, to any depth.  A place in a layer is told, and a change of it
 * made, in the bytes of the file.
 */

#ifndef EDIT_LAYER_H
#define EDIT_LAYER_H

#include <stddef.h>
#include <stdint.h>

struct error;
struct outline;
struct splice;

struct layer {
	const char	*name;		/* of the file */
	struct outline	*outline;
	struct layer	*up;		/* NULL: the file itself */
	uint32_t	 node;		/* the string in the layer above */
	struct layer	*down, *next;	/* strings entered; its sibling */
	char		*text;		/* of a string; owned */
};

/* Reads a file's text, which must outlive the layer. */
int	layer_open(struct layer *, const char *name, const char *text,
	    size_t len, struct error *) __attribute__((nonnull));

/* Reads a string as YAML; once, however often it is entered. */
struct layer	*layer_enter(struct layer *, uint32_t, struct error *)
		    __attribute__((nonnull));

/* Frees what the layers below and it hold. */
void	layer_close(struct layer *) __attribute__((nonnull));

/* The offset in the file of an offset in a layer, or near to it. */
size_t	layer_offset(const struct layer *, size_t) __attribute__((nonnull));

/* Records a BROKEN error at an offset in a layer; returns -1. */
int	layer_error(const struct layer *, size_t, struct error *,
	    const char *, ...)
	    __attribute__((nonnull, format(printf, 4, 5)));

/*
 * Turns a change of a layer's text into one of the file's.  NULL, or why
 * that cannot be done exactly.
 */
const char	*layer_lift(const struct layer *, struct splice *)
		    __attribute__((nonnull));

#endif
