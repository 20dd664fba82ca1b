/*
 * Where a commit names the model.
 */

#ifndef SURVEY_H
#define SURVEY_H

#include <stdbool.h>
#include <stddef.h>

struct config;
struct definitions;
struct edited;
struct error;
struct marks;
struct place;
struct repo;

struct survey {
	struct edited		*file;		/* with marked places */
	size_t			 nfiles;
	size_t			 nplaces;
	/* The place whose value is live, in one of the files; NULL: none. */
	const struct edited	*live_file;
	const struct place	*live;
};

/*
 * Looks at the files of a commit below config.paths.  Returns 0; 1 where one
 * of them is no YAML to be edited, or a field is not there; -1 where they
 * could not be read; both with an error.  Kept for the run; the bytes are
 * those of the blobs.
 */
int	survey_make(struct repo *, const struct config *, const char *commit,
	    struct survey *, struct error *) __attribute__((nonnull));

/*
 * What lib/edit returns of a file's bytes: 1 in place of -1 where it is what
 * the file says that is wrong.
 */
int	survey_judge(int rv, const struct error *) __attribute__((nonnull));

/* Whether a file can carry a setter's own value, and whether any mark of it. */
bool	survey_is_kptfile(const char *path) __attribute__((nonnull));
bool	survey_may_be_marked(const char *path) __attribute__((nonnull));

/* What marks places in a file; NULL: nothing.  Kept for the run. */
const struct marks	*survey_marks(const struct config *, const char *path,
			    const struct definitions *)
			    __attribute__((nonnull(1, 2)));

/* "file:line:column" of a place; kept for the run. */
const char	*survey_where(const struct edited *, const struct place *)
		    __attribute__((nonnull));

#endif
