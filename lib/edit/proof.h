/*
 * The proof that an edit did what was asked and nothing else: bytes outside
 * the changes are compared, then the old text and the new one node by node.
 */

#ifndef EDIT_PROOF_H
#define EDIT_PROOF_H

#include <stddef.h>

struct bytes;
struct error;
struct splice;
struct targets;

/* In the order of the file. */
struct changes {
	struct splice	*splice;
	size_t		 n;
};

/*
 * A node may differ from the old text only where it is touched: a target
 * has its wanted text, a string entered as YAML is compared in the same way.
 * -1: it is not so, BROKEN; an error of this program.
 */
int	proof_check(const struct targets *, const struct bytes *was,
	    const struct changes *, const struct bytes *is, struct error *)
	    __attribute__((nonnull));

#endif
