/*
 * Stages of a training in Google's cloud, by what was begun: each is one
 * operation, job or object there, and the Lease remembers some of them.
 */

#ifndef TRAIN_MODEL_BEGUN_H
#define TRAIN_MODEL_BEGUN_H

#include <stdbool.h>
#include <time.h>

#include <jansson.h>

struct intent;
struct job;
struct outcome;
struct stage;

/* One more of the job's stages: absent. */
struct stage		*begun_add(struct job *, const char *verb,
			    const char *target, const char *why);

/* The open intent, if it is to begin that stage of the open generation. */
const struct intent	*begun_intent(const struct job *, const char *verb);

/* What was begun, in words: the answer need not have had a name. */
const char		*begun_words(const struct outcome *);

/*
 * What cannot be read keeps everything else from beginning, for as long as a
 * training may take, and then a person must look.
 */
void			 begun_unreadable(const struct job *, struct stage *,
			    time_t since, const char *why);

/* How it stands by the operation recorded when it was begun; NULL: gone. */
void			 begun_by_operation(const struct job *,
			    struct stage *, json_t *,
			    const struct outcome *);

/* How the export stands by BigQuery's job. */
void			 begun_by_job(const struct job *, struct stage *,
			    json_t *);

/*
 * Whether the log reaches back to before a stage can have been begun.  Not
 * that of a Lease that was lost; nor when ten outcomes came after it.
 */
bool			 begun_is_remembered(const struct job *,
			    const char *verb);

/*
 * With a log that does not reach back, what was begun and is not listed yet
 * is waited for before anything is begun.  Since when is written down first.
 */
void			 begun_recall(const struct job *, struct stage *);

/* What is done, but not listed: it will be, or something is wrong. */
void			 begun_await(const struct job *, struct stage *);

#endif
