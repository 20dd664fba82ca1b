#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "model/markdown.h"
#include "model/terms.h"

/* The part a term stood in, kept in the low bits of its key. */
enum part { TITLE, BODY, HEADING, CODE, REPO, PARTS };
#define PART_BITS	3

/* Stands for the word before the first one of a title. */
#define TITLE_BEGINS	1

/*
 * The length of each part, found on a real sample by fits to older issues
 * that were judged on later ones: the few words of the title tell nearly as
 * much as all of the body, and the headings, which come from the form that
 * was filled in, as much as the title; code tells less, and within the body
 * it would drown the words; the repository only tilts what they say.
 */
static const double	 lengths[PARTS] = {
	[TITLE] = 1.0, [BODY] = 1.4, [HEADING] = 1.0, [CODE] = 0.7,
	[REPO] = 0.5
};

enum kind { GAP, LETTER, ALONE };

/* What is no letter of a word beyond ASCII; what is not listed is one. */
static const struct range {
	uint32_t	 from, to;
	enum kind	 kind;
} ranges[] = {
	{ 0x80, 0xbf, GAP },		/* controls, signs, spaces */
	{ 0xd7, 0xd7, GAP },
	{ 0xf7, 0xf7, GAP },
	{ 0x2000, 0x25ff, GAP },	/* punctuation, arrows, boxes */
	{ 0x2600, 0x27bf, ALONE },	/* pictographs */
	{ 0x2800, 0x2bff, GAP },
	{ 0x3000, 0x303f, GAP },
	{ 0x3040, 0x30ff, ALONE },	/* kana */
	{ 0x3400, 0x9fff, ALONE },	/* ideographs */
	{ 0xf900, 0xfaff, ALONE },
	{ 0xfe00, 0xfe0f, GAP },	/* variation selectors */
	{ 0xff00, 0xff0f, GAP },
	{ 0x1f000, 0x1faff, ALONE },	/* pictographs */
	{ 0x20000, 0x3ffff, ALONE },	/* ideographs */
};

struct reader {
	struct terms	*terms;
	enum part	 part;
	uint64_t	 word;		/* hash so far; 0: between words */
	uint64_t	 last;		/* the word before; 0: none */
	uint64_t	 piece;		/* of a name in camelCase or a_b */
	bool		 pieces;	/* the word has more than one */
	bool		 low;		/* ended in a small ASCII letter */
};

/* Spreads what few bits say over all of them (splitmix64's finish). */
static uint64_t
mix(uint64_t h)
{
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9U;
	h = (h ^ h >> 27) * 0x94d049bb133111ebU;
	return h ^ h >> 31;
}

static void
add(struct reader *r, uint64_t hash)
{
	struct terms	*t = r->terms;

	if (t->n == TERMS_MAX)
		return;
	t->term[t->n].key = mix(hash) << PART_BITS | r->part;
	t->term[t->n++].weight = 1;
}

static void
end_piece(struct reader *r)
{
	if (r->piece != 0)
		add(r, r->piece);
	r->piece = 0;
	r->pieces = true;
}

static void
end_word(struct reader *r)
{
	if (r->word == 0)
		return;
	add(r, r->word);
	if (r->pieces)
		end_piece(r);
	r->piece = 0;
	r->pieces = false;
	r->low = false;
	/* The order of a pair counts; "RFC" or "Add" first in a title tells. */
	if (r->last != 0)
		add(r, mix(r->last) + r->word);
	else if (r->part == TITLE)
		add(r, mix(TITLE_BEGINS) + r->word);
	r->last = r->word;
	r->word = 0;
}

static enum kind
kind_of(uint32_t point)
{
	size_t	 i;

	for (i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++)
		if (point >= ranges[i].from && point <= ranges[i].to)
			return ranges[i].kind;
	return LETTER;
}

static uint32_t
lower(uint32_t point)
{
	if ((point >= 0xc0 && point <= 0xde) ||		/* Latin-1 */
	    (point >= 0x391 && point <= 0x3a9) ||	/* Greek */
	    (point >= 0x410 && point <= 0x42f))		/* Cyrillic */
		return point + 0x20;
	if (point >= 0x400 && point <= 0x40f)
		return point + 0x50;
	return point;
}

/* FNV-1a, a code point at a time. */
static uint64_t
hash(uint64_t h, uint32_t point)
{
	if (h == 0)
		h = 0xcbf29ce484222325U;
	return (h ^ point) * 0x100000001b3U;
}

/* One more letter, small and as it was written. */
static void
extend(struct reader *r, uint32_t point, uint32_t written)
{
	bool	 capital = written >= 'A' && written <= 'Z';

	if (point == '_' || (r->low && capital))
		end_piece(r);
	r->word = hash(r->word, point);
	if (point != '_')
		r->piece = hash(r->piece, point);
	r->low = written >= 'a' && written <= 'z';
}

static void
take(struct reader *r, uint32_t point)
{
	enum kind	 kind = kind_of(point);

	if (kind != LETTER)
		end_word(r);
	if (kind != GAP)
		extend(r, lower(point), point);
	if (kind == ALONE)
		end_word(r);
}

/*
 * One code point of more than a byte (RFC 3629) out of n bytes; moves *len
 * on.  A byte that begins none is a gap: 0x80.
 */
static uint32_t
decode(const unsigned char *s, size_t n, size_t *len)
{
	static const uint32_t	 least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	uint32_t		 point;
	size_t			 i, want;

	*len = 1;
	want = *s >= 0xf0 ? 4 : *s >= 0xe0 ? 3 : 2;
	if (*s < 0xc2 || *s > 0xf4 || want > n)
		return 0x80;
	point = *s & (0x7fU >> want);
	for (i = 1; i < want; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0x80;
		point = point << 6 | (s[i] & 0x3f);
	}
	if (point < least[want] || point > 0x10ffff ||
	    (point >= 0xd800 && point <= 0xdfff))
		return 0x80;
	*len = want;
	return point;
}

static void
read_bytes(struct reader *r, const char *s, size_t n)
{
	unsigned char	 c;
	size_t		 i, len;

	for (i = 0; i < n; i += len) {
		c = (unsigned char)s[i];
		len = 1;
		if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
		    c == '_')
			extend(r, c, c);
		else if (c >= 'A' && c <= 'Z')
			extend(r, (uint32_t)(c + ('a' - 'A')), c);
		else if (c < 0x80)
			end_word(r);
		else
			take(r, decode((const unsigned char *)s + i, n - i,
			    &len));
	}
	end_word(r);
}

static void
read_part(struct terms *terms, enum part part, const char *s, size_t most)
{
	struct reader	 r = { .terms = terms, .part = part };

	read_bytes(&r, s, strnlen(s, most));
}

static void
read_body(struct terms *terms, const char *s)
{
	struct markdown	 markdown = { 0 };
	struct reader	 r[] = {
		[MARKDOWN_PROSE] = { .terms = terms, .part = BODY },
		[MARKDOWN_HEADING] = { .terms = terms, .part = HEADING },
		[MARKDOWN_CODE] = { .terms = terms, .part = CODE }
	};
	const char	*end;
	size_t		 len, n;

	for (n = strnlen(s, TERMS_BODY); n > 0; s += len, n -= len) {
		end = memchr(s, '\n', n);
		len = end == NULL ? n : (size_t)(end - s) + 1;
		read_bytes(&r[markdown_line(&markdown, s, len)], s, len);
	}
}

static enum part
part_of(const struct term *t)
{
	return t->key % (1 << PART_BITS);
}

static int
compare(const void *va, const void *vb)
{
	const struct term	*a = va, *b = vb;

	return (a->key > b->key) - (a->key < b->key);
}

void
terms_read(const struct text *text, struct terms *t)
{
	size_t	 i, n = 0;

	t->n = 0;
	read_part(t, TITLE, text->title, TERMS_TITLE);
	/* A title's words count for the body, too: one tells of the other. */
	read_part(t, BODY, text->title, TERMS_TITLE);
	read_body(t, text->body);
	read_part(t, REPO, text->repo, TERMS_REPO);
	qsort(t->term, t->n, sizeof(t->term[0]), compare);
	for (i = 0; i < t->n; i++)
		if (n == 0 || t->term[n - 1].key != t->term[i].key)
			t->term[n++] = t->term[i];
	t->n = n;
}

void
terms_scale(struct terms *t)
{
	double	 square[PARTS] = { 0 };
	size_t	 i;

	for (i = 0; i < t->n; i++)
		square[part_of(&t->term[i])] +=
		    t->term[i].weight * t->term[i].weight;
	for (i = 0; i < t->n; i++)
		t->term[i].weight *= lengths[part_of(&t->term[i])] /
		    sqrt(square[part_of(&t->term[i])]);
}
