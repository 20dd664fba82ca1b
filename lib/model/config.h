/*
 * The Model document, decoded: what should be true of one model.  Absent
 * keys have their defaults here.  Relative paths are made relative to the
 * document's folder.  Everything is kept for the run.
 */

#ifndef MODEL_CONFIG_H
#define MODEL_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct error;

/* Strings in an array; item is NULL when n is 0. */
struct strings {
	const char	**item;
	size_t		  n;
};

/* A stretch of a week in which a training may be started. */
struct window {
	unsigned	 days;		/* bit 0 is Sunday */
	long		 from, to;	/* s since midnight; to > from */
	const char	*zone;		/* for zone_open() */
};

struct hold {
	const char	*model;		/* an id, or "*" */
	time_t		 until;		/* 0: until it is taken out */
	const char	*reason;
};

struct override {
	const char	*model;
	bool		 gate, hold;	/* what is skipped */
	const char	*by, *reason;
	time_t		 until;		/* 0: no end */
};

struct field {
	const char	*file, *path;
};

/* Events in BigQuery: tables, table or query is there, and only one. */
struct bigquery_config {
	bool		 given;
	const char	*project, *location;
	const char	*tables;	/* "project.dataset.prefix*" */
	const char	*since;		/* first suffix, "20240101"; NULL */
	const char	*organisation;	/* of tables; NULL: all */
	const char	*table;		/* "project.dataset.table" */
	const char	*query;
	const char	*watch;		/* with query */
	long		 bytes_billed, bytes_per_day;
	double		 price;		/* of 2^40 bytes */
};

/* What is common to training by AutoML and by Vertex AI. */
struct cloud_config {
	const char	*project, *location;
	const char	*display_name;	/* of models taken over; NULL: none */
	long		 deadline;	/* s */
	long		 settle;	/* s until what was begun is listed */
	double		 price;		/* of an hour; 0: unknown */
	double		 threshold;	/* AutoML: confidence of a label */
	/* Vertex AI */
	const char	*image, *serving_image;	/* the latter may be NULL */
	struct strings	 command;
	const char	*machine;
	const char	*account;	/* NULL: the project's */
};

/* What is made anew from the marked values before they are proposed. */
struct hydrate_config {
	bool		 given;
	struct strings	 command;	/* the program and its arguments */
	struct strings	 paths;		/* all that it may change */
	long		 deadline;	/* s */
};

/*
 * What is common to training by a Job and by a PipelineRun, in the namespace
 * of the Lease.
 */
struct cluster_config {
	const char	*job, *run;	/* templates as they are given, of one
					   or the other; NULL */
	const char	*template;	/* file of an object, or of its spec */
	long		 deadline;	/* s */
	const char	*result;	/* of a PipelineRun, which names the
					   model; NULL */
};

struct serving_config {
	bool		 given;
	bool		 merged;	/* when: merged */
	long		 keep;		/* s */
	const char	*endpoint;	/* Vertex AI; NULL */
	const char	*machine;
};

/* A git repository and how its server is spoken to; NULL where absent. */
struct git_config {
	const char	*url;
	const char	*user;
	const char	*password;	/* file */
	const char	*ca;		/* file */
	const char	*key;		/* file, of ssh */
	const char	*host_key;	/* "TYPE BASE64" */
};

struct link {
	const char	*title, *url;
};

/* Where pull requests are opened, and as whom; NULL where absent. */
struct proposal_config {
	bool		 github;
	const char	*repository;	/* "OWNER/NAME" */
	const char	*server;	/* NULL: github.com */
	const char	*ca;
	const char	*app_id, *app_key;	/* both, or */
	const char	*token_file;
	struct strings	 labels, reviewers;
	bool		 draft, delete_branch;
	const char	*auto_merge;	/* "merge", "squash", "rebase" */
	struct link	*link;
	size_t		 nlinks;
};

/* How Google is reached; NULL: as Google says. */
struct google_config {
	const char	*credentials, *quota_project, *ca;
	const char	*bigquery, *storage, *automl, *vertex;	/* origins */
};

struct config {
	const char	*file;		/* where the document was read */
	const char	*hash;		/* of its bytes (design 9) */
	const char	*name;		/* metadata.name */
	/*
	 * "<namespace of the Lease>/<name>"; "local/<name>" with a file
	 * Lease; "/<name>" when the namespace is neither given nor a pod's.
	 */
	const char	*owner;
	bool		 suspend;

	struct strings	 archive_paths;
	const char	*organisation;		/* NULL: all */
	struct bigquery_config bigquery;
	struct strings	 labels_allow;
	long		 labels_minimum;
	bool		 negatives;		/* unlabelled: negative */
	long		 data_maximum_age;	/* s; 0: any */

	struct strings	 command;		/* training.exec */
	const char	*store;			/* a folder, or gs://... */
	long		 training_deadline;	/* s; 0: no program of ours */
	bool		 automl, vertex;	/* that, and not exec */
	struct cloud_config cloud;
	bool		 job, pipeline_run;	/* the same */
	struct cluster_config cluster;
	long		 starts_count, starts_per;	/* 0: no limit; s */
	const char	*retry;			/* "" when absent */

	long		 maximum_age;		/* s; 0: off */
	long		 minimum_new;		/* 0: off */
	bool		 on_spec_change;
	struct window	*window;
	size_t		 nwindows;
	long		 maximum_failures;

	double		 gate_precision, gate_recall;
	double		 maximum_regression;
	long		 minimum_comparable;
	bool		 hold_incomparable;	/* whenNotComparable: hold */

	struct git_config git;
	struct git_config push;		/* the fork; url NULL: none */
	const char	*git_cache;	/* folder; NULL */
	const char	*base, *head;		/* branches */
	bool		 force;		/* false: a branch per generation,
					   "<head>-<generation>" */
	const char	*author;		/* "Name <mail>" */
	const char	*setter;		/* NULL: none */
	struct field	*field;
	size_t		 nfields;
	struct strings	 paths;			/* n 0: the whole tree */
	struct strings	 placeholder;
	struct hydrate_config hydrate;

	struct serving_config serving;
	struct google_config google;
	struct proposal_config proposal;

	struct hold	*hold;
	size_t		 nholds;
	struct override	*override;
	size_t		 noverrides;

	const char	*lease;		/* directory of the file Lease;
					   NULL: an object of Kubernetes */
	const char	*lease_namespace;	/* NULL: none known */
	bool		 lease_create;
	const char	*lease_server, *lease_token, *lease_ca;	/* NULL */
	const char	*lease_kubeconfig;	/* NULL */
	const char	*spec_hash;	/* of data and training (design 9) */
};

/*
 * Reads a document.  Every problem is told, one a line and in the order of
 * the file, in the text kept at *problems ("file:line:column: what, what was
 * expected"); the error then says how many there are.  When the file itself
 * cannot be read, *problems is "" and the error says why.  -1: BROKEN, or
 * RETRY when reading failed; the config is then not to be used.
 */
int	config_read(const char *path, struct config *, const char **problems,
	    struct error *) __attribute__((nonnull));

#endif
