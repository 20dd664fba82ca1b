#include <stdlib.h>
#include <string.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/when.h"
#include "run/zone.h"

#define DAY		86400L
#define HOUR		3600L
#define FAR		(26 * HOUR)	/* no offset is larger: RFC 8536, 3.2 */
#define STEP		(6 * HOUR)	/* changes of a zone lie days apart */
#define CEILING		65536		/* of a zone's file: 16 times any */
#define HEADER		44		/* bytes at least: RFC 8536, 3.1 */

#define CAPITALS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define NAME		CAPITALS "abcdefghijklmnopqrstuvwxyz0123456789_+-/"

struct zone {
	bool		 utc;		/* the environment is left alone */
	const char	*was;		/* TZ before; NULL: not set */
};

static void
set_environment(const char *tz)
{
	if (tz == NULL)
		unsetenv("TZ");
	else
		setenv("TZ", tz, 1);
	tzset();
}

/* Version 1 has no rules for the future; a file cut short lacks its end. */
static bool
is_whole(const struct bytes *b)
{
	return b->len > HEADER && memcmp(b->data, "TZif", 4) == 0 &&
	    b->data[4] >= '2' && b->data[b->len - 1] == '\n';
}

static int
check_file(const char *path, struct error *error)
{
	struct bytes	 b;
	bool		 whole;
	int		 rv;

	if ((rv = bytes_read(path, CEILING, &b, error)) == -1)
		return -1;
	if (rv == 1)
		return error_set(error, BROKEN, "%s: there is no such file, "
		    "expected a zone of tzdata; correct the name, or install "
		    "tzdata", path);
	whole = is_whole(&b);
	bytes_free(&b);
	if (!whole)
		return error_set(error, BROKEN, "%s: not a whole TZif file "
		    "of version 2 or later; install tzdata again", path);
	return 0;
}

/* What the library cannot read it takes for UTC, without a name. */
static bool
is_in_force(void)
{
	time_t		 epoch = 0;
	struct tm	 tm;

	return localtime_r(&epoch, &tm) != NULL && tm.tm_zone != NULL &&
	    tm.tm_zone[0] != '\0';
}

struct zone *
zone_open(const char *name, struct error *error)
{
	struct zone	*zone = keep(sizeof(*zone));
	const char	*was = getenv("TZ"), *path;

	if (strcmp(name, "UTC") == 0) {
		zone->utc = true;
		return zone;
	}
	path = keepf("%s/%s", ZONE_FOLDER, name);
	if (name[0] == '\0' || strchr(CAPITALS, name[0]) == NULL ||
	    name[strspn(name, NAME)] != '\0') {
		error_set(error, BROKEN, "%s: expected the name of a time "
		    "zone, as Europe/London", name);
		return NULL;
	}
	if (check_file(path, error) == -1)
		return NULL;
	zone->was = was == NULL ? NULL : keepf("%s", was);
	set_environment(keepf(":%s", path));
	if (is_in_force())
		return zone;
	zone_close(zone);
	error_set(error, BROKEN, "%s: the C library cannot read it; install "
	    "tzdata again", path);
	return NULL;
}

void
zone_close(struct zone *zone)
{
	if (!zone->utc)
		set_environment(zone->was);
}

/* Seconds that the zone's clock is ahead of UTC at an instant. */
static long
offset(const struct zone *zone, time_t t)
{
	struct tm	 tm;

	/* It fails for years beyond an int, which no time here has. */
	if (zone->utc || localtime_r(&t, &tm) == NULL)
		return 0;
	return tm.tm_gmtoff;
}

/* The first instant after another with a new offset, or the end. */
static time_t
next_change(const struct zone *zone, time_t t, time_t end)
{
	long	 before = offset(zone, t);
	time_t	 high = t, middle;

	do {
		t = high;
		high = t + STEP < end ? t + STEP : end;
		if (t == end)
			return end;
	} while (offset(zone, high) == before);
	while (high - t > 1) {
		middle = t + (high - t) / 2;
		if (offset(zone, middle) == before)
			t = middle;
		else
			high = middle;
	}
	return high;
}

/* The first instant at which the clock shows a time, or a later one. */
static time_t
first_of(const struct zone *zone, time_t clock)
{
	time_t	 end = clock + FAR, from, to, t;

	for (from = clock - FAR;; from = to) {
		to = next_change(zone, from, end);
		t = clock - offset(zone, from);
		if (t < from)
			t = from;	/* the change left the time out */
		if (t < to || to == end)
			return t;
	}
}

/* The last one, or the change that left the time out. */
static time_t
last_of(const struct zone *zone, time_t clock)
{
	time_t	 end = clock + FAR, last = end, from, to, t;

	for (from = clock - FAR; from < end; from = to) {
		to = next_change(zone, from, end);
		t = clock - offset(zone, from);
		if (t >= from)
			last = t < to ? t : to;
	}
	return last;
}

time_t
zone_midnight(const struct zone *zone, time_t t)
{
	time_t	 clock = t + offset(zone, t);

	return clock - when_seconds(clock);
}

bool
zone_span(const struct zone *zone, time_t from, time_t to, time_t *first,
    time_t *end)
{
	time_t	 begins = first_of(zone, from), ends = last_of(zone, to);
	time_t	 day = from - when_seconds(from);

	if (ends <= begins) {
		if (first_of(zone, day) == first_of(zone, day + DAY))
			return false;
		ends = begins + (to - from);
	}
	*first = begins;
	*end = ends;
	return true;
}
