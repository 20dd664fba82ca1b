#include <regex.h>
#include <string.h>

#include "edit/quote.h"
#include "edit/utf8.h"

/* Numbers, times, booleans, nulls and the merge key of YAML 1.1 and 1.2. */
#define NO_STRING							\
	"^([-+]?(0x[0-9a-f_]+|0o[0-7_]+|0b[01_]+|"			\
	"([0-9][0-9_,]*)?[.]?[0-9_]*(e[-+]?[0-9]+)?|"			\
	"[0-9][0-9_]*(:[0-9]+)+([.][0-9_]*)?|[.]inf)|[.]nan|"		\
	"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([t ].*)?|"			\
	"~|null|true|false|yes|no|on|off|y|n|=|<<)$"

static bool
is_string(const char *s)
{
	static regex_t	 re;
	static bool	 ready;

	/* Compiling takes longer than the rest of an edit: once a run. */
	if (!ready && regcomp(&re, NO_STRING,
	    REG_EXTENDED | REG_ICASE | REG_NOSUB) != 0)
		return false;
	ready = true;
	return regexec(&re, s, 0, NULL, 0) == REG_NOMATCH;
}

bool
quote_printable(const char *s, size_t len)
{
	uint32_t	 c;
	size_t		 i, n;

	for (i = 0; i < len; i += n) {
		n = utf8_at(s + i, len - i, &c);
		if (n == 0 || !utf8_printable(c))
			return false;
	}
	return true;
}

bool
quote_plain(const char *s, bool flow)
{
	size_t	 len = strlen(s);

	if (len == 0 || strchr("-?:,[]{}#&*!|>'\"%@` ", s[0]) != NULL ||
	    s[len - 1] == ' ' || s[len - 1] == ':' ||
	    strstr(s, ": ") != NULL || strstr(s, " #") != NULL ||
	    strchr(s, '\t') != NULL || strcmp(s, "...") == 0 ||
	    strncmp(s, "... ", 4) == 0)
		return false;
	/* In flow collections these end a plain scalar. */
	if (flow && strpbrk(s, ",[]{}?") != NULL)
		return false;
	return quote_printable(s, len) && is_string(s);
}

/* What is not printable has at most 16 bits. */
static void
escape(FILE *f, uint32_t c)
{
	static const char	 from[] = "\b\t\n\v\f\r\x1b\"\\\a";
	static const char	 to[] = "btnvfre\"\\a";
	const char		*p;

	if (c < 0x80 && c != 0 && (p = strchr(from, (int)c)) != NULL)
		fprintf(f, "\\%c", to[p - from]);
	else if (c < 0x100)
		fprintf(f, "\\x%02X", (unsigned)c);
	else
		fprintf(f, "\\u%04X", (unsigned)c);
}

void
quote_double(FILE *f, const char *s, size_t len)
{
	uint32_t	 c;
	size_t		 i, n;

	for (i = 0; i < len; i += n) {
		if ((n = utf8_at(s + i, len - i, &c)) == 0)
			break;
		if (!utf8_printable(c) || c == '"' || c == '\\' || c == '\t')
			escape(f, c);
		else
			fwrite(s + i, 1, n, f);
	}
}

void
quote_single(FILE *f, const char *s, size_t len)
{
	size_t	 i;

	for (i = 0; i < len; i++) {
		if (s[i] == '\'')
			fputc('\'', f);
		fputc(s[i], f);
	}
}
