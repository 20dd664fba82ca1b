#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kube/kube.h"
#include "kube/kubeconfig.h"
#include "kube/pod.h"
#include "net/http.h"
#include "run/error.h"
#include "run/keep.h"


struct kube {
	struct http	*http;
	const char	*namespace;
};

/* An IPv6 address needs brackets in a URL. */
static const char *
pod_server(void)
{
	const char	*host = getenv("KUBERNETES_SERVICE_HOST");
	const char	*port = getenv("KUBERNETES_SERVICE_PORT");

	if (host == NULL || *host == '\0' || port == NULL)
		return NULL;
	return strchr(host, ':') != NULL ? keepf("https://[%s]:%s", host,
	    port) : keepf("https://%s:%s", host, port);
}

static const char *
kubeconfig_path(const struct kube_terms *t)
{
	const char	*home = getenv("HOME"), *path = getenv("KUBECONFIG");

	if (t->kubeconfig != NULL)
		return t->kubeconfig;
	if (path != NULL && *path != '\0')
		return path;
	if (home == NULL)
		return NULL;
	path = keepf("%s/.kube/config", home);
	return access(path, F_OK) == 0 ? path : NULL;
}

static struct http *
by_kubeconfig(const struct kube_terms *t, struct error *error)
{
	struct kubeconfig	 k;
	struct http		*http;
	const char		*path = kubeconfig_path(t);

	if (path == NULL) {
		error_set(error, BROKEN, "no Kubernetes API server: this is "
		    "no pod, and there is neither "
		    "spec.lease.kubernetes.server nor a kubeconfig");
		return NULL;
	}
	if (kubeconfig_read(path, &k, error) == -1)
		return NULL;
	http = http_open(&(struct http_terms){ .origin = k.server,
	    .ca = k.ca, .ca_text = k.ca_text, .token_file = k.token_file,
	    .dry = t->dry }, error);
	if (http != NULL && k.token != NULL &&
	    http_token(http, k.token, error) == -1)
		http = NULL;
	if (k.token != NULL)
		explicit_bzero(k.token, strlen(k.token));
	return http;
}

static struct http *
find_server(const struct kube_terms *t, struct error *error)
{
	struct http_terms	 h = { .dry = t->dry };

	if (t->server != NULL) {
		h.origin = t->server;
		h.ca = t->ca_file;
		h.token_file = t->token_file;
	} else if (t->kubeconfig == NULL &&
	    (h.origin = pod_server()) != NULL) {
		h.ca = t->ca_file != NULL ? t->ca_file : POD_ACCOUNT "/ca.crt";
		h.token_file = t->token_file != NULL ? t->token_file :
		    POD_ACCOUNT "/token";
	} else
		return by_kubeconfig(t, error);
	return http_open(&h, error);
}

struct kube *
kube_open(const struct kube_terms *t, struct error *error)
{
	struct kube	*k = keep(sizeof(*k));

	if ((k->namespace = t->namespace) == NULL) {
		error_set(error, BROKEN, "this is no pod: give "
		    "spec.lease.kubernetes.namespace; the names of all that "
		    "is made for the model depend on it");
		return NULL;
	}
	if ((k->http = find_server(t, error)) == NULL) {
		error_in(error, "Kubernetes");
		return NULL;
	}
	return k;
}

void
kube_close(struct kube *k)
{
	http_close(k->http);
}

struct http *
kube_http(struct kube *k)
{
	return k->http;
}

const char *
kube_namespace(const struct kube *k)
{
	return k->namespace;
}

const char *
kube_path(const struct kube *k, const char *group, const char *resource,
    const char *name)
{
	return keepf("/apis/%s/namespaces/%s/%s%s%s", group, k->namespace,
	    resource, name == NULL ? "" : "/", name == NULL ? "" : name);
}

/* The Status of an answer; NULL when it carries none. */
static json_t *
status_of(const struct answer *a)
{
	struct error	 error;
	json_t		*json = http_json(a, &error);
	const char	*kind;

	kind = json_string_value(json_object_get(json, "kind"));
	return kind != NULL && strcmp(kind, "Status") == 0 ? json : NULL;
}

const char *
kube_reason(const struct answer *a)
{
	const char	*reason;

	reason = json_string_value(json_object_get(status_of(a), "reason"));
	return reason == NULL ? "" : reason;
}

/* What a person has to do about it; "" when nothing. */
static const char *
remedy(long status)
{
	switch (status) {
	case 401:
		return "; is the token valid and of this cluster?";
	case 403:
		return "; give this account the right in its Role";
	case 404:
		return "; make it as manifests/ does, or look at "
		    "spec.lease.kubernetes.namespace";
	default:
		return "";
	}
}

static enum verdict
verdict_of(long status)
{
	/* A conflict is somebody else's success; the next run looks anew. */
	return status == 408 || status == 409 || status == 429 ||
	    status >= 500 ? RETRY : BROKEN;
}

json_t *
kube_object(const struct answer *a, const char *what, struct error *error)
{
	json_t		*json, *status;
	const char	*message;

	if (a->status == 200 || a->status == 201) {
		if ((json = http_json(a, error)) == NULL)
			error_in(error, "%s", what);
		return json;
	}
	status = status_of(a);
	message = json_string_value(json_object_get(status, "message"));
	error_set(error, status == NULL && a->status < 400 ? RETRY :
	    verdict_of(a->status), "%s: status %ld%s%.200s%s", what,
	    a->status, message == NULL ? ", without a Status of Kubernetes" :
	    ": ", message == NULL ? "" : message, remedy(a->status));
	return NULL;
}
