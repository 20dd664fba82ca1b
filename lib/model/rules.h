/*
 * The keys a kind of document may have, as one table: it decodes documents
 * into a struct, fills in defaults, finds the nearest known key for a wrong
 * one, and prints itself as a JSON Schema (schema.h).
 */

#ifndef MODEL_RULES_H
#define MODEL_RULES_H

#include <stddef.h>

struct document;

enum kind {
	KIND_MAP,	/* a mapping: the keys of the rows below it; with
			   .at, a bool: it is there */
	KIND_MAPS,	/* a list of mappings; their rows have "[]" */
	KIND_TEXT,	/* const char *, or what its form makes of it */
	KIND_TEXTS,	/* a list of it: const char ** */
	KIND_FLAG,	/* bool */
	KIND_EITHER,	/* one of two words; bool: the second */
	KIND_WORDS,	/* a list of words; a bool for each known one */
	KIND_COUNT,	/* long */
	KIND_RATIO,	/* double */
	KIND_DURATION	/* long, seconds */
};

enum {
	RULE_REQUIRED = 1,	/* where the mapping around it stands */
	RULE_NULLABLE = 2,	/* null is allowed and stored as zero */
	RULE_ONE = 4,		/* exactly one of those beside it */
	RULE_ANY = 8,		/* at least one of those beside it */
	RULE_SPEC = 16,		/* goes into spec_json() (spec.h) */
	RULE_SPARSE = 32	/* goes there when it is given */
};

/* A form of text that has a name: a path, a time. */
struct form {
	const char	*pattern;	/* for the schema; NULL: any */
	/*
	 * Stores what the text says.  NULL when it could, else what was
	 * expected.  The text is kept for the run.
	 */
	const char	*(*read)(const char *text, void *at);
};

#define NOWHERE		((size_t)-1)	/* checked and not stored */

struct rule {
	const char		*path;	/* keys joined by "." */
	enum kind		 kind;
	unsigned		 flags;
	/*
	 * Of the value; of a duration in seconds; of a text's bytes or a
	 * list's items, where high 0 is no limit.
	 */
	double			 low, high;
	/* What a scalar is when absent; NULL: zero, which is null, too. */
	const char		*preset;
	const char *const	*words;		/* known ones, then NULL */
	const struct form	*form;
	size_t			 at;	/* in the struct, or in the item's */
	size_t			 count;	/* of a list: of its size_t */
	size_t			 size;	/* of an item of KIND_MAPS */
	const char		*about;	/* a sentence for people */
};

struct rules {
	const char		*title;
	const char		*origin;	/* cut off by spec_json() */
	const struct rule	*rule;
	size_t			 n;
};

/*
 * Decodes into a zeroed struct of the kind the table is for, defaults first.
 * What it keeps lives for the run.  Problems are told to the document; a
 * list has as many elements as the document's even when some are bad.
 */
void		 rules_decode(const struct rules *, struct document *,
		    void *into) __attribute__((nonnull));

/* The key of a row if it stands directly below a path ("": the root). */
const char	*rule_key(const struct rule *, const char *path)
		    __attribute__((nonnull));

/* The row of a key below a path; NULL when it is unknown. */
const struct rule *rules_find(const struct rules *, const char *path,
		    const char *key) __attribute__((nonnull));

#endif
