/*
 * What stands in an object of Kubernetes.  Pure.
 */

#ifndef KUBE_CONTENT_H
#define KUBE_CONTENT_H

#include <time.h>

#include <jansson.h>

/* A member that is a text; "" for anything else.  NULL has no members. */
const char	*content_text(const json_t *, const char *key);

/*
 * The item of status.conditions with a type; NULL: none yet.  What it says is
 * its status, "True", "False" or "Unknown"; reasons are for people.
 */
const json_t	*content_condition(const json_t *object, const char *type);

/* A member that is a time; 0 for anything else. */
time_t		 content_time(const json_t *, const char *key);

/*
 * A copy of a template's labels or annotations, a new reference: its texts,
 * but for keys below modelsync.dev/ and tekton.dev/, which others set.
 */
json_t		*content_copied(const json_t *template, const char *which);

#endif
