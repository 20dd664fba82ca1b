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

/* The same of what trains: automl.c, vertex.c. */
int	automl_stages(struct job *, struct error *);
int	vertex_stages(struct job *, struct error *);

/* What the data has: remembered, asked for and answered, or not asked. */
int	cloud_measure(struct job *, struct plan *, struct error *);

int	cloud_act(const struct job *, const struct step *, struct guard *,
	    const char **name, struct error *);

/* The open intent was a question: what became of it. */
int	measure_effect(struct job *, struct error *);

/*
 * Waits for the answer to a question that was put, and remembers it.  0 also
 * when it does not come in time; then the next run finds it.
 */
int	measure_answer(struct job *, struct error *);

/* Into the Lease: the answer. */
void	measure_remember(const struct job *);

/* The question, and the export of the open generation. */
int	measure_question(const struct job *, struct sqltext *,
	    struct error *);
int	measure_export(const struct job *, struct sqltext *, struct error *);

/* What is free: budget.c and tables.c */

/*
 * What a step costs, into its words; too much is a hold.  What a query reads
 * goes into the memo, which is written with the intent.
 */
int	cloud_price(struct job *, struct step *, struct error *);

/* The query of this run was refused: it read nothing. */
void	budget_refund(const struct job *, const char *id);

/* The job of BigQuery that a step of exporting begins. */
const char	*cloud_export_id(const struct step *);

/*
 * The state of the tables into job->tables: of the newest that are there each
 * one's etag.  A table that went out of sight is remembered, so that a
 * midnight changes nothing.
 */
int	tables_look(struct job *, struct error *);

/* Into the Lease, with the question about them. */
void	tables_remember(const struct job *);

#endif
