/*
 * PipelineRuns of Tekton, v1 and v1beta1: made from an object's template,
 * and read back from a list.
 */

#ifndef RUN_PIPELINE_PIPELINERUN_H
#define RUN_PIPELINE_PIPELINERUN_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct param;
struct refusal;
struct runner;
struct runs;
struct sync;

/* On the runs we make. */
#define LABEL_OWNER	"modelsync.dev/owner"	/* pipelinerun_owner() */
#define LABEL_MANAGER	"app.kubernetes.io/managed-by"
#define MANAGER		"run-pipeline"
#define NOTE_GENERATION	"modelsync.dev/object-generation"
#define NOTE_FAILURES	"modelsync.dev/failures-before"

enum run_state {
	RUN_ACTIVE,	/* Succeeded is Unknown, or not there yet */
	RUN_SUCCEEDED,
	RUN_FAILED
};

/* A run of one object.  Kept for the run. */
struct run {
	const char	*group;		/* its apiVersion */
	const char	*name, *namespace, *uid, *version;
	/*
	 * The object's uid is among its owners and our label is the
	 * object's: we made it, and may delete it.  Without the label
	 * (the original's controller made it) it counts as active and no
	 * more.
	 */
	bool		 ours;
	bool		 deleting;	/* metadata.deletionTimestamp */
	enum run_state	 state;		/* by the condition's status alone */
	bool		 seen;		/* Tekton has written a condition */
	time_t		 created;
	time_t		 finished;	/* 0: it has not; else completionTime,
					   or the condition's, or created */
	long		 generation;	/* of the object; 0: not known */
	long		 failures;	/* in a row, before it */
};

/* A run to be made. */
struct pipelinerun {
	const char	*group;		/* PIPELINERUN_V1 or _V1BETA1 */
	const char	*name;
	json_t		*body;		/* to POST; kept */
};

/*
 * What of a template can be judged before anything is asked: refuses with
 * InvalidTemplate, NamespaceRefused, ServiceAccountRefused or ResourcesGone
 * (whose sentence has the parameters to write in their place).
 */
void	pipelinerun_check(const struct sync *, const struct runner *,
	    struct refusal *) __attribute__((nonnull));

/* What a run is made of; param is sorted by name. */
struct making {
	const struct sync	*sync;	/* pipelinerun_check() let it pass */
	const struct param	*param;
	size_t			 n;
	const char		*last;	/* uid of the newest run that ended,
					   "" when none did */
	long			 failures;	/* in a row, before this one */
};

/*
 * The run that these make: the same for the same, name and body, whoever
 * makes it.  Its name is the object's, cut, and 12 digits of SHA-256 over
 * uid, generation, parameters, last and failures; so the next one has
 * another name, and of the same name is only the same run.  Refuses with
 * TooManyParameters or RunTooLarge; then body is NULL.
 */
void	pipelinerun_make(const struct making *, struct pipelinerun *,
	    struct refusal *) __attribute__((nonnull));

/* LABEL_OWNER of an object's runs: 12 hex digits; kept. */
const char *pipelinerun_owner(const struct sync *) __attribute__((nonnull));

/*
 * Runs by their owners, so that a thousand objects find theirs.  What is
 * needed of a run is copied, so that a page of the list can be let go
 * before the next one is read: whole, they would not fit.  Kept.
 */
struct runs	*runs_new(void);

/* Adds the items of a list of PipelineRuns, or of a page of one. */
void	runs_add(struct runs *, const json_t *items) __attribute__((nonnull));

/*
 * The runs that an object owns; oldest first by creation, then name.  Kept.
 * Refuses with UnreadableRun when one says nothing of its name, uid or
 * creation: then the view is not whole, and nothing may be done.
 */
void	runs_of(struct runs *, const struct sync *, struct run **run,
	    size_t *n, struct refusal *) __attribute__((nonnull));

#endif
