/*
 * Any string on its way to a person: no control character gets through, a
 * logfmt value reads back as it was, and markdown keeps its words.
 */

#include <ctype.h>

#include "fuzz/fuzz.h"
#include "run/say.h"

static const char *
said(void (*say)(FILE *, const char *), const char *text)
{
	char		*out = NULL;
	const char	*copy;
	size_t		 len = 0;
	FILE		*f;

	MUST((f = open_memstream(&out, &len)) != NULL);
	say(f, text);
	MUST(fclose(f) == 0);
	MUST(strlen(out) == len);
	copy = keep_copy(out, len);
	free(out);
	return copy;
}

/* Not even those of C1, as UTF-8 has them. */
static void
check_controls(const char *s, const char *but)
{
	const unsigned char	*c = (const unsigned char *)s;

	for (; *c != '\0'; c++) {
		MUST(!iscntrl(*c) || strchr(but, *c) != NULL);
		MUST(*c != 0xc2 || c[1] < 0x80 || c[1] > 0x9f);
	}
}

/* One character of a quoted value; moves behind it. */
static char
unescape(const char **s)
{
	static const char	 letters[] = "n\nr\rt\t\"\"\\\\";
	const char		*at;
	char			 hex[3] = "";

	if (**s != '\\')
		return *(*s)++;
	*s += 2;
	if ((*s)[-1] == 'x') {
		memcpy(hex, *s, 2);
		*s += 2;
		return (char)strtoul(hex, NULL, 16);
	}
	for (at = letters; *at != '\0'; at += 2)
		if (*at == (*s)[-1])
			return at[1];
	MUST(!"an escape of logfmt");
	return '\0';
}

static void
check_value(const char *text)
{
	const char	*s = said(say_value, text);

	check_controls(s, "");
	if (*s != '"') {
		MUST(strcmp(s, text) == 0);
		MUST(*s != '\0' && strpbrk(s, " =\"\\") == NULL);
		return;
	}
	for (s++; *text != '\0'; text++) {
		MUST(*s != '"' && *s != '\0');
		MUST(unescape(&s) == *text);
	}
	MUST(strcmp(s, "\"") == 0);
}

static void
check_markdown(const char *text)
{
	const char	*s = said(say_markdown, text);

	check_controls(s, "");
	for (; *s != '\0'; s++) {
		MUST(*s != '<');
		MUST(*s != '@' || strncmp(s + 1, "&#8203;", 7) == 0);
		MUST(strchr("`*_[]|~", *s) == NULL);
		if (*s == '\\')		/* what follows is text */
			MUST(*++s != '\0');
		else if (*s == '@')	/* over the space without width */
			s += 7;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct bytes	 b = fuzz_bytes(data, size);

	check_value(b.data);
	check_controls(said(say_text, b.data), "\n\t");
	check_controls(said(say_words, b.data), "");
	check_markdown(b.data);
	keep_drop();
	return 0;
}
