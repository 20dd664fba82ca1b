/*
 * train-model where data, trainer and models are Google's.
 */

#ifndef TRAIN_MODEL_CLOUD_H
#define TRAIN_MODEL_CLOUD_H

struct error;
struct guard;
struct job;
struct plan;
struct sqltext;
struct step;

/*
 * How far the open generation is, and what became of the open intent.  The
 * registry has been read.
 */
int	cloud_stages(struct job *, struct error *);

/* What the data has: remembered, asked for and answered, or not asked. */
int	cloud_measure(struct job *, struct plan *, struct error *);

/* What a step costs, into its words; too much is a hold. */
int	cloud_price(struct job *, struct step *, struct error *);

int	cloud_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *);

/* The open intent was a question: what became of it. */
int	measure_effect(struct job *, struct error *);

/*
 * Waits for the answer to a question that was put, and remembers it.  0 also
 * when it does not come in time; then the next run finds it.
 */
int	measure_answer(struct job *, struct error *);

/* Into the Lease: the answer; and what the query of this run reads. */
void	measure_remember(const struct job *);
void	measure_count(const struct job *);

/* The export of the open generation. */
int	measure_export(const struct job *, struct sqltext *, struct error *);

#endif
