/*
 * Whether a model may be proposed: figures against bounds, in a sentence.
 */

#ifndef GATE_H
#define GATE_H

struct candidate;
struct config;

enum gate { GATE_PASSED, GATE_FAILED, GATE_HOLD };

/*
 * Judges a candidate, against the live model unless that is NULL.  Pure; the
 * sentence is kept for the run.
 */
enum gate	gate_judge(const struct config *, const struct candidate *,
		    const char *live, const char **sentence)
		    __attribute__((nonnull(1, 2, 4)));

#endif
