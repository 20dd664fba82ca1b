#include <stdlib.h>

#include "run/error.h"
#include "run/keep.h"
#include "run/when.h"
#include "run/zone.h"
#include "test.h"

#define DAY	86400L

static struct error	 error;
static struct zone	*zone;

static time_t
at(const char *text)
{
	time_t	 t = -1;

	CHECK(when_parse(text, &t) == 0);
	return t;
}

/* Hours of a clock on a day, "01:30", as zone_span() takes them. */
static time_t
clock_of(const char *day, const char *hour)
{
	return at(keepf("%sT00:00:00Z", day)) +
	    ((hour[0] - '0') * 10 + hour[1] - '0') * 3600L +
	    ((hour[3] - '0') * 10 + hour[4] - '0') * 60L;
}

/* The span of some hours of a day, in words. */
static const char *
span(const char *day, const char *from, const char *to)
{
	time_t	 first = -1, end = -1;

	if (!zone_span(zone, clock_of(day, from), clock_of(day, to), &first,
	    &end))
		return first == -1 && end == -1 ? "none" : "spoilt";
	return keepf("%s %s", when_text(first), when_text(end));
}

#define SPAN(day, from, to, first, end)					\
	CHECK_STR(span(day, from, to), first " " end)

static void
use(const char *name)
{
	if (zone != NULL)
		zone_close(zone);
	zone = zone_open(name, &error);
	CHECK(zone != NULL);
	if (zone == NULL) {
		printf("     %s\n", error.text);
		exit(1);
	}
}

static void
london(void)
{
	test("London: an hour apart in winter and summer");
	use("Europe/London");
	SPAN("2026-03-27", "08:00", "18:00", "2026-03-27T08:00:00Z",
	    "2026-03-27T18:00:00Z");
	SPAN("2026-03-30", "08:00", "18:00", "2026-03-30T07:00:00Z",
	    "2026-03-30T17:00:00Z");
	SPAN("2026-10-23", "08:00", "18:00", "2026-10-23T07:00:00Z",
	    "2026-10-23T17:00:00Z");
	SPAN("2026-10-26", "08:00", "18:00", "2026-10-26T08:00:00Z",
	    "2026-10-26T18:00:00Z");

	test("London: the day of 23 hours");
	SPAN("2026-03-29", "00:00", "24:00", "2026-03-29T00:00:00Z",
	    "2026-03-29T23:00:00Z");
	SPAN("2026-03-29", "00:30", "01:30", "2026-03-29T00:30:00Z",
	    "2026-03-29T01:00:00Z");
	SPAN("2026-03-29", "01:30", "02:30", "2026-03-29T01:00:00Z",
	    "2026-03-29T01:30:00Z");
	SPAN("2026-03-29", "00:00", "01:00", "2026-03-29T00:00:00Z",
	    "2026-03-29T01:00:00Z");
	SPAN("2026-03-29", "02:00", "03:00", "2026-03-29T01:00:00Z",
	    "2026-03-29T02:00:00Z");

	test("London: wholly in the gap, and as long as was asked for");
	SPAN("2026-03-29", "01:15", "01:45", "2026-03-29T01:00:00Z",
	    "2026-03-29T01:30:00Z");
	SPAN("2026-03-29", "01:00", "02:00", "2026-03-29T01:00:00Z",
	    "2026-03-29T02:00:00Z");
}

static void
london_autumn(void)
{
	test("London: the day of 25 hours");
	SPAN("2026-10-25", "00:00", "24:00", "2026-10-24T23:00:00Z",
	    "2026-10-26T00:00:00Z");
	SPAN("2026-10-25", "01:15", "01:45", "2026-10-25T00:15:00Z",
	    "2026-10-25T01:45:00Z");
	SPAN("2026-10-25", "01:00", "02:00", "2026-10-25T00:00:00Z",
	    "2026-10-25T02:00:00Z");
	SPAN("2026-10-25", "00:30", "01:00", "2026-10-24T23:30:00Z",
	    "2026-10-25T01:00:00Z");
	SPAN("2026-10-25", "02:00", "03:00", "2026-10-25T02:00:00Z",
	    "2026-10-25T03:00:00Z");

	test("London: to the second, and after the last year of its file");
	SPAN("2026-10-25", "00:59", "01:01", "2026-10-24T23:59:00Z",
	    "2026-10-25T01:01:00Z");
	SPAN("2070-03-30", "01:15", "24:00", "2070-03-30T01:00:00Z",
	    "2070-03-30T23:00:00Z");
	SPAN("2070-07-01", "08:00", "18:00", "2070-07-01T07:00:00Z",
	    "2070-07-01T17:00:00Z");
}

static void
others(void)
{
	test("New York");
	use("America/New_York");
	SPAN("2026-03-08", "02:30", "08:00", "2026-03-08T07:00:00Z",
	    "2026-03-08T12:00:00Z");
	SPAN("2026-11-01", "01:30", "01:45", "2026-11-01T05:30:00Z",
	    "2026-11-01T06:45:00Z");
	SPAN("2026-11-02", "08:00", "18:00", "2026-11-02T13:00:00Z",
	    "2026-11-02T23:00:00Z");

	test("Kolkata: half an hour, all the year");
	use("Asia/Kolkata");
	SPAN("2026-03-29", "00:00", "24:00", "2026-03-28T18:30:00Z",
	    "2026-03-29T18:30:00Z");
	SPAN("2026-10-25", "08:00", "18:00", "2026-10-25T02:30:00Z",
	    "2026-10-25T12:30:00Z");

	test("Lord Howe: changes by half an hour");
	use("Australia/Lord_Howe");
	SPAN("2026-04-05", "01:30", "02:00", "2026-04-04T14:30:00Z",
	    "2026-04-04T15:30:00Z");
	SPAN("2026-04-05", "01:45", "01:50", "2026-04-04T14:45:00Z",
	    "2026-04-04T15:20:00Z");
	SPAN("2026-10-04", "02:10", "02:20", "2026-10-03T15:30:00Z",
	    "2026-10-03T15:40:00Z");
	SPAN("2026-10-04", "02:10", "03:00", "2026-10-03T15:30:00Z",
	    "2026-10-03T16:00:00Z");

	test("the ends of the earth");
	use("Pacific/Kiritimati");
	SPAN("2026-01-01", "00:00", "01:00", "2025-12-31T10:00:00Z",
	    "2025-12-31T11:00:00Z");
	use("Etc/GMT+12");
	SPAN("2026-01-01", "23:00", "24:00", "2026-01-02T11:00:00Z",
	    "2026-01-02T12:00:00Z");
}

static void
midnights(void)
{
	test("Santiago: a day that begins at one");
	use("America/Santiago");
	SPAN("2026-09-06", "00:00", "08:00", "2026-09-06T04:00:00Z",
	    "2026-09-06T11:00:00Z");
	SPAN("2026-09-05", "20:00", "24:00", "2026-09-06T00:00:00Z",
	    "2026-09-06T04:00:00Z");
	SPAN("2026-09-06", "00:00", "00:30", "2026-09-06T04:00:00Z",
	    "2026-09-06T04:30:00Z");
	CHECK(zone_midnight(zone, at("2026-09-06T03:59:59Z")) ==
	    at("2026-09-05T00:00:00Z"));
	CHECK(zone_midnight(zone, at("2026-09-06T04:00:00Z")) ==
	    at("2026-09-06T00:00:00Z"));

	test("Santiago: a day whose last hour comes twice");
	SPAN("2026-04-04", "22:00", "24:00", "2026-04-05T01:00:00Z",
	    "2026-04-05T04:00:00Z");
	SPAN("2026-04-05", "00:00", "08:00", "2026-04-05T04:00:00Z",
	    "2026-04-05T12:00:00Z");

	test("Beirut: both again, east of UTC");
	use("Asia/Beirut");
	SPAN("2026-03-29", "00:00", "02:00", "2026-03-28T22:00:00Z",
	    "2026-03-28T23:00:00Z");
	SPAN("2026-10-24", "23:00", "24:00", "2026-10-24T20:00:00Z",
	    "2026-10-24T22:00:00Z");

	test("Nuuk: a gap up to midnight");
	use("America/Nuuk");
	SPAN("2026-03-28", "22:00", "24:00", "2026-03-29T00:00:00Z",
	    "2026-03-29T01:00:00Z");
	SPAN("2026-03-28", "23:00", "24:00", "2026-03-29T01:00:00Z",
	    "2026-03-29T02:00:00Z");

	test("Apia: the day that was left out has no hours");
	use("Pacific/Apia");
	SPAN("2011-12-29", "08:00", "24:00", "2011-12-29T18:00:00Z",
	    "2011-12-30T10:00:00Z");
	CHECK_STR(span("2011-12-30", "08:00", "18:00"), "none");
	CHECK_STR(span("2011-12-30", "00:00", "24:00"), "none");
	SPAN("2011-12-31", "00:00", "18:00", "2011-12-30T10:00:00Z",
	    "2011-12-31T04:00:00Z");
}

/*
 * The half hours of a year, one after another: each begins where the one
 * before ends or, when the clock was set back, before that; none is empty.
 */
static void
check_year(const char *name)
{
	time_t	 clock, first, end, last = 0;

	use(name);
	for (clock = at("2026-01-01T00:00:00Z");
	    clock < at("2027-01-01T00:00:00Z"); clock += 1800) {
		if (!zone_span(zone, clock, clock + 1800, &first, &end) ||
		    first >= end || end - first > 5400 ||
		    (last != 0 && (first > last || first < last - 7200))) {
			CHECK(0);
			printf("     %s %s\n", name, when_text(clock));
			return;
		}
		last = end;
	}
}

static void
years(void)
{
	static const char *const	names[] = {
		"UTC", "Europe/London", "America/New_York", "America/Havana",
		"Australia/Lord_Howe", "America/Santiago", "Asia/Beirut",
		"Africa/Casablanca", "America/Nuuk", "Pacific/Chatham"
	};
	size_t				 i;

	test("half an hour after another for a year");
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		check_year(names[i]);
}

static void
refusals(void)
{
	static const char *const	bad[] = {
		"", "Nowhere/Land", "europe/london", "utc", "Europe",
		"Europe/London/", "/etc/passwd", "/usr/share/zoneinfo/UTC",
		"../zoneinfo/UTC", "Europe/../UTC", "tzdata.zi", "localtime",
		"posixrules", "right/UTC", "posix/UTC", "Europe/Lon don",
		":UTC", "GMT0BST,M3.5.0/1,M10.5.0", "Europe/London\n"
	};
	size_t				 i;

	test("what is no zone leaves the environment alone");
	setenv("TZ", "Asia/Tokyo", 1);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (zone_open(bad[i], &error) != NULL ||
		    error.verdict != BROKEN || error.text[0] == '\0')
			test_fail(__FILE__, __LINE__, bad[i]);
		CHECK_STR(getenv("TZ"), "Asia/Tokyo");
	}
	CHECK(zone_open("Nowhere/Land", &error) == NULL);
	CHECK(strstr(error.text, ZONE_FOLDER "/Nowhere/Land") != NULL &&
	    strstr(error.text, "install tzdata") != NULL);
}

static void
environment(void)
{
	struct tm	 tm;
	time_t		 epoch = 0;

	test("TZ is as it was, and in force");
	setenv("TZ", "XYZ-3", 1);
	tzset();
	use("America/New_York");
	CHECK(localtime_r(&epoch, &tm) != NULL && tm.tm_gmtoff == -18000);
	zone_close(zone);
	CHECK_STR(getenv("TZ"), "XYZ-3");
	CHECK(localtime_r(&epoch, &tm) != NULL && tm.tm_gmtoff == 10800);
	unsetenv("TZ");
	zone = zone_open("America/New_York", &error);
	CHECK(zone != NULL && getenv("TZ") != NULL);
	zone_close(zone);
	CHECK(getenv("TZ") == NULL);

	test("UTC, whatever TZ says, and without touching it");
	setenv("TZ", "Asia/Tokyo", 1);
	tzset();
	zone = zone_open("UTC", &error);
	CHECK_STR(getenv("TZ"), "Asia/Tokyo");
	SPAN("2026-03-29", "00:00", "24:00", "2026-03-29T00:00:00Z",
	    "2026-03-30T00:00:00Z");
	CHECK(zone_midnight(zone, at("2026-03-29T23:59:59Z")) ==
	    at("2026-03-29T00:00:00Z"));
	zone_close(zone);
	CHECK_STR(getenv("TZ"), "Asia/Tokyo");

	test("TZDIR has no say");
	setenv("TZDIR", "/nowhere", 1);
	zone = NULL;
	use("Europe/London");
	SPAN("2026-07-01", "08:00", "18:00", "2026-07-01T07:00:00Z",
	    "2026-07-01T17:00:00Z");
}

int
main(void)
{
	london();
	london_autumn();
	others();
	midnights();
	years();
	zone_close(zone);
	zone = NULL;
	refusals();
	environment();
	zone_close(zone);
	return test_end();
}
