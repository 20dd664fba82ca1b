/*
 * The terms of an issue: what a classifier knows of its text.  Words and
 * pairs of neighbouring words, those of the title, of the body, of its
 * headings and of its code apart (markdown.h), the word that opens the title,
 * the pieces of names written_so or soWritten, and the name of the
 * repository.
 *
 * Words are runs of letters, digits and underscores in UTF-8, in lower case
 * (ASCII, Latin-1, Greek and Cyrillic).  Chinese and Japanese characters and
 * pictographs are words by themselves.  Bytes that are no UTF-8 separate
 * words.  Any bytes will do; the same bytes give the same terms everywhere.
 */

#ifndef MODEL_TERMS_H
#define MODEL_TERMS_H

#include <stddef.h>
#include <stdint.h>

/* What is read of each part, in bytes; the rest is left out. */
#define TERMS_TITLE	1024	/* GitHub's titles end at 256 characters */
#define TERMS_BODY	4096	/* later text is logs and quotes, mostly */
#define TERMS_REPO	256
/* "aB aB": a word, a pair and two pieces in three bytes is the most. */
#define TERMS_MAX	((2 * TERMS_TITLE + TERMS_BODY + TERMS_REPO) * 4 / 3 \
			+ 9)

/* An issue's text, in the forms of a dataset's example. */
struct text {
	const char	*title;
	const char	*repo;		/* "owner_repo" */
	const char	*body;
};

/* A word or a pair, known by a hash that tells the part it stood in. */
struct term {
	uint64_t	 key;
	double		 weight;
};

/* About 80 KiB; terms ascend by key, each once. */
struct terms {
	size_t		 n;
	struct term	 term[TERMS_MAX];
};

/*
 * Cuts a text into terms, each of weight 1 however often it occurs: counts
 * told less than presence on real issues, which quote logs and code.
 */
void	terms_read(const struct text *, struct terms *)
	    __attribute__((nonnull));

/*
 * Scales the weights so that title, body, headings, code and repository each
 * have a length of their own, however long the text; parts without a term
 * have none.
 */
void	terms_scale(struct terms *) __attribute__((nonnull));

#endif
