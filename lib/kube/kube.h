/*
 * A Kubernetes API server: where it is, who we are to it, the URLs of its
 * objects, and what it says when it refuses.
 *
 * In a pod: KUBERNETES_SERVICE_HOST and _PORT, and the service account's
 * token, CA and namespace below /var/run/secrets/kubernetes.io/
 * serviceaccount, as client-go's rest.InClusterConfig() does.  Elsewhere:
 * the server named in the Model document, or a kubeconfig.
 */

#ifndef KUBE_KUBE_H
#define KUBE_KUBE_H

#include <stdbool.h>

#include <jansson.h>

struct answer;
struct error;
struct http;
struct kube;

#define KUBE_LEASES	"coordination.k8s.io/v1"
#define KUBE_EVENTS	"events.k8s.io/v1"
#define KUBE_BATCH	"batch/v1"

/* What the Model document says; NULL where it says nothing. */
struct kube_terms {
	const char	*server;	/* https://host:port */
	const char	*token_file, *ca_file;	/* with server */
	const char	*kubeconfig;	/* file; NULL: KUBECONFIG, then the
					   one in the home folder */
	const char	*namespace;
	bool		 dry;		/* nothing is written */
};

/*
 * Finds the server; exchanges nothing.  Kept for the run; NULL, BROKEN, with
 * what is missing.  The caller ends with kube_close().
 */
struct kube	*kube_open(const struct kube_terms *, struct error *)
		    __attribute__((nonnull));

/* Wipes what is secret. */
void		 kube_close(struct kube *) __attribute__((nonnull));

struct http	*kube_http(struct kube *) __attribute__((nonnull));
const char	*kube_namespace(const struct kube *) __attribute__((nonnull));

/*
 * The path of an object, or of its collection when name is NULL, in our
 * namespace: kube_path(k, KUBE_LEASES, "leases", "train-model-x").  Kept.
 */
const char	*kube_path(const struct kube *, const char *group,
		    const char *resource, const char *name)
		    __attribute__((nonnull(1, 2, 3)));

/*
 * The object of a good answer (status 200 or 201), kept.  Otherwise NULL
 * with a sentence made of its Status: RETRY where the server may recover,
 * BROKEN where a person must act, and on 403 the right that is missing.
 * what names the object for people: "Lease ns/train-model-x".
 */
json_t		*kube_object(const struct answer *, const char *what,
		    struct error *) __attribute__((nonnull));

/* The reason of a failed answer's Status, as "Conflict"; "" for none. */
const char	*kube_reason(const struct answer *) __attribute__((nonnull));

#endif
