#include "run/when.h"
#include "test.h"

static void
check_time(const char *text, long want)
{
	time_t	 t = -1;

	CHECK(when_parse(text, &t) == 0);
	CHECK((long)t == want);
}

static void
parsing(void)
{
	static const char *const	bad[] = {
		"", "2026", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z",
		"2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z",
		"2026-01-01T00:00:61Z", "2026-01-01T00:00:00",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00Zx",
		"2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00+0100",
		"2026-1-01T00:00:00Z", "0000-01-01T00:00:00Z",
		"1900-02-29T00:00:00Z", "2026-01-01T00:00:-1Z",
		"0001-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01",
		"9999-12-31T23:59:60Z"
	};
	size_t				 i;
	time_t				 t;

	test("a time of RFC 3339");
	check_time("1970-01-01T00:00:00Z", 0);
	check_time("2026-11-23T19:10:11Z", 1795461011);
	check_time("2024-02-29T23:59:59Z", 1709251199);
	check_time("2000-02-29T00:00:00Z", 951782400);
	check_time("1969-12-31T23:59:59Z", -1);
	check_time("2015-01-01T01:07:38.999999Z", 1420074458);
	check_time("2015-01-01T02:07:38+01:00", 1420074458);
	check_time("2014-12-31T20:37:38-04:30", 1420074458);
	check_time("2015-01-01t01:07:38z", 1420074458);
	check_time("2016-12-31T23:59:60Z", 1483228800);
	check_time("0001-01-01T00:01:00+00:01", -62135596800);
	check_time("9999-12-31T23:58:59-00:01", 253402300799);

	test("what is no time");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (when_parse(bad[i], &t) != -1)
			test_fail(__FILE__, __LINE__, bad[i]);
}

static void
printing(void)
{
	time_t	 t, back;

	test("a time as text");
	CHECK_STR(when_text(0), "1970-01-01T00:00:00Z");
	CHECK_STR(when_text(-1), "1969-12-31T23:59:59Z");
	CHECK_STR(when_text(1709251199), "2024-02-29T23:59:59Z");
	CHECK_STR(when_text(253402300799), "9999-12-31T23:59:59Z");
	CHECK_STR(when_text(-62135596800), "0001-01-01T00:00:00Z");
	CHECK_STR(when_text(-62104060801), "0001-12-31T23:59:59Z");

	test("every day of two centuries there and back");
	for (t = -3155673600; t < 4102444800; t += 86399)
		if (when_parse(when_text(t), &back) == -1 || back != t) {
			CHECK(back == t);
			break;
		}
}

static void
durations(void)
{
	static const char *const	bad[] = {
		"", "5", "m", "5 m", "5M", "-5m", "5mm", "1h30m", "+5s",
		"99999999999999999999s", "5218w", "1.5h"
	};
	size_t				 i;
	long				 s;

	test("a duration");
	CHECK(when_duration("0s", &s) == 0 && s == 0);
	CHECK(when_duration("90s", &s) == 0 && s == 90);
	CHECK(when_duration("30m", &s) == 0 && s == 1800);
	CHECK(when_duration("24h", &s) == 0 && s == 86400);
	CHECK(when_duration("7d", &s) == 0 && s == 604800);
	CHECK(when_duration("2w", &s) == 0 && s == 1209600);
	CHECK(when_duration("36525d", &s) == 0 && s == 3155760000);

	test("what is no duration");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (when_duration(bad[i], &s) != -1)
			test_fail(__FILE__, __LINE__, bad[i]);

	test("a length for people");
	CHECK_STR(when_length(0), "0s");
	CHECK_STR(when_length(59), "59s");
	CHECK_STR(when_length(60), "1m");
	CHECK_STR(when_length(3661), "1h 1m");
	CHECK_STR(when_length(3 * 86400 + 4 * 3600 + 59), "3d 4h");
	CHECK_STR(when_length(86400), "1d");
	CHECK_STR(when_length(-7200), "-2h");
}

int
main(void)
{
	parsing();
	printing();
	durations();

	test("days of the week");
	CHECK(when_weekday(0) == 4);
	CHECK(when_weekday(-1) == 3);
	CHECK(when_weekday(1795461011) == 1);
	CHECK(when_seconds(-1) == 86399);
	CHECK(when_seconds(1795461011) == 69011);
	return test_end();
}
