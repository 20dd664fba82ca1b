/*
 * How good a model of AutoML or Vertex AI is.
 */

#ifndef GOOGLE_EVALUATIONS_H
#define GOOGLE_EVALUATIONS_H

struct config;
struct error;
struct google;
struct model;
struct registry;

/*
 * What a model's trainer wrote, else what the service says of it: of several
 * evaluations of Vertex AI the newest.  Where there is none, or none that can
 * be read, the evaluation stays NULL, and model->unread says why; kept for
 * the run.  0; -1 when the service did not answer, or what the trainer wrote
 * is not as it should be.
 */
int	evaluations_read(struct google *, const struct config *,
	    const struct registry *, struct model *, struct error *)
	    __attribute__((nonnull));

#endif
