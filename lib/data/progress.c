#include <stdio.h>

#include "data/progress.h"

#define PAUSE		200	/* ms: quick enough to see it move */
#define MEGABYTE	1000000

static long
milliseconds(const struct timespec *a, const struct timespec *b)
{
	return (b->tv_sec - a->tv_sec) * 1000 +
	    (b->tv_nsec - a->tv_nsec) / 1000000;
}

void
progress_tell(struct progress *p, uint64_t bytes, size_t issues)
{
	struct timespec	 now;
	int		 n;

	if (!p->on)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	if (p->width > 0 && milliseconds(&p->told, &now) < PAUSE)
		return;
	p->told = now;
	n = fprintf(stderr, "\r%zu of %zu files, %llu MB, %zu issues", p->file,
	    p->nfiles, (unsigned long long)((p->bytes + bytes) / MEGABYTE),
	    issues) - 1;
	if (n < p->width)
		fprintf(stderr, "%*s", p->width - n, "");
	else
		p->width = n;
	fflush(stderr);
}

void
progress_wipe(struct progress *p)
{
	if (p->width > 0)
		fprintf(stderr, "\r%*s\r", p->width, "");
	p->width = 0;
}
