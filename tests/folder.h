/*
 * A temporary folder for files that a test writes and gzip makes.
 */

#ifndef FOLDER_H
#define FOLDER_H

#include <dirent.h>
#include <err.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <isa-l/igzip_lib.h>

#include "run/keep.h"

static char	folder[PATH_MAX];

static inline void
folder_begin(void)
{
	const char	*parent = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%s/modelsync-test-XXXXXX",
	    parent == NULL ? "/tmp" : parent);
	if (mkdtemp(folder) == NULL)
		err(1, "%s", folder);
}

/* A path in the folder; kept for the run. */
static inline const char *
folder_path(const char *name)
{
	return keepf("%s/%s", folder, name);
}

/* Writes a file; its path. */
static inline const char *
folder_write(const char *name, const void *data, size_t n)
{
	const char	*path = folder_path(name);
	FILE		*f = fopen(path, "w");

	if (f == NULL || fwrite(data, 1, n, f) != n || fclose(f) == EOF)
		err(1, "%s", path);
	return path;
}

static inline const char *
folder_text(const char *name, const char *text)
{
	return folder_write(name, text, strlen(text));
}

/* One gzip member of some bytes; kept for the run. */
static inline char *
folder_gzip(const char *data, size_t n, size_t *len)
{
	struct isal_zstream	 z;
	char			*out = keep(n + n / 8 + 1024);

	isal_deflate_init(&z);
	z.gzip_flag = IGZIP_GZIP;
	z.end_of_stream = 1;
	z.next_in = (uint8_t *)keep_copy(data, n);
	z.avail_in = (uint32_t)n;
	z.next_out = (uint8_t *)out;
	z.avail_out = (uint32_t)(n + n / 8 + 1024);
	if (isal_deflate(&z) != COMP_OK || z.avail_in != 0)
		errx(1, "isal_deflate");
	*len = z.total_out;
	return out;
}

/* Removes the files and the folder: nothing here makes folders in it. */
static inline void
folder_end(void)
{
	struct dirent	*d;
	DIR		*dir = opendir(folder);

	while (dir != NULL && (d = readdir(dir)) != NULL)
		if (d->d_name[0] != '.')
			unlink(folder_path(d->d_name));
	if (dir != NULL)
		closedir(dir);
	rmdir(folder);
}

#endif
