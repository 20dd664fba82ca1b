/*
 * A classifier: which labels an issue's text calls for, one logistic
 * regression a label over weighted terms (terms.h), and the file it is kept
 * in.
 *
 * The file, all integers little-endian, floats IEEE 754 singles as their
 * bits, nothing between or behind the parts:
 *
 *	"modelsync classifier 1\n\0"
 *	u32	labels L, terms T, bytes of names N
 *	N	L names in UTF-8, each ended by a NUL
 *	f32[L]	thresholds, 0 to 1; -1: the label is off
 *	f32[L]	biases
 *	f32[L]	steps: what a weight of 1 in the file stands for
 *	u64[T]	keys of the terms, ascending
 *	f32[T]	inverse document frequencies
 *	i16[T][L] weights in steps
 */

#ifndef MODEL_CLASSIFIER_H
#define MODEL_CLASSIFIER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bytes;
struct error;
struct text;

/*
 * So that no file makes us take more than about 140 MiB twice.  Projects have
 * hundreds of labels at most, and the rarest terms tell least.
 */
#define CLASSIFIER_LABELS	1024
#define CLASSIFIER_TERMS	65536
#define CLASSIFIER_NAME		1024	/* bytes of a label's name */

/* Made by classifier_new() or classifier_read(); arrays are its own. */
struct classifier {
	size_t		  nlabels, nterms;
	char		**label;	/* names, in the order given */
	float		 *threshold;	/* NAN: the label is off */
	float		 *bias;
	float		 *step;
	uint64_t	 *key;		/* ascending */
	float		 *idf;
	int16_t		 *weight;	/* of a term, for every label */
};

/*
 * Room for so many labels, with copies of their names, and terms: every
 * label off, all figures 0.  NULL with an error when there is no memory or
 * a bound above is passed.
 */
struct classifier *classifier_new(const char *const *labels, size_t nlabels,
    size_t nterms, struct error *);
void	classifier_free(struct classifier *);

/*
 * Reads a file.  NULL with an error naming the file: BROKEN when there is
 * none or it is not exactly such a file, or RETRY.
 */
struct classifier *classifier_read(const char *path, struct error *)
    __attribute__((nonnull));

/* The file's bytes.  The caller frees them. */
int	classifier_text(const struct classifier *, struct bytes *,
	    struct error *) __attribute__((nonnull));

/*
 * The probability of every label, whether it is on or off.  Needs about
 * 220 KiB of stack and no other memory.
 */
void	classifier_score(const struct classifier *, const struct text *,
	    double *score) __attribute__((nonnull));

/* Whether a label is on and a score is enough for it. */
bool	classifier_says(const struct classifier *, size_t label, double score)
	    __attribute__((nonnull));

#endif
