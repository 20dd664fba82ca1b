/*
 * run-pipeline: every ModelSync object whose lambda says that a sync is
 * needed has exactly one active PipelineRun.
 *
 * The run of one object, by whoever has eyes and hands:
 *
 *	sync_read()			the object
 *	object_prepare()		what of it can be judged at once
 *	runs_add(), runs_of()		its runs, from the one list of all
 *	... the Lease is read into ->log
 *	object_asks()			whether the lambda is to be asked
 *	... it is: needs_read(), needs_missing() or needs_plan()
 *	object_complete()		the run it would make
 *	decide_object()			the step, and the status to be
 *	... the step under the Lease, then the status if status_differs()
 */

#ifndef RUN_PIPELINE_H
#define RUN_PIPELINE_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct last;
struct log;
struct needs;
struct pipelinerun;
struct run;
struct runner;
struct status;
struct step;
struct sync;
struct url;

/* All of one object that a decision may look at. */
struct observation {
	const struct runner	*runner;
	const struct sync	*sync;
	const struct url	*url;	/* NULL: a rule is asked, or nothing */
	const char		*document;	/* of the rule; NULL */
	const char		*url_reason, *url_why;	/* refused; NULL */
	const char		*bad_reason, *bad_why;	/* object; NULL */

	const struct log	*log;	/* of the object's Lease; one that was
					   never made is an empty one */
	const struct run	*run;	/* oldest first; all of the object */
	size_t			 nruns;
	const struct needs	*needs;	/* never NULL; may be unasked */

	/* of object_complete() */
	const struct pipelinerun *next;	/* to be made; NULL */
	const char		*next_reason, *next_why;	/* refused */

	time_t			 now;
};

/*
 * Judges the object, its template and its URL; ->runner and ->sync are set.
 * Fills ->bad_reason, ->url_reason, ->url and ->document.  Nothing is asked
 * when either reason is set.
 */
void	object_prepare(struct observation *) __attribute__((nonnull));

/*
 * Whether the lambda, or the rule, is to be asked: not when the decision
 * does not depend on what it would say.  ->log and ->run are set.
 */
bool	object_asks(const struct observation *) __attribute__((nonnull));

/* With an answer that needs a sync in ->needs: fills ->next, or why not. */
void	object_complete(struct observation *) __attribute__((nonnull));

/*
 * Pure: the first row of the table (run-pipeline(8)) that applies.  The
 * step's verb is "create" (target: the name of ->next), "delete" (target: a
 * run's name; base: its uid, the precondition), STEP_CLOSE, or NULL.  A
 * verdict of RETRY or BROKEN is the object's alone.  The status is what is
 * to be written, whatever the step comes to: it tells of the world before
 * the step, and the next run of what the step made.
 *
 * A create that is answered AlreadyExists is done when the run that is there
 * has the object's uid among its owners, and BROKEN when it has not.
 */
void	decide_object(const struct observation *, struct step *,
	    struct status *) __attribute__((nonnull));

/*
 * Pure: the run that ended last, in the list or, where it was deleted since,
 * in the status; uid NULL: none.  How many failed in a row up to it, of the
 * object's generation.
 */
void	object_last(const struct observation *, struct last *)
	    __attribute__((nonnull));
long	object_failures(const struct observation *, const struct last *)
	    __attribute__((nonnull));

/*
 * Of two verdicts the one that counts for the process: BROKEN, then RETRY,
 * then PENDING, then SETTLED.
 */
int	verdict_worse(int, int);

/* For qsort(3) over const struct sync *: oldest decision first, then name. */
int	object_order(const void *, const void *) __attribute__((nonnull));

/*
 * Puts so many objects in that order, but for those whose decision stays and
 * so keeps its time (STATUS_REFRESH): these follow by name, and from another
 * one on each minute.  A run that is out of time before it comes to all of
 * them does not leave out the same ones every time.
 */
void	object_arrange(struct sync **, size_t n, time_t now)
	    __attribute__((nonnull));

#endif
