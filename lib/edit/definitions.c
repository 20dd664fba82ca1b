#include <stdbool.h>
#include <string.h>

#include "edit/definitions.h"
#include "edit/outline.h"
#include "edit/pattern.h"
#include "edit/spot.h"
#include "edit/stream.h"
#include "run/error.h"
#include "run/keep.h"

#define DEEPEST		16	/* substitutions in one another */
#define MOST		1000	/* in one, lest a few lines never end */
#define REFERENCE	"#/definitions/"

struct marker {
	const char	*text;
	const char	*reference;	/* without REFERENCE */
};

struct definition {
	const char	*file;		/* the Kptfile */
	size_t		 folder;	/* length of its path, with slash */
	const char	*name;		/* with its prefix */
	const char	*value;		/* of a setter; a pattern */
	struct marker	*marker;
	size_t		 n, room;
};

struct definitions {
	struct definition	*item;
	size_t			 n, room;
};

/* Follows keys, the last argument NULL; no key or twice: NODE_NONE. */
static uint32_t
follow(const struct outline *o, uint32_t i, const char *const *keys)
{
	bool	 more;

	for (; *keys != NULL && i != NODE_NONE; keys++) {
		i = outline_child(o, i, *keys, &more);
		if (more)
			return NODE_NONE;
	}
	return i;
}

static const char *
text_at(const struct outline *o, uint32_t i, const char *const *keys)
{
	i = follow(o, i, keys);
	if (i == NODE_NONE || o->node[i].kind != NODE_SCALAR)
		return NULL;
	return keep_copy(outline_value(o, i), o->node[i].len);
}

static int
add_markers(struct definition *d, const struct outline *o, uint32_t list,
    struct error *error)
{
	struct marker	 m;
	uint32_t	 i;

	if (list == NODE_NONE || o->node[list].kind != NODE_SEQUENCE)
		return 0;
	for (i = list + 1; i < o->node[list].past; i = o->node[i].past) {
		m.text = text_at(o, i, (const char *[]){ "marker", NULL });
		m.reference = text_at(o, i, (const char *[]){ "ref", NULL });
		if (m.text == NULL || m.text[0] == '\0' ||
		    m.reference == NULL || strncmp(m.reference, REFERENCE,
		    strlen(REFERENCE)) != 0)
			return spot_error(d->file, o->text, o->node[i].start,
			    error, "expected a marker and a ref to "
			    REFERENCE "...");
		m.reference += strlen(REFERENCE);
		d->marker = keep_more(d->marker, d->n, &d->room,
		    sizeof(*d->marker));
		d->marker[d->n++] = m;
	}
	return 0;
}

/* What a definition holds; one of something else holds nothing. */
static int
read_definition(struct definition *d, const struct outline *o, uint32_t i,
    struct error *error)
{
	static const char *const	 setter[] = {
		"x-k8s-cli", "setter", "value", NULL
	};
	static const char *const	 substitution[] = {
		"x-k8s-cli", "substitution", NULL
	};
	uint32_t			 at;

	if (strncmp(d->name, DEFINED_SETTER, strlen(DEFINED_SETTER)) == 0) {
		d->value = text_at(o, i, setter);
		return 0;
	}
	if (strncmp(d->name, DEFINED_SUBSTITUTION,
	    strlen(DEFINED_SUBSTITUTION)) != 0)
		return 0;
	if ((at = follow(o, i, substitution)) == NODE_NONE ||
	    (d->value = text_at(o, at, (const char *[]){ "pattern",
	    NULL })) == NULL)
		return spot_error(d->file, o->text, o->node[i].start, error,
		    "substitution %s has no pattern", d->name);
	return add_markers(d, o, follow(o, at,
	    (const char *[]){ "values", NULL }), error);
}

static int
add_all(struct definitions *all, const char *name, const struct outline *o,
    uint32_t map, struct error *error)
{
	struct definition	 d;
	const char		*slash = strrchr(name, '/');
	uint32_t		 i;

	for (i = map + 1; i < o->node[map].past; i = o->node[i].past) {
		if (!o->node[i].key || o->node[i].kind != NODE_SCALAR)
			continue;
		d = (struct definition){ .file = name,
		    .folder = slash == NULL ? 0 : (size_t)(slash - name) + 1,
		    .name = keep_copy(outline_value(o, i), o->node[i].len) };
		if (read_definition(&d, o, outline_value_of(o, i),
		    error) == -1)
			return -1;
		if (d.value == NULL)
			continue;
		all->item = keep_more(all->item, all->n, &all->room,
		    sizeof(*all->item));
		all->item[all->n++] = d;
	}
	return 0;
}

int
definitions_add(struct definitions **all, const char *name,
    const struct outline *o, struct error *error)
{
	static const char *const	 path[] = {
		"openAPI", "definitions", NULL
	};
	uint32_t			 i, map;

	if (*all == NULL)
		*all = keep(sizeof(**all));
	name = keep_copy(name, strlen(name));
	for (i = 0; i < o->n; i = o->node[i].past) {
		if (o->node[i].past == i + 1)
			continue;
		map = follow(o, i + 1, path);
		if (map != NODE_NONE && o->node[map].kind == NODE_MAPPING &&
		    add_all(*all, name, o, map, error) == -1)
			return -1;
	}
	return 0;
}

static const struct definition *
look_up(const struct definitions *all, const char *file, const char *name)
{
	const struct definition	*best = NULL, *d;
	size_t			 i;

	for (i = 0; all != NULL && i < all->n; i++) {
		d = &all->item[i];
		if (strcmp(d->name, name) == 0 &&
		    strncmp(d->file, file, d->folder) == 0 &&
		    (best == NULL || d->folder > best->folder))
			best = d;
	}
	return best;
}

/* The marker that a text begins with; "${a}" must not hide "${a}${b}". */
static const struct marker *
marker_at(const struct definition *d, const char *s)
{
	const struct marker	*best = NULL;
	size_t			 i;

	for (i = 0; i < d->n; i++)
		if (strncmp(s, d->marker[i].text,
		    strlen(d->marker[i].text)) == 0 && (best == NULL ||
		    strlen(d->marker[i].text) > strlen(best->text)))
			best = &d->marker[i];
	return best;
}

struct expansion {
	const struct definitions	*all;
	const char			*file;
	struct pattern			*pattern;
	int				 depth, count;
};

static int expand(struct expansion *, const char *, struct error *);

static int
expand_pattern(struct expansion *e, const struct definition *d,
    struct error *error)
{
	const struct marker	*m;
	const char		*s = d->value, *text = s;
	int			 rv;

	if (e->depth == DEEPEST || e->count++ == MOST)
		return error_set(error, BROKEN, "%s: substitution %s stands "
		    "in itself, or is more than %d deep", d->file, d->name,
		    DEEPEST);
	/* What a marker stands for is not searched for markers again. */
	while (*s != '\0') {
		if ((m = marker_at(d, s)) == NULL) {
			s++;
			continue;
		}
		pattern_add(e->pattern, (struct part){
		    .text = keep_copy(text, (size_t)(s - text)) });
		e->depth++;
		rv = expand(e, m->reference, error);
		e->depth--;
		if (rv == 1)
			return error_set(error, BROKEN, "%s: substitution %s "
			    "names %s, which is defined nowhere above it",
			    d->file, d->name, m->reference);
		if (rv == -1)
			return -1;
		text = s += strlen(m->text);
	}
	pattern_add(e->pattern, (struct part){ .text = text });
	return 0;
}

static int
expand(struct expansion *e, const char *reference, struct error *error)
{
	const struct definition	*d = look_up(e->all, e->file, reference);
	size_t			 len = strlen(DEFINED_SETTER);

	if (strncmp(reference, DEFINED_SETTER, len) == 0) {
		pattern_add(e->pattern, (struct part){ .setter = true,
		    .text = keep_copy(reference + len, strlen(reference + len)),
		    .hint = d == NULL ? NULL : d->value });
		return 0;
	}
	if (d == NULL || strncmp(reference, DEFINED_SUBSTITUTION,
	    strlen(DEFINED_SUBSTITUTION)) != 0)
		return 1;
	return expand_pattern(e, d, error);
}

int
definitions_pattern(const struct definitions *all, const char *file,
    const char *reference, struct pattern *p, struct error *error)
{
	struct expansion	 e = { .all = all, .file = file,
				    .pattern = p };

	return expand(&e, reference, error);
}

bool
definitions_has(const struct definitions *all, const char *file,
    const char *reference)
{
	return look_up(all, file, reference) != NULL;
}
