#include <err.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "run/error.h"
#include "run/keep.h"

/* Everything kept hangs from here, so that leak checkers find it. */
struct kept {
	struct kept	*next;
	json_t		*json;
	max_align_t	 data[];
};

static struct kept	*all;

static struct kept *
hang(size_t size)
{
	struct kept	*k;

	if (size > SIZE_MAX - sizeof(*k) ||
	    (k = calloc(1, sizeof(*k) + size)) == NULL)
		err(RETRY, "out of memory");
	k->next = all;
	all = k;
	return k;
}

void *
keep(size_t size)
{
	return hang(size)->data;
}

char *
keepf(const char *fmt, ...)
{
	va_list	 ap;
	char	*s;
	int	 n;

	va_start(ap, fmt);
	n = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (n < 0)
		err(RETRY, "vsnprintf");
	s = keep((size_t)n + 1);
	va_start(ap, fmt);
	vsnprintf(s, (size_t)n + 1, fmt, ap);
	va_end(ap);
	return s;
}

char *
keep_copy(const char *s, size_t len)
{
	char	*copy;

	copy = keep(len + 1);
	if (len > 0)
		memcpy(copy, s, len);
	return copy;
}

void *
keep_more(void *array, size_t n, size_t *room, size_t size)
{
	void	*more;

	if (n < *room)
		return array;
	*room = *room == 0 ? 8 : *room * 2;
	if (*room > SIZE_MAX / size)
		errx(RETRY, "out of memory");
	more = keep(*room * size);
	if (n > 0)
		memcpy(more, array, n * size);
	return more;
}

json_t *
keep_json(json_t *json)
{
	if (json == NULL)
		errx(RETRY, "out of memory");
	hang(0)->json = json;
	return json;
}

const char *
keep_dump(const json_t *json)
{
	char		*text = json == NULL ? NULL : json_dumps(json,
			    JSON_COMPACT | JSON_SORT_KEYS);
	const char	*kept = text == NULL ? "" : keepf("%s", text);

	free(text);
	return kept;
}
