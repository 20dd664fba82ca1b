/*
 * What a pod knows about itself.
 */

#ifndef KUBE_POD_H
#define KUBE_POD_H

/* Folder of the service account's token, ca.crt and namespace. */
#define POD_ACCOUNT	"/var/run/secrets/kubernetes.io/serviceaccount"

/* The pod's own namespace, kept; NULL when this is no pod. */
const char	*kube_pod_namespace(void);

#endif
