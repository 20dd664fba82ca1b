#include <sys/stat.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <jansson.h>

#include "git/cache.h"
#include "git/libgit.h"
#include "git/smart.h"
#include "run/bytes.h"
#include "run/clear.h"
#include "run/error.h"
#include "run/hash.h"
#include "run/keep.h"
#include "run/replace.h"
#include "run/temporary.h"

#define MEMORY		"modelsync.json"
#define LARGEST		((size_t)1 << 20)	/* bytes of the memory */
#define DIGITS		16	/* of the hash that names a repository */
#define AWAY		".old-"	/* behind the name of what is thrown away */
#define PACKS		50	/* one for each time that something was new;
				   more of them make every lookup slow */

static json_t *
dump_oids(const git_oid *oid, size_t n)
{
	json_t	*list = json_array();
	size_t	 i;

	for (i = 0; i < n; i++)
		json_array_append_new(list,
		    json_string(git_oid_tostr_s(&oid[i])));
	return list;
}

static json_t *
dump_means(const struct smart_means *m)
{
	return json_pack("{s:b, s:b, s:b, s:b}", "known", m->known, "v2",
	    m->v2, "filter", m->filter, "shallow", m->shallow);
}

int
cache_save(const struct cache *c, struct error *error)
{
	json_t		*json;

	json = keep_json(json_pack("{s:i, s:s, s:o, s:o, s:o, s:o}",
	    "version", 1, "url", c->url, "from", dump_means(c->from),
	    "to", dump_means(c->to), "tips", dump_oids(c->tip, c->ntips),
	    "edges", dump_oids(c->edge, c->nedges)));
	return replace_file(keepf("%s/" MEMORY, c->path),
	    keepf("%s\n", keep_dump(json)), error);
}

static bool
load_oids(const json_t *list, git_oid **oid, size_t *n)
{
	const char	*hex;
	size_t		 i;

	*n = json_array_size(list);
	*oid = keep((*n + 1) * sizeof(**oid));
	for (i = 0; i < *n; i++) {
		hex = json_string_value(json_array_get(list, i));
		if (hex == NULL || strlen(hex) != GIT_OID_HEXSZ ||
		    git_oid_fromstr(&(*oid)[i], hex) < 0)
			return false;
	}
	return true;
}

static bool
load_means(json_t *json, struct smart_means *m)
{
	int	 known, v2, filter, shallow;

	if (json_unpack_ex(json, NULL, JSON_STRICT, "{s:b, s:b, s:b, s:b}",
	    "known", &known, "v2", &v2, "filter", &filter, "shallow",
	    &shallow) == -1)
		return false;
	*m = (struct smart_means){ known, v2, filter, shallow };
	return true;
}

/* Returns 0; 1 when there is nothing, or nothing that can be used. */
static int
load(struct cache *c, const char **why)
{
	struct error	 error;
	struct bytes	 b;
	json_t		*json, *from, *to, *tips, *edges;
	const char	*url;
	int		 version;

	*why = "it is not whole";
	if (bytes_read(keepf("%s/" MEMORY, c->path), LARGEST, &b,
	    &error) != 0)
		return 1;
	json = json_loadb(b.data, b.len, JSON_REJECT_DUPLICATES, NULL);
	bytes_free(&b);
	if (json == NULL)
		return 1;
	keep_json(json);
	if (json_unpack_ex(json, NULL, JSON_STRICT,
	    "{s:i, s:s, s:o, s:o, s:o, s:o}", "version", &version, "url",
	    &url, "from", &from, "to", &to, "tips", &tips, "edges",
	    &edges) == -1 || version != 1 || strcmp(url, c->url) != 0 ||
	    !load_means(from, c->from) || !load_means(to, c->to) ||
	    !load_oids(tips, &c->tip, &c->ntips) ||
	    !load_oids(edges, &c->edge, &c->nedges))
		return 1;
	c->room = c->nedges + 1;
	return 0;
}

static size_t
count_packs(const char *path)
{
	DIR		*dir = opendir(keepf("%s/objects/pack", path));
	struct dirent	*e;
	size_t		 len, n = 0;

	while (dir != NULL && (e = readdir(dir)) != NULL) {
		len = strlen(e->d_name);
		n += len > 5 && strcmp(e->d_name + len - 5, ".pack") == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return n;
}

/* An empty repository, complete before it has its name. */
static int
make(struct cache *c, const char *temporary, struct error *error)
{
	git_repository	*git;
	struct cache	 empty = { .path = temporary, .url = c->url };

	c->tip = c->edge = NULL;
	c->ntips = c->nedges = c->room = 0;
	*c->from = *c->to = (struct smart_means){ .known = false };
	empty.from = c->from;
	empty.to = c->to;
	if (git_repository_init(&git, temporary, 1) < 0)
		return libgit_error(error, "%s", temporary);
	git_repository_free(git);
	if (cache_save(&empty, error) == -1)
		return -1;
	if (c->temporary || rename(temporary, c->path) == 0)
		return 0;
	/* Another run was as quick: what it made is as good. */
	if (errno == EEXIST || errno == ENOTEMPTY) {
		clear_tree(temporary, error);
		return 0;
	}
	return error_errno(error, BROKEN, "%s", c->path);
}

static int
make_temporary(struct cache *c, struct error *error)
{
	if (temporary_make(NULL, "modelsync-git-", &c->path, &c->lock,
	    error) == -1)
		return error_in(error, "the objects of %s, without a "
		    "config.git.cache", c->url);
	c->temporary = true;
	return make(c, c->path, error);
}

int
cache_open(struct cache *c, const char *folder, const char *url,
    struct error *error)
{
	const char	*why, *temporary;
	int		 lock, rv;

	*c = (struct cache){ .url = url,
	    .from = keep(sizeof(*c->from)), .to = keep(sizeof(*c->to)) };
	if (folder == NULL)
		return make_temporary(c, error);
	if (mkdir(folder, 0755) == -1 && errno != EEXIST)
		return error_errno(error, BROKEN, "config.git.cache: %s",
		    folder);
	c->path = keepf("%s/%.*s.git", folder, DIGITS,
	    hash_bytes(url, strlen(url)));
	if (access(c->path, F_OK) == 0) {
		if (load(c, &why) == 0 && count_packs(c->path) <= PACKS)
			return 0;
		c->notice = keepf("%s was made anew: %s", c->path,
		    c->ntips > 0 ? "it had grown to many packs" : why);
		cache_discard(c);
	}
	/* What a run left that was killed while it made or threw away one. */
	temporary_sweep(folder, keepf("%s" AWAY, strrchr(c->path, '/') + 1));
	if (temporary_make(folder, "tmp-", &temporary, &lock, error) == -1)
		return error_in(error, "config.git.cache");
	rv = make(c, temporary, error);
	close(lock);
	return rv;
}

/* Out of everybody's way first, so that nobody sees half of it. */
void
cache_discard(const struct cache *c)
{
	struct error	 error;
	char		*away = keepf("%s" AWAY "XXXXXX", c->path);

	if (c->temporary || mkdtemp(away) == NULL)
		return;
	if (rename(c->path, away) == 0 || errno == ENOENT)
		clear_tree(away, &error);
	else
		rmdir(away);
}

void
cache_close(const struct cache *c)
{
	struct error	 error;

	if (!c->temporary)
		return;
	clear_tree(c->path, &error);
	close(c->lock);
}

void
cache_add_edge(struct cache *c, const git_oid *oid)
{
	size_t	 i;

	for (i = 0; i < c->nedges; i++)
		if (git_oid_equal(&c->edge[i], oid))
			return;
	c->edge = keep_more(c->edge, c->nedges, &c->room, sizeof(*c->edge));
	c->edge[c->nedges++] = *oid;
}
