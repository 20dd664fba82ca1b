#include <sys/stat.h>

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "git/libgit.h"
#include "git/origin.h"
#include "git/repo.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

/* Larger files than a person edits are not searched for words. */
#define SEARCHED	((size_t)4 * 1024 * 1024)	/* bytes */

static int
compare(struct repo *repo, const struct origin_pair *pair, git_diff **diff,
    struct error *error)
{
	git_diff_options	 options;
	git_tree		*was = NULL, *is = NULL;
	int			 rv = -1;

	if (git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION) < 0 ||
	    git_tree_lookup(&was, repo->git, &pair->was) < 0 ||
	    git_tree_lookup(&is, repo->git, &pair->is) < 0)
		libgit_error(error, "%s: a tree", repo->where);
	else {
		/* The repository's configuration is not asked. */
		options.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
		if (git_diff_tree_to_tree(diff, repo->git, was, is,
		    &options) < 0)
			libgit_error(error, "%s: comparing trees",
			    repo->where);
		else
			rv = 0;
	}
	git_tree_free(was);
	git_tree_free(is);
	return rv;
}

/* How many bytes the ends of two paths have in common. */
static size_t
common_end(const char *a, const char *b)
{
	size_t	 i = strlen(a), j = strlen(b), n = 0;

	while (i > 0 && j > 0 && a[--i] == b[--j])
		n++;
	return n;
}

static size_t
likeness(const struct origin *of, const git_diff_file *f)
{
	return git_oid_equal(&of->oid, &f->id) ? REPO_PATH :
	    common_end(of->path, f->path);
}

/* Puts one in its place; the least likely falls off a full list. */
static void
insert(struct origins *all, const struct origin *one)
{
	size_t	 i;

	if (all->n < ORIGINS)
		all->n++;
	else if (all->origin[ORIGINS - 1].likeness >= one->likeness)
		return;
	for (i = all->n - 1; i > 0 &&
	    all->origin[i - 1].likeness < one->likeness; i--)
		all->origin[i] = all->origin[i - 1];
	all->origin[i] = *one;
}

int
origin_find(struct repo *repo, const struct origin_pair *pair,
    const struct origin *of, struct origins *all, struct error *error)
{
	size_t			 i;
	git_diff		*diff = NULL;
	const git_diff_delta	*d;

	*all = (struct origins){ .n = 0 };
	if (compare(repo, pair, &diff, error) == -1)
		return -1;
	for (i = 0; i < git_diff_num_deltas(diff); i++) {
		d = git_diff_get_delta(diff, i);
		if (d->status == GIT_DELTA_DELETED &&
		    S_ISREG(d->old_file.mode))
			insert(all, &(struct origin){ d->old_file.path,
			    d->old_file.id, likeness(of, &d->old_file) });
	}
	for (i = 0; i < all->n; i++)
		all->origin[i].path = keepf("%s", all->origin[i].path);
	git_diff_free(diff);
	return 0;
}

static int
says(struct repo *repo, const git_oid *oid, const char *words, bool *yes,
    struct error *error)
{
	git_object_t	 type;
	struct bytes	 b;
	size_t		 len;
	char		 hex[REPO_OID];

	if (git_odb_read_header(&len, &type, repo->odb, oid) == 0 &&
	    len > SEARCHED)
		return 0;
	if (repo_blob(repo, git_oid_tostr(hex, sizeof(hex), oid), &b,
	    error) == -1)
		return -1;
	*yes = memmem(b.data, b.len, words, strlen(words)) != NULL;
	bytes_free(&b);
	return 0;
}

int
origin_says(struct repo *repo, const struct origin_pair *pair,
    const char *words, bool *yes, struct error *error)
{
	git_diff		*diff = NULL;
	const git_diff_delta	*d;
	size_t			 i;
	int			 rv = 0;

	*yes = false;
	if (compare(repo, pair, &diff, error) == -1)
		return -1;
	for (i = 0; i < git_diff_num_deltas(diff) && rv == 0 && !*yes; i++) {
		d = git_diff_get_delta(diff, i);
		if (d->status != GIT_DELTA_ADDED &&
		    S_ISREG(d->old_file.mode))
			rv = says(repo, &d->old_file.id, words, yes, error);
	}
	git_diff_free(diff);
	return rv;
}
