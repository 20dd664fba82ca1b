/*
 * A dataset: the labelled examples a model is trained on, and the file
 * data.jsonl that holds them, the same bytes for the same issues.
 */

#ifndef DATA_DATASET_H
#define DATA_DATASET_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct archive;
struct bytes;
struct error;

/* What of an archive becomes an example. */
struct selection {
	const char *const	*allow;		/* fnmatch(3) patterns, no
						   flags; none: every label */
	size_t			 nallow;
	size_t			 minimum;	/* examples a label needs */
	bool			 negatives;	/* keep issues left without */
	long			 maximum_age;	/* s from creation to the
						   watermark; 0: any */
};

struct example {
	const char	 *id;
	const char	 *title;
	const char	 *repo;
	const char	 *body;
	size_t		 *labels;	/* places in the dataset's, ascending */
	size_t		  nlabels;
	time_t		  created;
	time_t		  event;
};

struct dataset {
	struct example	*examples;	/* sorted by created, then id */
	size_t		 n;
	const char	**labels;	/* names, sorted */
	size_t		*support;	/* examples that carry each */
	size_t		 nlabels;
	void		*memory;	/* dataset.c's own */
};

/*
 * Selects from an archive: first issues by age, then labels by allow, then
 * labels by minimum; an issue is without label judged on what these leave.
 * The strings stay the archive's, which must outlive the dataset.  No
 * example and no label is no error: the caller decides what that means.
 * Free with dataset_free().
 */
int	dataset_select(const struct archive *, const struct selection *,
	    struct dataset *, struct error *) __attribute__((nonnull));

/*
 * data.jsonl as it stands in the file (design 9), a newline behind each
 * example.  The caller frees the bytes.
 */
int	dataset_text(const struct dataset *, struct bytes *, struct error *)
	    __attribute__((nonnull));

/*
 * Reads data.jsonl back, as a trainer does.  Anything else than what
 * dataset_text() writes is BROKEN, named by file, line and column (in
 * bytes); so is a file of more than 1 GiB.  Free with dataset_free().
 */
int	dataset_read(const char *path, struct dataset *, struct error *)
	    __attribute__((nonnull));

/*
 * Reads the dataset of a folder: data.jsonl, or else the parts
 * data-*.jsonl in the order of their names, as an export of BigQuery writes
 * them (with <, > and & escaped).
 */
int	dataset_read_folder(const char *folder, struct dataset *,
	    struct error *) __attribute__((nonnull));

void	dataset_free(struct dataset *) __attribute__((nonnull));

#endif
