#include <stdbool.h>

#include "kube/kube.h"
#include "model/config.h"
#include "run/error.h"
#include "run/lease.h"
#include "run/leaseterms.h"

int
lease_terms(const struct config *c, long deadline, struct lease_terms *t,
    struct error *error)
{
	long	 hydrate = c->hydrate.given ? c->hydrate.deadline : 0;
	long	 settle = c->automl || c->vertex ? c->cloud.settle : 0;

	/*
	 * The step that runs a program is the longest there is; what was
	 * begun in a cloud is not listed at once.
	 */
	t->longest = deadline + LEASE_MARGIN + settle +
	    (hydrate > c->training_deadline ? hydrate : c->training_deadline);
	t->directory = c->lease;
	t->kube = NULL;
	if (c->lease != NULL)
		return 0;
	if (t->now != 0 && !t->dry)
		return error_set(error, BROKEN, "--now is for dry runs and "
		    "the file Lease: the clock is the API server's");
	t->create = c->lease_create;
	t->kube = kube_open(&(struct kube_terms){ .server = c->lease_server,
	    .token_file = c->lease_token, .ca_file = c->lease_ca,
	    .kubeconfig = c->lease_kubeconfig,
	    .namespace = c->lease_namespace, .dry = t->dry }, error);
	return t->kube == NULL ? -1 : 0;
}
