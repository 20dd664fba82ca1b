#include <ctype.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "run/keep.h"
#include "run/when.h"

#define DAY		86400L
#define LONGEST		(36525 * DAY)	/* of a duration: a century */
#define FIRST		(-719162 * DAY)	/* 0001-01-01, and before 10000: */
#define END		(2932897 * DAY)	/* what four digits can tell */

/*
 * Days since 1970-01-01 of a date of the proleptic Gregorian calendar, years
 * taken to begin in March so that the leap day is the last of a year.
 */
static long
days_of(int year, int month, int day)
{
	long	 y = month > 2 ? year : year - 1;
	long	 m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 +
	    (153 * m + 2) / 5 + day - 1 - 719468;
}

static bool
is_date(int year, int month, int day)
{
	static const int	 length[] = {
		31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31
	};
	bool			 leap;

	leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
	if (year < 1 || month < 1 || month > 12 || day < 1)
		return false;
	return day <= length[month - 1] + (month == 2 && leap);
}

/* Exactly n digits; moves on.  Returns -1 when they are not there. */
static int
digits(const char **s, int n)
{
	int	 value = 0;

	for (; n > 0; n--, (*s)++) {
		if (!isdigit((unsigned char)**s))
			return -1;
		value = value * 10 + (**s - '0');
	}
	return value;
}

static int
literal(const char **s, const char *any)
{
	if (**s == '\0' || strchr(any, **s) == NULL)
		return -1;
	return *(*s)++;
}

static int
offset_of(const char **s, long *offset)
{
	int	 sign, hours, minutes;

	*offset = 0;
	if ((sign = literal(s, "Zz+-")) == -1)
		return -1;
	if (sign == 'Z' || sign == 'z')
		return 0;
	hours = digits(s, 2);
	if (literal(s, ":") == -1)
		return -1;
	minutes = digits(s, 2);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return -1;
	*offset = (hours * 60L + minutes) * (sign == '-' ? -60 : 60);
	return 0;
}

int
when_parse(const char *s, time_t *t)
{
	long	 offset, at;
	int	 year, month, day, h, m, sec;

	year = digits(&s, 4);
	if (literal(&s, "-") == -1)
		return -1;
	month = digits(&s, 2);
	if (literal(&s, "-") == -1)
		return -1;
	day = digits(&s, 2);
	if (literal(&s, "Tt ") == -1 || !is_date(year, month, day))
		return -1;
	h = digits(&s, 2);
	if (literal(&s, ":") == -1)
		return -1;
	m = digits(&s, 2);
	if (literal(&s, ":") == -1)
		return -1;
	sec = digits(&s, 2);
	if (h < 0 || h > 23 || m < 0 || m > 59 || sec < 0 || sec > 60)
		return -1;
	if (*s == '.') {
		s++;
		if (digits(&s, 1) == -1)
			return -1;
		while (isdigit((unsigned char)*s))
			s++;
	}
	if (offset_of(&s, &offset) == -1 || *s != '\0')
		return -1;
	at = days_of(year, month, day) * DAY + h * 3600L + m * 60L + sec -
	    offset;
	/* An offset may lead to a year that cannot be written again. */
	if (at < FIRST || at >= END)
		return -1;
	*t = (time_t)at;
	return 0;
}

static long
day_number(time_t t)
{
	long	 day = (long)t / DAY;

	return (long)t % DAY < 0 ? day - 1 : day;
}

char *
when_text(time_t t)
{
	long	 day = day_number(t), left = (long)t - day * DAY;
	long	 year;
	int	 month = 1;

	/* Leap days put the guess off by a few years; then by months. */
	year = 1970 + day / 365;
	while (days_of((int)year, 1, 1) > day)
		year--;
	while (days_of((int)year + 1, 1, 1) <= day)
		year++;
	while (month < 12 && days_of((int)year, month + 1, 1) <= day)
		month++;
	return keepf("%04ld-%02d-%02ldT%02ld:%02ld:%02ldZ", year, month,
	    day - days_of((int)year, month, 1) + 1,
	    left / 3600, left / 60 % 60, left % 60);
}

char *
when_micro(time_t t)
{
	const char	*text = when_text(t);

	return keepf("%.*s.000000Z", (int)strlen(text) - 1, text);
}

static const struct unit {
	char	 letter;
	long	 seconds;
} units[] = {
	{ 'w', 7 * DAY }, { 'd', DAY }, { 'h', 3600 }, { 'm', 60 }, { 's', 1 }
};

#define UNITS	(sizeof(units) / sizeof(units[0]))

int
when_duration(const char *s, long *seconds)
{
	long	 n = 0;
	size_t	 i;

	if (!isdigit((unsigned char)*s))
		return -1;
	for (; isdigit((unsigned char)*s); s++)
		if ((n = n * 10 + (*s - '0')) > LONGEST)
			return -1;
	for (i = 0; i < UNITS; i++)
		if (*s == units[i].letter)
			break;
	if (i == UNITS || s[1] != '\0' || n > LONGEST / units[i].seconds)
		return -1;
	*seconds = n * units[i].seconds;
	return 0;
}

char *
when_length(long seconds)
{
	const char	*sign = seconds < 0 ? "-" : "";
	long		 left = seconds < 0 ? -seconds : seconds, rest;
	size_t		 i;

	/* From days down: people do not read weeks in an age. */
	for (i = 1; i + 1 < UNITS && left < units[i].seconds; i++)
		continue;
	rest = left % units[i].seconds;
	if (i + 1 == UNITS || rest < units[i + 1].seconds)
		return keepf("%s%ld%c", sign, left / units[i].seconds,
		    units[i].letter);
	return keepf("%s%ld%c %ld%c", sign, left / units[i].seconds,
	    units[i].letter, rest / units[i + 1].seconds, units[i + 1].letter);
}

int
when_weekday(time_t t)
{
	long	 day = (day_number(t) + 4) % 7;	/* 1970-01-01: a Thursday */

	return (int)(day < 0 ? day + 7 : day);
}

long
when_seconds(time_t t)
{
	return (long)t - day_number(t) * DAY;
}
