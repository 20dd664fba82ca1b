#include <string.h>

#include "git/entry.h"
#include "git/libgit.h"
#include "git/listing.h"
#include "git/repo.h"
#include "run/error.h"
#include "run/keep.h"

/* A walk through a commit's files. */
struct walk {
	const struct repo *repo;
	const char	**want;		/* cleaned; none: everything */
	size_t		  nwant;
	bool		  links;
	char		  path[REPO_PATH];
	struct tree	 *tree;
	size_t		  room;
};

/* A path without doubled, leading or trailing slashes or "."; "" is all. */
static const char *
clean(const char *path, struct error *error)
{
	char	*out = keep(strlen(path) + 2);
	size_t	 len, at = 0;

	for (; *path != '\0'; path += len + (path[len] == '/')) {
		len = strcspn(path, "/");
		if ((len == 0 && at == 0) ||
		    (len == 2 && strncmp(path, "..", 2) == 0)) {
			error_set(error, BROKEN, "path \"%s\": expected one "
			    "from the root of the repository, without a "
			    "leading / and without ..", path);
			return NULL;
		}
		if (len == 0 || (len == 1 && *path == '.'))
			continue;
		if (at > 0)
			out[at++] = '/';
		memcpy(out + at, path, len);
		at += len;
	}
	return out;
}

enum relation { OUTSIDE, TOWARDS, INSIDE };

/* How a path of so many bytes lies to what is wanted. */
static enum relation
relation(const struct walk *w, size_t len)
{
	enum relation	 r = w->nwant == 0 ? INSIDE : OUTSIDE;
	size_t		 i, n;

	for (i = 0; i < w->nwant; i++) {
		n = strlen(w->want[i]);
		if (n == 0)
			return INSIDE;
		if (n <= len && strncmp(w->path, w->want[i], n) == 0 &&
		    (n == len || w->path[n] == '/'))
			return INSIDE;
		if (n > len && strncmp(w->path, w->want[i], len) == 0 &&
		    w->want[i][len] == '/')
			r = TOWARDS;
	}
	return r;
}

static void
add(struct walk *w, const struct entry *entry, size_t len)
{
	struct tree	*tree = w->tree;
	struct blob	*blob;
	git_oid		 oid;

	tree->blob = keep_more(tree->blob, tree->n, &w->room, sizeof(*blob));
	blob = &tree->blob[tree->n++];
	blob->path = keep_copy(w->path, len);
	blob->mode = entry->mode;
	git_oid_fromraw(&oid, entry->oid);
	git_oid_tostr(blob->oid, sizeof(blob->oid), &oid);
}

static int	walk_tree(struct walk *, const git_oid *, size_t,
		    struct error *);

/* An entry whose path is the walk's, so many bytes long. */
static int
walk_entry(struct walk *w, const struct entry *entry, size_t len,
    struct error *error)
{
	enum relation	 r = relation(w, len);
	git_oid		 oid;

	if (r == INSIDE && (entry_is_file(entry) ||
	    (w->links && entry_is_link(entry))))
		add(w, entry, len);
	if (!entry_is_folder(entry) || r == OUTSIDE)
		return 0;
	w->path[len] = '/';
	git_oid_fromraw(&oid, entry->oid);
	return walk_tree(w, &oid, len + 1, error);
}

/* The path ends in a slash, or is empty.  Its size bounds the depth. */
static int
walk_tree(struct walk *w, const git_oid *oid, size_t len, struct error *error)
{
	struct entries	 e;
	struct entry	 entry;
	int		 rv;

	if (entry_open(&e, w->repo, oid, error) == -1)
		return -1;
	while ((rv = entry_next(&e, &entry, error)) == 0) {
		if (len + entry.len + 1 >= sizeof(w->path)) {
			rv = error_set(error, BROKEN, "%s: a path of more "
			    "than %d bytes: %.100s...", w->repo->where,
			    REPO_PATH - 2, w->path);
			break;
		}
		memcpy(w->path + len, entry.name, entry.len + 1);
		if (walk_entry(w, &entry, len + entry.len, error) == -1) {
			rv = -1;
			break;
		}
	}
	entry_close(&e);
	return rv == 1 ? 0 : -1;
}

int
listing_read(const struct repo *repo, const git_oid *root,
    const struct listing *l, struct tree *files, struct error *error)
{
	struct walk	 w = { .repo = repo, .nwant = l->n,
			    .links = l->links, .tree = files };
	size_t		 i;

	*files = (struct tree){ NULL, 0 };
	w.want = keep((l->n + 1) * sizeof(*w.want));
	for (i = 0; i < l->n; i++)
		if ((w.want[i] = clean(l->paths[i], error)) == NULL)
			return -1;
	return walk_tree(&w, root, 0, error);
}
