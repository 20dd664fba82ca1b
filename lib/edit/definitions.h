/*
 * What the Kptfiles of a tree define (kpt before 1.0; kpt.dev/v1alpha1):
 * openAPI.definitions."io.k8s.cli.setters.<name>" with the value of a
 * setter, and "io.k8s.cli.substitutions.<name>", a pattern with markers that
 * stand for setters or for other substitutions.  A definition holds for the
 * files in its Kptfile's folder and below; the nearest one counts.
 */

#ifndef EDIT_DEFINITIONS_H
#define EDIT_DEFINITIONS_H

#include <stdbool.h>
#include <stddef.h>

struct error;
struct outline;
struct pattern;

#define DEFINED			"io.k8s.cli."
#define DEFINED_SETTER		DEFINED "setters."
#define DEFINED_SUBSTITUTION	DEFINED "substitutions."

struct definitions;

/* Adds a Kptfile's.  What is made is kept for the run. */
int	definitions_add(struct definitions **, const char *name,
	    const struct outline *, struct error *)
	    __attribute__((nonnull));

/*
 * Appends what a definition, named with its prefix, comes to for a file.
 * Setters need no definition.  Returns 0; 1 when there is no such
 * substitution; -1 for a cycle or something undefined inside.
 */
int	definitions_pattern(const struct definitions *, const char *file,
	    const char *reference, struct pattern *, struct error *)
	    __attribute__((nonnull(2, 3, 4, 5)));

/* Whether something of that name is defined for a file. */
bool	definitions_has(const struct definitions *, const char *file,
	    const char *reference) __attribute__((nonnull(2, 3)));

#endif
