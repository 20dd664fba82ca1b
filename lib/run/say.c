#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/keep.h"
#include "run/say.h"

/* C0, DEL, and as UTF-8 the C1 controls, which terminals obey as well. */
static bool
is_control(const unsigned char *s)
{
	if (*s < 0x20 || *s == 0x7f)
		return true;
	return *s == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0;
}

/* One control character; returns how many bytes of it follow the first. */
static int
escape(FILE *f, const unsigned char *s)
{
	switch (*s) {
	case '\n':
		fputs("\\n", f);
		break;
	case '\r':
		fputs("\\r", f);
		break;
	case '\t':
		fputs("\\t", f);
		break;
	case 0xc2:
		fprintf(f, "\\x%02x\\x%02x", *s, s[1]);
		return 1;
	default:
		fprintf(f, "\\x%02x", *s);
	}
	return 0;
}

static bool
is_bare(const char *s)
{
	if (*s == '\0')
		return false;
	for (; *s != '\0'; s++)
		if (is_control((const unsigned char *)s) ||
		    strchr(" \"=\\", *s) != NULL)
			return false;
	return true;
}

void
say_value(FILE *f, const char *text)
{
	const unsigned char	*s = (const unsigned char *)text;

	if (is_bare(text)) {
		fputs(text, f);
		return;
	}
	putc('"', f);
	for (; *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			putc('\\', f);
		if (is_control(s))
			s += escape(f, s);
		else
			putc(*s, f);
	}
	putc('"', f);
}

/* All but the control characters named. */
static void
say_but(FILE *f, const char *text, const char *allowed)
{
	const unsigned char	*s = (const unsigned char *)text;

	for (; *s != '\0'; s++) {
		if (is_control(s) && strchr(allowed, *s) == NULL)
			s += escape(f, s);
		else
			putc(*s, f);
	}
}

void
say_text(FILE *f, const char *text)
{
	say_but(f, text, "\n\t");
}

void
say_words(FILE *f, const char *text)
{
	say_but(f, text, "");
}

void
say_markdown(FILE *f, const char *text)
{
	const unsigned char	*s = (const unsigned char *)text;

	for (; *s != '\0'; s++) {
		if (is_control(s)) {
			s += *s == 0xc2;
			putc(' ', f);
		} else if (*s == '<')
			fputs("&lt;", f);
		else if (*s == '&')
			fputs("&amp;", f);
		else if (*s == '@')	/* no mention of a person */
			fputs("@&#8203;", f);
		else {
			if (strchr("\\`*_[]#|~", *s) != NULL)
				putc('\\', f);
			putc(*s, f);
		}
	}
}

const char *
say_kept(const char *text)
{
	const char	*kept;
	char		*out = NULL;
	size_t		 len;
	FILE		*f = open_memstream(&out, &len);

	if (f == NULL)
		return "";
	say_markdown(f, text);
	kept = fclose(f) == 0 ? keepf("%s", out) : "";
	free(out);
	return kept;
}
