/*
 * A temporary folder of a test, with files in it; gone at the end.
 */

#ifndef TMP_H
#define TMP_H

#include <err.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "run/bytes.h"
#include "run/error.h"
#include "run/keep.h"

#define TMP_FILE	(64 << 20)	/* bytes of a file, at most */

static const char	*tmp_path;

/* The folder, made when first asked for. */
static inline const char *
tmp(void)
{
	const char	*parent = getenv("TMPDIR");
	char		*path;

	if (tmp_path == NULL) {
		path = keepf("%s/modelsync-test-XXXXXX",
		    parent == NULL ? "/tmp" : parent);
		if (mkdtemp(path) == NULL)
			err(1, "%s", path);
		tmp_path = path;
	}
	return tmp_path;
}

static inline void
tmp_file(const char *path, const char *text)
{
	FILE	*f = fopen(path, "w");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		err(1, "%s", path);
}

/* A file's text, kept for the run; NULL when there is none. */
static inline const char *
tmp_text(const char *path)
{
	struct bytes	 b;
	struct error	 error;
	const char	*text;

	if (bytes_read(path, TMP_FILE, &b, &error) != 0)
		return NULL;
	text = keep_copy(b.data, b.len);
	bytes_free(&b);
	return text;
}

static inline void
tmp_end(void)
{
	char	*root[] = { NULL, NULL };
	FTS	*fts;
	FTSENT	*e;

	if (tmp_path == NULL)
		return;
	root[0] = keepf("%s", tmp_path);
	if ((fts = fts_open(root, FTS_PHYSICAL | FTS_NOCHDIR, NULL)) == NULL)
		return;
	while ((e = fts_read(fts)) != NULL)
		if (e->fts_info == FTS_DP)
			rmdir(e->fts_accpath);
		else if (e->fts_info != FTS_D)
			unlink(e->fts_accpath);
	fts_close(fts);
	tmp_path = NULL;
}

#endif
