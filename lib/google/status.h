/*
 * What a Google service says when it refuses: google.rpc.Status, and the
 * older form of BigQuery and Cloud Storage with a list of reasons.
 */

#ifndef GOOGLE_STATUS_H
#define GOOGLE_STATUS_H

#include <stdbool.h>

#include <jansson.h>

struct answer;
struct error;

/*
 * Makes an error of an answer that is no success: what was asked, the
 * server's words, and what to do.  account is who asked, role what he is to be
 * granted where the answer does not say which permission he lacks.  BROKEN
 * when a person must act, RETRY when a later run may succeed.  Returns -1.
 */
int		 status_error(const struct answer *, const char *what,
		    const char *account, const char *role, struct error *)
		    __attribute__((nonnull));

/* Whether it gives a status ("ALREADY_EXISTS") or reason ("duplicate"). */
bool		 status_is(const struct answer *, const char *)
		    __attribute__((nonnull));

/* The sentence of an operation's error {code, message}; kept. */
const char	*status_rpc(json_t *error);

#endif
