#include <time.h>

#include "run/boot.h"

long
boot_clock(void)
{
	struct timespec	 t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return t.tv_sec * 1000L + t.tv_nsec / 1000000L;
}
