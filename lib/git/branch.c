#include <string.h>

#include "git/branch.h"
#include "git/head.h"
#include "git/heads.h"
#include "git/libgit.h"
#include "git/repo.h"
#include "run/error.h"
#include "run/keep.h"
#include "run/lease.h"

static const char *
ref_of(const char *branch, struct error *error)
{
	int	 valid = 0;

	if (git_branch_name_is_valid(&valid, branch) < 0 || !valid) {
		error_set(error, BROKEN, "\"%s\" is no name for a branch (see "
		    "git help check-ref-format)", branch);
		return NULL;
	}
	return keepf(HEADS "%s", branch);
}

int
branch_read(const struct repo *repo, const char *branch, git_oid *at,
    struct error *error)
{
	const char	*ref;
	git_commit	*commit;
	int		 rc;

	if ((ref = ref_of(branch, error)) == NULL)
		return -1;
	rc = git_reference_name_to_id(at, repo->git, ref);
	if (rc == GIT_ENOTFOUND)
		return 1;
	if (rc < 0)
		return libgit_error(error, "%s: %s", repo->where, ref);
	if ((commit = libgit_commit(repo, at, error)) == NULL)
		return error_in(error, "%s", ref);
	git_commit_free(commit);
	return 0;
}

/* One that is gone by the time it is read was not there. */
static int
add_branch(const struct repo *repo, const char *ref, struct heads *h,
    struct error *error)
{
	const char	*name = keepf("%s", ref + strlen(HEADS));
	git_oid		 at;
	int		 rv;

	if ((rv = branch_read(repo, name, &at, error)) == 0)
		heads_set(h, name, &at);
	return rv == -1 ? -1 : 0;
}

int
branch_list(const struct repo *repo, const char *prefix, struct heads *h,
    struct error *error)
{
	git_reference_iterator	*it;
	const char		*ref;
	int			 rc, rv = 0;

	if (git_reference_iterator_glob_new(&it, repo->git,
	    keepf(HEADS "%s*", prefix)) < 0)
		return libgit_error(error, "%s: its branches", repo->where);
	while (rv == 0 && (rc = git_reference_next_name(&ref, it)) == 0)
		rv = add_branch(repo, ref, h, error);
	if (rv == 0 && rc != GIT_ITEROVER)
		rv = libgit_error(error, "%s: its branches", repo->where);
	git_reference_iterator_free(it);
	return rv;
}

/* Why a branch cannot be moved at all; only looks. */
static int
check_target(const struct repo *repo, const char *ref, struct error *error)
{
	git_reference	*at;
	int		 rc, rv = 0;

	rc = git_reference_lookup(&at, repo->git, ref);
	if (rc == 0) {
		if (git_reference_type(at) == GIT_REFERENCE_SYMBOLIC)
			rv = error_set(error, BROKEN, "%s: %s is an alias of "
			    "%s; name that branch, or another", repo->where,
			    ref, git_reference_symbolic_target(at));
		git_reference_free(at);
	} else if (rc != GIT_ENOTFOUND)
		rv = libgit_error(error, "%s: %s", repo->where, ref);
	return rv == 0 ? head_refuse(repo, ref, error) : -1;
}

/* Two branches a and a/b cannot both be. */
static int
check_name(const struct repo *repo, const char *ref, struct error *error)
{
	char	*above = keepf("%s", ref), *slash;
	git_oid	 oid;

	while ((slash = strrchr(above, '/')) != NULL) {
		*slash = '\0';
		if (git_reference_name_to_id(&oid, repo->git, above) == 0)
			return error_set(error, BROKEN, "%s: %s cannot be "
			    "made beside %s: choose another name",
			    repo->where, ref, above);
	}
	return 0;
}

static int
push_error(const struct repo *repo, const char *ref, const struct push *push,
    int rc, struct error *error)
{
	if (rc == GIT_EMODIFIED || rc == GIT_ENOTFOUND)
		return error_set(error, RETRY, "%s: %s is no longer %s: "
		    "somebody moved it meanwhile, nothing was changed",
		    repo->where, ref, push->was == NULL ? "absent" :
		    push->was);
	if (rc == GIT_ELOCKED)
		return error_set(error, RETRY, "%s is locked by %s%s.lock: "
		    "another program is at it, or died in it; when no git "
		    "runs there any more, remove that file", ref,
		    repo->where, ref);
	return libgit_error(error, "%s: cannot move %s", repo->where, ref);
}

/* The reflog is to name the committer, not who runs this process. */
static int
identify(const struct repo *repo, const git_oid *oid, struct error *error)
{
	const git_signature	*who;
	git_commit		*commit;
	int			 rc;

	if ((commit = libgit_commit(repo, oid, error)) == NULL)
		return -1;
	who = git_commit_committer(commit);
	rc = git_repository_set_ident(repo->git, who->name, who->email);
	git_commit_free(commit);
	return rc < 0 ? libgit_error(error, "%s", repo->where) : 0;
}

static int
update(const struct repo *repo, struct guard *guard, const struct push *push,
    const char *ref, struct error *error)
{
	git_reference	*moved = NULL;
	git_oid		 to, was = { { 0 } };	/* zero: must not be there */
	int		 rc;

	if (libgit_oid(push->to, &to, error) == -1 ||
	    (push->was != NULL && libgit_oid(push->was, &was, error) == -1) ||
	    identify(repo, &to, error) == -1)
		return -1;
	if (guard_spend(guard, error) == -1)
		return -1;
	rc = git_reference_create_matching(&moved, repo->git, ref, &to, 1,
	    &was, "modelsync");
	git_reference_free(moved);
	return rc < 0 ? push_error(repo, ref, push, rc, error) : 0;
}

int
branch_move(const struct repo *repo, struct guard *guard,
    const struct push *push, struct error *error)
{
	const char	*ref;
	git_oid		 now;
	int		 rv;

	if ((ref = ref_of(push->branch, error)) == NULL ||
	    check_target(repo, ref, error) == -1 ||
	    check_name(repo, ref, error) == -1 ||
	    update(repo, guard, push, ref, error) == -1)
		return -1;
	if ((rv = branch_read(repo, push->branch, &now, error)) == -1)
		return error_in(error, "after the push");
	if (rv == 1 || git_oid_streq(&now, push->to) != 0)
		return error_set(error, RETRY, "%s: %s was moved to %s, but "
		    "is %s now: somebody else moved it again", repo->where,
		    ref, push->to, rv == 1 ? "gone" : git_oid_tostr_s(&now));
	return 0;
}
