/*
 * What a unit test needs.  Each test is one line of output; the runner adds
 * the lines up.  A test file has a main() that ends with test_end().
 */

#ifndef TEST_H
#define TEST_H

#include <stdio.h>
#include <string.h>

static const char	*test_name;
static int		 test_bad, test_failed;

static inline void
test_close(void)
{
	if (test_name != NULL && !test_bad)
		printf("ok   %s\n", test_name);
	test_name = NULL;
}

/* Begins a test; what follows up to the next one belongs to it. */
static inline void
test(const char *name)
{
	test_close();
	test_name = name;
	test_bad = 0;
}

static inline void
test_fail(const char *file, int line, const char *what)
{
	if (!test_bad)
		printf("FAIL %s\n", test_name);
	printf("     %s:%d: %s\n", file, line, what);
	test_bad = 1;
	test_failed = 1;
}

#define CHECK(x)							\
	do {								\
		if (!(x))						\
			test_fail(__FILE__, __LINE__, #x);		\
	} while (0)

/* Two strings, either of which may be NULL. */
#define CHECK_STR(got, want)						\
	do {								\
		const char *g_ = (got), *w_ = (want);			\
		if (g_ != w_ && (g_ == NULL || w_ == NULL ||		\
		    strcmp(g_, w_) != 0)) {				\
			test_fail(__FILE__, __LINE__, #got);		\
			printf("     got  %s\n     want %s\n",		\
			    g_ == NULL ? "(null)" : g_,			\
			    w_ == NULL ? "(null)" : w_);		\
		}							\
	} while (0)

static inline int
test_end(void)
{
	test_close();
	return test_failed;
}

#endif
