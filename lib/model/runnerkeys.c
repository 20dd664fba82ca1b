#include <stddef.h>
#include <string.h>

#include "model/forms.h"
#include "model/rules.h"
#include "model/runner.h"

#define LONGEST_NAME	40		/* as a Model's */
#define LONGEST_LINE	1000		/* bytes of what people write */
#define LONGEST_ANSWER	30.0		/* s; a run has 50 for all */
#define MOST_AT_ONCE	64.0		/* connections one run may hold */
#define MOST_RUNS	1000.0		/* kept of one object */
#define FEW		1000.0		/* failures in a row: a typo */

#define AT(member)		.at = offsetof(struct runner, member)
#define IN(noun, member)	.at = offsetof(struct noun, member)
#define ITEMS(member, number)						\
	.at = offsetof(struct runner, member),				\
	.count = offsetof(struct runner, number),			\
	.size = sizeof(*((struct runner *)0)->member)

static const char *const	versions[] = { "modelsync.dev/v1alpha1", NULL };
static const char *const	kinds[] = { "PipelineRunner", NULL };

/*
 * A prefix ends where a segment of a path does: no query, and no name or
 * password of anybody.  What hosts are refused is told when they are asked.
 */
static const char *
read_prefix(const char *text, void *at)
{
	const char	*host = strncmp(text, "https://", 8) == 0 ? text + 8 :
			    strncmp(text, "http://", 7) == 0 ? text + 7 : "";

	if (strcspn(host, "/") == 0 || strpbrk(host, "?#@%\\ ") != NULL ||
	    strstr(host, "//") != NULL || strstr(host, "/.") != NULL)
		return "https://HOST or https://HOST/PATH, without a "
		    "password, query, dots or escapes";
	*(const char **)at = text;
	return NULL;
}

static const struct form	form_prefix = {
	"^https?://(?!.*//)(?!.*/\\.)[^/?#@%\\\\ ]+(/[^?#@%\\\\ ]*)?$",
	read_prefix
};

static const struct rule	table[] = {
{ "apiVersion", KIND_TEXT, RULE_REQUIRED, .words = versions, .at = NOWHERE,
    .about = "Version of this form of document." },
{ "kind", KIND_TEXT, RULE_REQUIRED, .words = kinds, .at = NOWHERE,
    .about = "Kind of document." },
{ "metadata", KIND_MAP, RULE_REQUIRED,
    .about = "What the runner is called." },
{ "metadata.name", KIND_TEXT, RULE_REQUIRED, .low = 1, .high = LONGEST_NAME,
    .form = &form_name, AT(name),
    .about = "Name of the runner: a DNS label that begins with a letter." },
{ "spec", KIND_MAP, RULE_REQUIRED,
    .about = "Which objects are served, and what they may ask for." },
{ "spec.suspend", KIND_FLAG, .preset = "false", AT(suspend),
    .about = "Observe every object and do nothing." },
{ "spec.namespace", KIND_TEXT, 0, .low = 1, .high = 63,
    .form = &form_namespace, AT(namespace),
    .about = "Where the ModelSync objects, their runs and their Leases are; "
    "absent: the namespace of the pod." },

{ "spec.allowedURLs", KIND_TEXTS, .form = &form_prefix,
    ITEMS(allowed, nallowed),
    .about = "What objects may ask: prefixes of URLs, which end where a "
    "segment of the path does; absent: no URL." },
{ "spec.allowLoopback", KIND_FLAG, .preset = "false", AT(loopback),
    .about = "URLs of this machine may be asked, where allowedURLs has "
    "them." },
{ "spec.caFile", KIND_TEXT, 0, .low = 1, .high = LONGEST_LINE, AT(ca),
    .about = "File of the CA of the URLs, relative to this document; "
    "absent: the system's." },
{ "spec.lambdaDeadline", KIND_DURATION, 0, .low = 1, .high = LONGEST_ANSWER,
    .preset = "10s", AT(deadline),
    .about = "How long an answer may take." },
{ "spec.tokens", KIND_MAPS, ITEMS(token, ntokens),
    .about = "What is shown to URLs; the longest prefix counts.  Objects "
    "name none." },
{ "spec.tokens[].prefix", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, .form = &form_prefix, IN(runner_token, prefix),
    .about = "URLs that it is shown to, as in allowedURLs." },
{ "spec.tokens[].file", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(runner_token, file),
    .about = "File of the bearer token, relative to this document." },
{ "spec.models", KIND_MAPS, ITEMS(model, nmodels),
    .about = "Model documents that spec.rule of an object may name." },
{ "spec.models[].name", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_NAME, .form = &form_name, IN(runner_model, name),
    .about = "What the rule calls it." },
{ "spec.models[].file", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(runner_model, file),
    .about = "The document, relative to this one." },

{ "spec.serviceAccounts", KIND_TEXTS, .form = &form_namespace,
    ITEMS(account, naccounts),
    .about = "Accounts that a run may name; absent: a template names "
    "none." },
{ "spec.concurrency", KIND_COUNT, 0, .low = 1, .high = MOST_AT_ONCE,
    .preset = "16", AT(concurrency),
    .about = "How many objects are looked at at once." },
{ "spec.successfulPipelineRunsHistoryLimit", KIND_COUNT, 0,
    .high = MOST_RUNS, .preset = "100", AT(successful),
    .about = "Runs that succeeded which are kept of an object that says "
    "nothing." },
{ "spec.failedPipelineRunsHistoryLimit", KIND_COUNT, 0, .high = MOST_RUNS,
    .preset = "100", AT(failed),
    .about = "Runs that failed which are kept of an object that says "
    "nothing." },
{ "spec.maximumFailures", KIND_COUNT, 0, .low = 1, .high = FEW,
    .preset = "5", AT(maximum_failures),
    .about = "Runs of one object that may fail in a row before a person "
    "must change it." },

{ "spec.lease", KIND_MAP, RULE_REQUIRED,
    .about = "What keeps two runs from acting at once." },
{ "spec.lease.kubernetes", KIND_MAP, RULE_REQUIRED,
    .about = "Lease objects, run-pipeline-<object>, made on first need." },
{ "spec.lease.kubernetes.namespace", KIND_TEXT, 0, .low = 1, .high = 63,
    .form = &form_namespace, AT(lease_namespace),
    .about = "That of the objects, which own their Leases, and no other." },
{ "spec.lease.kubernetes.server", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(server),
    .about = "The API server as https://HOST:PORT; absent: the pod's own "
    "or the kubeconfig's." },
{ "spec.lease.kubernetes.tokenFile", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(server_token),
    .about = "File of the bearer token for server, relative to this "
    "document." },
{ "spec.lease.kubernetes.caFile", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(server_ca),
    .about = "File of the CA of server, relative to this document; "
    "absent: the system's." },
{ "spec.lease.kubernetes.kubeconfig", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(kubeconfig),
    .about = "A kubeconfig whose current context is used, relative to this "
    "document; absent, outside of a pod: KUBECONFIG, ~/.kube/config." }
};

const struct rules	keys_runner = {
	.title = "PipelineRunner, a document of modelsync",
	.origin = "spec.",
	.rule = table,
	.n = sizeof(table) / sizeof(table[0])
};
