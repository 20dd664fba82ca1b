/*
 * What a fuzz target needs.  A target is the one function that libFuzzer
 * calls with bytes of its making (https://llvm.org/docs/LibFuzzer.html); it
 * gives back all memory and returns 0.  What has to hold for any input is
 * said with MUST(), and the process dies where it does not.
 */

#ifndef FUZZ_H
#define FUZZ_H

#include <sys/mman.h>

#include <err.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/* Divides the strings of an input; it lets corpora remain readable. */
#define FUZZ_DIVIDER	'\x1e'

#define MUST(x)								\
	do {								\
		if (!(x)) {						\
			fprintf(stderr, "%s:%d: does not hold: %s\n",	\
			    __FILE__, __LINE__, #x);			\
			abort();					\
		}							\
	} while (0)

int	LLVMFuzzerTestOneInput(const uint8_t *, size_t);

/* Frees everything kept (tests/fuzz/keep.c): at the end of each input. */
void	keep_drop(void);

/* A file of these bytes, in memory; the next call writes over it. */
static inline const char *
fuzz_file(const void *data, size_t len)
{
	static char	 path[64];
	static int	 fd = -1;

	if (fd == -1) {
		if ((fd = memfd_create("fuzz", MFD_CLOEXEC)) == -1)
			err(1, "memfd_create");
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	}
	if (ftruncate(fd, 0) == -1 ||
	    pwrite(fd, data, len, 0) != (ssize_t)len)
		err(1, "memfd");
	return path;
}

/* Cuts a string off the front of the bytes, up to a divider; kept. */
static inline const char *
fuzz_string(struct bytes *rest)
{
	char	*end = NULL;
	size_t	 len = rest->len, past;
	char	*s;

	if (len > 0)
		end = memchr(rest->data, FUZZ_DIVIDER, len);
	if (end != NULL)
		len = (size_t)(end - rest->data);
	s = keep_copy(rest->data, len);
	past = len + (end != NULL);
	rest->data += past;
	rest->len -= past;
	return s;
}

/* The input as bytes with a NUL behind them; kept. */
static inline struct bytes
fuzz_bytes(const uint8_t *data, size_t len)
{
	return (struct bytes){ keep_copy((const char *)data, len), len };
}

static inline bool
fuzz_same(const struct bytes *a, const struct bytes *b)
{
	return a->len == b->len &&
	    (a->len == 0 || memcmp(a->data, b->data, a->len) == 0);
}

#endif
