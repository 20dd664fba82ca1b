#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "git/branch.h"
#include "git/graft.h"
#include "git/heads.h"
#include "git/libgit.h"
#include "git/listing.h"
#include "git/remote.h"
#include "git/repo.h"
#include "git/url.h"
#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

#define CONTEXT		3	/* lines around a change, git's default */

static int
open_here(struct repo *repo, const struct repo_terms *terms,
    struct error *error)
{
	const char	*path;

	if ((path = url_path(terms->from.url, error)) == NULL ||
	    libgit_open(path, &repo->git, error) == -1)
		return -1;
	repo->where = keepf("%s", git_repository_commondir(repo->git));
	if (git_repository_odb(&repo->odb, repo->git) < 0)
		return libgit_error(error, "git repository %s", path);
	return 0;
}

struct repo *
repo_open(const struct repo_terms *terms, struct error *error)
{
	struct repo	*repo = keep(sizeof(*repo));
	int		 rv;

	if (libgit_start(error) == -1)
		return NULL;
	repo->head = terms->head;
	repo->more = terms->more;
	rv = url_is_remote(terms->from.url) ?
	    (remote_open(terms, repo, error) == NULL ? -1 : 0) :
	    open_here(repo, terms, error);
	if (rv == 0)
		return repo;
	repo_close(repo);
	return NULL;
}

void
repo_close(struct repo *repo)
{
	if (repo == NULL)
		return;
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	if (repo->remote != NULL)
		remote_close(repo->remote);
	*repo = (struct repo){ .git = NULL };
}

int
repo_branch(struct repo *repo, const char *branch, char oid[REPO_OID],
    struct error *error)
{
	git_oid	 at;
	int	 rv;

	rv = repo->remote != NULL ?
	    remote_branch(repo->remote, branch, &at, error) :
	    branch_read(repo, branch, &at, error);
	if (rv == 0)
		git_oid_tostr(oid, REPO_OID, &at);
	return rv;
}

/* Base is looked at on the same server. */
static bool
is_head(const struct repo *repo, const char *name)
{
	size_t	 n = strlen(repo->head);

	return strncmp(name, repo->head, n) == 0 &&
	    (name[n] == '\0' || (repo->more && name[n] == '-'));
}

static int
heads_here(const struct repo *repo, struct heads *h, struct error *error)
{
	git_oid	 at;
	int	 rv;

	rv = branch_read(repo, repo->head, &at, error);
	if (rv == 0)
		heads_set(h, repo->head, &at);
	if (rv == -1 || !repo->more)
		return rv == -1 ? -1 : 0;
	return branch_list(repo, keepf("%s-", repo->head), h, error);
}

int
repo_heads(struct repo *repo, struct repo_head **list, size_t *n,
    struct error *error)
{
	struct heads		 here = { .head = NULL };
	const struct heads	*h = &here;
	size_t			 i;

	if (repo->remote != NULL)
		h = remote_heads(repo->remote);
	else if (heads_here(repo, &here, error) == -1)
		return -1;
	*list = keep((h->n + 1) * sizeof(**list));
	*n = 0;
	for (i = 0; i < h->n; i++) {
		if (git_oid_is_zero(&h->head[i].at) ||
		    !is_head(repo, h->head[i].name))
			continue;
		(*list)[*n].name = h->head[i].name;
		git_oid_tostr((*list)[(*n)++].oid, REPO_OID, &h->head[i].at);
	}
	return 0;
}

int
repo_push(struct repo *repo, struct guard *guard, const struct push *push,
    struct error *error)
{
	if (repo->remote != NULL)
		return remote_push(repo->remote, guard, push, error);
	if (push->to == NULL)
		return error_set(error, BROKEN, "%s: branches are deleted on "
		    "servers only", repo->where);
	return branch_move(repo, guard, push, error);
}

int
repo_want(struct repo *repo, const struct blob *blob, size_t n,
    struct error *error)
{
	git_oid	*oid;
	size_t	 i;

	if (repo->remote == NULL)
		return 0;
	oid = keep((n + 1) * sizeof(*oid));
	for (i = 0; i < n; i++)
		if (libgit_oid(blob[i].oid, &oid[i], error) == -1)
			return -1;
	return remote_want(repo->remote, oid, n, error);
}

const char *
repo_notice(const struct repo *repo)
{
	return repo->remote == NULL ? NULL : remote_notice(repo->remote);
}

static git_commit *
commit_of(struct repo *repo, const char *hex, struct error *error)
{
	git_oid	 oid;

	if (libgit_oid(hex, &oid, error) == -1)
		return NULL;
	return libgit_commit(repo, &oid, error);
}

int
repo_commit(struct repo *repo, const char *oid, struct commit *commit,
    struct error *error)
{
	git_commit	*c;

	if ((c = commit_of(repo, oid, error)) == NULL)
		return -1;
	*commit = (struct commit){ .nparents = git_commit_parentcount(c) };
	git_oid_tostr(commit->oid, REPO_OID, git_commit_id(c));
	if (commit->nparents > 0)
		git_oid_tostr(commit->parent, REPO_OID,
		    git_commit_parent_id(c, 0));
	if (commit->nparents > 1)
		git_oid_tostr(commit->second, REPO_OID,
		    git_commit_parent_id(c, 1));
	commit->time = (time_t)git_commit_time(c);
	commit->author = libgit_person(git_commit_author(c));
	commit->committer = libgit_person(git_commit_committer(c));
	commit->message = keepf("%s", git_commit_message(c));
	git_commit_free(c);
	return 0;
}

int
repo_merge_base(struct repo *repo, const char *a, const char *b,
    char oid[REPO_OID], struct error *error)
{
	git_oid	 one, two, base;
	int	 rc;

	if (libgit_oid(a, &one, error) == -1 ||
	    libgit_oid(b, &two, error) == -1)
		return -1;
	if (git_repository_is_shallow(repo->git))
		return error_set(error, BROKEN, "%s is a shallow clone, whose "
		    "history is cut: complete it with git fetch --unshallow",
		    repo->where);
	rc = git_merge_base(&base, repo->git, &one, &two);
	/* A missing object is "not found" as well: then nothing is known. */
	if (rc == GIT_ENOTFOUND && git_error_last()->klass == GIT_ERROR_MERGE)
		return 1;
	if (rc < 0)
		return libgit_error(error, "%s: common ancestor of %s and %s",
		    repo->where, a, b);
	git_oid_tostr(oid, REPO_OID, &base);
	return 0;
}

int
repo_blob(struct repo *repo, const char *oid, struct bytes *b,
    struct error *error)
{
	git_odb_object	*object;
	git_oid		 id;

	*b = (struct bytes){ NULL, 0 };
	if (libgit_oid(oid, &id, error) == -1)
		return -1;
	object = libgit_object(repo, &id, GIT_OBJECT_BLOB, error);
	if (object == NULL)
		return -1;
	b->len = git_odb_object_size(object);
	if ((b->data = malloc(b->len + 1)) != NULL) {
		memcpy(b->data, git_odb_object_data(object), b->len);
		b->data[b->len] = '\0';
	} else {
		error_errno(error, RETRY, "%s: blob %s", repo->where, oid);
		b->len = 0;
	}
	git_odb_object_free(object);
	return b->data == NULL ? -1 : 0;
}

int
repo_tree(struct repo *repo, const char *commit, const char *const paths[],
    size_t npaths, struct tree *tree, struct error *error)
{
	git_commit	*c;
	int		 rv;

	if ((c = commit_of(repo, commit, error)) == NULL)
		return -1;
	rv = listing_read(repo, git_commit_tree_id(c),
	    &(struct listing){ .paths = paths, .n = npaths }, tree, error);
	git_commit_free(c);
	return rv;
}

/*
 * Git drops spaces and some punctuation from the ends of names: what would
 * not come out as it went in is refused, so that ours is found again.
 */
static int
signature(const struct proposal *p, git_signature **who, struct error *error)
{
	const char	*mail = strstr(p->author, " <");
	char		*name, *address;
	size_t		 len = strlen(p->author);

	*who = NULL;
	if (mail == NULL || len < 1 || p->author[len - 1] != '>')
		return error_set(error, BROKEN, "author \"%s\": expected "
		    "\"Name <mail>\"", p->author);
	name = keep_copy(p->author, (size_t)(mail - p->author));
	address = keep_copy(mail + 2, (size_t)(p->author + len - mail - 3));
	if (address[0] == '\0' || strpbrk(address, "<> \t\r\n") != NULL ||
	    strpbrk(name, "<>\t\r\n") != NULL ||
	    git_signature_new(who, name, address, p->time, 0) < 0 ||
	    strcmp((*who)->name, name) != 0 ||
	    strcmp((*who)->email, address) != 0) {
		git_signature_free(*who);
		*who = NULL;
		return error_set(error, BROKEN, "author \"%s\": expected "
		    "\"Name <mail>\" with nothing git would drop (brackets, "
		    "spaces or punctuation at the ends)", p->author);
	}
	return 0;
}

static int
write_commit(struct repo *repo, const struct proposal *p,
    const git_commit *base, const git_commit *after, git_oid *oid,
    struct error *error)
{
	const git_commit	*parents[] = { after, base };
	size_t			 only = after == NULL;
	git_signature		*who = NULL;
	git_tree		*tree = NULL;
	git_oid			 root;
	int			 rv = -1;

	if (signature(p, &who, error) == -1 ||
	    graft_write(repo, git_commit_tree_id(base), p->change,
	    p->nchanges, &root, error) == -1)
		rv = -1;
	else if (git_oid_equal(&root, git_commit_tree_id(base)))
		error_set(error, BROKEN, "%s: the proposal changes nothing in "
		    "%s", repo->where, p->base);
	else if (git_tree_lookup(&tree, repo->git, &root) < 0 ||
	    git_commit_create(oid, repo->git, NULL, who, who, NULL,
	    p->message, tree, 2 - only, parents + only) < 0)
		libgit_error(error, "%s: cannot write a commit", repo->where);
	else {
		if (repo->remote != NULL)
			remote_made(repo->remote, oid);
		rv = 0;
	}
	git_tree_free(tree);
	git_signature_free(who);
	return rv;
}

int
repo_write(struct repo *repo, const struct guard *guard,
    const struct proposal *p, char oid[REPO_OID], struct error *error)
{
	git_commit	*base, *after = NULL;
	git_oid		 id;
	int		 rv = -1;

	if (guard_check(guard, error) == -1)
		return -1;
	if (p->time < 0)
		return error_set(error, BROKEN, "a commit cannot be from "
		    "before 1970");
	if ((base = commit_of(repo, p->base, error)) == NULL)
		return -1;
	if (p->after == NULL ||
	    (after = commit_of(repo, p->after, error)) != NULL)
		rv = write_commit(repo, p, base, after, &id, error);
	git_commit_free(after);
	git_commit_free(base);
	if (rv == 0)
		git_oid_tostr(oid, REPO_OID, &id);
	return rv;
}

static bool
has_nul(const struct bytes *b)
{
	return b->len > 0 && memchr(b->data, '\0', b->len) != NULL;
}

/*
 * A patch as git prints it: libgit2 does not end the names of files with a
 * tab when there is a space in them.  Its second line, "index", is left out.
 */
static const char *
as_git(const git_buf *patch, const char *path)
{
	const char	*tab = strchr(path, ' ') == NULL ? "" : "\t";
	const char	*line[5];	/* diff, index, ---, +++, @@ */
	size_t		 i;

	line[0] = patch->ptr;
	for (i = 1; i < 5; i++)
		line[i] = strchr(line[i - 1], '\n') + 1;
	return keepf("%.*s%.*s%s\n%.*s%s\n%s",
	    (int)(line[1] - line[0]), line[0],
	    (int)(line[3] - line[2] - 1), line[2], tab,
	    (int)(line[4] - line[3] - 1), line[3], tab, line[4]);
}

int
repo_diff(const char *path, const struct bytes *was, const struct bytes *is,
    const char **diff, struct error *error)
{
	git_diff_options	 options;
	git_patch		*patch = NULL;
	git_buf			 text = { NULL, 0, 0 };
	int			 rv = -1;

	if (libgit_start(error) == -1)
		return -1;
	if (has_nul(was) || has_nul(is))
		return error_set(error, BROKEN, "%s: a NUL byte in it: this "
		    "is no text", path);
	if (git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION) < 0)
		return libgit_error(error, "%s", path);
	options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
	options.context_lines = CONTEXT;
	/* NULL would mean that the file is not there. */
	if (git_patch_from_buffers(&patch, was->len == 0 ? "" : was->data,
	    was->len, path, is->len == 0 ? "" : is->data, is->len, path,
	    &options) < 0 || git_patch_to_buf(&text, patch) < 0)
		libgit_error(error, "%s: cannot be compared", path);
	else {
		*diff = text.size == 0 ? "" : as_git(&text, path);
		rv = 0;
	}
	git_buf_dispose(&text);
	git_patch_free(patch);
	return rv;
}
