#include <libgen.h>
#include <string.h>

#include "kube/pod.h"
#include "model/document.h"
#include "model/rules.h"
#include "model/runner.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"

/* Of a list that was decoded: it has an element for each of the document's. */
static const struct node *
item(const struct node *root, const char *list, size_t i)
{
	return node_nearest(root, list)->item[i];
}

/* Every text is told once: what the second says would never be heard. */
static void
check_tokens(struct document *d, const struct node *root,
    const struct runner *r)
{
	size_t	 i, j;

	for (i = 0; i < r->ntokens; i++)
		for (j = 0; j < i; j++)
			if (r->token[i].prefix != NULL &&
			    r->token[j].prefix != NULL &&
			    strcmp(r->token[i].prefix,
			    r->token[j].prefix) == 0)
				document_problem(d, item(root, "spec.tokens",
				    i), "prefix `%s` for the second time, "
				    "expected one token for it",
				    document_shown(r->token[i].prefix));
}

static void
check_models(struct document *d, const struct node *root,
    const struct runner *r)
{
	size_t	 i, j;

	for (i = 0; i < r->nmodels; i++)
		for (j = 0; j < i; j++)
			if (r->model[i].name != NULL &&
			    r->model[j].name != NULL &&
			    strcmp(r->model[i].name, r->model[j].name) == 0)
				document_problem(d, item(root, "spec.models",
				    i), "model `%s` for the second time, "
				    "expected one document of that name",
				    document_shown(r->model[i].name));
}

/* An object owns its Lease, and an owner is in the same namespace. */
static void
check_lease(struct document *d, const struct node *root,
    const struct runner *r)
{
	const struct node	*at = node_nearest(root,
				    "spec.lease.kubernetes");

	if (r->lease_namespace != NULL && (r->namespace == NULL ||
	    strcmp(r->lease_namespace, r->namespace) != 0))
		document_problem(d, node_nearest(at, "namespace"),
		    "namespace is `%s`, expected that of spec.namespace: an "
		    "object owns its Lease", r->lease_namespace);
	if (r->server != NULL && r->kubeconfig != NULL)
		document_problem(d, at, "server and kubeconfig, expected one "
		    "of them");
	if (r->server != NULL && r->server_token == NULL)
		document_problem(d, at, "server without tokenFile, expected "
		    "the file of a token for it");
	if (r->server == NULL && (r->server_token != NULL ||
	    r->server_ca != NULL))
		document_problem(d, at, "tokenFile or caFile without server, "
		    "expected the server they are for");
}

/* A path of the document's as this process can open it. */
static const char *
from_here(const char *folder, const char *path)
{
	if (path == NULL || path[0] == '/' || strcmp(folder, ".") == 0)
		return path;
	return keepf("%s/%s", folder, path);
}

static void
find_paths(struct runner *r)
{
	const char	*folder = dirname(keepf("%s", r->file));
	size_t		 i;

	for (i = 0; i < r->ntokens; i++)
		r->token[i].file = from_here(folder, r->token[i].file);
	for (i = 0; i < r->nmodels; i++)
		r->model[i].file = from_here(folder, r->model[i].file);
	r->ca = from_here(folder, r->ca);
	r->server_token = from_here(folder, r->server_token);
	r->server_ca = from_here(folder, r->server_ca);
	r->kubeconfig = from_here(folder, r->kubeconfig);
}

static void
check(struct document *d, const struct runner *r)
{
	const struct node	*root = document_root(d);

	if (root == NULL)
		return;
	check_tokens(d, root, r);
	check_models(d, root, r);
	check_lease(d, root, r);
}

int
runner_read(const char *path, struct runner *r, const char **problems,
    struct error *error)
{
	struct document	*d;
	struct bytes	 b;
	size_t		 n;
	int		 rv;

	*r = (struct runner){ .file = keepf("%s", path) };
	*problems = "";
	if ((rv = bytes_read(path, DOCUMENT_CEILING, &b, error)) == 1)
		return error_set(error, BROKEN, "%s: there is no such file, "
		    "expected a PipelineRunner document; name it with -f",
		    path);
	if (rv == -1)
		return -1;
	r->hash = hash_bytes(b.data, b.len);
	d = document_parse(r->file, &b);
	bytes_free(&b);
	rules_decode(&keys_runner, d, r);
	check(d, r);
	*problems = document_problems(d, &n);
	if (n > 0)
		return error_set(error, BROKEN, "%zu problem%s in %s", n,
		    n == 1 ? "" : "s", path);
	if (r->namespace == NULL)
		r->namespace = kube_pod_namespace();
	r->owner = keepf("%s/%s", r->namespace == NULL ? "" : r->namespace,
	    r->name);
	find_paths(r);
	return 0;
}

bool
runner_is_meant(const char *path)
{
	const struct node	*root, *kind;
	struct bytes		 b;
	struct error		 error;

	if (bytes_read(path, DOCUMENT_CEILING, &b, &error) != 0)
		return false;
	root = document_root(document_parse(path, &b));
	bytes_free(&b);
	if (root == NULL || (kind = node_get(root, "kind")) == NULL)
		return false;
	return kind->kind == NODE_TEXT &&
	    strcmp(kind->text, "PipelineRunner") == 0;
}
