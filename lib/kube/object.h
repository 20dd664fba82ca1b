/*
 * Objects that are made under a name of our choice: looked at, and made.  The
 * name is the precondition: of two that make one, one is told so.
 *
 * What answers look like: Kubernetes API concepts and conventions,
 * https://kubernetes.io/docs/reference/using-api/api-concepts/; a resource
 * that the server does not have is a 404 that is no Status of that object.
 */

#ifndef KUBE_OBJECT_H
#define KUBE_OBJECT_H

#include <stdbool.h>

#include <jansson.h>

struct answer;
struct error;
struct guard;
struct kube;

/* Which one, in the namespace of the struct kube. */
struct object {
	const char	*group;		/* its apiVersion, KUBE_BATCH */
	const char	*resource;	/* "jobs" */
	const char	*kind;		/* "Job" */
	const char	*name;
};

/* "Job ns/name"; kept. */
const char	*object_words(const struct kube *, const struct object *)
		    __attribute__((nonnull));

/*
 * Whether an answer says that there is none of that name: it is said of that
 * name, and not of another or of the whole kind.
 */
bool		 object_absent(const struct object *, const struct answer *)
		    __attribute__((nonnull));

/*
 * The object, kept.  Returns 0; 1 when the server says that there is none of
 * that name; -1 otherwise, BROKEN when it does not know the kind.
 */
int		 object_get(struct kube *, const struct object *, json_t **,
		    struct error *) __attribute__((nonnull));

/*
 * Makes it of a body that carries the name; unknown fields are refused.
 * Spends the guard.  Returns 0; 1 when its name is taken; -1 with an error
 * otherwise.
 */
int		 object_create(struct kube *, struct guard *,
		    const struct object *, const json_t *body,
		    struct error *) __attribute__((nonnull));

#endif
