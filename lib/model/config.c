#include <libgen.h>
#include <stdlib.h>
#include <string.h>

#include "kube/pod.h"
#include "model/config.h"
#include "model/document.h"
#include "model/keys.h"
#include "model/rules.h"
#include "model/spec.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"

/* A document with what it was decoded to. */
struct checking {
	const struct config	*config;
	struct document		*document;
	const struct node	*root;
};

/* The node of a list's item: decoded lists have one element for each. */
static const struct node *
item(const struct checking *k, const char *list, size_t i)
{
	return node_nearest(k->root, list)->item[i];
}

static const char *
clock_text(long seconds)
{
	return keepf("%02ld:%02ld", seconds / 3600, seconds / 60 % 60);
}

static void
check_windows(const struct checking *k)
{
	const struct window	*w;
	const char		*from, *to;
	size_t			 i;

	for (i = 0; i < k->config->nwindows; i++) {
		w = &k->config->window[i];
		if (w->from < w->to)
			continue;
		from = clock_text(w->from);
		to = clock_text(w->to);
		if (w->from == w->to || w->to == 0)
			document_problem(k->document,
			    item(k, "spec.freshness.windows", i), "a window "
			    "from \"%s\" to \"%s\", expected an end later on "
			    "the same day; midnight at the end of a day is "
			    "\"24:00\"", from, to);
		else
			document_problem(k->document,
			    item(k, "spec.freshness.windows", i), "a window "
			    "over midnight, expected two: one from \"%s\" to "
			    "\"24:00\", and one from \"00:00\" to \"%s\" on "
			    "the days after", from, to);
	}
}

static bool
is_within(const char *file, const struct strings *paths)
{
	size_t	 i, len;

	for (i = 0; i < paths->n; i++) {
		len = strlen(paths->item[i]);
		if (strncmp(file, paths->item[i], len) == 0 &&
		    (file[len] == '\0' || file[len] == '/'))
			return true;
	}
	return paths->n == 0;
}

static void
check_fields(const struct checking *k)
{
	const char	*file;
	size_t		 i;

	for (i = 0; i < k->config->nfields; i++) {
		file = k->config->field[i].file;
		if (file == NULL || is_within(file, &k->config->paths))
			continue;
		document_problem(k->document, node_nearest(item(k,
		    "spec.config.fields", i), "file"), "file is `%s`, "
		    "expected a file below one of spec.config.paths, outside "
		    "of which nothing is changed", document_shown(file));
	}
}

static void
check_branches(const struct checking *k)
{
	if (strcmp(k->config->base, k->config->head) != 0)
		return;
	document_problem(k->document, node_nearest(k->root,
	    "spec.config.git.head"), "head is `%s` as base is, expected "
	    "another branch: what is proposed is reviewed first",
	    document_shown(k->config->head));
}

static bool
is_on_server(const char *url)
{
	return url != NULL && strstr(url, "://") != NULL &&
	    strncmp(url, "file://", 7) != 0;
}

/* A fork and a forge are for repositories on servers. */
static void
check_servers(const struct checking *k)
{
	const struct config	*c = k->config;

	if (is_on_server(c->git.url))
		return;
	if (c->push.url != NULL)
		document_problem(k->document, node_nearest(k->root,
		    "spec.config.git.push"), "push beside a repository on "
		    "this machine, expected git.url to be on a server");
	if (c->proposal.github)
		document_problem(k->document, node_nearest(k->root,
		    "spec.proposal.github"), "github with a repository on "
		    "this machine, expected spec.config.git.url to be on a "
		    "server");
}

static const char *
training_of(const struct config *c)
{
	return c->automl ? "spec.training.automl" : c->vertex ?
	    "spec.training.vertex" : c->job ? "spec.training.job" :
	    c->pipeline_run ? "spec.training.pipelineRun" :
	    "spec.training.exec";
}

/* A server is reached with a token, and they mean nothing without it. */
static void
check_lease(const struct checking *k)
{
	const struct config	*c = k->config;
	const struct node	*at = node_nearest(k->root,
				    "spec.lease.kubernetes");

	if (c->lease_server != NULL && c->lease_kubeconfig != NULL)
		document_problem(k->document, at, "server and kubeconfig, "
		    "expected one of them");
	if (c->lease_server != NULL && c->lease_token == NULL)
		document_problem(k->document, at, "server without tokenFile, "
		    "expected the file of a token for it");
	if (c->lease_server == NULL && (c->lease_token != NULL ||
	    c->lease_ca != NULL))
		document_problem(k->document, at, "tokenFile or caFile "
		    "without server, expected the server they are for");
	if ((c->job || c->pipeline_run) && c->lease != NULL)
		document_problem(k->document, node_nearest(k->root,
		    "spec.lease.file"), "file beside %s, expected "
		    "kubernetes: its %s are made there", training_of(c),
		    c->job ? "Jobs" : "PipelineRuns");
}

/* The data goes from BigQuery to a trainer in the cloud, or stays here. */
static void
check_cloud(const struct checking *k)
{
	const struct config	*c = k->config;
	bool			 cloud = c->automl || c->vertex;
	const struct node	*at = node_nearest(k->root, training_of(c));

	if (cloud && c->archive_paths.n > 0)
		document_problem(k->document, at, "a trainer in the cloud "
		    "and spec.data.archive, expected spec.data.bigquery: "
		    "files of this machine are not sent there");
	if (!cloud && c->bigquery.given && c->store != NULL)
		document_problem(k->document, at, "a trainer on this machine "
		    "and spec.data.bigquery, expected spec.data.archive: "
		    "what is selected there does not come here");
	if (c->automl && c->negatives)
		document_problem(k->document, node_nearest(k->root,
		    "spec.data.unlabelled"), "unlabelled is negative, "
		    "expected exclude: AutoML learns from labels only");
	if (c->bigquery.query != NULL && c->bigquery.watch == NULL)
		document_problem(k->document, node_nearest(k->root,
		    "spec.data.bigquery.query"), "query without watch, "
		    "expected the table that tells when its answer changes");
	if (c->bigquery.query == NULL && c->bigquery.watch != NULL)
		document_problem(k->document, node_nearest(k->root,
		    "spec.data.bigquery.watch"), "watch without query, "
		    "expected the query it is for");
	if (c->serving.given && !cloud)
		document_problem(k->document, node_nearest(k->root,
		    "spec.serving"), "serving beside a trainer on this "
		    "machine, expected to be left out: nothing serves its "
		    "models");
	if (c->serving.given && c->vertex && c->serving.endpoint == NULL)
		document_problem(k->document, node_nearest(k->root,
		    "spec.serving"), "serving without endpoint, expected the "
		    "endpoint of Vertex AI that answers");
	if (c->serving.endpoint != NULL && c->automl)
		document_problem(k->document, node_nearest(k->root,
		    "spec.serving.endpoint"), "endpoint beside "
		    "spec.training.automl, expected to be left out: its "
		    "models answer by themselves");
}

/*
 * A list that could not be decoded leaves no elements, so that items are
 * looked up only where they are.
 */
static void
check(const struct checking *k)
{
	if (k->root == NULL)
		return;
	check_windows(k);
	check_fields(k);
	check_branches(k);
	check_servers(k);
	check_lease(k);
	check_cloud(k);
}

/* A path of the document's as this process can open it. */
static const char *
from_here(const char *folder, const char *path)
{
	if (path == NULL || path[0] == '/' || strcmp(folder, ".") == 0)
		return path;
	return keepf("%s/%s", folder, path);
}

/* A URL has a colon before its first slash; a path has not. */
static void
find_git_paths(const char *folder, struct git_config *g)
{
	if (g->url != NULL && g->url[strcspn(g->url, ":/")] != ':')
		g->url = from_here(folder, g->url);
	g->password = from_here(folder, g->password);
	g->ca = from_here(folder, g->ca);
	g->key = from_here(folder, g->key);
}

static void
find_paths(struct config *c)
{
	const char	*folder = dirname(keepf("%s", c->file));
	size_t		 i;

	for (i = 0; i < c->archive_paths.n; i++)
		c->archive_paths.item[i] = from_here(folder,
		    c->archive_paths.item[i]);
	c->cluster.template = from_here(folder, c->job ? c->cluster.job :
	    c->cluster.run);
	if (c->job || c->pipeline_run)
		c->cloud.deadline = c->cluster.deadline;
	if (c->automl || c->vertex || c->job || c->pipeline_run)
		c->training_deadline = 0;
	if (!c->automl && !c->vertex)
		c->store = from_here(folder, c->store);
	c->google.credentials = from_here(folder, c->google.credentials);
	c->google.ca = from_here(folder, c->google.ca);
	c->lease = from_here(folder, c->lease);
	c->lease_token = from_here(folder, c->lease_token);
	c->lease_ca = from_here(folder, c->lease_ca);
	c->lease_kubeconfig = from_here(folder, c->lease_kubeconfig);
	find_git_paths(folder, &c->git);
	find_git_paths(folder, &c->push);
	c->git_cache = from_here(folder, c->git_cache);
	c->proposal.ca = from_here(folder, c->proposal.ca);
	c->proposal.app_key = from_here(folder, c->proposal.app_key);
	c->proposal.token_file = from_here(folder, c->proposal.token_file);
}

int
config_read(const char *path, struct config *c, const char **problems,
    struct error *error)
{
	struct checking	 k = { .config = c };
	struct bytes	 b;
	size_t		 n;
	int		 rv;

	*c = (struct config){ .file = keepf("%s", path) };
	*problems = "";
	if ((rv = bytes_read(path, DOCUMENT_CEILING, &b, error)) == 1)
		return error_set(error, BROKEN, "%s: there is no such file, "
		    "expected a Model document; name it with -f", path);
	if (rv == -1)
		return -1;
	c->hash = hash_bytes(b.data, b.len);
	k.document = document_parse(c->file, &b);
	bytes_free(&b);
	k.root = document_root(k.document);
	rules_decode(&keys_model, k.document, c);
	check(&k);
	*problems = document_problems(k.document, &n);
	if (n > 0)
		return error_set(error, BROKEN, "%zu problem%s in %s", n,
		    n == 1 ? "" : "s", path);
	if (c->lease == NULL && c->lease_namespace == NULL)
		c->lease_namespace = kube_pod_namespace();
	c->owner = keepf("%s/%s", c->lease != NULL ? "local" :
	    c->lease_namespace != NULL ? c->lease_namespace : "", c->name);
	c->spec_hash = spec_hash(&keys_model, c);
	find_paths(c);
	return 0;
}
