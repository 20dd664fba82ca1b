/*
 * train-model: a model exists that is young enough, and trained on enough
 * of the new data.
 */

#ifndef TRAIN_MODEL_H
#define TRAIN_MODEL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct archive;
struct config;
struct dataset;
struct log;
struct manifest;
struct registry;

/* A step of a generation, for trainers that take their time as well. */
enum phase { ABSENT, RUNNING, DONE, FAILED, UNREADABLE, OVERDUE };

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
	const struct registry	*registry;
	const struct manifest	*newest;	/* model; NULL: none */
	const struct manifest	*open;		/* generation; NULL: none */
	enum phase		 dataset, training;	/* of open */
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
};

/*
 * The memo in the Lease of the last generation made: its name, when, and the
 * hash of the retry text of then.
 */
#define MEMO_MADE	"made"

const char	*retry_hash(const struct config *);

#endif
