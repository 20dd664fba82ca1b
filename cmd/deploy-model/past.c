#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "edit/edit.h"
#include "git/repo.h"
#include "model/config.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#include "past.h"
#include "survey.h"

/* A search of one commit. */
struct search {
	struct repo		*repo;
	const struct config	*config;
	struct tree		 tree;
	struct definitions	*definitions;
	enum place_kind		 kind;		/* of live that is looked for */
};

static int
define(struct search *s, struct error *error)
{
	const struct blob	*f = s->tree.blob;
	struct bytes		 b;
	size_t			 i;
	int			 rv;

	for (i = 0; i < s->tree.n && s->config->setter != NULL; i++) {
		if (!survey_is_kptfile(f[i].path))
			continue;
		if (repo_blob(s->repo, f[i].oid, &b, error) == -1)
			return -1;
		rv = edit_define(f[i].path, &b, &s->definitions, error);
		bytes_free(&b);
		if (survey_judge(rv, error) == -1)
			return -1;
	}
	return 0;
}

/* Whether live of the kind can be in a file. */
static bool
may_hold(const struct search *s, const char *path)
{
	const struct config	*c = s->config;

	if (s->kind == PLACE_FIELD)
		return c->nfields > 0 && strcmp(c->field[0].file, path) == 0;
	return c->setter != NULL && (s->kind == PLACE_SETTER ?
	    survey_is_kptfile(path) : survey_may_be_marked(path));
}

/* All marked places; where some mark leads nowhere yet, those of the kind. */
static int
read_file(const struct search *s, const struct blob *blob,
    struct places *places, struct error *error)
{
	const struct config	*c = s->config;
	struct marks		 one = { .setter = c->setter,
				    .definitions = s->definitions };
	struct bytes		 b;
	int			 rv;

	if (s->kind == PLACE_FIELD)
		one = (struct marks){ .fields = &c->field[0].path,
		    .nfields = 1 };
	if (repo_blob(s->repo, blob->oid, &b, error) == -1)
		return -1;
	rv = edit_find(blob->path, &b, survey_marks(c, blob->path,
	    s->definitions), places, error);
	if (survey_judge(rv, error) == 1)
		rv = edit_find(blob->path, &b, &one, places, error);
	bytes_free(&b);
	return survey_judge(rv, error);
}

/* Returns as past_find(). */
static int
look_at(const struct search *s, const struct blob *blob, struct past *past,
    struct error *error)
{
	struct places		*all = keep(sizeof(*all));
	const struct place	*p;
	size_t			 i;
	int			 rv;

	if ((rv = read_file(s, blob, all, error)) != 0)
		return rv;
	for (i = 0; i < all->n; i++) {
		p = &all->place[i];
		if (s->kind == PLACE_FIELD ? p->field == NULL ||
		    strcmp(p->field, s->config->field[0].path) != 0 :
		    p->kind != s->kind)
			continue;
		*past = (struct past){ blob->path, survey_marks(s->config,
		    blob->path, s->definitions), all, p };
		return 0;
	}
	return 1;
}

int
past_find(struct repo *repo, const struct config *c, const char *commit,
    struct past *past, struct error *error)
{
	static const enum place_kind	 order[] = {
		PLACE_SETTER, PLACE_FIELD, PLACE_COMMENT
	};
	struct search			 s = { .repo = repo, .config = c };
	size_t				 i, k;
	int				 rv;

	if (repo_tree(repo, commit, c->paths.item, c->paths.n, &s.tree,
	    error) == -1 || define(&s, error) == -1)
		return -1;
	for (k = 0; k < sizeof(order) / sizeof(order[0]); k++) {
		s.kind = order[k];
		for (i = 0; i < s.tree.n; i++) {
			if (!may_hold(&s, s.tree.blob[i].path))
				continue;
			rv = look_at(&s, &s.tree.blob[i], past, error);
			if (rv != 1)
				return rv;
		}
	}
	return 1;
}
