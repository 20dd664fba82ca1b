#include <arpa/nameser.h>

#include <libgen.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>

#include "kube/kubeconfig.h"
#include "model/document.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

struct reading {
	const char		*path;
	struct document		*document;
	const struct node	*root;
};

static const char *
text_of(const struct node *map, const char *key)
{
	const struct node	*n;

	if (map == NULL || map->kind != NODE_MAP)
		return NULL;
	n = node_get(map, key);
	return n != NULL && n->kind == NODE_TEXT ? n->text : NULL;
}

/* The mapping at key below the item of a list that has a name. */
static const struct node *
named(const struct reading *r, const char *list, const char *key,
    const char *name)
{
	const struct node	*all = node_get(r->root, list);
	const char		*is;
	size_t			 i;

	for (i = 0; all != NULL && all->kind == NODE_LIST && i < all->n;
	    i++) {
		is = text_of(all->item[i], "name");
		if (is != NULL && name != NULL && strcmp(is, name) == 0)
			return node_get(all->item[i], key);
	}
	return NULL;
}

/* Relative paths in a kubeconfig are relative to it. */
static const char *
from_there(const struct reading *r, const char *path)
{
	if (path == NULL || path[0] == '/')
		return path;
	return keepf("%s/%s", dirname(keepf("%s", r->path)), path);
}

static int
read_ca(const struct reading *r, const struct node *cluster,
    struct kubeconfig *k, struct error *error)
{
	const char	*data = text_of(cluster,
			    "certificate-authority-data");
	unsigned char	*pem;
	int		 n;

	k->ca = from_there(r, text_of(cluster, "certificate-authority"));
	if (data == NULL)
		return 0;
	pem = keep(strlen(data) + 1);
	if ((n = b64_pton(data, pem, strlen(data))) == -1)
		return error_set(error, BROKEN, "%s: "
		    "certificate-authority-data is no base64", r->path);
	pem[n] = '\0';
	k->ca = NULL;
	k->ca_text = (const char *)pem;
	return 0;
}

static int
read_user(const struct reading *r, const struct node *user, const char *name,
    struct kubeconfig *k, struct error *error)
{
	const char	*token = text_of(user, "token");
	const char	*file = text_of(user, "tokenFile");

	if (file != NULL)
		k->token_file = from_there(r, file);
	else if (token != NULL)
		/* Ours to wipe: it was read into memory of our own. */
		k->token = (char *)(uintptr_t)token;
	else
		return error_set(error, BROKEN, "%s: user %s has no token; "
		    "certificates and plugins are not built: give "
		    "spec.lease.kubernetes a server and a tokenFile, as "
		    "`kubectl create token` makes one", r->path, name);
	return 0;
}

static int
parse(const char *path, struct reading *r, struct error *error)
{
	struct bytes	 b;
	const char	*problems;
	size_t		 n;
	int		 rv;

	*r = (struct reading){ .path = path };
	if ((rv = bytes_read(path, DOCUMENT_CEILING, &b, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "%s: no such file, expected "
		    "a kubeconfig", path);
	r->document = document_parse(path, &b);
	explicit_bzero(b.data, b.len);
	bytes_free(&b);
	problems = document_problems(r->document, &n);
	if (n > 0)
		return error_set(error, BROKEN, "%.*s",
		    (int)strcspn(problems, "\n"), problems);
	r->root = document_root(r->document);
	if (r->root == NULL || r->root->kind != NODE_MAP)
		return error_set(error, BROKEN, "%s: expected a kubeconfig",
		    path);
	return 0;
}

int
kubeconfig_read(const char *path, struct kubeconfig *k, struct error *error)
{
	struct reading		 r;
	const struct node	*context, *cluster, *user;
	const char		*current, *who;

	*k = (struct kubeconfig){ .server = NULL };
	if (parse(path, &r, error) == -1)
		return -1;
	current = text_of(r.root, "current-context");
	if (current == NULL || *current == '\0')
		return error_set(error, BROKEN, "%s: no current-context; "
		    "choose one with `kubectl config use-context`", path);
	context = named(&r, "contexts", "context", current);
	cluster = named(&r, "clusters", "cluster",
	    text_of(context, "cluster"));
	who = text_of(context, "user");
	user = named(&r, "users", "user", who);
	if ((k->server = text_of(cluster, "server")) == NULL)
		return error_set(error, BROKEN, "%s: context %s leads to no "
		    "cluster with a server", path, current);
	if (read_ca(&r, cluster, k, error) == -1)
		return -1;
	return read_user(&r, user, who == NULL ? "(none)" : who, k, error);
}
