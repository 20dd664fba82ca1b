/*
 * What a pull request says to people, and the block in it that says the same
 * to us: "<!-- modelsync {...} -->" at the end of its body.
 */

#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>

struct candidate;
struct job;

struct text {
	const char	*title, *body;
};

/* What the block says; NULL where it says nothing. */
struct block {
	const char	*model;		/* that is proposed; NULL: none yet */
	const char	*from;		/* the live value it is to replace */
	const char	*was, *next;	/* of a text without a model */
	bool		 withdrawn;	/* closed by us: no verdict */
};

/*
 * The text of a proposal: made of the candidate, the live model and the
 * document alone, so that it is the same whoever makes it.  Names from
 * outside are escaped.  Kept for the run.
 */
void	text_propose(const struct job *, const struct candidate *,
	    struct text *) __attribute__((nonnull));

/* The text while one model takes another's place: it names none. */
void	text_neutral(const struct job *, const char *was, const char *next,
	    struct text *) __attribute__((nonnull));

/* A body with a block that says that we took it back, and why. */
const char	*text_withdraw(const char *body, const char *why)
		    __attribute__((nonnull));

/* The block of a body; all NULL and false when there is none. */
void	text_read(const char *body, struct block *) __attribute__((nonnull));

#endif
