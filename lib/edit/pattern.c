#include <stdlib.h>
#include <string.h>

#include "edit/pattern.h"
#include "run/keep.h"

#define MOST_PARTS	32	/* the depth of the search */
#define MOST_STEPS	200000	/* of the search, some milliseconds */

void
pattern_add(struct pattern *p, struct part part)
{
	if (!part.setter && part.text[0] == '\0')
		return;
	p->part = keep_more(p->part, p->n, &p->room, sizeof(*p->part));
	p->part[p->n++] = part;
}

void
pattern_parse(struct pattern *p, const char *s)
{
	const char	*open, *close;

	while ((open = strstr(s, "${")) != NULL &&
	    (close = strchr(open, '}')) != NULL) {
		pattern_add(p, (struct part){
		    .text = keep_copy(s, (size_t)(open - s)) });
		pattern_add(p, (struct part){ .setter = true,
		    .text = keep_copy(open + 2, (size_t)(close - open - 2)) });
		s = close + 1;
	}
	pattern_add(p, (struct part){ .text = keep_copy(s, strlen(s)) });
}

bool
pattern_has(const struct pattern *p, const char *setter)
{
	size_t	 i;

	for (i = 0; i < p->n; i++)
		if (p->part[i].setter && strcmp(p->part[i].text, setter) == 0)
			return true;
	return false;
}

struct span {
	const char	*at;
	size_t		 len;
};

/* A search for the ways to cut a text into the parts of a pattern. */
struct search {
	const struct pattern	*pattern;
	const char		*ours;
	bool			 hints;		/* others have these values */
	struct span		 now[MOST_PARTS], one[MOST_PARTS];
	size_t			 found;
	long			 steps;
};

static const struct span *
known(const struct search *f, size_t i)
{
	size_t	 k;

	for (k = 0; k < i; k++)
		if (f->pattern->part[k].setter &&
		    strcmp(f->pattern->part[k].text,
		    f->pattern->part[i].text) == 0)
			return &f->now[k];
	return NULL;
}

/* The only text a part can have where it stands, if there is but one. */
static bool
forced(const struct search *f, size_t i, const char *s, struct span *span)
{
	const struct part	*part = &f->pattern->part[i];
	const struct span	*same;

	if (!part->setter)
		*span = (struct span){ part->text, strlen(part->text) };
	else if ((same = known(f, i)) != NULL)
		*span = *same;
	else if (f->hints && part->hint != NULL &&
	    strcmp(part->text, f->ours) != 0)
		*span = (struct span){ part->hint, strlen(part->hint) };
	else if (i + 1 == f->pattern->n)
		*span = (struct span){ s, strlen(s) };
	else
		return false;
	return true;
}

static void
search(struct search *f, size_t i, const char *s)
{
	struct span	 span;
	size_t		 n, most;

	if (++f->steps > MOST_STEPS)
		f->found = 2;	/* too many ways to tell */
	if (f->found > 1)
		return;
	if (i == f->pattern->n) {
		if (*s == '\0' && f->found++ == 0)
			memcpy(f->one, f->now, sizeof(f->one));
		return;
	}
	if (forced(f, i, s, &span)) {
		if (strncmp(s, span.at, span.len) == 0) {
			f->now[i] = (struct span){ s, span.len };
			search(f, i + 1, s + span.len);
		}
		return;
	}
	most = strlen(s);
	for (n = 0; n <= most && f->found < 2; n++) {
		f->now[i] = (struct span){ s, n };
		search(f, i + 1, s + n);
	}
}

/* Fills f->one, for each part what it has in the text. */
static enum fit
cut(struct search *f, const char *text)
{
	f->found = 0;
	f->steps = 0;
	if (f->pattern->n > MOST_PARTS)
		return FIT_MANY;
	search(f, 0, text);
	/* Only now: what stands in the text is truer than what is recorded. */
	if (f->found > 1 && !f->hints) {
		f->hints = true;
		if (cut(f, text) == FIT_ONE)
			return FIT_ONE;
		return FIT_MANY;
	}
	return f->found == 1 ? FIT_ONE : f->found == 0 ? FIT_NONE : FIT_MANY;
}

static bool
alone(const struct pattern *p, const char *setter)
{
	size_t	 i;

	for (i = 0; i < p->n; i++)
		if (p->part[i].setter && strcmp(p->part[i].text, setter) != 0)
			return false;
	return true;
}

enum fit
pattern_read(const struct pattern *p, const char *setter, const char *text,
    const char **value)
{
	struct search	 f = { .pattern = p, .ours = setter };
	enum fit	 fit;
	size_t		 i;

	*value = "";
	if (text[0] == '\0' && alone(p, setter))
		return FIT_ONE;
	if ((fit = cut(&f, text)) != FIT_ONE)
		return fit;
	for (i = 0; i < p->n; i++)
		if (p->part[i].setter && strcmp(p->part[i].text, setter) == 0)
			*value = keep_copy(f.one[i].at, f.one[i].len);
	return FIT_ONE;
}

enum fit
pattern_write(const struct pattern *p, const char *setter, const char *text,
    const char *value, const char **result)
{
	struct search	 f = { .pattern = p, .ours = setter };
	const char	*out = "", *back;
	enum fit	 fit;
	bool		 blank = text[0] == '\0' && alone(p, setter);
	size_t		 i;

	if (!blank && (fit = cut(&f, text)) != FIT_ONE)
		return fit;
	for (i = 0; i < p->n; i++)
		if (p->part[i].setter && strcmp(p->part[i].text, setter) == 0)
			out = keepf("%s%s", out, value);
		else if (p->part[i].setter)
			out = keepf("%s%.*s", out, (int)f.one[i].len,
			    f.one[i].at);
		else
			out = keepf("%s%s", out, p->part[i].text);
	/* The next run must read it as this one wrote it. */
	fit = pattern_read(p, setter, out, &back);
	if (fit == FIT_ONE && strcmp(back, value) != 0)
		fit = FIT_MANY;
	*result = out;
	return fit;
}
