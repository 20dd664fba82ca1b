#include <sys/types.h>

#include <fnmatch.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>

#include "data/archive.h"
#include "data/dataset.h"
#include "data/example.h"
#include "data/names.h"
#include "data/walk.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/* A file is read into memory whole: about half a million issues. */
#define FILE_MAX	((size_t)1024 * 1024 * 1024)

/* What a dataset stands on. */
struct memory {
	struct bytes	 file;		/* empty: the strings are another's */
	size_t		*places;	/* the labels of all examples */
};

static int
no_memory(struct dataset *d, struct error *error)
{
	dataset_free(d);
	return error_errno(error, RETRY, "dataset");
}

/* Room for so many examples with so many labels in all. */
static struct memory *
make_room(struct dataset *d, size_t examples, size_t labels)
{
	struct memory	*m;

	if ((m = d->memory = calloc(1, sizeof(*m))) == NULL)
		return NULL;
	m->places = calloc(labels + 1, sizeof(*m->places));
	d->examples = calloc(examples + 1, sizeof(*d->examples));
	return m->places == NULL || d->examples == NULL ? NULL : m;
}

/* The names become the dataset's. */
static void
take_names(struct dataset *d, const struct names *names)
{
	d->labels = names->name;
	d->support = names->count;
	d->nlabels = names->n;
}

static bool
allowed(const struct selection *s, const char *label)
{
	size_t	 i;

	for (i = 0; i < s->nallow; i++)
		if (fnmatch(s->allow[i], label, 0) == 0)
			return true;
	return s->nallow == 0;
}

/* The first of the issues, which are sorted by creation, young enough. */
static size_t
youngest_from(const struct archive *a, const struct selection *s)
{
	size_t	 i = 0;

	if (s->maximum_age > 0)
		while (i < a->n && a->issues[i].created <
		    a->watermark - s->maximum_age)
			i++;
	return i;
}

/* The distinct labels that an issue from a place on can be given. */
static int
choose_labels(const struct archive *a, const struct selection *s,
    size_t from, struct names *chosen)
{
	struct names	 all = { .n = 0 };
	size_t		 i, k, n = 0;
	int		 rv = 0;

	for (i = from; i < a->n; i++)
		for (k = 0; k < a->issues[i].nlabels && rv == 0; k++)
			rv = names_add(&all, a->issues[i].labels[k]);
	if (rv == 0)
		rv = names_distinct(&all, chosen);
	names_free(&all);
	if (rv == -1)
		return -1;
	for (i = 0; i < chosen->n; i++)
		if (chosen->count[i] >= s->minimum &&
		    allowed(s, chosen->name[i])) {
			chosen->name[n] = chosen->name[i];
			chosen->count[n++] = chosen->count[i];
		}
	chosen->n = n;
	return 0;
}

/* Writes the places of an issue's chosen labels; returns how many. */
static size_t
label(const struct issue *issue, const struct names *names, size_t *places)
{
	size_t	 i, n = 0, place;

	for (i = 0; i < issue->nlabels; i++) {
		place = names_place(names, issue->labels[i]);
		if (place < names->n)
			places[n++] = place;
	}
	return n;
}

int
dataset_select(const struct archive *a, const struct selection *s,
    struct dataset *d, struct error *error)
{
	const struct issue	*issue;
	struct memory		*m;
	struct names		 names = { .n = 0 };
	size_t			 i, n, total = 0, from = youngest_from(a, s);
	size_t			*places;

	*d = (struct dataset){ .n = 0 };
	if (choose_labels(a, s, from, &names) == -1)
		return no_memory(d, error);
	take_names(d, &names);
	for (i = 0; i < names.n; i++)
		total += names.count[i];
	if ((m = make_room(d, a->n - from, total)) == NULL)
		return no_memory(d, error);
	places = m->places;
	for (i = from; i < a->n; i++) {
		issue = &a->issues[i];
		if ((n = label(issue, &names, places)) == 0 && !s->negatives)
			continue;
		d->examples[d->n++] = (struct example){ .id = issue->id,
		    .title = issue->title, .repo = issue->repo,
		    .body = issue->body, .labels = places, .nlabels = n,
		    .created = issue->created, .event = issue->event };
		places += n;
	}
	return 0;
}

static int
reserve(struct bytes *b, size_t *room, size_t need)
{
	char	*data;
	size_t	 more = *room * 2 > b->len + need ? *room * 2 :
		    b->len + need;

	if (b->data != NULL && need <= *room - b->len)
		return 0;
	if ((data = realloc(b->data, more)) == NULL)
		return -1;
	b->data = data;
	*room = more;
	return 0;
}

static int
put_lines(const struct dataset *d, struct bytes *b, struct error *error)
{
	const char *const	*names = (const char *const *)d->labels;
	char			*end;
	size_t			 i, room = 0;

	if (reserve(b, &room, 1) == -1)
		return error_errno(error, RETRY, "data.jsonl");
	for (i = 0; i < d->n; i++) {
		if (reserve(b, &room,
		    example_room(&d->examples[i], names) + 1) == -1)
			return error_errno(error, RETRY, "data.jsonl");
		end = example_put(&d->examples[i], names, b->data + b->len);
		if (end == NULL)
			return error_set(error, BROKEN, "%s: a time outside "
			    "of the years 1970 to 9999", d->examples[i].id);
		b->len = (size_t)(end - b->data);
	}
	b->data[b->len] = '\0';
	return 0;
}

int
dataset_text(const struct dataset *d, struct bytes *b, struct error *error)
{
	*b = (struct bytes){ NULL, 0 };
	if (put_lines(d, b, error) == -1) {
		bytes_free(b);
		return -1;
	}
	return 0;
}

static size_t
count_lines(const struct bytes *b)
{
	const char	*s = b->data, *end = b->data + b->len;
	size_t		 n = 0;

	while ((s = memchr(s, '\n', (size_t)(end - s))) != NULL) {
		s++;
		n++;
	}
	return n;
}

static bool
in_order(const struct example *a, const struct example *b)
{
	if (a->created != b->created)
		return a->created < b->created;
	return strcmp(a->id, b->id) < 0;
}

static int
get_line(struct example_line *line, struct dataset *d, struct names *names,
    struct error *error)
{
	struct example	*e = &d->examples[d->n];

	line->column = 1;
	if (example_get(line, e, names, error) == -1)
		return -1;
	if (d->n > 0 && !in_order(e - 1, e))
		return error_set(error, BROKEN, "expected examples by "
		    "created, then id, each once; make the dataset again");
	d->n++;
	return 0;
}

/* The lines become examples, the labels of all of them names. */
static int
get_lines(struct bytes *b, struct dataset *d, struct names *names,
    const char *path, struct error *error)
{
	struct example_line	 line = { .text = b->data };
	const char		*end = b->data + b->len;
	char			*newline;

	for (; line.text < end; line.text = newline + 1) {
		newline = memchr(line.text, '\n', (size_t)(end - line.text));
		if (newline == NULL)
			return error_set(error, BROKEN, "%s:%zu: cut short, "
			    "expected a newline at its end; make the dataset "
			    "again", path, d->n + 1);
		*newline = '\0';
		line.len = (size_t)(newline - line.text);
		if (get_line(&line, d, names, error) == -1)
			return error_in(error, "%s:%zu:%zu", path, d->n + 1,
			    line.column);
	}
	return 0;
}

static int
place_labels(struct dataset *d, const struct names *all,
    struct error *error)
{
	struct names	 distinct;
	struct memory	*m = d->memory;
	size_t		 i, at = 0;

	if (names_distinct(all, &distinct) == -1)
		return error_errno(error, RETRY, "labels");
	take_names(d, &distinct);
	m->places = calloc(all->n + 1, sizeof(*m->places));
	if (m->places == NULL)
		return error_errno(error, RETRY, "labels");
	for (i = 0; i < all->n; i++)
		m->places[i] = names_place(&distinct, all->name[i]);
	for (i = 0; i < d->n; i++) {
		d->examples[i].labels = m->places + at;
		at += d->examples[i].nlabels;
	}
	return 0;
}

static int
decode(struct bytes *b, struct dataset *d, const char *path,
    struct error *error)
{
	struct names	 names = { .n = 0 };
	char		*text;
	int		 rv;

	if ((text = realloc(b->data, b->len + WALK_PAD)) == NULL)
		return error_errno(error, RETRY, "%s", path);
	b->data = text;
	d->examples = calloc(count_lines(b) + 1, sizeof(*d->examples));
	if (d->examples == NULL)
		return error_errno(error, RETRY, "%s", path);
	if ((rv = get_lines(b, d, &names, path, error)) == 0)
		rv = place_labels(d, &names, error);
	names_free(&names);
	return rv;
}

/* What stands in memory, which is taken over; path is what errors say. */
static int
take(struct bytes *file, struct dataset *d, const char *path,
    struct error *error)
{
	struct memory	*m;
	int		 rv;

	*d = (struct dataset){ .n = 0 };
	if ((m = d->memory = calloc(1, sizeof(*m))) == NULL) {
		bytes_free(file);
		return error_errno(error, RETRY, "%s", path);
	}
	m->file = *file;
	rv = decode(&m->file, d, path, error);
	if (rv == -1)
		dataset_free(d);
	return rv;
}

int
dataset_read(const char *path, struct dataset *d, struct error *error)
{
	struct bytes	 b;
	int		 rv;

	*d = (struct dataset){ .n = 0 };
	if ((rv = bytes_read(path, FILE_MAX, &b, error)) == -1)
		return -1;
	return rv == 1 ? error_set(error, BROKEN, "%s: no such file, "
	    "expected a dataset", path) : take(&b, d, path, error);
}

static int
append(struct bytes *all, const struct bytes *part)
{
	char	*more = realloc(all->data, all->len + part->len + 1);

	if (more == NULL)
		return -1;
	memcpy(more + all->len, part->data, part->len);
	all->data = more;
	all->len += part->len;
	all->data[all->len] = '\0';
	return 0;
}

/* All parts in the order of their names, as one file. */
static int
join(const glob_t *found, const char *path, struct bytes *all,
    struct error *error)
{
	struct bytes	 part;
	size_t		 i;
	int		 rv = 0;

	*all = (struct bytes){ .data = NULL };
	for (i = 0; i < found->gl_pathc && rv == 0; i++) {
		rv = bytes_read(found->gl_pathv[i], FILE_MAX - all->len,
		    &part, error);
		if (rv == 1)
			rv = error_set(error, RETRY, "%s: went away",
			    found->gl_pathv[i]);
		else if (rv == 0 && append(all, &part) == -1)
			rv = error_errno(error, RETRY, "%s", path);
		bytes_free(&part);
	}
	if (rv == -1)
		bytes_free(all);
	return rv;
}

int
dataset_read_folder(const char *folder, struct dataset *d,
    struct error *error)
{
	const char	*path = keepf("%s/data.jsonl", folder);
	const char	*parts = keepf("%s/data-*.jsonl", folder);
	struct bytes	 b;
	glob_t		 found;
	int		 rv;

	*d = (struct dataset){ .n = 0 };
	if ((rv = bytes_read(path, FILE_MAX, &b, error)) == -1)
		return -1;
	if (rv == 0)
		return take(&b, d, path, error);
	if (glob(parts, 0, NULL, &found) != 0 || found.gl_pathc == 0)
		return error_set(error, BROKEN, "%s: no such file, and none "
		    "as data-*.jsonl, expected a dataset", path);
	rv = join(&found, parts, &b, error);
	globfree(&found);
	return rv == -1 ? -1 : take(&b, d, parts, error);
}

void
dataset_free(struct dataset *d)
{
	struct memory	*m = d->memory;

	if (m != NULL) {
		bytes_free(&m->file);
		free(m->places);
	}
	free(m);
	free(d->examples);
	free(d->labels);
	free(d->support);
	*d = (struct dataset){ .n = 0 };
}
