#include <ctype.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "data/inflate.h"
#include "data/reader.h"
#include "data/walk.h"
#include "run/error.h"

#define ROOM	((size_t)512 * 1024)	/* at first: many texts at once */

/* Where the search for the end of an array's element has come to. */
struct search {
	size_t	 depth;
	bool	 string;
	bool	 escape;	/* the next byte is behind a backslash */
};

struct reader {
	const char	*path;
	struct inflate	*in;
	char		*data;		/* room bytes and the padding */
	size_t		 room;
	size_t		 at, len;	/* the unread are from at to len */
	size_t		 searched;	/* of those: no end among them */
	bool		 ended;		/* len will not grow */
	bool		 array;
	struct search	 search;
	size_t		 given;		/* bytes of the last text */
	char		 behind;	/* what the NUL behind it replaced */
	size_t		 line, column;	/* of the byte at at, from 1 */
	uint64_t	 bytes;
};

int
reader_place(const struct reader *r, const char *at, struct error *error)
{
	const char	*s;
	size_t		 line = r->line, column = r->column;

	for (s = r->data + r->at; s < at; s++) {
		column++;
		if (*s == '\n') {
			line++;
			column = 1;
		}
	}
	return error_in(error, "%s:%zu:%zu", r->path, line, column);
}

static int
here(const struct reader *r, const char *what, struct error *error)
{
	error_set(error, BROKEN, "%s", what);
	return reader_place(r, r->data + r->at, error);
}

/* Passes n bytes. */
static void
advance(struct reader *r, size_t n)
{
	for (; n > 0; n--) {
		r->column++;
		if (r->data[r->at++] == '\n') {
			r->line++;
			r->column = 1;
		}
	}
	r->searched = 0;
}

static int
grow(struct reader *r, struct error *error)
{
	size_t	 room = r->room * 2;
	char	*data;

	if (room > (size_t)READER_TEXT) {
		error_set(error, BROKEN, "this event is longer than %d MiB, "
		    "expected one JSON event a line or an array of them",
		    READER_TEXT >> 20);
		return reader_place(r, r->data + r->at, error);
	}
	if ((data = realloc(r->data, room + WALK_PAD)) == NULL)
		return error_errno(error, RETRY, "%s", r->path);
	r->data = data;
	r->room = room;
	return 0;
}

/* More unread bytes, or the knowledge that there are none. */
static int
fill(struct reader *r, struct error *error)
{
	size_t	 n;

	r->len -= r->at;
	if (r->at > 0)
		memmove(r->data, r->data + r->at, r->len);
	r->at = 0;
	if (r->len == r->room && grow(r, error) == -1)
		return -1;
	if (inflate_read(r->in, r->data + r->len, r->room - r->len, &n,
	    error) == -1)
		return -1;
	r->ended = n == 0;
	r->len += n;
	r->bytes += n;
	memset(r->data + r->len, 0, WALK_PAD);
	return 0;
}

/* To the next byte that is not white space: 1, or 0 at the end. */
static int
space(struct reader *r, struct error *error)
{
	for (;;) {
		if (r->at < r->len) {
			if (strchr(" \t\r\n", r->data[r->at]) == NULL ||
			    r->data[r->at] == '\0')
				return 1;
			advance(r, 1);
		} else if (r->ended)
			return 0;
		else if (fill(r, error) == -1)
			return -1;
	}
}

/* Searches the unread bytes for the end of the line: its length. */
static bool
search_line(struct reader *r, size_t *len)
{
	const char	*from = r->data + r->at + r->searched, *end;

	end = memchr(from, '\n', r->len - r->at - r->searched);
	*len = end == NULL ? r->len - r->at :
	    (size_t)(end - (r->data + r->at));
	r->searched = *len;
	return end != NULL || r->ended;
}

/*
 * The same for an element that is an object.  Only strings and brackets are
 * told apart; that the brackets match is for the walk to see.
 */
static bool
search_element(struct reader *r, size_t *len)
{
	struct search	*s = &r->search;
	char		 c;

	while (r->at + r->searched < r->len) {
		c = r->data[r->at + r->searched++];
		if (s->escape)
			s->escape = false;
		else if (c == '"')
			s->string = !s->string;
		else if (s->string)
			s->escape = c == '\\';
		else if (c == '{' || c == '[')
			s->depth++;
		else if (c == '}' || c == ']') {
			if (--s->depth == 0) {
				*len = r->searched;
				return true;
			}
		}
	}
	*len = r->searched;
	return r->ended;
}

static int
give(struct reader *r, struct slice *text, struct error *error)
{
	size_t	 len;

	while (r->array ? !search_element(r, &len) : !search_line(r, &len))
		if (fill(r, error) == -1)
			return -1;
	*text = (struct slice){ .at = r->data + r->at, .len = len };
	r->given = len;
	r->behind = r->data[r->at + len];
	r->data[r->at + len] = '\0';
	return 1;
}

/* Takes the last text back from the caller and passes it. */
static void
drop(struct reader *r)
{
	if (r->given == 0)
		return;
	r->data[r->at + r->given] = r->behind;
	if (r->array)
		advance(r, r->given);
	else {
		r->at += r->given;	/* a line is left at its end */
		r->column += r->given;
	}
	r->given = 0;
	r->searched = 0;
	r->search = (struct search){ .depth = 0 };
}

static int
after_array(struct reader *r, struct error *error)
{
	int	 rv;

	advance(r, 1);
	r->array = false;
	if ((rv = space(r, error)) == 1)
		return here(r, "expected nothing behind the array", error);
	return rv;
}

/* Past what divides two elements. */
static int
divide(struct reader *r, struct error *error)
{
	int	 rv = space(r, error);

	if (rv == -1)
		return -1;
	if (rv == 1 && r->data[r->at] == ']')
		return after_array(r, error);
	if (rv == 0 || r->data[r->at] != ',')
		return here(r, "expected ',' or ']' behind an event; if the "
		    "file is cut short, fetch it again", error);
	advance(r, 1);
	return 1;
}

int
reader_next(struct reader *r, struct slice *text, struct error *error)
{
	bool	 between = r->array && r->given > 0;
	int	 rv;

	drop(r);
	if (between && (rv = divide(r, error)) < 1)
		return rv;
	if ((rv = space(r, error)) < 1 && (rv == -1 || !r->array))
		return rv;
	if (r->array && (rv == 0 || r->data[r->at] != '{'))
		return here(r, "expected an event: an object", error);
	return give(r, text, error);
}

static int
unknown(const struct reader *r, struct error *error)
{
	if (r->data[r->at] == '<')
		return here(r, "this looks like HTML, expected JSON events; "
		    "fetch the file again and look at what the server says",
		    error);
	return here(r, "expected JSON events: one object a line, or an array "
	    "of objects", error);
}

/* Which of the two shapes the file has.  A file without any is refused. */
static int
begin(struct reader *r, struct error *error)
{
	int	 rv = space(r, error);

	if (rv == -1)
		return -1;
	if (rv == 1 && r->data[r->at] == '[') {
		r->array = true;
		advance(r, 1);
		if ((rv = space(r, error)) == 1 && r->data[r->at] == ']')
			rv = 0;
	} else if (rv == 1 && r->data[r->at] != '{')
		return unknown(r, error);
	if (rv == 0)
		return error_set(error, BROKEN, "%s: no event in it; fetch "
		    "the file again, or take it away", r->path);
	return rv == -1 ? -1 : 0;
}

struct reader *
reader_open(const char *path, struct error *error)
{
	struct reader	*r;

	if ((r = calloc(1, sizeof(*r))) == NULL) {
		error_errno(error, RETRY, "%s", path);
		return NULL;
	}
	r->path = path;
	r->line = r->column = 1;
	r->room = ROOM;
	if ((r->data = malloc(ROOM + WALK_PAD)) == NULL)
		error_errno(error, RETRY, "%s", path);
	else if ((r->in = inflate_open(path, error)) != NULL &&
	    begin(r, error) == 0)
		return r;
	reader_close(r);
	return NULL;
}

uint64_t
reader_bytes(const struct reader *r)
{
	return r->bytes;
}

void
reader_close(struct reader *r)
{
	if (r == NULL)
		return;
	inflate_close(r->in);
	free(r->data);
	free(r);
}
