#include <stdio.h>
#include <stdlib.h>

#include "model/problems.h"
#include "run/keep.h"

struct problem {
	size_t		 line, column, order;
	const char	*text;
};

struct problems {
	const char	*file;
	struct problem	 problem[PROBLEMS_TOLD];
	size_t		 n;		/* may exceed what is remembered */
};

struct problems *
problems_new(const char *file)
{
	struct problems	*all = keep(sizeof(*all));

	all->file = file;
	return all;
}

void
problems_add(struct problems *all, size_t line, size_t column,
    const char *text)
{
	size_t	 n = all->n++;

	if (n < PROBLEMS_TOLD)
		all->problem[n] = (struct problem){ .line = line,
		    .column = column, .order = n, .text = text };
}

static int
in_file_order(const void *a, const void *b)
{
	const struct problem	*p = a, *q = b;

	if (p->line != q->line)
		return p->line < q->line ? -1 : 1;
	if (p->column != q->column)
		return p->column < q->column ? -1 : 1;
	return p->order < q->order ? -1 : p->order > q->order;
}

const char *
problems_text(struct problems *all, size_t *n)
{
	const struct problem	*p;
	const char		*kept;
	char			*text;
	size_t			 i, len, told;
	FILE			*f;

	*n = all->n;
	told = *n < PROBLEMS_TOLD ? *n : PROBLEMS_TOLD;
	qsort(all->problem, told, sizeof(all->problem[0]), in_file_order);
	if ((f = open_memstream(&text, &len)) == NULL)
		return "out of memory\n";
	for (i = 0; i < told; i++) {
		p = &all->problem[i];
		fprintf(f, "%s:%zu:%zu: %s\n", all->file, p->line, p->column,
		    p->text);
	}
	if (told < *n)
		fprintf(f, "%s: and %zu more\n", all->file, *n - told);
	fclose(f);
	kept = keep_copy(text, len);
	free(text);
	return kept;
}
