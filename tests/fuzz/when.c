/*
 * Any text as a time, a duration and each form of text in a document: times
 * agree with the C library's calendar and come back from their text; a form
 * takes exactly what its pattern for the schema describes.
 */

#include <regex.h>
#include <time.h>

#include "fuzz/fuzz.h"
#include "model/forms.h"
#include "model/rules.h"
#include "run/when.h"

#define CENTURY	(36525 * 86400L)

static void
check_time(const char *text)
{
	char		 want[64];
	struct tm	 tm;
	time_t		 t, again;

	if (when_parse(text, &t) == -1)
		return;
	MUST(gmtime_r(&t, &tm) != NULL);
	snprintf(want, sizeof(want), "%04d-%02d-%02dT%02d:%02d:%02dZ",
	    tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday, tm.tm_hour,
	    tm.tm_min, tm.tm_sec);
	MUST(strcmp(when_text(t), want) == 0);
	MUST(when_parse(want, &again) == 0 && again == t);
	MUST(when_weekday(t) == tm.tm_wday);
	MUST(when_seconds(t) == tm.tm_hour * 3600L + tm.tm_min * 60L +
	    tm.tm_sec);
}

static void
check_duration(const char *text)
{
	long	 seconds;

	if (when_duration(text, &seconds) == -1)
		return;
	MUST(seconds >= 0 && seconds <= CENTURY);
	MUST(when_length(seconds)[0] != '\0');
}

/* A form, and whether its pattern describes no more than it takes. */
struct checked {
	const struct form	*form;
	bool			 exact;
};

/* The other forms' patterns look ahead, which POSIX cannot. */
static const struct checked	checked[] = {
	{ &form_name, true }, { &form_owner, true },
	{ &form_repository, true }, { &form_author, true },
	{ &form_time, false }, { &form_clock, true }, { &form_days, true },
	{ &form_zone, false }, { &form_server, true },
	{ &form_origin, true }, { &form_slug, true }, { &form_link, true },
	{ &form_app, true }
};

#define CHECKED	(sizeof(checked) / sizeof(checked[0]))

static const struct form *const	others[] = { &form_path, &form_branch };

static bool
takes(const struct form *form, const char *text)
{
	union {
		const char	*text;
		time_t		 time;
		long		 number;
		unsigned	 bits;
	} at;

	return form->read(text, &at) == NULL;
}

static void
check_forms(const char *text)
{
	static regex_t	 regex[CHECKED];
	static bool	 compiled;
	bool		 fits, taken;
	size_t		 i;

	for (i = 0; i < CHECKED && !compiled; i++)
		MUST(regcomp(&regex[i], checked[i].form->pattern,
		    REG_EXTENDED | REG_NOSUB) == 0);
	compiled = true;
	for (i = 0; i < CHECKED; i++) {
		taken = takes(checked[i].form, text);
		fits = regexec(&regex[i], text, 0, NULL, 0) == 0;
		MUST(fits || !taken);
		MUST(taken || !fits || !checked[i].exact);
	}
	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		takes(others[i], text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 b = fuzz_bytes(data, size);

	check_time(b.data);
	check_duration(b.data);
	/* No text of a document that has a form may be empty. */
	if (b.data[0] != '\0')
		check_forms(b.data);
	keep_drop();
	return 0;
}
