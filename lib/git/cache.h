/*
 * The folder in which objects of a remote repository are kept from one run
 * to the next.  It is a bare repository without refs: packs appear in it by
 * rename and are never changed, so that runs may share it.  What else there
 * is to know stands in one file, modelsync.json, replaced by rename.
 */

#ifndef GIT_CACHE_H
#define GIT_CACHE_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct error;
struct smart_means;

struct cache {
	const char		*path;		/* of the repository */
	bool			 temporary;	/* it goes with the run */
	int			 lock;		/* of a temporary one */
	const char		*url;
	const char		*notice;	/* why it is new; NULL */
	/* What it remembers. */
	struct smart_means	*from, *to;	/* never NULL */
	git_oid			*tip;		/* all that they reach is there,
						   up to the edges and but for
						   contents of files */
	size_t			 ntips;
	git_oid			*edge;		/* commits without parents */
	size_t			 nedges, room;
};

/*
 * Opens the cache of a URL below a folder, or makes it; folder NULL: one
 * that goes with the run.  One that cannot be used any more is replaced,
 * and *notice says why.  BROKEN: nothing can be made there.
 */
int	cache_open(struct cache *, const char *folder, const char *url,
	    struct error *) __attribute__((nonnull(1, 3, 4)));

/* Writes what it remembers. */
int	cache_save(const struct cache *, struct error *)
	    __attribute__((nonnull));

/* Takes it away: what is in it cannot be used.  The next run begins anew. */
void	cache_discard(const struct cache *) __attribute__((nonnull));

/* Takes a temporary one away. */
void	cache_close(const struct cache *) __attribute__((nonnull));

void	cache_add_edge(struct cache *, const git_oid *)
	    __attribute__((nonnull));

#endif
