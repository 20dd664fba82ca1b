#include <fnmatch.h>
#include <string.h>

#include "edit/edit.h"
#include "git/repo.h"
#include "model/config.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#include "deploy-model.h"
#include "survey.h"

bool
survey_is_kptfile(const char *path)
{
	const char	*name = strrchr(path, '/');

	return strcmp(name == NULL ? path : name + 1, "Kptfile") == 0;
}

/* Only what kpt looks at can carry a setter's mark. */
bool
survey_may_be_marked(const char *path)
{
	return survey_is_kptfile(path) || fnmatch("*.yaml", path, 0) == 0 ||
	    fnmatch("*.yml", path, 0) == 0;
}

int
survey_judge(int rv, const struct error *error)
{
	return rv == -1 && error->verdict == BROKEN ? 1 : rv;
}

/* What the Kptfiles define, before any mark is looked for. */
static int
define(struct repo *repo, const struct config *c, const struct tree *tree,
    struct definitions **definitions, struct error *error)
{
	struct bytes	 b;
	size_t		 i;
	int		 rv = 0;

	*definitions = NULL;
	for (i = 0; i < tree->n && rv == 0 && c->setter != NULL; i++) {
		if (!survey_is_kptfile(tree->blob[i].path))
			continue;
		if (repo_blob(repo, tree->blob[i].oid, &b, error) == -1)
			return -1;
		rv = survey_judge(edit_define(tree->blob[i].path, &b,
		    definitions, error), error);
		bytes_free(&b);
	}
	return rv;
}

const struct marks *
survey_marks(const struct config *c, const char *path,
    const struct definitions *definitions)
{
	struct marks	*m = keep(sizeof(*m));
	const char	**fields = keep((c->nfields + 1) * sizeof(*fields));
	size_t		 i;

	m->setter = survey_may_be_marked(path) ? c->setter : NULL;
	m->fields = fields;
	m->definitions = definitions;
	for (i = 0; i < c->nfields; i++)
		if (strcmp(c->field[i].file, path) == 0)
			fields[m->nfields++] = c->field[i].path;
	return m->setter == NULL && m->nfields == 0 ? NULL : m;
}

static int
look_at(struct repo *repo, const struct marks *marks, const struct blob *blob,
    struct survey *s, struct error *error)
{
	struct places		*places;
	struct bytes		*was;
	int			 rv;

	if (marks == NULL)
		return 0;
	was = keep(sizeof(*was));
	places = keep(sizeof(*places));
	if (repo_blob(repo, blob->oid, was, error) == -1)
		return -1;
	rv = survey_judge(edit_find(blob->path, was, marks, places, error),
	    error);
	if (rv != 0 || places->n == 0) {
		bytes_free(was);
		return rv;
	}
	s->file[s->nfiles++] = (struct edited){ .path = blob->path,
	    .oid = blob->oid, .marks = marks, .places = places, .was = was,
	    .is = keep(sizeof(struct bytes)) };
	s->nplaces += places->n;
	return 0;
}

static int
check_fields(const struct config *c, const struct tree *tree,
    const char *commit, struct error *error)
{
	size_t	 i, j;

	for (i = 0; i < c->nfields; i++) {
		for (j = 0; j < tree->n; j++)
			if (strcmp(tree->blob[j].path, c->field[i].file) == 0)
				break;
		if (j < tree->n)
			continue;
		error_set(error, BROKEN, "config.fields: no file %s in "
		    "commit %.7s of %s", c->field[i].file, commit,
		    c->git.url);
		return 1;
	}
	return 0;
}

/* The first place of a kind in path order. */
static void
first_of(struct survey *s, enum place_kind kind)
{
	size_t	 i, j;

	for (i = 0; i < s->nfiles; i++)
		for (j = 0; j < s->file[i].places->n; j++)
			if (s->file[i].places->place[j].kind == kind) {
				s->live_file = &s->file[i];
				s->live = &s->file[i].places->place[j];
				return;
			}
}

/* The place of the first of config.fields. */
static void
first_field(const struct config *c, struct survey *s)
{
	const struct place	*p;
	size_t			 i, j;

	for (i = 0; i < s->nfiles; i++)
		for (j = 0; j < s->file[i].places->n; j++) {
			p = &s->file[i].places->place[j];
			if (p->field != NULL &&
			    strcmp(s->file[i].path, c->field[0].file) == 0 &&
			    strcmp(p->field, c->field[0].path) == 0) {
				s->live_file = &s->file[i];
				s->live = p;
				return;
			}
		}
}

/* Whatever may carry a mark will be read: it comes together. */
static int
announce(struct repo *repo, const struct config *c, const struct tree *tree,
    struct error *error)
{
	struct blob	*blob = keep((tree->n + 1) * sizeof(*blob));
	size_t		 i, n = 0;

	for (i = 0; i < tree->n; i++)
		if (survey_marks(c, tree->blob[i].path, NULL) != NULL)
			blob[n++] = tree->blob[i];
	return repo_want(repo, blob, n, error);
}

int
survey_make(struct repo *repo, const struct config *c, const char *commit,
    struct survey *s, struct error *error)
{
	struct definitions	*definitions;
	struct tree		 tree;
	size_t			 i;
	int			 rv;

	*s = (struct survey){ .file = NULL };
	if (repo_tree(repo, commit, c->paths.item, c->paths.n, &tree,
	    error) == -1)
		return -1;
	if ((rv = check_fields(c, &tree, commit, error)) != 0)
		return rv;
	if (announce(repo, c, &tree, error) == -1)
		return -1;
	rv = define(repo, c, &tree, &definitions, error);
	s->file = keep((tree.n + 1) * sizeof(*s->file));
	for (i = 0; i < tree.n && rv == 0; i++)
		rv = look_at(repo, survey_marks(c, tree.blob[i].path,
		    definitions), &tree.blob[i], s, error);
	if (rv != 0) {
		error_in(error, "commit %.7s", commit);
		return rv;
	}
	first_of(s, PLACE_SETTER);
	if (s->live == NULL && c->nfields > 0)
		first_field(c, s);
	if (s->live == NULL)
		first_of(s, PLACE_COMMENT);
	return 0;
}

const char *
survey_where(const struct edited *file, const struct place *place)
{
	return keepf("%s:%zu:%zu", file->path, place->line, place->column);
}
