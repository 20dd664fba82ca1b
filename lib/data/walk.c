#include <sys/types.h>

#include <endian.h>
#include <string.h>

#include "data/walk.h"

/* A byte in each of the eight bytes of a word. */
#define EACH(c)		(UINT64_C(0x0101010101010101) * (c))

#define REPLACEMENT	0xfffdU	/* stands for what is no character */
#define NAME_MAX_LEN	64	/* no name that is asked for is longer */

static int
fault(struct walk *w, const char *expected)
{
	w->expected = expected;
	return -1;
}

static inline void
space(struct walk *w)
{
	while (*w->at == ' ' || *w->at == '\n' || *w->at == '\r' ||
	    *w->at == '\t')
		w->at++;
}

/*
 * The first byte that is not plain text: a quote, a backslash, a control
 * character or part of a character beyond ASCII.  Eight bytes at a time:
 * each term sets the high bit of a byte it is after.  A borrow can set one
 * too many only above one that is rightly set, so the lowest is true.
 */
static inline const char *
plain(const char *s)
{
	uint64_t	 x, quote, slash, found;

	for (;; s += sizeof(x)) {
		memcpy(&x, s, sizeof(x));
		x = le64toh(x);
		quote = x ^ EACH('"');
		slash = x ^ EACH('\\');
		found = ((quote - EACH(1)) & ~quote) |
		    ((slash - EACH(1)) & ~slash) |
		    ((x - EACH(0x20)) & ~x) | x;
		if ((found &= EACH(0x80)) != 0)
			return s + (__builtin_ctzll(found) >> 3);
	}
}

static inline bool
follows(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/*
 * Bytes of the UTF-8 character (RFC 3629) that begins here; 0 when none
 * does: stray or missing bytes, overlong forms, surrogates, above U+10FFFF.
 */
static size_t
character(const unsigned char *s)
{
	if (s[0] < 0xc2 || s[0] > 0xf4 || !follows(s[1]))
		return 0;
	if (s[0] < 0xe0)
		return 2;
	if (!follows(s[2]))
		return 0;
	if (s[0] < 0xf0) {
		if ((s[0] == 0xe0 && s[1] < 0xa0) ||
		    (s[0] == 0xed && s[1] > 0x9f))
			return 0;
		return 3;
	}
	if (!follows(s[3]) || (s[0] == 0xf0 && s[1] < 0x90) ||
	    (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return 4;
}

static int
hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* Bytes of the escape whose backslash is here; 0 when it is none. */
static size_t
escape(const char *s)
{
	int	 i;

	if (s[1] != 'u')
		return s[1] != '\0' && strchr("\"\\/bfnrt", s[1]) != NULL ?
		    2 : 0;
	for (i = 2; i < 6; i++)
		if (hex(s[i]) == -1)
			return 0;
	return 6;
}

/* What stands in a string besides plain text and its last quote. */
static int
special(struct walk *w, struct slice *value)
{
	size_t	 n;

	if (*w->at == '\\') {
		value->escaped = true;
		if ((n = escape(w->at)) == 0)
			return fault(w, "an escape that JSON knows");
	} else if ((unsigned char)*w->at < 0x20)
		return fault(w, w->at == w->end ? "the end of a string" :
		    "no control character in a string");
	else if ((n = character((const unsigned char *)w->at)) == 0)
		return fault(w, "UTF-8");
	w->at += n;
	return 0;
}

static inline int
string(struct walk *w, struct slice *value)
{
	value->at = w->at++;
	value->escaped = false;
	while (*(w->at = plain(w->at)) != '"')
		if (special(w, value) == -1)
			return -1;
	w->at++;
	value->len = (size_t)(w->at - value->at);
	return 0;
}

static inline bool
digits(struct walk *w)
{
	const char	*from = w->at;

	while (*w->at >= '0' && *w->at <= '9')
		w->at++;
	return w->at > from;
}

static int
number(struct walk *w)
{
	if (*w->at == '-')
		w->at++;
	if (*w->at == '0')
		w->at++;
	else if (!digits(w))
		return fault(w, "a digit");
	if (*w->at == '.') {
		w->at++;
		if (!digits(w))
			return fault(w, "a digit");
	}
	if (*w->at == 'e' || *w->at == 'E') {
		w->at++;
		if (*w->at == '+' || *w->at == '-')
			w->at++;
		if (!digits(w))
			return fault(w, "a digit");
	}
	return 0;
}

static int
literal(struct walk *w, const char *word)
{
	for (; *word != '\0'; word++, w->at++)
		if (*w->at != *word)
			return fault(w, "a JSON value");
	return 0;
}

static inline uint64_t
bit(unsigned depth)
{
	return UINT64_C(1) << (depth - 1);
}

static inline bool
in_object(const struct walk *w)
{
	return (w->objects & bit(w->depth)) != 0;
}

static int
push(struct walk *w)
{
	if (w->depth == WALK_DEPTH)
		return fault(w, "no deeper nesting than 64 levels");
	w->depth++;
	if (*w->at == '{')
		w->objects |= bit(w->depth);
	else
		w->objects &= ~bit(w->depth);
	w->at++;
	return 0;
}

/* Over a key and its colon. */
static inline int
name(struct walk *w, struct slice *key)
{
	space(w);
	if (*w->at != '"')
		return fault(w, "a key in quotes");
	if (string(w, key) == -1)
		return -1;
	space(w);
	if (*w->at != ':')
		return fault(w, "a colon behind the key");
	w->at++;
	return 0;
}

/* Into a container: 1 when a value comes next, 0 when it is empty. */
static int
first(struct walk *w)
{
	struct slice	 key;

	if (push(w) == -1)
		return -1;
	space(w);
	if (*w->at == (in_object(w) ? '}' : ']')) {
		w->at++;
		w->depth--;
		return 0;
	}
	return in_object(w) && name(w, &key) == -1 ? -1 : 1;
}

/*
 * Over a scalar, or up to the first value in a container.  Returns 1 when a
 * value comes next, 0 when one is behind us.
 */
static inline int
begin(struct walk *w)
{
	struct slice	 ignored;

	space(w);
	switch (*w->at) {
	case '"':
		return string(w, &ignored);
	case '{':
	case '[':
		return first(w);
	case 't':
		return literal(w, "true");
	case 'f':
		return literal(w, "false");
	case 'n':
		return literal(w, "null");
	case '-':
	case '0': case '1': case '2': case '3': case '4':
	case '5': case '6': case '7': case '8': case '9':
		return number(w);
	default:
		return fault(w, "a JSON value");
	}
}

/* On from a value: 1 when one comes next, 0 when the base is reached. */
static inline int
next(struct walk *w, unsigned base)
{
	struct slice	 key;
	bool		 object;

	for (; w->depth > base; w->depth--) {
		object = in_object(w);
		space(w);
		if (*w->at == ',') {
			w->at++;
			return object && name(w, &key) == -1 ? -1 : 1;
		}
		if (*w->at != (object ? '}' : ']'))
			return fault(w, object ? "',' or '}'" : "',' or ']'");
		w->at++;
	}
	return 0;
}

void
walk_begin(struct walk *w, const char *text, size_t len)
{
	*w = (struct walk){ .at = text, .end = text + len };
}

int
walk_peek(struct walk *w)
{
	space(w);
	return (unsigned char)*w->at;
}

int
walk_enter(struct walk *w)
{
	space(w);
	w->fresh = true;
	return push(w);
}

/* Past a comma, 1, or past the end of the container, 0. */
static int
onward(struct walk *w, char close, const char *expected)
{
	bool	 fresh = w->fresh;

	space(w);
	w->fresh = false;
	if (*w->at == close) {
		w->at++;
		w->depth--;
		return 0;
	}
	if (fresh)
		return 1;
	if (*w->at != ',')
		return fault(w, expected);
	w->at++;
	return 1;
}

int
walk_member(struct walk *w, struct slice *key)
{
	int	 rv = onward(w, '}', "',' or '}'");

	return rv == 1 && name(w, key) == -1 ? -1 : rv;
}

int
walk_element(struct walk *w)
{
	return onward(w, ']', "',' or ']'");
}

int
walk_skip(struct walk *w, struct slice *value)
{
	unsigned	 base = w->depth;
	int		 rv;

	space(w);
	*value = (struct slice){ .at = w->at };
	if (*w->at == '"')
		return string(w, value);
	do {
		if ((rv = begin(w)) == 0)
			rv = next(w, base);
	} while (rv == 1);
	value->len = (size_t)(w->at - value->at);
	return rv;
}

int
walk_end(struct walk *w)
{
	space(w);
	return w->at == w->end ? 0 : fault(w, "nothing more");
}

bool
walk_is_string(const struct slice *s)
{
	return s->at != NULL && *s->at == '"';
}

bool
walk_is(const struct slice *s, const char *name)
{
	char	 text[6 * NAME_MAX_LEN];
	size_t	 len = strlen(name);

	if (!walk_is_string(s))
		return false;
	if (!s->escaped)
		return s->len == len + 2 && memcmp(s->at + 1, name, len) == 0;
	return s->len <= sizeof(text) && walk_text(s, text) == len &&
	    memcmp(text, name, len) == 0;
}

static unsigned
unit(const char *s)
{
	unsigned	 u = 0;
	int		 i;

	for (i = 0; i < 4; i++)
		u = u << 4 | (unsigned)hex(s[i]);
	return u;
}

static char *
encode(char *to, unsigned c)
{
	if (c < 0x80)
		*to++ = (char)c;
	else if (c < 0x800) {
		*to++ = (char)(0xc0 | c >> 6);
		*to++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*to++ = (char)(0xe0 | c >> 12);
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	} else {
		*to++ = (char)(0xf0 | c >> 18);
		*to++ = (char)(0x80 | (c >> 12 & 0x3f));
		*to++ = (char)(0x80 | (c >> 6 & 0x3f));
		*to++ = (char)(0x80 | (c & 0x3f));
	}
	return to;
}

/* Writes what the escape at *s, known to be one, means, and passes it. */
static char *
unescape(const char **s, char *to)
{
	static const char	 letters[] = "bfnrt", meant[] = "\b\f\n\r\t";
	const char		*letter;
	unsigned		 c, low;

	if ((*s)[1] != 'u') {
		*to = (*s)[1];
		if ((letter = strchr(letters, *to)) != NULL)
			*to = meant[letter - letters];
		*s += 2;
		return to + 1;
	}
	c = unit(*s + 2);
	*s += 6;
	if (c >= 0xd800 && c < 0xdc00 && (*s)[0] == '\\' && (*s)[1] == 'u' &&
	    (low = unit(*s + 2)) >= 0xdc00 && low < 0xe000) {
		c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
		*s += 6;
	} else if (c == 0 || (c >= 0xd800 && c < 0xe000))
		c = REPLACEMENT;
	return encode(to, c);
}

size_t
walk_text(const struct slice *value, char *text)
{
	const char	*s = value->at + 1, *end = value->at + value->len - 1;
	const char	*slash;
	char		*to = text;
	size_t		 n;

	while (s < end) {
		slash = value->escaped ?
		    memchr(s, '\\', (size_t)(end - s)) : NULL;
		n = (size_t)((slash == NULL ? end : slash) - s);
		memmove(to, s, n);
		to += n;
		s += n;
		if (slash != NULL)
			to = unescape(&s, to);
	}
	return (size_t)(to - text);
}
