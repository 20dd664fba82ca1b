/*
 * What base's history says of the values that stand there today.
 */

#ifndef RECORD_H
#define RECORD_H

struct error;
struct job;
struct survey;

/*
 * Fills in the job's live model and who set it, which models were rolled
 * back, and whose doing the copies are that differ.  There must be a place.
 */
int	record_read(struct job *, const struct survey *, struct error *)
	    __attribute__((nonnull));

#endif
