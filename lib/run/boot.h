/*
 * The clock that spans are measured by: it goes on while a machine sleeps,
 * and nobody sets it.
 */

#ifndef RUN_BOOT_H
#define RUN_BOOT_H

/* CLOCK_BOOTTIME in milliseconds.  Safe in a signal handler. */
long	boot_clock(void);

#endif
