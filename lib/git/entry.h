/*
 * The entries of a tree object, in the bytes they are stored as: "<mode in
 * octal> <name>\0<20 bytes of id>", one behind the other (as git's
 * tree-walk.c decodes them).  Read in place, so that a folder
 * of thousands of files costs no memory, and so that a changed tree can keep
 * every byte it does not change.
 */

#ifndef GIT_ENTRY_H
#define GIT_ENTRY_H

#include <stdbool.h>
#include <stddef.h>

#include <git2.h>

struct error;
struct repo;

struct entry {
	unsigned		 mode;
	const char		*name;	/* ends with a NUL, in the tree */
	size_t			 len;
	const unsigned char	*oid;	/* 20 bytes, in the tree */
};

/* What is left to read of a tree. */
struct entries {
	const struct repo	*repo;
	git_odb_object		*object;
	const unsigned char	*at, *end;
};

/* Begins to read a tree; pair with entry_close(), also after an error. */
int	 entry_open(struct entries *, const struct repo *, const git_oid *,
	    struct error *) __attribute__((nonnull));
void	 entry_close(struct entries *) __attribute__((nonnull));

/* The next one.  Returns 0; 1 behind the last; -1 when it is damaged. */
int	 entry_next(struct entries *, struct entry *, struct error *)
	    __attribute__((nonnull));

/* The one of a name, from where it stands on.  Returns as entry_next(). */
int	 entry_find(struct entries *, const char *name, size_t len,
	    struct entry *, struct error *) __attribute__((nonnull));

bool	 entry_is_folder(const struct entry *) __attribute__((nonnull));
bool	 entry_is_file(const struct entry *) __attribute__((nonnull));
bool	 entry_is_link(const struct entry *) __attribute__((nonnull));

/*
 * Whether so many bytes can be the name of something in a checkout: not
 * empty, "." or "..", no slash, nor what any file system takes for ".git".
 */
bool	 entry_is_name(const char *, size_t) __attribute__((nonnull));

#endif
