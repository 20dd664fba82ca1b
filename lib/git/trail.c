#include <stdbool.h>
#include <string.h>

#include "git/entry.h"
#include "git/libgit.h"
#include "git/trail.h"
#include "run/error.h"
#include "run/keep.h"

void
trail_begin(struct trail *t, const struct repo *repo, const char *path)
{
	const char	*s;

	*t = (struct trail){ .repo = repo, .path = path, .depth = 1 };
	for (s = path; *s != '\0'; s++)
		t->depth += *s == '/';
	t->level = keep((t->depth + 1) * sizeof(*t->level));
}

/* The id of a name in a tree; zero when it is not what the path needs. */
static int
look(const struct trail *t, const git_oid *tree, const char *name,
    git_oid *oid, struct error *error)
{
	struct entries	 e;
	struct entry	 entry;
	size_t		 len = strcspn(name, "/");
	bool		 last = name[len] == '\0';
	int		 rv = -1;

	*oid = (git_oid){ { 0 } };
	if (entry_open(&e, t->repo, tree, error) == -1)
		return -1;
	rv = entry_find(&e, name, len, &entry, error);
	if (rv == 0 && (last ? entry_is_file(&entry) :
	    entry_is_folder(&entry)))
		git_oid_fromraw(oid, entry.oid);
	entry_close(&e);
	return rv == -1 ? -1 : 0;
}

const git_oid *
trail_follow(struct trail *t, const git_oid *root, struct error *error)
{
	const char	*name = t->path;
	git_oid		 oid = *root;
	size_t		 i;

	for (i = 0; !git_oid_equal(&oid, &t->level[i]); i++) {
		t->level[i] = oid;
		if (git_oid_is_zero(&oid)) {
			memset(&t->level[i], 0,
			    (t->depth + 1 - i) * sizeof(oid));
			break;
		}
		if (i == t->depth)
			break;
		if (look(t, &t->level[i], name, &oid, error) == -1)
			return NULL;
		name += strcspn(name, "/") + 1;
	}
	return &t->level[t->depth];
}
