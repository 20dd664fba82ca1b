/*
 * What a run says on standard error: one line how it ended, and with -v a
 * line for each thing observed and each exchange.  Strings from outside are
 * escaped.  The texts end with a newline and are kept for the run.
 */

#ifndef RUN_LINE_H
#define RUN_LINE_H

struct passed;
struct summary;

enum line_form {
	LINE_LOGFMT,
	LINE_JSON	/* as Cloud Logging takes it */
};

/* Who speaks, and how. */
struct voice {
	enum line_form	 form;
	const char	*tool;
	const char	*model;		/* NULL: not known yet */
};

/* The one line of a run. */
const char	*line_summary(const struct voice *, const struct summary *)
		    __attribute__((nonnull));

/* Something observed. */
const char	*line_fact(const struct voice *, const char *name,
		    const char *value) __attribute__((nonnull));

const char	*line_exchange(const struct voice *, const struct passed *)
		    __attribute__((nonnull));

/* What could not be told ("event"), which fails no run, and why. */
const char	*line_unsaid(const struct voice *, const char *what,
		    const char *why) __attribute__((nonnull));

/* A problem of the document. */
const char	*line_problem(const struct voice *, const char *)
		    __attribute__((nonnull));

/* To standard error in one write, so that lines of many runs do not mix. */
void		 line_write(const char *) __attribute__((nonnull));

#endif
