#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "git/libgit.h"
#include "git/remote.h"
#include "run/error.h"
#include "run/keep.h"

/* Of objects read before; a walk through a long history would fill RAM. */
#define CACHE_MAX	((ssize_t)16 * 1024 * 1024)

/* The biggest object that is read: what a person edits is far below. */
#define OBJECT_MAX	((size_t)64 * 1024 * 1024)

/* Where configuration is looked for: nowhere (""), or as usual (NULL). */
static void
search(const char *where)
{
	int	 level;

	for (level = GIT_CONFIG_LEVEL_PROGRAMDATA;
	    level <= GIT_CONFIG_LEVEL_GLOBAL; level++)
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, level, where);
}

int
libgit_start(struct error *error)
{
	static bool	 started;

	if (started)
		return 0;
	if (git_libgit2_init() < 0 ||
	    git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1) < 0 ||
	    git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, CACHE_MAX) < 0)
		return libgit_error(error, "libgit2 does not start");
	search("");
	started = true;
	return 0;
}

/* libgit2 forgets errno, but its text ends with what errno said. */
static enum verdict
verdict_of(const git_error *e)
{
	static const int	 lasting[] = { EACCES, EPERM, EROFS };
	size_t			 i;

	if (e->klass == GIT_ERROR_NOMEMORY || e->klass == GIT_ERROR_NET)
		return RETRY;
	if (e->klass != GIT_ERROR_OS)
		return BROKEN;
	for (i = 0; i < sizeof(lasting) / sizeof(lasting[0]); i++)
		if (strstr(e->message, strerror(lasting[i])) != NULL)
			return BROKEN;
	return RETRY;
}

int
libgit_error(struct error *error, const char *fmt, ...)
{
	const git_error	*e = git_error_last();
	char		 text[sizeof(error->text)];
	va_list		 ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (e == NULL)
		return error_set(error, BROKEN, "%s", text);
	return error_set(error, verdict_of(e), "%s: %s", text, e->message);
}

static int
open_at(git_repository **git, const char *path)
{
	return git_repository_open_ext(git, path, GIT_REPOSITORY_OPEN_NO_SEARCH,
	    NULL);
}

/* 1.5 has two ways to say it: the second when nothing is safe at all. */
static bool
is_foreign(int rc)
{
	const git_error	*e = git_error_last();

	return rc == GIT_EOWNER || (rc == GIT_ENOTFOUND && e != NULL &&
	    strstr(e->message, "safe.directory") != NULL);
}

/*
 * Asks libgit2 again with everybody's configuration, only to hear whether
 * the folder is trusted, then opens it without.
 */
static int
open_foreign(git_repository **git, const char *path)
{
	int	 rc;

	search(NULL);
	rc = open_at(git, path);
	search("");
	if (rc < 0)
		return rc;
	git_repository_free(*git);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0);
	rc = open_at(git, path);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 1);
	return rc;
}

static int
open_error(const char *path, int rc, struct error *error)
{
	const git_error	*e = git_error_last();
	char		 full[PATH_MAX];

	if (is_foreign(rc)) {
		if (realpath(path, full) == NULL)
			strlcpy(full, path, sizeof(full));
		return error_set(error, BROKEN, "git repository %s belongs to "
		    "another user: run as its owner, or trust it with: git "
		    "config --global --add safe.directory '%s'", path, full);
	}
	if (rc == GIT_ENOTFOUND)
		return error_set(error, BROKEN, "git repository %s: there is "
		    "none; give the path of one, or make it with git init",
		    path);
	if (e != NULL && strstr(e->message, "objectformat") != NULL)
		return error_set(error, BROKEN, "git repository %s has SHA-256 "
		    "object ids; only those with SHA-1 can be read", path);
	return libgit_error(error, "git repository %s", path);
}

static int
open_trusted(git_repository **git, const char *path, struct error *error)
{
	int	 rc;

	rc = open_at(git, path);
	if (is_foreign(rc))
		rc = open_foreign(git, path);
	return rc < 0 ? open_error(path, rc, error) : 0;
}

int
libgit_open(const char *path, git_repository **git, struct error *error)
{
	git_repository	*linked;
	int		 rv;

	if (open_trusted(git, path, error) == -1)
		return -1;
	if (!git_repository_is_worktree(*git))
		return 0;
	linked = *git;
	rv = open_trusted(git, git_repository_commondir(linked), error);
	git_repository_free(linked);
	return rv;
}

int
libgit_oid(const char *hex, git_oid *oid, struct error *error)
{
	if (strlen(hex) != GIT_OID_HEXSZ || git_oid_fromstr(oid, hex) < 0)
		return error_set(error, BROKEN, "\"%s\" is no object id of 40 "
		    "hexadecimal digits", hex);
	return 0;
}

static int
object_error(const struct repo *repo, const char *hex, int rc,
    struct error *error)
{
	const git_error	*e = git_error_last();

	if (repo->remote != NULL && (e == NULL ||
	    (e->klass != GIT_ERROR_NET && e->klass != GIT_ERROR_HTTP))) {
		remote_damaged(repo->remote);
		return error_set(error, RETRY, "%s: object %s is missing or "
		    "damaged in the cache, which is thrown away: the next "
		    "run fetches it anew", repo->where, hex);
	}
	if (rc != GIT_ENOTFOUND)
		return libgit_error(error, "%s: object %s", repo->where, hex);
	return error_set(error, BROKEN, "%s: object %s is missing: the clone "
	    "is shallow or partial (git fetch --unshallow), or damaged (git "
	    "fsck)", repo->where, hex);
}

git_odb_object *
libgit_object(const struct repo *repo, const git_oid *oid, git_object_t type,
    struct error *error)
{
	char		 hex[GIT_OID_HEXSZ + 1];
	git_object_t	 is = type;
	git_odb_object	*object = NULL;
	size_t		 len = 0;
	int		 rc = 0;

	git_oid_tostr(hex, sizeof(hex), oid);
	/* The size first, so that no huge file is unpacked for nothing. */
	if (type == GIT_OBJECT_BLOB)
		rc = git_odb_read_header(&len, &is, repo->odb, oid);
	if (rc == 0 && is == type && len <= OBJECT_MAX) {
		rc = git_odb_read(&object, repo->odb, oid);
		if (rc == 0)
			is = git_odb_object_type(object);
	}
	if (rc < 0)
		object_error(repo, hex, rc, error);
	else if (is != type)
		error_set(error, BROKEN, "%s: object %s is a %s, expected a "
		    "%s", repo->where, hex, git_object_type2string(is),
		    git_object_type2string(type));
	else if (len > OBJECT_MAX)
		error_set(error, BROKEN, "%s: file %s has %zu bytes, at most "
		    "%zu are read", repo->where, hex, len, OBJECT_MAX);
	else
		return object;
	git_odb_object_free(object);
	return NULL;
}

int
libgit_write(const struct repo *repo, const void *data, size_t len,
    git_object_t type, git_oid *oid, struct error *error)
{
	if (git_odb_write(oid, repo->odb, data, len, type) < 0)
		return libgit_error(error, "%s: cannot write a %s",
		    repo->where, git_object_type2string(type));
	if (repo->remote != NULL)
		remote_made(repo->remote, oid);
	return 0;
}

git_commit *
libgit_commit(const struct repo *repo, const git_oid *oid,
    struct error *error)
{
	git_odb_object	*object;
	git_commit	*commit;

	if (git_commit_lookup(&commit, repo->git, oid) == 0)
		return commit;
	/* Only to say why; what can be read as an object is ill-formed. */
	object = libgit_object(repo, oid, GIT_OBJECT_COMMIT, error);
	if (object != NULL)
		error_set(error, BROKEN, "%s: commit %s is damaged; look with "
		    "git fsck", repo->where, git_oid_tostr_s(oid));
	git_odb_object_free(object);
	return NULL;
}

const char *
libgit_person(const git_signature *who)
{
	return keepf("%s <%s>", who->name, who->email);
}
