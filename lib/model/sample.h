/*
 * A sample: a dataset's examples cut into terms once, to fit classifiers on
 * one part of them or another.
 */

#ifndef MODEL_SAMPLE_H
#define MODEL_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

struct classifier;
struct dataset;
struct error;
struct sample;

/* The dataset must outlive it.  NULL with an error, RETRY: no memory. */
struct sample	*sample_new(const struct dataset *, struct error *)
		    __attribute__((nonnull));
void		 sample_free(struct sample *);

/*
 * Fits a classifier for all the dataset's labels on the examples marked in
 * use, one flag an example; every label is off.  The same bytes each time:
 * it seeds rand(3).  A label that none or all of the examples carry gets no
 * weights and a score that says so.  NULL with an error.
 */
struct classifier *sample_fit(const struct sample *, const bool *use,
    struct error *) __attribute__((nonnull));

#endif
