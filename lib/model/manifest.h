/*
 * manifest.json: what a generation was made from, beside everything that
 * was made for it (a dataset, a model, a failed attempt).  Also the names a
 * generation goes by.
 */

#ifndef MODEL_MANIFEST_H
#define MODEL_MANIFEST_H

#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct bytes;
struct config;
struct error;

/* Strings are kept for the run. */
struct manifest {
	const char	*model;		/* the id that stands at the marks */
	const char	*generation;
	const char	*owner;
	const char	*name;		/* of the Model document */
	time_t		 created;	/* when the generation was chosen */
	time_t		 watermark;	/* its data ends here */
	const char	*spec_hash;
	const char	*stem;
	const char	*input_hash;	/* of data.jsonl */
	const char	*predecessor;	/* model id; "" for the first */
	size_t		 attempt;	/* failed ones of the stem before it */
	size_t		 examples;
	json_t		*labels;	/* name to count */
};

/*
 * Reads manifest.json in a folder.  Returns 0; 1 when there is none; -1 with
 * an error, BROKEN when it is not a manifest.
 */
int	manifest_read(const char *folder, struct manifest *, struct error *)
	    __attribute__((nonnull));

/* The same of a text; path is what errors call it. */
int	manifest_parse(const char *text, size_t len, const char *path,
	    struct manifest *, struct error *) __attribute__((nonnull));

/* The file's bytes.  The caller frees them. */
int	manifest_text(const struct manifest *, struct bytes *,
	    struct error *) __attribute__((nonnull));

/* Order of age; equal times by model, then generation, for qsort(3). */
int	manifest_compare(const struct manifest *, const struct manifest *)
	    __attribute__((nonnull));

/*
 * What all attempts of a generation share: owner, spec, predecessor and the
 * document's retry text; not the watermark, so that new data resets no
 * failure count.  Pure; kept for the run.
 */
const char	*manifest_stem(const struct config *, const char *predecessor)
		    __attribute__((nonnull));

/*
 * "<slug>-<12 hex>": fits label values and the names of Jobs and of BigQuery
 * jobs.  Pure; kept for the run.
 */
const char	*manifest_generation(const char *name, const char *stem,
		    time_t watermark, size_t attempt) __attribute__((nonnull));

/* Whether a text has the form of such a name, of any model. */
int		 manifest_is_generation(const char *) __attribute__((nonnull));

#endif
