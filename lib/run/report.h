/*
 * Telling of a run: its line, the termination log, an Event, the metrics.
 * What cannot be told is one line of level warn and fails no run.
 */

#ifndef RUN_REPORT_H
#define RUN_REPORT_H

struct config;
struct error;
struct kube;
struct plan;
struct settings;
struct summary;

/* With -v: a line for each thing observed. */
void	report_facts(const struct settings *, const struct plan *)
	    __attribute__((nonnull));

/*
 * All of a run that is over.  The server is that of the Lease; NULL: a file,
 * or it was not found.  A dry run says its line and nothing else.
 */
void	report_run(const struct settings *, const struct summary *,
	    struct kube *) __attribute__((nonnull(1, 2)));

/* The end of a process that could not read its document, or its options. */
void	report_document(const struct settings *, const char *problems,
	    const struct error *) __attribute__((nonnull(1, 3)));
void	report_usage(const struct settings *, const struct error *)
	    __attribute__((nonnull));

#endif
