/*
 * Where a commit names the model.
 */

#ifndef SURVEY_H
#define SURVEY_H

#include <stddef.h>

struct config;
struct edited;
struct error;
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
 * Looks at the files of a commit below config.paths.  A field whose file is
 * not there is BROKEN.  Kept for the run; the bytes are those of the blobs.
 */
int	survey_make(struct repo *, const struct config *, const char *commit,
	    struct survey *, struct error *) __attribute__((nonnull));

/* "file:line:column" of a place; kept for the run. */
const char	*survey_where(const struct edited *, const struct place *)
		    __attribute__((nonnull));

#endif
