#include <stddef.h>

#include "model/config.h"
#include "model/forms.h"
#include "model/keys.h"
#include "model/rules.h"

#define CENTURY		3155760000.0	/* s; what when_duration() can say */
#define LONGEST_RUN	604800.0	/* s of a training: a week is a hang */
#define LONGEST_STEP	1800.0		/* s of a program before a commit */
#define MANY		1000000000.0	/* of a count: more than any archive */
#define FEW		1000.0		/* trainings or failures: a typo */
#define LONGEST_NAME	40		/* a slug and hashes must fit labels */
#define LONGEST_LINE	1000		/* bytes of what people write */
#define LONGEST_QUERY	100000		/* bytes of a query of theirs */
#define MOST_BYTES	1000000000000000.0	/* of a query: a petabyte */

#define AT(member)		.at = offsetof(struct config, member)
#define IN(noun, member)	.at = offsetof(struct noun, member)
#define STRINGS(member)							\
	.at = offsetof(struct config, member) +				\
	    offsetof(struct strings, item),				\
	.count = offsetof(struct config, member) +			\
	    offsetof(struct strings, n)
#define ITEMS(member, number)						\
	.at = offsetof(struct config, member),				\
	.count = offsetof(struct config, number),			\
	.size = sizeof(*((struct config *)0)->member)

/* KIND_WORDS stores a bool for each word, side by side. */
_Static_assert(offsetof(struct override, hold) ==
    offsetof(struct override, gate) + sizeof(bool), "gate, then hold");

static const char *const	versions[] = { "modelsync.dev/v1alpha1", NULL };
static const char *const	kinds[] = { "Model", NULL };
static const char *const	unlabelled[] = { "exclude", "negative", NULL };
static const char *const	incomparable[] = { "propose", "hold", NULL };
static const char *const	moments[] = { "proposed", "merged", NULL };
static const char *const	methods[] = {
	"merge", "squash", "rebase", NULL
};
static const char *const	skips[] = { "gate", "hold", NULL };

/* What AutoML and Vertex AI have in common. */
#define CLOUD(name)							\
{ "spec.training." name ".project", KIND_TEXT, RULE_REQUIRED, .low = 1,	\
    .high = 100, .form = &form_project, AT(cloud.project),		\
    .about = "Google Cloud project that trains and keeps the models." }, \
{ "spec.training." name ".location", KIND_TEXT, 0, .low = 1,		\
    .high = 63, .preset = "us-central1", .form = &form_location,	\
    AT(cloud.location), .about = "Where it does so." },			\
{ "spec.training." name ".store", KIND_TEXT, RULE_REQUIRED, .low = 1,	\
    .high = 900, .form = &form_bucket, AT(store),			\
    .about = "Where datasets and manifests are kept: gs://BUCKET or "	\
    "gs://BUCKET/FOLDER." },						\
{ "spec.training." name ".displayName", KIND_TEXT, 0, .low = 1,		\
    .high = 32, .form = &form_display, AT(cloud.display_name),		\
    .about = "Models of this name and of no owner are taken for older "	\
    "ones of this document's; absent: none are." },			\
{ "spec.training." name ".deadline", KIND_DURATION, 0, .low = 60,	\
    .high = LONGEST_RUN, .preset = "24h", AT(cloud.deadline),		\
    .about = "From when on a training that runs needs a person." },	\
{ "spec.training." name ".settle", KIND_DURATION, 0, .high = 86400,	\
    .preset = "15m", AT(cloud.settle),					\
    .about = "How long something begun may stay out of the lists." },	\
{ "spec.training." name ".pricePerHour", KIND_RATIO, 0,			\
    .high = 1000000, .preset = "0", AT(cloud.price),			\
    .about = "What an hour of training costs, for the plan; 0: not "	\
    "told." }

/* NOLINTBEGIN(bugprone-macro-parentheses): names of members have none. */
/* How a git server is spoken to; `where' is the fork's or nothing. */
#define SERVER(where, which)						\
{ "spec.config.git" where ".user", KIND_TEXT, 0, .low = 1,		\
    .high = 100, .preset = "x-access-token", AT(which.user),		\
    .about = "Whose password passwordFile has; servers that take tokens " \
    "take any name, or this one." },					\
{ "spec.config.git" where ".passwordFile", KIND_TEXT, 0, .low = 1,	\
    .high = LONGEST_LINE, AT(which.password),				\
    .about = "File of a password or token for https, relative to this "	\
    "document; absent: that of proposal.github, where it is the same "	\
    "server." },							\
{ "spec.config.git" where ".caFile", KIND_TEXT, 0, .low = 1,		\
    .high = LONGEST_LINE, AT(which.ca),					\
    .about = "File of the CA of the server, relative to this document; " \
    "absent: the system's." },						\
{ "spec.config.git" where ".keyFile", KIND_TEXT, 0, .low = 1,		\
    .high = LONGEST_LINE, AT(which.key),				\
    .about = "File of the deploy key for ssh, ed25519 or ecdsa, without a " \
    "passphrase, relative to this document." },				\
{ "spec.config.git" where ".hostKey", KIND_TEXT, 0, .low = 1,		\
    .high = 2000, AT(which.host_key),					\
    .about = "The key that the ssh server must have, as ssh-keyscan "	\
    "prints it: TYPE BASE64." }
/* What a Job and a PipelineRun have in common. */
#define CLUSTER(name, which, what)					\
{ "spec.training." name ".template", KIND_TEXT,				\
    RULE_REQUIRED | RULE_SPARSE, .low = 1, .high = LONGEST_LINE,	\
    AT(cluster.which), .about = "File of " what " or of its spec, "	\
    "YAML or JSON, relative to this document." },			\
{ "spec.training." name ".store", KIND_TEXT, RULE_REQUIRED, .low = 1,	\
    AT(store), .about = "Folder of datasets and models, relative to "	\
    "this document, on a volume that its containers have too." },	\
{ "spec.training." name ".deadline", KIND_DURATION, 0, .low = 60,	\
    .high = LONGEST_RUN, .preset = "30m", AT(cluster.deadline),		\
    .about = "From when on one that is active needs a person." }
/* NOLINTEND(bugprone-macro-parentheses) */

static const struct rule	table[] = {
{ "apiVersion", KIND_TEXT, RULE_REQUIRED, .words = versions, .at = NOWHERE,
    .about = "Version of this form of document." },
{ "kind", KIND_TEXT, RULE_REQUIRED, .words = kinds, .at = NOWHERE,
    .about = "Kind of document." },
{ "metadata", KIND_MAP, RULE_REQUIRED, .about = "What the model is called." },
{ "metadata.name", KIND_TEXT, RULE_REQUIRED, .low = 1, .high = LONGEST_NAME,
    .form = &form_name, AT(name),
    .about = "Name of the model: a DNS label that begins with a letter." },
{ "spec", KIND_MAP, RULE_REQUIRED, .about = "What should be true of it." },
{ "spec.suspend", KIND_FLAG, .preset = "false", AT(suspend),
    .about = "Observe everything and do nothing." },

{ "spec.data", KIND_MAP, RULE_REQUIRED,
    .about = "What the model is trained on." },
{ "spec.data.archive", KIND_MAP, RULE_ONE,
    .about = "Events from GH Archive files." },
{ "spec.data.archive.paths", KIND_TEXTS, RULE_REQUIRED, .low = 1,
    STRINGS(archive_paths),
    .about = "Files or glob patterns, relative to this document." },
{ "spec.data.archive.organisation", KIND_TEXT, RULE_NULLABLE | RULE_SPEC,
    .low = 1, .high = 39, .form = &form_owner,
    AT(organisation),
    .about = "Whose repositories are read; null: everybody's." },
{ "spec.data.bigquery", KIND_MAP, RULE_ONE, AT(bigquery.given),
    .about = "Events from BigQuery." },
{ "spec.data.bigquery.project", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = 100, .form = &form_project, AT(bigquery.project),
    .about = "Google Cloud project in which queries run, and which pays." },
{ "spec.data.bigquery.location", KIND_TEXT, 0, .low = 1, .high = 63,
    .preset = "US", .form = &form_location, AT(bigquery.location),
    .about = "Where the tables are." },
{ "spec.data.bigquery.archive", KIND_MAP, RULE_ONE,
    .about = "Tables in the form of GH Archive's." },
{ "spec.data.bigquery.archive.tables", KIND_TEXT,
    RULE_REQUIRED | RULE_SPARSE, .low = 1, .high = 300,
    .form = &form_tables, AT(bigquery.tables),
    .about = "Daily tables as PROJECT.DATASET.*: names that end in "
    "YYYYMMDD." },
{ "spec.data.bigquery.archive.since", KIND_TEXT, RULE_SPARSE, .low = 1,
    .high = 20, .form = &form_day, AT(bigquery.since),
    .about = "The first day that is read, as \"20240101\"; absent: all." },
{ "spec.data.bigquery.archive.organisation", KIND_TEXT,
    RULE_NULLABLE | RULE_SPARSE, .low = 1, .high = 39,
    .form = &form_owner, AT(bigquery.organisation),
    .about = "Whose repositories are read; null: everybody's." },
{ "spec.data.bigquery.table", KIND_TEXT, RULE_ONE | RULE_SPARSE, .low = 1,
    .high = 300, .form = &form_table, AT(bigquery.table),
    .about = "A table of your own, PROJECT.DATASET.TABLE, with the columns "
    "id, created, event, title, repo, body, labels." },
{ "spec.data.bigquery.query", KIND_TEXT, RULE_ONE | RULE_SPARSE, .low = 1,
    .high = LONGEST_QUERY, AT(bigquery.query),
    .about = "A SELECT of your own that gives these columns, on one line "
    "(folded, with >-)." },
{ "spec.data.bigquery.watch", KIND_TEXT, 0, .low = 1, .high = 300,
    .form = &form_table, AT(bigquery.watch),
    .about = "The table whose changes are those of query's answer." },
{ "spec.data.bigquery.maximumBytesBilled", KIND_COUNT, 0, .low = 1,
    .high = MOST_BYTES, .preset = "100000000000",
    AT(bigquery.bytes_billed),
    .about = "Bytes that one query may read; more is refused unpaid." },
{ "spec.data.bigquery.maximumBytesPerDay", KIND_COUNT, 0, .low = 1,
    .high = MOST_BYTES, .preset = "200000000000",
    AT(bigquery.bytes_per_day),
    .about = "Bytes that the queries of 24 hours may read together." },
{ "spec.data.bigquery.pricePerTebibyte", KIND_RATIO, 0, .high = 1000000,
    .preset = "6.25", AT(bigquery.price),
    .about = "What reading 2^40 bytes costs, for the plan." },
{ "spec.data.labels", KIND_MAP, RULE_REQUIRED,
    .about = "Which labels are learnt." },
{ "spec.data.labels.allow", KIND_TEXTS, RULE_REQUIRED | RULE_SPEC, .low = 1,
    STRINGS(labels_allow),
    .about = "Patterns of fnmatch(3); a label that matches one is kept." },
{ "spec.data.labels.minimumCount", KIND_COUNT, RULE_SPEC, .low = 1,
    .high = MANY, .preset = "50", AT(labels_minimum),
    .about = "Examples a label needs to be learnt." },
{ "spec.data.unlabelled", KIND_EITHER, RULE_SPEC, .preset = "exclude",
    .words = unlabelled, AT(negatives),
    .about = "What an issue left without a label is: no example, or one "
    "of no label." },
{ "spec.data.maximumAge", KIND_DURATION, RULE_NULLABLE | RULE_SPEC, .low = 1,
    .high = CENTURY, AT(data_maximum_age),
    .about = "Only issues created within this time before the newest "
    "event; null: all." },

{ "spec.training", KIND_MAP, RULE_REQUIRED, .about = "How it is trained." },
{ "spec.training.exec", KIND_MAP, RULE_ONE,
    .about = "By a program on this machine." },
{ "spec.training.exec.command", KIND_TEXTS, RULE_REQUIRED | RULE_SPEC,
    .low = 1, STRINGS(command),
    .about = "The program and its arguments." },
{ "spec.training.exec.store", KIND_TEXT, RULE_REQUIRED, .low = 1, AT(store),
    .about = "Folder of datasets and models, relative to this document." },
{ "spec.training.exec.deadline", KIND_DURATION, .low = 1,
    .high = LONGEST_RUN, .preset = "30m", AT(training_deadline),
    .about = "When the program is killed and counts as failed." },
{ "spec.training.automl", KIND_MAP, RULE_ONE, AT(automl),
    .about = "By AutoML." },
CLOUD("automl"),
{ "spec.training.automl.threshold", KIND_RATIO, 0, .high = 1,
    .preset = "0.5", AT(cloud.threshold),
    .about = "Confidence from which a label counts as predicted." },
{ "spec.training.vertex", KIND_MAP, RULE_ONE, AT(vertex),
    .about = "By a custom job of Vertex AI." },
CLOUD("vertex"),
{ "spec.training.vertex.image", KIND_TEXT, RULE_REQUIRED | RULE_SPARSE,
    .low = 1, .high = LONGEST_LINE, AT(cloud.image),
    .about = "The container's image, best by its digest." },
{ "spec.training.vertex.command", KIND_TEXTS, RULE_SPARSE,
    STRINGS(cloud.command),
    .about = "The program and its arguments; none: the image's own." },
{ "spec.training.vertex.machineType", KIND_TEXT, 0, .low = 1, .high = 63,
    .preset = "n1-standard-4", AT(cloud.machine),
    .about = "Type of the machine it runs on." },
{ "spec.training.vertex.serviceAccount", KIND_TEXT, 0, .low = 1,
    .high = 200, AT(cloud.account),
    .about = "The account it runs as; absent: the project's own." },
{ "spec.training.vertex.servingImage", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(cloud.serving_image),
    .about = "Image of the container that serves a model; absent: image." },
{ "spec.training.job", KIND_MAP, RULE_ONE, AT(job),
    .about = "By a Kubernetes Job." },
CLUSTER("job", job, "a Job of batch/v1"),
{ "spec.training.pipelineRun", KIND_MAP, RULE_ONE, AT(pipeline_run),
    .about = "By a Tekton PipelineRun." },
CLUSTER("pipelineRun", run, "a PipelineRun of tekton.dev"),
{ "spec.training.pipelineRun.result", KIND_TEXT, RULE_SPARSE, .low = 1,
    .high = 253, .form = &form_result, AT(cluster.result),
    .about = "The result of the run that is the model's name; absent: the "
    "generation's name is." },
{ "spec.training.maximumStarts", KIND_MAP, 0,
    .about = "How many trainings may begin in a stretch of time; absent: "
    "any number." },
{ "spec.training.maximumStarts.count", KIND_COUNT, RULE_REQUIRED, .low = 1,
    .high = FEW, AT(starts_count), .about = "So many trainings." },
{ "spec.training.maximumStarts.per", KIND_DURATION, RULE_REQUIRED, .low = 1,
    .high = CENTURY, AT(starts_per), .about = "The stretch of time." },
{ "spec.training.retry", KIND_TEXT, .high = LONGEST_LINE, .preset = "",
    AT(retry), .about = "Any new text resets the count of failures." },

{ "spec.freshness", KIND_MAP, 0,
    .about = "When the newest model is too old.  All that is asked must "
    "hold." },
{ "spec.freshness.maximumAge", KIND_DURATION, RULE_NULLABLE, .low = 1,
    .high = CENTURY, .preset = "24h", AT(maximum_age),
    .about = "Age from which a model is old; null: not asked." },
{ "spec.freshness.minimumNewExamples", KIND_COUNT, .high = MANY,
    .preset = "0", AT(minimum_new),
    .about = "Newer examples that are worth a training; 0: not asked." },
{ "spec.freshness.onSpecChange", KIND_FLAG, .preset = "true",
    AT(on_spec_change),
    .about = "A model of other data or training settings is old at once." },
{ "spec.freshness.windows", KIND_MAPS, 0, ITEMS(window, nwindows),
    .about = "When a training may begin; none: at any time." },
{ "spec.freshness.windows[].days", KIND_TEXT, .preset = "",
    .form = &form_days, IN(window, days),
    .about = "Days as Mon-Fri or \"Sat,Sun\"; \"\": all." },
{ "spec.freshness.windows[].from", KIND_TEXT, .preset = "00:00",
    .form = &form_clock, IN(window, from), .about = "Where it begins." },
{ "spec.freshness.windows[].to", KIND_TEXT, .preset = "24:00",
    .form = &form_clock, IN(window, to),
    .about = "Where it ends, on the same day." },
{ "spec.freshness.windows[].timeZone", KIND_TEXT, .low = 1, .high = 100,
    .preset = "UTC", .form = &form_zone, IN(window, zone),
    .about = "Whose clock days and hours are read from: UTC, or a time "
    "zone of tzdata as Europe/London." },
{ "spec.freshness.maximumFailures", KIND_COUNT, .low = 1, .high = FEW,
    .preset = "3", AT(maximum_failures),
    .about = "Failures in a row after which a person must look." },

{ "spec.gate", KIND_MAP, 0, .about = "What a model must be able to do "
    "before it is proposed, on examples it has not seen." },
{ "spec.gate.precision", KIND_RATIO, .high = 1, .preset = "0.70",
    AT(gate_precision), .about = "Least precision over all labels." },
{ "spec.gate.recall", KIND_RATIO, .high = 1, .preset = "0.30",
    AT(gate_recall), .about = "Least recall over all labels." },
{ "spec.gate.maximumRegression", KIND_RATIO, .high = 1, .preset = "0.02",
    AT(maximum_regression),
    .about = "How much either may be below the live model's." },
{ "spec.gate.minimumComparable", KIND_COUNT, .low = 1, .high = MANY,
    .preset = "200", AT(minimum_comparable),
    .about = "Examples needed to compare it with the live model." },
{ "spec.gate.whenNotComparable", KIND_EITHER, .preset = "propose",
    .words = incomparable, AT(hold_incomparable),
    .about = "With fewer: propose it on its own figures, or hold it." },

{ "spec.config", KIND_MAP, RULE_REQUIRED,
    .about = "Where the model is named." },
{ "spec.config.git", KIND_MAP, RULE_REQUIRED,
    .about = "The repository of the configuration." },
{ "spec.config.git.url", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, .form = &form_repository, AT(git.url),
    .about = "Its place: a path, relative to this document, or a file://, "
    "https:// or ssh:// URL." },
SERVER("", git),
{ "spec.config.git.base", KIND_TEXT, .low = 1, .high = 200,
    .preset = "main", .form = &form_branch, AT(base),
    .about = "The branch that is in production." },
{ "spec.config.git.head", KIND_TEXT, .low = 1, .high = 200,
    .preset = "auto-update", .form = &form_branch, AT(head),
    .about = "The branch that is proposed; it belongs to this program." },
{ "spec.config.git.force", KIND_FLAG, .preset = "true", AT(force),
    .about = "head may be moved by a forced push; false: each generation "
    "has a branch of its own, HEAD-GENERATION, which is never forced." },
{ "spec.config.git.cache", KIND_TEXT, 0, .low = 1, .high = LONGEST_LINE,
    AT(git_cache), .about = "Folder in which objects of a server are kept "
    "from run to run, relative to this document; absent: none are." },
{ "spec.config.git.push", KIND_MAP, 0,
    .about = "Another repository, a fork, that head is pushed to." },
{ "spec.config.git.push.url", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, .form = &form_server, AT(push.url),
    .about = "Its place: an https:// or ssh:// URL." },
SERVER(".push", push),
{ "spec.config.git.author", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, .form = &form_author, AT(author),
    .about = "Author and committer of our commits." },
{ "spec.config.setter", KIND_TEXT, RULE_ANY, .low = 1, .high = 200,
    AT(setter), .about = "Name of the kpt setter that holds the model." },
{ "spec.config.fields", KIND_MAPS, RULE_ANY, .low = 1,
    ITEMS(field, nfields), .about = "Values that name the model." },
{ "spec.config.fields[].file", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, .form = &form_path, IN(field, file),
    .about = "A YAML file, from the root of the repository." },
{ "spec.config.fields[].path", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(field, path),
    .about = "Keys to the value, as orgs[name=x].model." },
{ "spec.config.paths", KIND_TEXTS, 0, .form = &form_path, STRINGS(paths),
    .about = "Files and folders outside of which nothing is read or "
    "changed; none: the whole tree." },
{ "spec.config.placeholder", KIND_TEXTS, 0, STRINGS(placeholder),
    .about = "Values that mean that there is no model yet." },
{ "spec.config.hydrate", KIND_MAP, 0, AT(hydrate.given),
    .about = "A program that makes files anew from the marked values, for "
    "the same commit; absent: none is run." },
{ "spec.config.hydrate.command", KIND_TEXTS, RULE_REQUIRED, .low = 1,
    STRINGS(hydrate.command),
    .about = "The program, relative to this document, and its arguments.  "
    "It is run in a copy of the files." },
{ "spec.config.hydrate.paths", KIND_TEXTS, RULE_REQUIRED, .low = 1,
    .form = &form_path, STRINGS(hydrate.paths),
    .about = "Files and folders it may change, from the root of the "
    "repository." },
{ "spec.config.hydrate.deadline", KIND_DURATION, 0, .low = 1,
    .high = LONGEST_STEP, .preset = "2m", AT(hydrate.deadline),
    .about = "When it is killed and nothing is proposed." },

{ "spec.serving", KIND_MAP, 0, AT(serving.given),
    .about = "Whether models are deployed to answer; absent: they are not "
    "looked after." },
{ "spec.serving.when", KIND_EITHER, 0, .preset = "proposed",
    .words = moments, AT(serving.merged),
    .about = "Before it is proposed, or when git names it." },
{ "spec.serving.keep", KIND_DURATION, 0, .high = CENTURY, .preset = "24h",
    AT(serving.keep), .about = "How long a model that is neither live nor "
    "proposed goes on answering." },
{ "spec.serving.endpoint", KIND_TEXT, 0, .low = 1, .high = 63,
    .form = &form_endpoint, AT(serving.endpoint),
    .about = "Id of the endpoint of Vertex AI that answers." },
{ "spec.serving.machineType", KIND_TEXT, 0, .low = 1, .high = 63,
    .preset = "n1-standard-2", AT(serving.machine),
    .about = "Type of the machine a model of Vertex AI answers on." },

{ "spec.google", KIND_MAP, 0, .about = "How Google is reached." },
{ "spec.google.credentialsFile", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(google.credentials),
    .about = "Key of a service account, relative to this document; absent: "
    "GOOGLE_APPLICATION_CREDENTIALS, else the metadata server." },
{ "spec.google.quotaProject", KIND_TEXT, 0, .low = 1, .high = 100,
    .form = &form_project, AT(google.quota_project),
    .about = "Project whose quota is used, in place of the account's." },
{ "spec.google.caFile", KIND_TEXT, 0, .low = 1, .high = LONGEST_LINE,
    AT(google.ca), .about = "File of the CA of endpoints, relative to this "
    "document; absent: the system's." },
{ "spec.google.endpoints", KIND_MAP, 0,
    .about = "Servers in place of Google's own, as https://HOST:PORT." },
{ "spec.google.endpoints.bigquery", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(google.bigquery), .about = "Of BigQuery." },
{ "spec.google.endpoints.storage", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(google.storage), .about = "Of Cloud Storage." },
{ "spec.google.endpoints.automl", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(google.automl), .about = "Of AutoML." },
{ "spec.google.endpoints.vertex", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(google.vertex), .about = "Of Vertex AI." },

{ "spec.proposal", KIND_MAP, 0, .about = "How people are asked." },
{ "spec.proposal.github", KIND_MAP, RULE_ONE, AT(proposal.github),
    .about = "By a pull request of GitHub or GitHub Enterprise." },
{ "spec.proposal.github.repository", KIND_TEXT, RULE_REQUIRED, .low = 3,
    .high = 140, .form = &form_slug, AT(proposal.repository),
    .about = "The repository it is opened in, as OWNER/NAME." },
{ "spec.proposal.github.server", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, .form = &form_origin, AT(proposal.server),
    .about = "GitHub Enterprise as https://HOST; absent: github.com." },
{ "spec.proposal.github.caFile", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(proposal.ca),
    .about = "File of the CA of server, relative to this document; absent: "
    "the system's." },
{ "spec.proposal.github.app", KIND_MAP, RULE_ONE,
    .about = "As an App that is installed there, with the rights to write "
    "contents and pull requests." },
{ "spec.proposal.github.app.id", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = 100, .form = &form_app, AT(proposal.app_id),
    .about = "Its client id, or its App id in quotes." },
{ "spec.proposal.github.app.keyFile", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, AT(proposal.app_key),
    .about = "File of a private key of it (PEM), relative to this "
    "document." },
{ "spec.proposal.github.tokenFile", KIND_TEXT, RULE_ONE, .low = 1,
    .high = LONGEST_LINE, AT(proposal.token_file),
    .about = "As the user of a token, read from this file, relative to "
    "this document." },
{ "spec.proposal.github.labels", KIND_TEXTS, 0, STRINGS(proposal.labels),
    .about = "Labels that are put on a request that was opened." },
{ "spec.proposal.github.reviewers", KIND_TEXTS, 0,
    STRINGS(proposal.reviewers),
    .about = "Users, or ORGANISATION/TEAM, who are asked to review it." },
{ "spec.proposal.github.draft", KIND_FLAG, .preset = "false",
    AT(proposal.draft), .about = "It is opened as a draft." },
{ "spec.proposal.github.autoMerge", KIND_TEXT, 0, .words = methods,
    AT(proposal.auto_merge), .about = "Have it merged so when its checks "
    "pass and it is approved; absent: a person merges." },
{ "spec.proposal.github.deleteBranch", KIND_FLAG, .preset = "false",
    AT(proposal.delete_branch),
    .about = "The branch is deleted when its request was merged." },
{ "spec.proposal.links", KIND_MAPS, 0, ITEMS(proposal.link,
    proposal.nlinks), .about = "What a reviewer may want to see." },
{ "spec.proposal.links[].title", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = 100, IN(link, title), .about = "What it is." },
{ "spec.proposal.links[].url", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, .form = &form_link, IN(link, url),
    .about = "Where: {generation} stands for the generation's name." },

{ "spec.hold", KIND_MAPS, 0, ITEMS(hold, nholds),
    .about = "Models that are not to be proposed." },
{ "spec.hold[].model", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(hold, model), .about = "Its id, or \"*\"." },
{ "spec.hold[].until", KIND_TEXT, RULE_NULLABLE, .low = 1,
    .form = &form_time, IN(hold, until),
    .about = "When this ends; null: when it is taken out." },
{ "spec.hold[].reason", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(hold, reason), .about = "Why, for people." },

{ "spec.override", KIND_MAPS, 0, ITEMS(override, noverrides),
    .about = "Checks that are skipped for a model." },
{ "spec.override[].model", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(override, model), .about = "Its id." },
{ "spec.override[].skip", KIND_WORDS, RULE_REQUIRED, .low = 1,
    .words = skips, IN(override, gate), .about = "What is skipped." },
{ "spec.override[].by", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(override, by), .about = "Who decided so." },
{ "spec.override[].reason", KIND_TEXT, RULE_REQUIRED, .low = 1,
    .high = LONGEST_LINE, IN(override, reason), .about = "Why, for people." },
{ "spec.override[].until", KIND_TEXT, RULE_NULLABLE, .low = 1,
    .form = &form_time, IN(override, until),
    .about = "When this ends; null: never." },

{ "spec.lease", KIND_MAP, RULE_REQUIRED,
    .about = "What keeps two runs from acting at once." },
{ "spec.lease.file", KIND_MAP, RULE_ONE, .about = "A file's lock." },
{ "spec.lease.file.directory", KIND_TEXT, RULE_REQUIRED, .low = 1,
    AT(lease), .about = "Folder of the locks, relative to this document." },
{ "spec.lease.kubernetes", KIND_MAP, RULE_ONE,
    .about = "A Lease object of Kubernetes, <tool>-<metadata.name>." },
{ "spec.lease.kubernetes.namespace", KIND_TEXT, 0, .low = 1, .high = 63,
    .form = &form_namespace, AT(lease_namespace),
    .about = "Its namespace, which is the first half of the model's owner; "
    "absent: that of the pod." },
{ "spec.lease.kubernetes.create", KIND_FLAG, .preset = "false",
    AT(lease_create), .about = "A Lease that is not there is made, and "
    "nothing is done until the longest step would be over." },
{ "spec.lease.kubernetes.server", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(lease_server),
    .about = "The API server as https://HOST:PORT; absent: the pod's own "
    "or the kubeconfig's." },
{ "spec.lease.kubernetes.tokenFile", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(lease_token),
    .about = "File of the bearer token for server, relative to this "
    "document." },
{ "spec.lease.kubernetes.caFile", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(lease_ca),
    .about = "File of the CA of server, relative to this document; "
    "absent: the system's." },
{ "spec.lease.kubernetes.kubeconfig", KIND_TEXT, 0, .low = 1,
    .high = LONGEST_LINE, AT(lease_kubeconfig),
    .about = "A kubeconfig whose current context is used, relative to this "
    "document; absent, outside of a pod: KUBECONFIG, ~/.kube/config." }
};

const struct rules	keys_model = {
	.title = "Model, a document of modelsync",
	.origin = "spec.",
	.rule = table,
	.n = sizeof(table) / sizeof(table[0])
};
