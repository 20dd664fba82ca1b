#include <stdbool.h>
#include <string.h>

#include "edit/edit.h"
#include "git/history.h"
#include "git/libgit.h"
#include "git/repo.h"
#include "git/stranger.h"
#include "git/trail.h"
#include "run/bytes.h"
#include "run/error.h"

#define TRAILER	"Generation"

/* The answers to "is it ours"; -1 as everywhere. */
enum answer { NO, YES };

static bool
is_person(const git_signature *who, const char *person)
{
	size_t	 name = strlen(who->name), mail = strlen(who->email);

	return strlen(person) == name + mail + 3 &&
	    strncmp(person, who->name, name) == 0 &&
	    strncmp(person + name, " <", 2) == 0 &&
	    strncmp(person + name + 2, who->email, mail) == 0 &&
	    person[name + 2 + mail] == '>';
}

static bool
has_trailer(const git_commit *c)
{
	git_message_trailer_array	 all;
	const char			*value;
	size_t				 i;
	bool				 has = false;

	if (git_message_trailers(&all, git_commit_message(c)) < 0)
		return false;
	for (i = 0; i < all.count; i++) {
		value = all.trailers[i].value;
		if (strcmp(all.trailers[i].key, TRAILER) == 0 &&
		    value[strspn(value, " \t\n")] != '\0')
			has = true;
	}
	git_message_trailer_array_free(&all);
	return has;
}

/* The tree of a merge, of our side of it, and of base's. */
enum { MERGE, OURS, BASE, TREES };

struct merge {
	struct repo		*repo;
	const struct ours	*ours;
	git_tree		*tree[TREES];
};

static int
read_file(const struct merge *m, int tree, const char *path, git_oid *oid,
    struct bytes *b, struct error *error)
{
	const git_oid	*blob;
	struct trail	 t;
	char		 hex[REPO_OID];

	trail_begin(&t, m->repo, path);
	blob = trail_follow(&t, git_tree_id(m->tree[tree]), error);
	if (blob == NULL)
		return -1;
	*oid = *blob;
	*b = (struct bytes){ NULL, 0 };
	if (git_oid_is_zero(blob))
		return 0;
	return repo_blob(m->repo, git_oid_tostr(hex, sizeof(hex), blob), b,
	    error);
}

/* Whether base's content with our value is what the merge has. */
static int
same_edit(const struct marked *file, const struct bytes b[TREES],
    struct error *error)
{
	struct places	 places;
	struct bytes	 made;
	bool		 same;

	if (edit_find(file->path, &b[OURS], file->marks, &places,
	    error) == -1)
		return error->verdict == BROKEN ? NO : -1;
	if (places.n == 0)
		return NO;
	if (edit_set(file->path, &b[BASE], file->marks,
	    places.place[0].value, &made, error) == -1)
		return error->verdict == BROKEN ? NO : -1;
	same = made.len == b[MERGE].len &&
	    memcmp(made.data, b[MERGE].data, made.len) == 0;
	bytes_free(&made);
	return same ? YES : NO;
}

static int
keeps_file(const struct merge *m, const struct marked *file,
    struct error *error)
{
	struct bytes	 b[TREES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	git_oid		 oid[TREES];
	int		 i, rv = YES;

	for (i = 0; i < TREES && rv != -1; i++)
		if (read_file(m, i, file->path, &oid[i], &b[i], error) == -1)
			rv = -1;
	if (rv != -1 && !git_oid_equal(&oid[MERGE], &oid[OURS]))
		rv = b[MERGE].data == NULL || b[OURS].data == NULL ||
		    b[BASE].data == NULL ? NO : same_edit(file, b, error);
	for (i = 0; i < TREES; i++)
		bytes_free(&b[i]);
	return rv;
}

static bool
is_marked(const struct ours *ours, const char *path)
{
	size_t	 i;

	for (i = 0; i < ours->nfiles; i++)
		if (strcmp(ours->file[i].path, path) == 0)
			return true;
	return false;
}

static bool
is_hydrated(const struct ours *ours, const char *path)
{
	size_t	 i, len;

	for (i = 0; i < ours->nhydrated; i++) {
		len = strlen(ours->hydrated[i]);
		if (strncmp(path, ours->hydrated[i], len) == 0 &&
		    (path[len] == '\0' || path[len] == '/'))
			return true;
	}
	return false;
}

/* Whether a merge has at a path what our side has, or neither has any. */
static int
is_of_our_side(const struct merge *m, const char *path, struct error *error)
{
	git_tree_entry	*e[TREES] = { NULL, NULL, NULL };
	int		 i, rc = 0, rv;

	for (i = MERGE; i <= OURS && (rc == 0 || rc == GIT_ENOTFOUND); i++)
		rc = git_tree_entry_bypath(&e[i], m->tree[i], path);
	if (rc < 0 && rc != GIT_ENOTFOUND)
		rv = libgit_error(error, "%s: %s", m->repo->where, path);
	else if (e[MERGE] == NULL || e[OURS] == NULL)
		rv = e[MERGE] == e[OURS] ? YES : NO;
	else
		rv = git_oid_equal(git_tree_entry_id(e[MERGE]),
		    git_tree_entry_id(e[OURS])) &&
		    git_tree_entry_filemode_raw(e[MERGE]) ==
		    git_tree_entry_filemode_raw(e[OURS]) ? YES : NO;
	git_tree_entry_free(e[MERGE]);
	git_tree_entry_free(e[OURS]);
	return rv;
}

/* Whether a merge took base as it was, but for the files we edit or make. */
static int
adds_nothing(const struct merge *m, struct error *error)
{
	git_diff_options	 options;
	git_diff		*diff;
	const git_diff_delta	*delta;
	size_t			 i;
	int			 rv = YES;

	if (git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION) < 0)
		return libgit_error(error, "%s", m->repo->where);
	/* Said here, so that the repository's configuration cannot hide any. */
	options.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
	if (git_diff_tree_to_tree(&diff, m->repo->git, m->tree[BASE],
	    m->tree[MERGE], &options) < 0)
		return libgit_error(error, "%s: a merge", m->repo->where);
	for (i = 0; i < git_diff_num_deltas(diff) && rv == YES; i++) {
		delta = git_diff_get_delta(diff, i);
		if (!is_marked(m->ours, delta->new_file.path) &&
		    !is_hydrated(m->ours, delta->new_file.path))
			rv = NO;
	}
	git_diff_free(diff);
	return rv;
}

static int
keeps_ours(const struct merge *m, struct error *error)
{
	size_t	 i;
	int	 rv;

	rv = adds_nothing(m, error);
	for (i = 0; i < m->ours->nfiles && rv == YES; i++)
		rv = keeps_file(m, &m->ours->file[i], error);
	for (i = 0; i < m->ours->nhydrated && rv == YES; i++)
		rv = is_of_our_side(m, m->ours->hydrated[i], error);
	return rv;
}

static int
open_tree(struct merge *m, int tree, const git_oid *commit,
    struct error *error)
{
	git_commit	*c;
	int		 rc;

	if ((c = libgit_commit(m->repo, commit, error)) == NULL)
		return -1;
	rc = git_commit_tree(&m->tree[tree], c);
	git_commit_free(c);
	return rc < 0 ? libgit_error(error, "%s", m->repo->where) : 0;
}

/* Which parent is on base: 0 or 1; TREES when not exactly one is. */
static int
side_of_base(struct repo *repo, const struct ours *ours, const git_commit *c,
    struct error *error)
{
	git_oid	 base;
	int	 i, on[2];

	if (libgit_oid(ours->base, &base, error) == -1)
		return -1;
	for (i = 0; i < 2; i++) {
		const git_oid	*parent = git_commit_parent_id(c, (unsigned)i);

		on[i] = git_oid_equal(parent, &base) ? 1 :
		    git_graph_descendant_of(repo->git, &base, parent);
		if (on[i] < 0)
			return libgit_error(error, "%s", repo->where);
	}
	return on[0] == on[1] ? TREES : on[1];
}

static int
is_our_merge(struct repo *repo, const struct ours *ours, const git_commit *c,
    struct error *error)
{
	struct merge	 m = { .repo = repo, .ours = ours };
	int		 i, side, rv = -1;

	if (git_commit_parentcount(c) != 2)
		return NO;
	if ((side = side_of_base(repo, ours, c, error)) == -1)
		return -1;
	if (side == TREES)
		return NO;
	if (open_tree(&m, MERGE, git_commit_id(c), error) == 0 &&
	    open_tree(&m, BASE, git_commit_parent_id(c, (unsigned)side),
	    error) == 0 &&
	    open_tree(&m, OURS, git_commit_parent_id(c, (unsigned)!side),
	    error) == 0)
		rv = keeps_ours(&m, error);
	for (i = 0; i < TREES; i++)
		git_tree_free(m.tree[i]);
	return rv;
}

static int
is_ours(struct repo *repo, const struct ours *ours, const git_oid *oid,
    struct error *error)
{
	git_commit	*c;
	int		 rv;

	if ((c = libgit_commit(repo, oid, error)) == NULL)
		return -1;
	if (is_person(git_commit_author(c), ours->author) &&
	    is_person(git_commit_committer(c), ours->author) &&
	    has_trailer(c))
		rv = YES;
	else
		rv = is_our_merge(repo, ours, c, error);
	git_commit_free(c);
	return rv;
}

/* Newest first; the first that is not ours ends it.  Returns as find. */
static int
search(struct repo *repo, const struct ours *ours, git_revwalk *walk,
    git_oid *oid, struct error *error)
{
	int	 rc, rv;

	while ((rc = git_revwalk_next(oid, walk)) == 0)
		if ((rv = is_ours(repo, ours, oid, error)) != YES)
			return rv == NO ? 0 : -1;
	if (rc != GIT_ITEROVER)
		return libgit_error(error, "%s: commits of %s", repo->where,
		    ours->head);
	return 1;
}

int
stranger_find(struct repo *repo, const struct ours *ours,
    struct commit *commit, struct error *error)
{
	char		 hex[REPO_OID];
	git_revwalk	*walk;
	git_oid		 base, head, oid;
	int		 rv;

	if (libgit_oid(ours->base, &base, error) == -1 ||
	    libgit_oid(ours->head, &head, error) == -1)
		return -1;
	if (git_revwalk_new(&walk, repo->git) < 0)
		return libgit_error(error, "%s", repo->where);
	if (git_revwalk_sorting(walk, GIT_SORT_TOPOLOGICAL |
	    GIT_SORT_TIME) < 0 || git_revwalk_push(walk, &head) < 0 ||
	    git_revwalk_hide(walk, &base) < 0)
		rv = libgit_error(error, "%s: commits of %s", repo->where,
		    ours->head);
	else
		rv = search(repo, ours, walk, &oid, error);
	git_revwalk_free(walk);
	if (rv != 0)
		return rv;
	return repo_commit(repo, git_oid_tostr(hex, sizeof(hex), &oid),
	    commit, error);
}
