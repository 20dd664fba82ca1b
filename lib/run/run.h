/*
 * A run: options, the Lease, observe, decide, act, one line, an exit status.
 * run.c owns main() and calls what each tool defines; the linker joins them.
 */

#ifndef RUN_RUN_H
#define RUN_RUN_H

#include <stdbool.h>
#include <time.h>

struct config;
struct error;
struct google;
struct guard;
struct job;
struct kube;
struct log;
struct plan;
struct step;

/* What a tool is. */
struct tool {
	const char		*name;
	const char		*document;	/* the default of -f; NULL:
						   /etc/modelsync/model.yaml */
};

extern const struct tool	tool;

/* What a run stands on; everything lives until the process ends. */
struct world {
	const struct config	*config;
	const struct log	*log;	/* of the Lease as it was read */
	time_t			 now;	/* the one clock */
	struct plan		*plan;	/* where observe() tells what it saw */
	struct google		*google;	/* NULL: not asked for */
	struct kube		*kube;		/* the Lease's; NULL: a file */
	bool			 dry;		/* nothing may be written */
	bool			 progress;	/* somebody is watching */
	time_t			 model_time;	/* observe() sets it: of the
						   model whose age counts;
						   0: there is none */
};

/* Defined by each tool.  job_new() is called once a round. */
struct job	*job_new(void);

/* The run is over: lets go of what the job has open. */
void		 job_end(struct job *);

/* The world into the job.  Any failure ends the run: no partial view. */
int		 observe(struct job *, struct world *, struct error *);

/* Pure: the job and the time to a step. */
void		 decide(const struct job *, time_t, struct step *);

/*
 * What a step with a verb would write, worked out and written nowhere: fills
 * step->blobs and step->diff for the plan and its digest, and the deadline
 * of a program that is to run.
 */
int		 draft(struct job *, struct step *, struct error *);

/*
 * The step to the world: one write.  On success *name may be set to what
 * the other side calls the result.  Returns 0; 1 when it failed and that
 * counts, because it is recorded in the world or something was paid for
 * (the error tells it); -1 when it failed otherwise.
 */
int		 act(const struct job *, const struct step *, struct guard *,
		    const char **name, struct error *);

#endif
