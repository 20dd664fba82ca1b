/*
 * train-model: a model exists that is young enough, and trained on enough
 * of the new data.
 */

#ifndef TRAIN_MODEL_H
#define TRAIN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct archive;
struct config;
struct dataset;
struct error;
struct google;
struct guard;
struct kube;
struct log;
struct manifest;
struct object;
struct outcome;
struct registry;
struct sqltext;
struct step;

/* How far a step of a generation is; many take their time elsewhere. */
enum phase { ABSENT, RUNNING, DONE, FAILED, UNREADABLE, OVERDUE };

/* What is made of a generation, one after the other. */
struct stage {
	const char	*verb;		/* of the step that begins it */
	const char	*target;
	enum phase	 phase;
	const char	*why;		/* of ABSENT what it is for, else how
					   it stands, in words */
	const char	*name;		/* what the other side calls it; NULL */
	bool		 spends;	/* begun inside a window only */
	bool		 counts;	/* failing counts against the stem */
	long		 deadline;	/* s its program may run; 0: none */
};

/* What asking BigQuery for the figures of the data has come to. */
enum measuring {
	MEASURED,	/* or no question: the data was read here */
	UNASKED,
	ASKED,		/* the answer is not there yet */
	DELAYED,	/* bad luck: it is asked anew at ask_at */
	REFUSED		/* it failed, and would fail again */
};

/* What became of the step that an open intent announced. */
enum effect { EFFECT_UNKNOWN, EFFECT_DONE, EFFECT_FAILED, EFFECT_LOST };

struct span {
	time_t	 from, to;
};

struct job {
	/* what is wanted */
	const struct config	*config;

	/* what was observed */
	time_t			 now;
	const struct log	*log;
	enum effect		 effect;	/* of log->intent */
	const char		*effect_name;	/* the other side's; NULL */
	const struct stage	*begun;		/* that log->intent is to
						   begin, as it stands; NULL */
	const struct registry	*registry;
	const struct manifest	*newest;	/* model; NULL: none */
	const struct manifest	*open;		/* generation; NULL: none */
	struct stage		*stage;		/* of open, in order */
	size_t			 nstages;
	const char		*dataset, *model;	/* AutoML's, or
						   Vertex AI's, or what a
						   run says; NULL */
	struct kube		*kube;		/* of training.job and
						   .pipelineRun; NULL */
	json_t			*template;	/* of what trains: spec, and
						   perhaps metadata */
	const struct object	*workload;	/* what trains open; NULL */
	const char		*output;	/* what it writes to; NULL:
						   not there */
	bool			 records;	/* a failure is a step of its
						   own: "fail" */
	const char		*stem;		/* of a new generation */
	size_t			 attempt;	/* failed ones of the stem */
	time_t			 failed_at;	/* the newest of them */
	const char		*gone;		/* generation that was made,
						   and the store is empty */
	time_t			 gone_at;	/* when it was made */
	size_t			 starts;	/* inside maximumStarts' per */
	struct span		*opening;	/* of windows, in UTC */
	size_t			 nopenings;
	const char		*program;	/* the trainer's file */

	/* the data; not read while a generation is open */
	struct archive		*archive;
	struct dataset		*selected;
	time_t			 watermark;
	size_t			 examples, nlabels;
	size_t			 fresh;		/* later than newest's data */
	const char		*counts;	/* of labels, in words */

	/* the data of BigQuery */
	enum measuring		 measuring;
	const char		*question;	/* id of the job that asks */
	const char		*question_hash;	/* of all that it depends on */
	const char		*question_about; /* but the tables' state */
	json_t			*tables;	/* their state: etag by name */
	time_t			 ask_at;
	const char		*refusal;	/* in words */
	json_t			*row;		/* the answer; NULL */
	struct google		*google;	/* NULL: no cloud */
	struct sqltext		*sql;		/* of the question or export */
	long			 bytes;		/* that it reads; draft() */
};

/*
 * The memo in the Lease of the last generation made: its name, when, and the
 * hash of the retry text of then.
 */
#define MEMO_MADE	"made"

/*
 * Of questions to BigQuery: what the last answer was, how the tables stood
 * when the last was asked, and what was read in the last day.
 */
#define MEMO_MEASURED	"measured"
#define MEMO_TABLES	"tables"
#define MEMO_READ	"read"

const char	*retry_hash(const struct config *);
void		 remember_made(const struct job *, const struct step *);

/* The newest models in a folder, as a trainer is told of them. */
const char	*previous_models(const struct job *, const char *folder);

/* A path that holds in every folder; kept.  NULL: it cannot be told. */
const char	*absolute_path(const char *, struct error *);

/*
 * Whether a folder has a valid evaluation of the open generation.  Returns 1;
 * 0 with why not; -1 when it could not be read, which is no verdict.
 */
int		 trained_well(const struct job *, const char *folder,
		    struct error *);

/* What the stages of every training elsewhere have in common: stage.c */

/* The last outcome of a verb for the open generation; NULL: none. */
const struct outcome	*stage_outcome(const struct job *, const char *verb);

/* Whether it says that something was begun; its name may be unknown. */
bool		 stage_was_begun(const struct outcome *);

void		 stage_set(struct stage *, enum phase, const char *why);

/*
 * RUNNING since then, or OVERDUE, which a person must look at; 0: not known
 * since when.
 */
void		 stage_goes_on(const struct job *, struct stage *, time_t since,
		    const char *what);

int		 write_manifest(const struct guard *, const char *folder,
		    const struct manifest *, struct error *);

#endif
