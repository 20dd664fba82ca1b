/*
 * A git repository: one on this machine, opened in place, or one on a server
 * (git/remote.h), of which only what is asked for is fetched.  No clone, no
 * checkout, no index.  Object ids are 40 lower-case hex digits.
 */

#ifndef GIT_REPO_H
#define GIT_REPO_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct bytes;
struct error;
struct guard;
struct repo;

#define REPO_OID	41	/* 40 digits and a NUL */

/* Where a repository is, and who asks.  Strings are kept for the run. */
struct repo_server {
	const char	*url;		/* git/url.h */
	/* Of http(s): */
	const char	*user;		/* with one of the next two */
	const char	*password_file;	/* NULL */
	const char	*token;		/* a secret, copied and wiped; NULL */
	const char	*ca;		/* file; NULL: the system's */
	/* Of ssh (git/ssh.h): */
	const char	*key, *host_key;
};

struct repo_terms {
	struct repo_server	 from;
	struct repo_server	 to;	/* is pushed to; url NULL: from */
	const char		*base;	/* the branches that will be asked */
	const char		*head;	/* for; head is read at `to' */
	bool			 more;	/* as is what begins with "<head>-" */
	const char		*cache;	/* folder of objects of servers; NULL:
					   none, they go with the run */
	bool			 dry;
};

/*
 * Opens a path or file:// URL (git/url.h), the repository a linked worktree
 * belongs to, or one on a server, whose branches are read at once.  Of one
 * on this machine:  One that belongs to another user is refused as git refuses
 * it, until the user's or the system's configuration names it as
 * safe.directory; that is all that is read of those, so that the repository
 * reads the same for everybody.  NULL with an error.
 */
struct repo	*repo_open(const struct repo_terms *, struct error *)
		    __attribute__((nonnull));
void		 repo_close(struct repo *);

/*
 * The commit a branch points at.  Returns 0; 1 when there is no such branch
 * (in an empty repository there is none); -1.
 */
int	repo_branch(struct repo *, const char *branch, char oid[REPO_OID],
	    struct error *) __attribute__((nonnull));

struct repo_head {
	const char	*name;		/* without refs/heads/ */
	char		 oid[REPO_OID];
};

/*
 * The branches head and, with `more' in the terms, "<head>-...", as far as
 * they are there, in no order.  Kept for the run.
 */
int	repo_heads(struct repo *, struct repo_head **, size_t *n,
	    struct error *) __attribute__((nonnull));

struct blob {
	const char	*path;		/* from the root, no leading slash */
	char		 oid[REPO_OID];
	unsigned	 mode;		/* as git has it */
};

#define REPO_PATH	4096	/* bytes; a tree with a longer one is BROKEN */

struct tree {
	struct blob	*blob;		/* in path order; regular files only */
	size_t		 n;
};

/*
 * The files of a commit that lie at or below one of the paths; no paths
 * means all, and so does ".".  A path that matches nothing adds nothing;
 * one that is absolute or has a ".." is BROKEN.  Links and submodules are
 * left out.  Kept for the run.
 */
int	repo_tree(struct repo *, const char *commit,
	    const char *const paths[], size_t npaths, struct tree *,
	    struct error *) __attribute__((nonnull(1, 2, 5, 6)));

/*
 * The content of a blob, at most 64 MiB: BROKEN above.  The caller frees the
 * bytes.
 */
int	repo_blob(struct repo *, const char *oid, struct bytes *,
	    struct error *) __attribute__((nonnull));

/* Blobs that will be read: of a server, they come together. */
int	repo_want(struct repo *, const struct blob *, size_t n,
	    struct error *) __attribute__((nonnull));

/* What happened to the cache, in words; NULL: nothing. */
const char	*repo_notice(const struct repo *) __attribute__((nonnull));

/* A commit as far as it matters here; strings kept for the run. */
struct commit {
	char		 oid[REPO_OID];
	char		 parent[REPO_OID];	/* the first; "" for a root */
	char		 second[REPO_OID];	/* of a merge; "" */
	size_t		 nparents;
	time_t		 time;			/* committer's */
	const char	*author;		/* "Name <mail>" */
	const char	*committer;
	const char	*message;
};

int	repo_commit(struct repo *, const char *oid, struct commit *,
	    struct error *) __attribute__((nonnull));

/*
 * Best common ancestor.  Returns 0; 1 when there is none; -1.  A shallow
 * clone cannot tell: BROKEN.
 */
int	repo_merge_base(struct repo *, const char *a, const char *b,
	    char oid[REPO_OID], struct error *) __attribute__((nonnull));

/* What becomes of a file. */
struct change {
	const char	*path;
	struct bytes	*content;	/* NULL: it goes */
	/* 0100644 or 0100755, also of a new file; 0: as it was. */
	unsigned	 mode;
};

struct proposal {
	const char	*base;		/* the commit it stands on */
	/*
	 * A commit that it follows, with base merged in: the files are those
	 * of base and the changes all the same.  NULL: it follows base.
	 */
	const char	*after;
	const struct change *change;
	size_t		 nchanges;
	const char	*message;
	const char	*author;	/* "Name <mail>", also the committer */
	time_t		 time;		/* author's and committer's, UTC */
};

/*
 * Writes blobs, trees along the changed paths and one commit: the same
 * bytes, so the same id, for the same proposal.  A path must be a regular
 * file in base unless its change has a mode, and no link or submodule stands
 * where it leads; a proposal that changes nothing is BROKEN.  Nothing points
 * at what is written until repo_push(), so this spends nothing, but it
 * writes: hence the guard.
 */
int	repo_write(struct repo *, const struct guard *,
	    const struct proposal *, char oid[REPO_OID], struct error *)
	    __attribute__((nonnull));

struct push {
	const char	*branch;
	const char	*was;	/* where it must point now; NULL: nowhere */
	const char	*to;	/* NULL: it is deleted, on a server only */
};

/*
 * Moves a branch from where it was seen to a commit, in one step that fails
 * when it is no longer there (RETRY), and reads it back.  Spends the guard.
 * A branch that is checked out, or is an alias of another (a symbolic ref),
 * is BROKEN; a lock file that is in the way is RETRY and named.  Nothing is
 * run here: no hook, no filter.  A server that refuses is told of in its own
 * words.
 */
int	repo_push(struct repo *, struct guard *, const struct push *,
	    struct error *) __attribute__((nonnull));

/*
 * A unified diff of one file's two contents, as git diff prints it but for
 * the index line, whose file mode is not known here; "" when they are the
 * same.  Always as text, so a NUL byte is BROKEN.  Kept for the run.
 * Touches no repository.
 */
int	repo_diff(const char *path, const struct bytes *was,
	    const struct bytes *is, const char **diff, struct error *)
	    __attribute__((nonnull));

#endif
