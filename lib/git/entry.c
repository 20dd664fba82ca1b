#include <sys/stat.h>

#include <ctype.h>
#include <string.h>

#include "git/entry.h"
#include "git/libgit.h"
#include "run/error.h"

#define MODE_DIGITS	6	/* at most, as in "100644" */

int
entry_open(struct entries *e, const struct repo *repo, const git_oid *tree,
    struct error *error)
{
	*e = (struct entries){ .repo = repo };
	e->object = libgit_object(repo, tree, GIT_OBJECT_TREE, error);
	if (e->object == NULL)
		return -1;
	e->at = git_odb_object_data(e->object);
	e->end = e->at + git_odb_object_size(e->object);
	return 0;
}

void
entry_close(struct entries *e)
{
	git_odb_object_free(e->object);
	*e = (struct entries){ .repo = e->repo };
}

/* Parses one and moves on.  Returns -1 when the bytes are none. */
static int
parse(struct entries *e, struct entry *entry)
{
	const unsigned char	*p = e->at, *nul;
	int			 digits;

	entry->mode = 0;
	for (digits = 0; p < e->end && *p >= '0' && *p <= '7'; p++) {
		if (++digits > MODE_DIGITS)
			return -1;
		entry->mode = entry->mode * 8 + (*p - '0');
	}
	if (digits == 0 || p == e->end || *p++ != ' ')
		return -1;
	nul = memchr(p, '\0', (size_t)(e->end - p));
	if (nul == NULL || nul == p ||
	    (size_t)(e->end - nul - 1) < GIT_OID_RAWSZ ||
	    memchr(p, '/', (size_t)(nul - p)) != NULL)
		return -1;
	entry->name = (const char *)p;
	entry->len = (size_t)(nul - p);
	entry->oid = nul + 1;
	e->at = nul + 1 + GIT_OID_RAWSZ;
	return 0;
}

int
entry_next(struct entries *e, struct entry *entry, struct error *error)
{
	if (e->at == e->end)
		return 1;
	if (parse(e, entry) == -1)
		return error_set(error, BROKEN, "%s: tree %s is damaged; look "
		    "with git fsck", e->repo->where,
		    git_oid_tostr_s(git_odb_object_id(e->object)));
	return 0;
}

int
entry_find(struct entries *e, const char *name, size_t len,
    struct entry *entry, struct error *error)
{
	int	 rv;

	while ((rv = entry_next(e, entry, error)) == 0)
		if (entry->len == len && memcmp(entry->name, name, len) == 0)
			break;
	return rv;
}

bool
entry_is_folder(const struct entry *entry)
{
	return S_ISDIR(entry->mode);
}

bool
entry_is_file(const struct entry *entry)
{
	return S_ISREG(entry->mode);
}

bool
entry_is_link(const struct entry *entry)
{
	return S_ISLNK(entry->mode);
}

/*
 * As git's fsck does: NTFS ignores dots and spaces at the end, what stands
 * behind a colon, and calls it git~1 as well; HFS ignores some characters
 * that are not ASCII.  Those are all ignored here, which refuses a little
 * more.
 */
static bool
is_repository(const char *name, size_t len)
{
	char		 plain[16];	/* the rest does not count */
	const char	*rest;
	size_t		 i, n = 0;

	for (i = 0; i < len && n < sizeof(plain) - 1; i++)
		if ((unsigned char)name[i] < 0x80)
			plain[n++] = (char)tolower((unsigned char)name[i]);
	plain[n] = '\0';
	if (strncmp(plain, ".git", 4) != 0 && strncmp(plain, "git~1", 5) != 0)
		return false;
	rest = plain + (plain[0] == '.' ? 4 : 5);
	rest += strspn(rest, ". ");
	return *rest == '\0' || *rest == ':' || *rest == '\\';
}

bool
entry_is_name(const char *name, size_t len)
{
	if (len == 0 || memchr(name, '/', len) != NULL ||
	    (len <= 2 && strncmp(name, "..", len) == 0))
		return false;
	return !is_repository(name, len);
}
