/*
 * How good a model is on examples it has not seen: evaluation.json, written
 * by trainers and read by the gate.
 */

#ifndef MODEL_EVALUATION_H
#define MODEL_EVALUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct bytes;
struct error;

/*
 * Lower and upper bound (Wilson score interval, 95 %: E. B. Wilson,
 * "Probable inference, the law of succession, and statistical inference",
 * J. Amer. Statist. Assoc. 22, 1927).
 */
struct interval {
	double	 low, high;
};

/*
 * NAN where undefined: precision when nothing was predicted, recall when
 * support is 0, both intervals of a mean; null in the file.
 */
struct measure {
	double		 precision, recall;
	size_t		 support;	/* true positives and those missed */
	struct interval	 precision_interval, recall_interval;
};

struct label_measure {
	const char	*name;
	double		 threshold;	/* NAN: the label is off */
	struct measure	 measure;
};

/*
 * An earlier model on the hold-out examples it cannot have been trained on,
 * over the labels that both know.
 */
struct against {
	const char	*model;
	size_t		 examples;	/* 0: nothing to compare */
	struct measure	 micro;		/* of that model */
	struct measure	 candidate;	/* of this one, on the same */
};

struct evaluation {
	const char		*model, *generation;
	size_t			 train;		/* older examples */
	size_t			 holdout;	/* examples */
	time_t			 from, to;	/* created */
	struct measure		 micro;		/* off: missed */
	struct measure		 macro;
	struct label_measure	*labels;
	size_t			 nlabels;
	struct against		*against;
	size_t			 nagainst;
};

/* The interval of k successes in n; both bounds NAN when n is 0. */
struct interval	 evaluation_interval(size_t k, size_t n);

/* True and false positives and false negatives to figures. */
struct measure	 evaluation_measure(size_t tp, size_t fp, size_t fn);

/* The mean over labels with support; an undefined precision is left out. */
struct measure	 evaluation_mean(const struct label_measure *, size_t);

/*
 * The file's bytes, fractions with six digits.  The caller frees them.
 * BROKEN when a name is not UTF-8.
 */
int	evaluation_text(const struct evaluation *, struct bytes *,
	    struct error *) __attribute__((nonnull));

/*
 * Reads and checks a file; strings are kept for the run (keep.h).  Returns
 * 0; 1 when there is none; -1 with an error naming the file and what was
 * expected, BROKEN.
 */
int	evaluation_read(const char *path, struct evaluation *, struct error *)
	    __attribute__((nonnull));

/* The same of what stands in memory; path is what errors call it. */
int	evaluation_parse(const struct bytes *, const char *path,
	    struct evaluation *, struct error *) __attribute__((nonnull));

#endif
