/*
 * The selection of issues (data/archive.h, data/dataset.h) as one query to
 * BigQuery, in GoogleSQL: the same events give the same dataset.  What comes
 * from outside is a named parameter; a name that cannot be one has a form
 * that is checked.
 */

#ifndef DATA_SELECTSQL_H
#define DATA_SELECTSQL_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include <jansson.h>

struct error;

/* The source is one of tables, table and query. */
struct selectsql {
	const char	*tables;	/* "project.dataset.prefix*": GH
					   Archive's, by day */
	const char	*since;		/* its first day, "20240101"; NULL */
	const char	*table;		/* "project.dataset.table" with the
					   columns of a dataset */
	const char	*query;		/* a SELECT that gives these columns */
	const char	*organisation;	/* of tables; NULL: all */
	const char *const *allow;	/* fnmatch(3) patterns; none: all */
	size_t		 nallow;
	long		 minimum;	/* examples a label needs */
	bool		 negatives;	/* keep issues left without */
	long		 maximum_age;	/* s; 0: any */
	time_t		 watermark;	/* later events do not count; 0: all
					   do */
	time_t		 newest;	/* examples later than this are fresh */
	time_t		 now;		/* its day is the last */
};

struct sqltext {
	const char	*query;
	json_t		*parameters;	/* queryParameters, an array */
};

enum selectsql_form {
	SELECTSQL_LINES,	/* data.jsonl, in parts */
	SELECTSQL_AUTOML	/* ML_USE,text,label for AutoML */
};

/*
 * One row: watermark (RFC 3339, or NULL without any issue), examples, labels,
 * fresh (numbers), counts ("kind/bug 12, ..." of the five most frequent
 * labels, whatever the minimum).  Kept for the run.  BROKEN when a name has
 * not its form.
 */
int	selectsql_measure(const struct selectsql *, struct sqltext *,
	    struct error *) __attribute__((nonnull));

/*
 * Writes the dataset to files gs://.../name-*.suffix.  Lines are sorted as
 * data.jsonl is.  For AutoML there is one row for each label of an issue, of
 * which the oldest 70 % are to train, the next 10 % to validate and the
 * newest 20 % to test; "_" in a label is "_5F" and "/" is "_2F".
 */
int	selectsql_export(const struct selectsql *, const char *uri,
	    enum selectsql_form, struct sqltext *, struct error *)
	    __attribute__((nonnull));

/* An fnmatch(3) pattern, without flags, as a regular expression of RE2. */
const char	*selectsql_pattern(const char *) __attribute__((nonnull));

#endif
