/*
 * A ModelSync object as the API server gives it: of the group it was
 * published with, automl.cloudai.kubeflow.org/v1alpha1, or of our own,
 * modelsync.dev/v1alpha1; the fields are the same.
 */

#ifndef RUN_PIPELINE_SYNC_H
#define RUN_PIPELINE_SYNC_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

#define SYNC_PUBLISHED	"automl.cloudai.kubeflow.org/v1alpha1"
#define SYNC_OURS	"modelsync.dev/v1alpha1"
#define SYNC_RESOURCE	"modelsyncs"

/*
 * What stands in the way, for a condition: a reason in CamelCase and a
 * sentence of one line; both NULL: nothing does.  Kept for the run.
 */
struct refusal {
	const char	*reason, *why;
};

/* One of our own rules in place of a URL. */
enum sync_rule {
	RULE_NONE,		/* a URL is asked */
	RULE_FRESHNESS,		/* modelFreshness: train-model would begin */
	RULE_DIFFERS		/* gitDiffers: deploy-model would push */
};

/* spec.parameters; both names are filled in. */
struct mapping {
	const char	*needs, *pipeline;
};

/* The newest run that ended, as status.lastRun remembers it. */
struct last {
	const char	*name, *uid;	/* NULL: none ended yet */
	time_t		 created, finished;
	bool		 succeeded;
	long		 failures;	/* in a row, of that generation */
	long		 generation;	/* of the object it was made for */
};

struct sync {
	const char	*group;		/* SYNC_PUBLISHED or SYNC_OURS */
	const char	*name, *namespace, *uid, *version;	/* never NULL */
	long		 generation;
	bool		 deleting;	/* metadata.deletionTimestamp */
	bool		 suspend;

	const char	*url;		/* needsSyncUrl; NULL with a rule */
	enum sync_rule	 rule;
	const char	*model;		/* that the rule is about; NULL */
	struct mapping	*mapping;
	size_t		 nmappings;
	json_t		*template;	/* an object; NULL when bad */
	long		 successful, failed;	/* history; -1: not given */

	json_t		*status;	/* as it stands; NULL: none */
	struct last	 last;		/* of it */
	time_t		 decided;	/* lastDecision.time; 0: none */
	time_t		 success;	/* lastSuccess; 0: none */

	struct refusal	 bad;		/* the first thing that is */
};

/*
 * Reads an object; never fails: what is wrong is in ->bad, and everything
 * that could be read is filled in.  The object must live as long as what is
 * made of it: give it to keep_json().
 */
void	sync_read(json_t *object, struct sync *) __attribute__((nonnull));

/* Records what stands in the way, unless something does already. */
void	refuse(struct refusal *, const char *reason, const char *fmt, ...)
	    __attribute__((nonnull, format(printf, 3, 4)));

#endif
