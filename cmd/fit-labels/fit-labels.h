/*
 * One fitting: what was asked for, and what came of it.
 */

#ifndef FIT_LABELS_H
#define FIT_LABELS_H

#include <stddef.h>
#include <stdio.h>

struct classifier;
struct dataset;
struct error;
struct evaluation;
struct sample;

struct job {
	/* From the command line and the environment. */
	const char		*dataset;	/* folder */
	const char		*output;	/* folder */
	const char		*generation;
	const char		*name;		/* "" when not told */
	const char		*previous;	/* folders, ":" between */
	double			 precision;	/* aimed at */

	struct dataset		*data;
	struct sample		*sample;
	size_t			 train;		/* older examples */
	double			*threshold;	/* of every label; NAN: off */
	struct classifier	*candidate;	/* fitted before the hold-out */
	struct classifier	*shipped;	/* fitted on everything */
	struct evaluation	*evaluation;
};

/* learn.c: the three fits.  -1 with an error. */
int	learn_thresholds(struct job *, struct error *)
	    __attribute__((nonnull));
int	learn_models(struct job *, struct error *) __attribute__((nonnull));

/*
 * judge.c: judges the candidate on the hold-out, and earlier models beside
 * it; one that cannot be read is told to the log and left out.
 */
void	judge(struct job *, FILE *log) __attribute__((nonnull));

/* output.c: writes both files, each whole or not at all. */
int	output_write(const struct job *, struct error *)
	    __attribute__((nonnull));

/* output.c: the figures as a table for people. */
void	output_print(const struct job *, FILE *) __attribute__((nonnull));

#endif
