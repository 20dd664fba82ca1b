#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model/rules.h"
#include "model/scalar.h"
#include "run/keep.h"
#include "run/when.h"

static bool
is_one_of(const char *text, const char *const *words)
{
	for (; *words != NULL; words++)
		if (strcasecmp(text, *words) == 0)
			return true;
	return false;
}

bool
scalar_is_null(const char *text)
{
	static const char *const	 words[] = { "", "~", "null", NULL };

	return is_one_of(text, words);
}

/*
 * What readers of YAML 1.1 or 1.2 take for something else than text, so that
 * a document means the same to all of them.  Dates, and hours such as 18:00,
 * which are numbers of base 60, begin like numbers.
 */
static const char *
other_than_text(const char *text)
{
	static const char *const	 truths[] = {
		"true", "false", "yes", "no", "on", "off", "y", "n", NULL
	};
	static const char *const	 numbers[] = {
		".inf", "-.inf", "+.inf", ".nan", NULL
	};
	const char	*digits = text + strspn(text, "+-.");

	if (scalar_is_null(text))
		return "null";
	if (is_one_of(text, truths))
		return "a truth value";
	if (is_one_of(text, numbers))
		return "a number";
	if (!isdigit((unsigned char)*digits))
		return NULL;
	if (digits[0] == '0' && strchr("xXoO", digits[1]) != NULL)
		return "a number";	/* or 0, which has no second byte */
	return text[strspn(text, "0123456789_.:eE+-")] == '\0' ?
	    "a number" : NULL;
}

static const char *
join(const char *const *words)
{
	const char	*all = keepf("%s", *words);

	while (*++words != NULL)
		all = keepf("%s%s%s", all, words[1] == NULL ? " or " : ", ",
		    *words);
	return all;
}

static const char *
expected_size(const struct rule *r, const char *noun)
{
	if (r->high > 0)
		return keepf("%s of %.0f to %.0f bytes", noun, r->low,
		    r->high);
	return r->low > 0 ? keepf("%s that is not empty", noun) : noun;
}

static const char *
expected_kind(const struct rule *r)
{
	switch (r->kind) {
	case KIND_MAP:
		return "a mapping";
	case KIND_MAPS:
		return "a list of mappings";
	case KIND_TEXT:
		return r->words != NULL ? join(r->words) :
		    expected_size(r, "a text");
	case KIND_TEXTS:
		return "a list of texts";
	case KIND_FLAG:
		return "true or false without quotes";
	case KIND_EITHER:
		return join(r->words);
	case KIND_WORDS:
		return keepf("a list of %s", join(r->words));
	case KIND_COUNT:
		return keepf("a whole number from %.0f to %.0f without "
		    "quotes", r->low, r->high);
	case KIND_RATIO:
		return keepf("a decimal number from %g to %g without quotes",
		    r->low, r->high);
	case KIND_DURATION:
		return keepf("a duration from %s to %s: one number and one "
		    "of s m h d w, as 24h", when_length((long)r->low),
		    when_length((long)r->high));
	}
	return "nothing";
}

const char *
scalar_expected(const struct rule *r)
{
	return keepf("%s%s", expected_kind(r),
	    r->flags & RULE_NULLABLE ? ", or null" : "");
}

static const char *
store_text(const struct rule *r, const char *text, void *at)
{
	size_t	 i, len = strlen(text);

	for (i = 0; i < len; i++)
		if (iscntrl((unsigned char)text[i]))
			return "one line of text without control characters";
	if ((double)len < r->low || (r->high > 0 && (double)len > r->high))
		return scalar_expected(r);
	for (i = 0; r->words != NULL; i++)
		if (r->words[i] == NULL)
			return scalar_expected(r);
		else if (strcmp(r->words[i], text) == 0)
			break;
	if (r->form != NULL)
		return r->form->read(text, at);
	if (at != NULL)
		*(const char **)at = text;
	return NULL;
}

static const char *
store_either(const struct rule *r, const char *text, void *at)
{
	bool	 second = strcmp(text, r->words[1]) == 0;

	if (!second && strcmp(text, r->words[0]) != 0)
		return scalar_expected(r);
	*(bool *)at = second;
	return NULL;
}

static const char *
store_words(const struct rule *r, const char *text, void *at)
{
	size_t	 i;

	for (i = 0; r->words[i] != NULL; i++)
		if (strcmp(text, r->words[i]) == 0) {
			((bool *)at)[i] = true;
			return NULL;
		}
	return join(r->words);
}

static const char *
store_flag(const struct rule *r, const char *text, void *at)
{
	if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
		return scalar_expected(r);
	*(bool *)at = *text == 't';
	return NULL;
}

/* Decimal only: 010 is 8 to some readers of YAML. */
static const char *
store_count(const struct rule *r, const char *text, void *at)
{
	long	 n;

	errno = 0;
	n = strtol(text, NULL, 10);
	if (*text == '\0' || text[strspn(text, "0123456789")] != '\0' ||
	    (text[0] == '0' && text[1] != '\0') || errno != 0 ||
	    n < (long)r->low || n > (long)r->high)
		return scalar_expected(r);
	*(long *)at = n;
	return NULL;
}

static const char *
store_ratio(const struct rule *r, const char *text, void *at)
{
	double	 x;
	size_t	 whole = strspn(text, "0123456789"), part = 0;

	if (text[whole] == '.')
		part = 1 + strspn(text + whole + 1, "0123456789");
	if (whole == 0 || part == 1 || text[whole + part] != '\0')
		return scalar_expected(r);
	x = strtod(text, NULL);
	if (x < r->low || x > r->high)
		return scalar_expected(r);
	*(double *)at = x;
	return NULL;
}

static const char *
store_duration(const struct rule *r, const char *text, void *at)
{
	long	 seconds;

	if (when_duration(text, &seconds) == -1 ||
	    seconds < (long)r->low || seconds > (long)r->high)
		return scalar_expected(r);
	*(long *)at = seconds;
	return NULL;
}

const char *
scalar_store(const struct rule *r, const char *text, bool plain, void *at)
{
	static const struct {
		const char	*(*store)(const struct rule *, const char *,
				    void *);
		bool		 text;
	} kinds[] = {
		[KIND_TEXT] = { store_text, true },
		[KIND_EITHER] = { store_either, true },
		[KIND_WORDS] = { store_words, true },
		[KIND_DURATION] = { store_duration, true },
		[KIND_FLAG] = { store_flag, false },
		[KIND_COUNT] = { store_count, false },
		[KIND_RATIO] = { store_ratio, false }
	};
	const char	*other;

	if (plain && scalar_is_null(text) && r->flags & RULE_NULLABLE) {
		/* Of what null can be said, only durations have defaults. */
		if (r->kind == KIND_DURATION)
			*(long *)at = 0;
		return NULL;
	}
	if (kinds[r->kind].store == NULL)
		return scalar_expected(r);
	if (!kinds[r->kind].text)
		return plain ? kinds[r->kind].store(r, text, at) :
		    scalar_expected(r);
	if (plain && r->kind == KIND_TEXT && r->words == NULL &&
	    (other = other_than_text(text)) != NULL)
		return keepf("text, but without quotes this is %s to YAML",
		    other);
	return kinds[r->kind].store(r, text, at);
}
