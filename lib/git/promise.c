#include <stdlib.h>
#include <string.h>

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "git/libgit.h"
#include "git/remote.h"
#include "run/error.h"

/* Behind loose objects (1) and packs (2): asked when neither has it. */
#define LAST		0

/*
 * A part of the object database that has everything, because it fetches it.
 * What was fetched is read through a database of its own: the one that asks
 * is locked meanwhile.
 */
struct promise {
	git_odb_backend	 backend;
	git_odb		*own;
	struct remote	*remote;
};

/* libgit2 knows classes of errors; libgit_error() tells them apart again. */
static int
give_up(const struct error *error)
{
	git_error_set_str(error->verdict == RETRY ? GIT_ERROR_NET :
	    GIT_ERROR_HTTP, error->text);
	return GIT_ERROR;
}

static int
obtain(struct promise *p, const git_oid *oid)
{
	struct error	 error;
	int		 rv;

	git_odb_refresh(p->own);
	if (git_odb_exists_ext(p->own, oid, GIT_ODB_LOOKUP_NO_REFRESH))
		return 0;
	if ((rv = remote_fetch(p->remote, oid, &error)) == -1)
		return give_up(&error);
	git_odb_refresh(p->own);
	return rv == 0 ? 0 : GIT_ENOTFOUND;
}

static int
read_object(void **data, size_t *len, git_object_t *type, git_odb_backend *b,
    const git_oid *oid)
{
	struct promise	*p = (struct promise *)b;
	git_odb_object	*object;
	int		 rc;

	if ((rc = obtain(p, oid)) < 0 ||
	    (rc = git_odb_read(&object, p->own, oid)) < 0)
		return rc;
	*len = git_odb_object_size(object);
	*type = git_odb_object_type(object);
	/* One more, as libgit2's own parts do: commits are read as text. */
	*data = git_odb_backend_data_alloc(b, *len + 1);
	if (*data != NULL) {
		memcpy(*data, git_odb_object_data(object), *len);
		((char *)*data)[*len] = '\0';
	}
	git_odb_object_free(object);
	return *data == NULL ? GIT_ERROR : 0;
}

static int
read_header(size_t *len, git_object_t *type, git_odb_backend *b,
    const git_oid *oid)
{
	struct promise	*p = (struct promise *)b;
	int		 rc;

	if ((rc = obtain(p, oid)) < 0)
		return rc;
	return git_odb_read_header(len, type, p->own, oid);
}

static void
drop(git_odb_backend *b)
{
	struct promise	*p = (struct promise *)b;

	git_odb_free(p->own);
	free(p);
}

int
promise_add(git_odb *odb, git_odb *own, struct remote *remote,
    struct error *error)
{
	struct promise	*p = calloc(1, sizeof(*p));

	if (p == NULL)
		return error_set(error, RETRY, "out of memory");
	git_odb_init_backend(&p->backend, GIT_ODB_BACKEND_VERSION);
	p->backend.read = read_object;
	p->backend.read_header = read_header;
	p->backend.free = drop;
	p->own = own;
	p->remote = remote;
	if (git_odb_add_backend(odb, &p->backend, LAST) < 0) {
		free(p);
		return libgit_error(error, "an object database");
	}
	return 0;
}
