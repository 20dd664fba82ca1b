/*
 * How a run ended in figures, for Prometheus: into a file, or to a
 * Pushgateway.  What is not known is left out of the file and NaN at the
 * gateway, where it would stay as it was; the last success is never
 * forgotten by a run that was none.
 */

#ifndef RUN_METRICS_H
#define RUN_METRICS_H

#include <stddef.h>
#include <time.h>

struct error;
struct summary;

enum metrics_form {
	METRICS_OPEN,	/* OpenMetrics text, which ends with # EOF */
	METRICS_PUSH	/* text format 0.0.4 */
};

/*
 * The metrics as text, kept; with the time of the last success, 0 when it is
 * not known.
 */
const char	*metrics_text(const struct summary *, enum metrics_form,
		    time_t success) __attribute__((nonnull));

/*
 * The last success that a file of ours tells of this model and tool; 0 when
 * it tells none, or nonsense.
 */
time_t		 metrics_success(const struct summary *, const char *text)
		    __attribute__((nonnull));

/*
 * Replaces a file, by a rename, so that nobody reads half of it.  Only what
 * is a regular file, or nothing yet, is replaced.
 */
int		 metrics_write(const struct summary *, const char *path,
		    struct error *) __attribute__((nonnull));

/* Whether a URL is an origin that can be pushed to.  -1: BROKEN. */
int		 metrics_check(const char *url, struct error *)
		    __attribute__((nonnull));

/* The path of the group at a gateway, kept. */
const char	*metrics_path(const struct summary *)
		    __attribute__((nonnull));

/* One POST to a gateway, without any credential. */
int		 metrics_push(const struct summary *, const char *url,
		    struct error *) __attribute__((nonnull));

#endif
